"""What the tests of the egress guard share: a guard on loopback, a canary that must stay silent, and the words a client may say."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from tracefox.egress import dialling
from tracefox.egress.hosts import HostMap
from tracefox.egress.proxy import Guard

Answers = Mapping[str, Sequence[Sequence[str] | None]]

PUBLIC = "93.184.215.14"
SHOP = "www.shop.test"


class Canary:
    """A TCP listener on loopback. Whatever reaches it is in `heard`, one entry per connection; to the first words it gives its `answer`."""

    def __init__(self, answer: bytes | None = None) -> None:
        self.answer = server_hello() if answer is None else answer
        self.heard: list[bytearray] = []
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Canary:
        self._server = await asyncio.start_server(self._listen, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = bytearray()
        self.heard.append(heard)
        self._writers.append(writer)
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                heard += data
                if len(heard) == len(data):
                    writer.write(self.answer)
                    await writer.drain()
        writer.close()


class Dials:
    """Dials for the guard and keeps what it was told to dial. Public addresses are noted, not reached: tests stay on this machine."""

    def __init__(self) -> None:
        self.made: list[tuple[str, int]] = []

    async def __call__(self, address: str, port: int) -> socket.socket:
        self.made.append((address, port))
        if not address.startswith("127."):
            raise ConnectionRefusedError
        return await dialling.dial(address, port)


class Names:
    """A resolver out of a dictionary. A name with several answers gives them in turn, the last one for ever; `None` never answers."""

    def __init__(self, answers: Answers | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[str]:
        turn = self.asked.count(host)
        self.asked.append(host)
        if host not in self.answers:
            raise OSError("no such name")
        answers = self.answers[host]
        answer = answers[min(turn, len(answers) - 1)]
        if answer is None:
            await asyncio.sleep(3600)
        return answer or []


@contextlib.asynccontextmanager
async def guarding(**settings: Any) -> AsyncIterator[tuple[Guard, int]]:
    """A guard that serves on loopback, and its port. When the block ends it is closed, and nothing of it is left."""
    guard = Guard(**{"resolve": Names(), **settings})
    listener = socket.create_server(("127.0.0.1", 0))
    await guard.serve(listener)
    try:
        yield guard, listener.getsockname()[1]
    finally:
        await guard.close()
        assert guard.counters.open == 0


def reasons(guard: Guard) -> list[tuple[str, str]]:
    return [(decision.verdict, decision.reason) for decision in guard.decisions]


def shop_on(port: int) -> HostMap:
    return HostMap({SHOP: ("127.0.0.1", port)})


async def say(port: int, *pieces: bytes, until: bytes | None = None) -> bytes:
    """Send raw bytes to the guard and give back what it says until it hangs up, or has said `until`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = bytearray()
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(20):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            while (until is None or until not in heard) and (data := await reader.read(65536)):
                heard += data
    await hang_up(writer)
    return bytes(heard)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    await asyncio.sleep(0)


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for something that is sure to come."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def tunnel_to(port: int, host: str = SHOP, first: bytes | None = None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """CONNECT, wait for the 200, and say the first words (a ClientHello for the host)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(connect(host))
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    writer.write(client_hello(host) if first is None else first)
    return reader, writer


def connect(host: str, port: int = 443) -> bytes:
    return f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()


def client_hello(host: str, alpn: Sequence[str] = ("h2", "http/1.1")) -> bytes:
    """What a modern client says first, by OpenSSL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loads no certificates: nothing will be verified
    if alpn:
        context.set_alpn_protocols(list(alpn))
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=host)
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def hello_bytes(*, server_name: str | None = SHOP, alpn: Sequence[bytes] = (b"h2",), versions: Sequence[int] | None = (0x0304,), legacy: int = 0x0303) -> bytes:
    """A ClientHello built by hand, for what OpenSSL would not say."""
    extensions = b""
    if server_name is not None:
        name = server_name.encode()
        extensions += extension(0, vector(2, b"\x00" + vector(2, name)))
    if alpn:
        extensions += extension(16, vector(2, b"".join(vector(1, protocol) for protocol in alpn)))
    if versions is not None:
        extensions += extension(43, vector(1, b"".join(version.to_bytes(2, "big") for version in versions)))
    body = legacy.to_bytes(2, "big") + bytes(32) + vector(1, b"") + vector(2, b"\x13\x01") + vector(1, b"\x00") + vector(2, extensions)
    return record(b"\x01" + vector(3, body))


def server_hello(*, version: int = 0x0303, chosen: int | None = 0x0304) -> bytes:
    body = version.to_bytes(2, "big") + bytes(32) + vector(1, b"") + b"\x13\x01\x00"
    if chosen is not None:
        body += vector(2, extension(43, chosen.to_bytes(2, "big")))
    return record(b"\x02" + vector(3, body))


def record(payload: bytes, kind: int = 22) -> bytes:
    return bytes([kind]) + b"\x03\x01" + vector(2, payload)


def extension(kind: int, data: bytes) -> bytes:
    return kind.to_bytes(2, "big") + vector(2, data)


def vector(size: int, data: bytes) -> bytes:
    return len(data).to_bytes(size, "big") + data
