"""HTTP/1.1 and WebSocket as bytes: what came in as a `Hit`, what goes out as a `Reply`.

Pure. Lenient on purpose: a fixture server must understand whatever a browser sends, and log it.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
Protocol = Literal["http", "websocket", "plain", "udp"]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that arrived. Method WS is a WebSocket frame, PLAIN bytes that are no TLS, UDP a datagram."""

    host: str
    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    at: float = 0.0
    protocol: Protocol = "http"

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}{'?' + self.query if self.query else ''}"

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (pair.strip().partition("=") for pair in self.headers.get("cookie", "").split(";"))
        return {name: value for name, _, value in pairs if name}

    def parameter(self, name: str) -> str:
        return parse_qs(self.query).get(name, [""])[0]

    @property
    def writes(self) -> bool:
        """Could it have changed anything at the other end? A WebSocket can from its handshake on."""
        return self.method not in SAFE_METHODS or self.protocol != "http"


@dataclass(slots=True)
class Reply:
    """What a site answers. A body that is an iterator goes out chunk by chunk with `pause` seconds between, for as long as it yields."""

    body: bytes | str | Iterator[bytes] = b""
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    delay: float = 0.0
    media_type: str = "text/html; charset=utf-8"
    pause: float = 0.0


Site = Callable[[Hit], Reply]


@dataclass(frozen=True, slots=True)
class Head:
    """A request up to its empty line."""

    method: str
    target: str
    headers: dict[str, str]
    size: int

    @property
    def body_size(self) -> int:
        """Bytes of the body; -1 when it comes in chunks."""
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return -1
        return int(self.headers.get("content-length", 0))

    @property
    def upgrades(self) -> bool:
        return self.headers.get("upgrade", "").lower() == "websocket"


def read_head(buffer: bytes | bytearray) -> Head | None:
    """The head at the start of the buffer; None until all of it is there."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = bytes(buffer[:end]).decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    pairs = (line.partition(":") for line in lines)
    return Head(method, rest.rpartition(" ")[0] or "/", {name.strip().lower(): value.strip() for name, _, value in pairs}, end + 4)


def read_chunks(buffer: bytes | bytearray, *, start: int) -> tuple[bytes, int] | None:
    """A chunked body and where it ends; None until all of it is there."""
    body = b""
    while (line := buffer.find(b"\r\n", start)) >= 0:
        size = int(bytes(buffer[start:line]).partition(b";")[0], 16)
        start = line + 2 + size + 2
        if len(buffer) < start:
            return None
        if size == 0:
            return body, start
        body += bytes(buffer[line + 2 : start - 2])
    return None


def hit_of(head: Head, *, host: str, body: bytes, at: float) -> Hit:
    parts = urlsplit(head.target if head.target.startswith("/") else f"/{head.target}")
    return Hit(host, head.method, parts.path, parts.query, head.headers, body, at, "websocket" if head.upgrades else "http")


def head_of(reply: Reply, *, length: int | None, keep: bool) -> bytes:
    """The head of an answer. No length means chunks, unless the reply itself declares one."""
    given = {name.lower() for name, _ in reply.headers}
    headers = list(reply.headers)
    if "content-type" not in given and reply.media_type:
        headers.append(("Content-Type", reply.media_type))
    if length is not None and "content-length" not in given:
        headers.append(("Content-Length", str(length)))
    elif "content-length" not in given:
        headers.append(("Transfer-Encoding", "chunked"))
    if not keep:
        headers.append(("Connection", "close"))
    phrase = http.client.responses.get(reply.status, "Unknown")
    lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def accept_websocket(head: Head) -> bytes:
    """The 101 that completes the handshake."""
    key = head.headers.get("sec-websocket-key", "") + WEBSOCKET_GUID
    accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest()).decode()
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Accept: {accept}"]
    if wanted := head.headers.get("sec-websocket-protocol"):
        lines.append(f"Sec-WebSocket-Protocol: {wanted.split(',')[0].strip()}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read_frame(buffer: bytes | bytearray) -> tuple[int, bytes, int] | None:
    """One WebSocket frame at the start of the buffer: opcode, payload, size. None until all of it is there."""
    if len(buffer) < 2:
        return None
    opcode, length, at = buffer[0] & 0x0F, buffer[1] & 0x7F, 2
    if length >= 126:
        wide = 2 if length == 126 else 8
        if len(buffer) < at + wide:
            return None
        length, at = int.from_bytes(buffer[at : at + wide], "big"), at + wide
    mask = bytes(buffer[at : at + 4]) if buffer[1] & 0x80 else b""
    at += len(mask)
    if len(buffer) < at + length:
        return None
    payload = bytes(buffer[at : at + length])
    if mask:
        payload = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    return opcode, payload, at + length


def frame_of(payload: bytes, *, opcode: int = 1) -> bytes:
    """A short frame from the server: unmasked, in one piece."""
    if len(payload) > 125:
        raise ValueError("A frame of this server carries at most 125 bytes.")
    return bytes([0x80 | opcode, len(payload)]) + payload
