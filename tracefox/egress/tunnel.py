"""One connection through the guard: first the client alone, then two sides joined, byte for byte.

`Inbound` lets the guard read the client's words one message at a time. `Tunnel.join` then hands both transports to `Pipe`s, which do as little as they can
per chunk: count, pass on. Back-pressure and half-closing go through to the other side, so the guard holds no more than a socket buffer of anybody's data.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar, cast

Message = TypeVar("Message")
Parse = Callable[[bytearray], tuple[Message, int] | None]
Inspect = Callable[[bytes], bool]

MAX_CHUNKS = 64  # a message that takes more is being dripped, and each chunk costs a parse
_MAX_WAITING = 128 * 1024
_LINGER = 2.0


class Dripped(Exception):
    """The client sends its message in crumbs."""


class Inbound(asyncio.Protocol):
    """The client before it is connected to anything. When it leaves, `gone` is called."""

    transport: asyncio.Transport

    def __init__(self, arrived: Callable[[Inbound], None]) -> None:
        self._arrived = arrived
        self._more = asyncio.Event()
        self._chunks = 0
        self._dismissed = False
        self.received = bytearray()
        self.gone: Callable[[], object] = lambda: None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._arrived(self)

    def data_received(self, data: bytes) -> None:
        if self._dismissed:
            return
        self.received += data
        self._chunks += 1
        if len(self.received) > _MAX_WAITING:
            self.transport.pause_reading()
        self._more.set()

    def connection_lost(self, _: Exception | None) -> None:
        self.gone()

    async def read(self, parse: Parse[Message], *, keep: bool = False) -> Message:
        """Wait for one whole message. With `keep` its bytes stay in `received`."""
        self._chunks = 0
        while (found := parse(self.received)) is None:
            if self._chunks > MAX_CHUNKS:
                raise Dripped
            self._more.clear()
            await self._more.wait()
        if not keep:
            del self.received[: found[1]]
        return found[0]

    async def dismiss(self, answer: bytes) -> None:
        """Answer, then let the client read it: closing on unread bytes would reset the connection under the answer."""
        self._dismissed = True
        self.transport.write(answer)
        self.transport.write_eof()
        self.transport.resume_reading()
        await asyncio.sleep(_LINGER)


class Pipe(asyncio.Protocol):
    """What arrives at one side leaves at the other."""

    other: asyncio.Transport

    def __init__(self, tunnel: Tunnel, spend: Callable[[int], bool], inspect: Inspect | None = None) -> None:
        self._tunnel = tunnel
        self._spend = spend
        self.inspect = inspect

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._tunnel.server = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._tunnel.quiet = 0
        if self.inspect is not None and not self.inspect(data):
            return
        if self._spend(len(data)):
            self.other.write(data)

    def pause_writing(self) -> None:
        self.other.pause_reading()

    def resume_writing(self) -> None:
        self.other.resume_reading()

    def eof_received(self) -> bool:
        self._tunnel.ended(self.other)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._tunnel.lost(self.other, hard=exc is not None)


class Tunnel:
    """The life of one accepted connection. `quiet` counts the guard's idle rounds since the last byte."""

    def __init__(self, client: Inbound) -> None:
        self.client = client
        self.server: asyncio.Transport | None = None
        self.task: asyncio.Task[None] | None = None
        self.quiet = 0
        self._half_closed = False
        self._open_sides = 2
        self._closed = asyncio.Event()

    async def join(self, server: asyncio.Transport, *, up: Pipe) -> None:
        """Connect both sides, send on what the client has said so far, and wait until both are closed."""
        up.other = server
        self.client.transport.set_protocol(up)
        up.data_received(bytes(self.client.received))
        self.client.received.clear()
        self.client.transport.resume_reading()
        await self._closed.wait()

    def ended(self, other: asyncio.Transport) -> None:
        """One side has no more to say. When both have not, both are closed."""
        if not self._half_closed:
            self._half_closed = True
            other.write_eof()
            return
        self.client.transport.close()
        if self.server is not None:
            self.server.close()

    def lost(self, other: asyncio.Transport, *, hard: bool) -> None:
        self._open_sides -= 1
        if self._open_sides == 0:
            self._closed.set()
        elif hard:
            other.abort()
        else:
            other.close()

    def abort(self) -> None:
        """End it now: what is buffered is dropped."""
        self.client.transport.abort()
        if self.server is not None:
            self.server.abort()
        if self.task is not None:
            self.task.cancel()
