"""What holds for every request and every answer, whoever serves it: the headers, and what is refused before any view is asked.

The content security policy and HSTS are set by django-csp and Django from `settings`; here is the rest. Each is a middleware of its own, listed in
`settings.MIDDLEWARE` in the order in which a request meets them. To add a rule: write one more function, put it in the list.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

type_of_next = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
API = "/api/"
NOT_USED = (
    "accelerometer", "attribution-reporting", "autoplay", "bluetooth", "browsing-topics", "camera", "clipboard-read", "display-capture", "encrypted-media",
    "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS = ", ".join(f"{feature}=()" for feature in NOT_USED)


def headers(get_response: type_of_next) -> type_of_next:
    """Nothing of ours is embedded elsewhere, uses a device, or is kept by a cache unless its view says that it may be."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def refuse_plain_api(get_response: type_of_next) -> type_of_next:
    """A page asked for in plain text is redirected to TLS. A program is refused: its key has been on the wire, and a redirect would hide that."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure() and request.path.startswith(API):
            return _refusal(403, "The API answers over TLS only. Treat the key that you sent as known to others: revoke it.")
        return get_response(request)

    return middleware


def refuse_large_bodies(get_response: type_of_next) -> type_of_next:
    """Decided by the announced length, before anything is read; a body without one is not read at all by WSGI."""

    def middleware(request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if not announced.isdecimal() or int(announced) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return _refusal(413, f"The body may have at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.")
        return get_response(request)

    return middleware


def refuse_foreign_writes(get_response: type_of_next) -> type_of_next:
    """Browsers say where a request comes from. One that would change something must come from our own pages; the API's key is its own proof."""

    def middleware(request: HttpRequest) -> HttpResponse:
        unsafe = request.method not in SAFE_METHODS and not request.path.startswith(API)
        if unsafe and request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return _refusal(403, "This request came from another site.")
        return get_response(request)

    return middleware


def _refusal(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(sentence + "\n", status=status, content_type="text/plain; charset=utf-8")
