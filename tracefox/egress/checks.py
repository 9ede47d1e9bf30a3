"""Django's system check of the egress settings: production needs more between the browser and our network than the guard's good will."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from tracefox.egress import policy

ISOLATIONS = ("netns", "network", "proxy-only")


def isolation(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    chosen = settings.EGRESS_ISOLATION
    if chosen not in ISOLATIONS:
        found.append(Error(f"TRACEFOX_EGRESS_ISOLATION is {chosen!r}; it must be one of {', '.join(ISOLATIONS)}.", id="tracefox.E011"))
    elif settings.ENVIRONMENT == "production" and chosen == "proxy-only":
        hint = "Use netns where user namespaces work, or network where the scanner's only peer is the guard."
        found.append(Error("In production the browser must be isolated: TRACEFOX_EGRESS_ISOLATION may not be proxy-only.", hint=hint, id="tracefox.E012"))
    try:
        policy.networks(settings.EGRESS_DENY)
    except ValueError as error:
        found.append(Error(f"TRACEFOX_EGRESS_DENY cannot be read: {error}.", id="tracefox.E013"))
    return found
