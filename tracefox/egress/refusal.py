"""Why a connection goes no further, and how the client is told.

Reasons are short, stable and say nothing about our network: they are stored in the scan's snapshot and shown to customers.
"""

from __future__ import annotations

from tracefox.egress import head, tls
from tracefox.egress.tunnel import Dripped

_STATUS = {400: "Bad Request", 403: "Forbidden", 431: "Request Header Fields Too Large"}


class Refused(Exception):
    """By a rule, or (`failed`) because the web gave no way. `status` answers a client that still awaits an answer; 0 means silence."""

    def __init__(self, reason: str, *, status: int = 403, address: str = "", failed: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.status, self.address, self.failed = reason, status, address, failed


def of(error: Exception) -> Refused:
    """What the guard says to bytes that cannot be read."""
    match error:
        case Refused():
            return error
        case head.TooLarge():
            return Refused("head too large", status=431)
        case tls.NotTls():
            return Refused("not-tls")
        case Dripped():
            return Refused("slow", status=0)
        case _:
            return Refused(f"malformed {error}", status=400)


def answer(refusal: Refused) -> bytes:
    text = f"Tracefox did not connect: {refusal.reason}.\n"
    return (
        f"HTTP/1.1 {refusal.status} {_STATUS[refusal.status]}\r\n"
        f"Tracefox-Refused: {refusal.reason}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Security-Policy: default-src 'none'\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Cache-Control: no-store\r\n"
        f"Content-Length: {len(text)}\r\n"
        f"Connection: close\r\n\r\n{text}"
    ).encode("ascii")
