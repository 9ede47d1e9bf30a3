"""The first message of each side of a TLS connection, read strictly and never changed.

Pure: bytes in, facts out. The guard dials only after a whole ClientHello that names the host it was asked for, and lets nothing through after a
ServerHello that settles on less than TLS 1.2. Unknown extensions and GREASE values are skipped, as the standard demands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

TLS_1_2 = 0x0303
TLS_1_3 = 0x0304
MAX_SIZE = 32 * 1024

_ALERT, _HANDSHAKE = 21, 22
_CLIENT_HELLO, _SERVER_HELLO = 1, 2
_SERVER_NAME, _ALPN, _SUPPORTED_VERSIONS = 0, 16, 43
_MAX_RECORD = 1 << 14
_MAX_RECORDS = 32


class NotTls(ValueError):
    """The bytes are no such message of TLS."""


@dataclass(frozen=True, slots=True)
class ClientHello:
    server_name: str
    alpn: tuple[bytes, ...]
    max_version: int


@dataclass(frozen=True, slots=True)
class ServerHello:
    version: int


def parse_client_hello(data: bytes | bytearray) -> tuple[ClientHello, int] | None:
    """Read a ClientHello from the start of `data`: the message and the bytes it took, or None while it is incomplete."""
    found = _message(data, _CLIENT_HELLO, alerts=False)
    if found is None:
        return None
    body = _Reader(found[0])
    legacy_version = body.number(2)
    body.take(32)  # random
    body.vector(1)  # session id
    if not body.vector(2) or not body.vector(1):
        raise NotTls("no cipher suites")
    extensions = _extensions(body)
    hello = ClientHello(
        server_name=_server_name(extensions.get(_SERVER_NAME)),
        alpn=_protocols(extensions.get(_ALPN)),
        max_version=_max_version(extensions.get(_SUPPORTED_VERSIONS), legacy_version),
    )
    return hello, found[1]


def parse_server_hello(data: bytes | bytearray) -> tuple[ServerHello, int] | None:
    """The same for the server's side. Alerts before the ServerHello are stepped over: a server may warn first."""
    found = _message(data, _SERVER_HELLO, alerts=True)
    if found is None:
        return None
    body = _Reader(found[0])
    version = body.number(2)
    body.take(32)  # random
    body.vector(1)  # session id
    body.take(3)  # cipher suite, compression
    chosen = _extensions(body).get(_SUPPORTED_VERSIONS)
    if chosen is not None:
        version = _Reader(chosen).number(2)
    return ServerHello(version), found[1]


def _message(data: bytes | bytearray, kind: int, *, alerts: bool) -> tuple[bytes, int] | None:
    """The body of the first handshake message, gathered from as many records as it takes, and where its last record ends."""
    handshake = bytearray()
    start = 0
    for _ in range(_MAX_RECORDS):
        header = data[start : start + 5]
        _check_header(header, alerts=alerts)
        end = start + 5 + int.from_bytes(header[3:], "big")
        if len(header) < 5 or len(data) < end:
            if len(data) > MAX_SIZE:
                raise NotTls("too large")
            return None
        if header[0] == _HANDSHAKE:
            handshake += data[start + 5 : end]
        body = _body(handshake, kind, exact=kind == _CLIENT_HELLO)
        if body is not None:
            return body, end
        start = end
    raise NotTls("too many records")


def _check_header(header: bytes | bytearray, *, alerts: bool) -> None:
    """Refuse as early as possible: whoever speaks something else is not kept waiting for the rest of a record."""
    kinds = (_HANDSHAKE, _ALERT) if alerts else (_HANDSHAKE,)
    if (header and header[0] not in kinds) or (len(header) > 1 and header[1] != 3) or (len(header) > 2 and header[2] > 4):
        raise NotTls("record type")
    if len(header) == 5 and not 0 < int.from_bytes(header[3:], "big") <= _MAX_RECORD:
        raise NotTls("record length")


def _body(handshake: bytearray, kind: int, *, exact: bool) -> bytes | None:
    if handshake and handshake[0] != kind:
        raise NotTls("handshake type")
    end = 4 + int.from_bytes(handshake[1:4], "big")
    if end > MAX_SIZE:
        raise NotTls("too large")
    if len(handshake) < 4 or len(handshake) < end:
        return None
    if exact and len(handshake) > end:
        raise NotTls("bytes after the message")
    return bytes(handshake[4:end])


def _extensions(body: _Reader) -> dict[int, bytes]:
    if body.at_end:
        return {}
    block = _Reader(body.vector(2))
    if not body.at_end:
        raise NotTls("bytes after the extensions")
    found: dict[int, bytes] = {}
    while not block.at_end:
        kind = block.number(2)
        if kind in found:
            raise NotTls("extension twice")
        found[kind] = block.vector(2)
    return found


def _server_name(extension: bytes | None) -> str:
    if extension is None:
        return ""
    names = _Reader(_Reader(extension).vector(2, last=True))
    kind, name = names.number(1), names.vector(2, last=True)
    if kind != 0 or not name or not name.isascii():
        raise NotTls("server name")
    return name.decode("ascii").lower()


def _protocols(extension: bytes | None) -> tuple[bytes, ...]:
    return tuple(_vectors(_Reader(extension).vector(2, last=True))) if extension is not None else ()


def _vectors(block: bytes) -> Iterator[bytes]:
    reader = _Reader(block)
    while not reader.at_end:
        yield reader.vector(1)


def _max_version(extension: bytes | None, legacy_version: int) -> int:
    if extension is None:
        return min(legacy_version, TLS_1_2)
    offered = _Reader(extension).vector(1, last=True)
    versions = [int.from_bytes(offered[at : at + 2], "big") for at in range(0, len(offered), 2)]
    return max((version for version in versions if 0x0300 <= version <= TLS_1_3), default=0)


class _Reader:
    """A cursor over bytes; reading past the end raises."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def at_end(self) -> bool:
        return self._at == len(self._data)

    def take(self, length: int) -> bytes:
        taken = self._data[self._at : self._at + length]
        if len(taken) != length:
            raise NotTls("message ends early")
        self._at += length
        return taken

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length), "big")

    def vector(self, length_size: int, *, last: bool = False) -> bytes:
        taken = self.take(self.number(length_size))
        if last and not self.at_end:
            raise NotTls("trailing bytes")
        return taken
