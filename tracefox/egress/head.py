"""What a client asks of the guard: the head of one HTTP request, read strictly.

Pure: bytes in, `Request` out. Only CONNECT is ever served; requests in plain text are read just far enough to say what was refused. What a lenient
parser might read in two ways is malformed here: bare line feeds, folded headers, control bytes, credentials or backslashes in the target.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_SIZE = 32 * 1024

_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}")
_VERSION = re.compile(rb"HTTP/1\.[01]")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t\x20-\x7e\x80-\xff]*")
_AUTHORITY = re.compile(rb"(\[[0-9A-Fa-f:.]+(?:%[0-9A-Za-z%._-]+)?\]|[^\x00-\x20\x7f-\xff:\[\]@/\\?#]+):([0-9]{1,5})")
_ABSOLUTE = re.compile(rb"http://([^\x00-\x20\x7f-\xff@/\\?#]+)(?:[/?][\x21-\x7e]*)?", re.IGNORECASE)
_STRAY = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|(?<!\r)\n|\r(?!\n|\Z)")
_WITH_BODY = (b"content-length", b"transfer-encoding")


class Malformed(ValueError):
    """The head cannot be read in exactly one way."""


class TooLarge(ValueError):
    """The head is longer than `MAX_SIZE`."""


@dataclass(frozen=True, slots=True)
class Request:
    """`plain_text` is true for anything but CONNECT: such a request has no port worth judging and is never forwarded."""

    method: str
    host: str
    port: int
    plain_text: bool = False


def parse(data: bytes | bytearray) -> tuple[Request, int] | None:
    """Read a head from the start of `data`: the request and the bytes it took, or None while the head is incomplete."""
    end = data.find(b"\r\n\r\n")
    head = bytes(data[: end + 2] if end >= 0 else data[: MAX_SIZE + 1])
    if _STRAY.search(head):
        raise Malformed("control byte")
    if len(head) > MAX_SIZE:
        raise TooLarge("head")
    line, newline, headers = head.partition(b"\r\n")
    if not newline:
        return None
    request = _request(line)
    if end < 0:
        return None
    _check_headers(headers, request)
    return request, end + 4


def _request(line: bytes) -> Request:
    words = line.split(b" ")
    if len(words) != 3 or not _METHOD.fullmatch(words[0]) or not _VERSION.fullmatch(words[2]):
        raise Malformed("request line")
    method, target, _ = words
    if method == b"CONNECT":
        authority = _AUTHORITY.fullmatch(target)
        if not authority:
            raise Malformed("target")
        return Request("CONNECT", normalise(authority[1].decode("ascii")), int(authority[2]))
    absolute = _ABSOLUTE.fullmatch(target)
    if not absolute:
        raise Malformed("target")
    host, port = _split(absolute[1].decode("ascii"))
    return Request(method.decode("ascii"), normalise(host), port, plain_text=True)


def normalise(host: str) -> str:
    """Lower case, no brackets, no final dot: one spelling per host."""
    if host.startswith("["):
        return host[1:-1].lower()
    return host.lower().removesuffix(".")


def _split(authority: str) -> tuple[str, int]:
    host, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        return authority, 80
    if not port.isdigit() or len(port) > 5:
        raise Malformed("target")
    return host, int(port)


def _check_headers(headers: bytes, request: Request) -> None:
    for line in headers.split(b"\r\n")[:-1]:
        header = _HEADER.fullmatch(line)
        if not header:
            raise Malformed("header")
        if header[1].lower() in _WITH_BODY and not request.plain_text:
            raise Malformed("body")
