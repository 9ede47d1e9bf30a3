"""One TLS connection of the fixture web: requests in, replies out, in order; after an upgrade, WebSocket frames.

It knows nothing about sites: `answer` is asked for each hit, `record` is told of each frame. A reply may be slow, endless or never come; the connection
holds no more than one chunk of it at a time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

from demo import wire

Answer = Callable[[wire.Hit], wire.Reply]
Record = Callable[[wire.Hit], None]


class Connection(asyncio.Protocol):
    def __init__(self, *, answer: Answer, record: Record, living: set[Connection]) -> None:
        self._answer = answer
        self._record = record
        self._living = living
        self._loop = asyncio.get_running_loop()
        self.closed = asyncio.Event()
        self._buffer = bytearray()
        self._timer: asyncio.Handle | None = None
        self._rest: Iterator[bytes] | None = None
        self._step: Callable[[], None] | None = None
        self._busy = False
        self._paused = False
        self._socket: wire.Hit | None = None
        self.transport: asyncio.Transport

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._living.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._living.discard(self)
        self.closed.set()
        if self._timer:
            self._timer.cancel()
        self._rest = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._advance()

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        if self._step:
            step, self._step = self._step, None
            step()

    # Requests

    def _advance(self) -> None:
        if self._socket:
            self._read_frames(self._socket)
        elif not self._busy and (head := wire.read_head(self._buffer)) and (taken := self._take_body(head)) is not None:
            self._busy = True
            host = head.headers.get("host", "").partition(":")[0].lower()
            hit = wire.hit_of(head, host=host, body=taken, at=time.time())
            reply = self._answer(hit)
            if head.upgrades and reply.status == 200:
                self._upgrade(hit, head)
            else:
                self._later(reply.delay, lambda: self._send(reply, head))

    def _take_body(self, head: wire.Head) -> bytes | None:
        if head.body_size < 0:
            chunks = wire.read_chunks(self._buffer, start=head.size)
            if chunks is None:
                return None
            body, end = chunks
        elif len(self._buffer) < (end := head.size + head.body_size):
            return None
        else:
            body = bytes(self._buffer[head.size : end])
        del self._buffer[:end]
        return body

    # Replies

    def _send(self, reply: wire.Reply, head: wire.Head) -> None:
        keep = head.headers.get("connection", "").lower() != "close"
        if isinstance(reply.body, bytes | str):
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            bodiless = head.method == "HEAD" or reply.status in (204, 304)
            start = wire.head_of(reply, length=None if reply.status == 204 else len(body), keep=keep)
            self.transport.write(start if bodiless else start + body)
            self._done(keep=keep)
        else:
            start = wire.head_of(reply, length=None, keep=False)
            self.transport.write(start)
            self._rest = reply.body
            self._pump(pause=reply.pause, chunked=b"Transfer-Encoding: chunked" in start)

    def _pump(self, *, pause: float, chunked: bool) -> None:
        if self.transport.is_closing() or self._rest is None:
            return
        chunk = next(self._rest, b"")
        if not chunk:
            self.transport.write(b"0\r\n\r\n" if chunked else b"")
            self._done(keep=False)
            return
        self.transport.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunked else chunk)

        def go_on() -> None:
            self._pump(pause=pause, chunked=chunked)

        if self._paused:
            self._step = go_on
        else:
            self._later(pause, go_on, at_once=False)

    def _later(self, seconds: float, act: Callable[[], None], *, at_once: bool = True) -> None:
        if seconds:
            self._timer = self._loop.call_later(seconds, act)
        elif at_once:
            act()
        else:
            self._timer = self._loop.call_soon(act)

    def _done(self, *, keep: bool) -> None:
        self._busy = False
        if keep:
            self._advance()
        else:
            self.transport.close()

    # WebSocket

    def _upgrade(self, hit: wire.Hit, head: wire.Head) -> None:
        self._socket = hit
        self.transport.write(wire.accept_websocket(head))
        self._read_frames(hit)

    def _read_frames(self, hit: wire.Hit) -> None:
        while frame := wire.read_frame(self._buffer):
            opcode, payload, size = frame
            del self._buffer[:size]
            if opcode in (0, 1, 2):
                self._record(wire.Hit(hit.host, "WS", hit.path, hit.query, hit.headers, payload, time.time(), "websocket"))
            elif opcode == 8:
                self.transport.write(wire.frame_of(payload, opcode=8))
                self.transport.close()
            elif opcode == 9:
                self.transport.write(wire.frame_of(payload, opcode=10))
