"""A page and the part of it that htmx asks for: one view, one context, two templates.

The only place that looks at htmx's headers to choose a template. `Vary` is set here, so that no cache hands a part to somebody who wanted the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

STOP_POLLING = 286  # htmx ends an `every` trigger when it is answered with this status


def wants_part(request: HttpRequest) -> bool:
    """Does htmx ask for a fragment? Not when it boosts a link or restores history: both need the whole page."""
    asked: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(asked) and not asked.boosted and not asked.history_restore_request


def render_part(request: HttpRequest, page: str, part: str, context: Mapping[str, Any]) -> HttpResponse:
    response = render(request, part if wants_part(request) else page, dict(context))
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response
