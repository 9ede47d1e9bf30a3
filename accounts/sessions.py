"""How long a session lives: eight hours after it was last used, seven days in all. Both are settings.

The row in the database is touched at most every five minutes, so that reading pages does not write.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

TOUCH_EVERY = 300
BEGAN = "began_at"
SEEN = "seen_at"


def end_old_sessions(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a session past its age is gone before any view sees it; whatever ended it, the browser forgets the pages that it was shown."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return get_response(request)
        _end_or_touch(request, now=int(timezone.now().timestamp()))
        response = get_response(request)
        if not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware


def _end_or_touch(request: HttpRequest, *, now: int) -> None:
    session = request.session
    began, seen = session.get(BEGAN, now), session.get(SEEN, now)
    if now - began > settings.SESSION_LONGEST or now - seen > settings.SESSION_IDLE:
        logout(request)
        return
    if BEGAN not in session:
        session[BEGAN] = now
    if SEEN not in session or now - seen >= TOUCH_EVERY:
        session[SEEN] = now
