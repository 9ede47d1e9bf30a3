"""The public lists that this installation was given, for whoever judges changes. Without them, or with ones that cannot be read, monitoring goes on."""

from __future__ import annotations

import structlog
from django.conf import settings

from scans.classify import lists
from scans.classify.lists import Lists

log = structlog.get_logger(__name__)


def at_hand() -> Lists:
    """Read once, and again when `refresh_lists` has put newer ones into the folder."""
    try:
        return lists.load(settings.LISTS)
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.error("lists_not_read", folder=settings.LISTS, error=str(error))
        return lists.NONE
