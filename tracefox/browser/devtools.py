"""DevTools over Chromium's pipe: one pipe, two speakers. Playwright owns the browser's life, the capture listens to everything in it.

Messages are NUL-separated JSON. Playwright's pass through untouched; ours carry ids from 2^30 on, and sessions that we opened (or that Chromium attached
under one of ours) deliver their events to us and never to Playwright, which therefore spends nothing on the pages of a scan.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog

log = structlog.get_logger(__name__)
OUR_IDS = 1 << 30
READ_SIZE = 1 << 20
LONGEST_MESSAGE = 64 << 20

Json = dict[str, Any]
Listener = Callable[["Session", str, Json], None]


class DevToolsError(Exception):
    """Chromium refused a command."""


class Disconnected(DevToolsError):
    """The browser, or the target that the session was attached to, is gone."""


class Session:
    """One attached target. `send` waits for the answer, `post` does not."""

    def __init__(self, devtools: DevTools, session_id: str, target: Json) -> None:
        self.devtools, self.id, self.target = devtools, session_id, target
        self.gone = False

    async def send(self, method: str, params: Json | None = None, *, timeout: float | None = None) -> Json:
        """The command's result. Raises DevToolsError, Disconnected, TimeoutError."""
        answer = self.post(method, params)
        return await (asyncio.wait_for(answer, timeout) if timeout else answer)

    def post(self, method: str, params: Json | None = None) -> asyncio.Future[Json]:
        return self.devtools.post(method, params, self)


class DevTools:
    """The multiplexer. `on_event` is called in the loop for every event of our sessions, in order."""

    def __init__(self, *, to_chromium: int, from_chromium: int, from_playwright: int, to_playwright: int) -> None:
        self.on_event: Listener = ignore
        self.sessions: dict[str, Session] = {}
        self.closed = asyncio.get_running_loop().create_future()
        self._loop = asyncio.get_running_loop()
        self._chromium = _Pipe(self._loop, reads=from_chromium, writes=to_chromium, on_message=self._heard, on_end=self._ended)
        self._playwright = _Pipe(self._loop, reads=from_playwright, writes=to_playwright, on_message=self._chromium_raw, on_end=lambda: None)
        self._last_id = OUR_IDS
        self._waiting: dict[int, tuple[asyncio.Future[Json], Session | None]] = {}

    async def attach_to_browser(self) -> Session:
        answer = await self.post("Target.attachToBrowserTarget", None, None)
        return self._adopt(answer["sessionId"], {"type": "browser"})

    def post(self, method: str, params: Json | None, session: Session | None) -> asyncio.Future[Json]:
        answer: asyncio.Future[Json] = self._loop.create_future()
        answer.add_done_callback(_look_at)  # a command nobody waits for may fail with its target
        if self.closed.done() or (session and session.gone):
            answer.set_exception(Disconnected(method))
            return answer
        self._last_id += 1
        message: Json = {"id": self._last_id, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session.id
        self._waiting[self._last_id] = answer, session
        self._chromium.write(json.dumps(message).encode())
        return answer

    def close(self) -> None:
        self._ended()

    def _chromium_raw(self, raw: bytes) -> None:
        self._chromium.write(raw)

    def _heard(self, raw: bytes) -> None:
        message = json.loads(raw)
        if (number := message.get("id", 0)) >= OUR_IDS:
            self._answered(number, message)
        elif session := self.sessions.get(message.get("sessionId", "")):
            self._event(session, message["method"], message["params"])
        else:
            self._playwright.write(raw)

    def _answered(self, number: int, message: Json) -> None:
        answer, _ = self._waiting.pop(number, (None, None))
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(DevToolsError(message["error"].get("message", "refused")))
        else:
            answer.set_result(message["result"])

    def _event(self, session: Session, method: str, params: Json) -> None:
        if method == "Target.attachedToTarget":
            self._adopt(params["sessionId"], params["targetInfo"])
        self.on_event(session, method, params)
        if method == "Target.detachedFromTarget" and (lost := self.sessions.pop(params["sessionId"], None)):
            lost.gone = True
            self._give_up(lost)

    def _adopt(self, session_id: str, target: Json) -> Session:
        session = self.sessions[session_id] = Session(self, session_id, target)
        return session

    def _give_up(self, lost: Session | None) -> None:
        """Fail what waits for a session that is gone; for all sessions when None."""
        for number, (answer, session) in list(self._waiting.items()):
            if lost is None or session is lost:
                del self._waiting[number]
                if not answer.done():
                    answer.set_exception(Disconnected("the target is gone"))

    def _ended(self) -> None:
        if not self.closed.done():
            self.closed.set_result(None)
            self._give_up(None)
            self._chromium.close()
            self._playwright.close()


def ignore(session: Session, method: str, params: Json) -> None:
    """Nobody listens."""


def _look_at(answer: asyncio.Future[Json]) -> None:
    if not answer.cancelled():
        answer.exception()


class _Pipe:
    """Both directions of one NUL-separated pipe; what the other side does not take yet is kept and written when it does."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, reads: int, writes: int, on_message: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        self._loop, self._reads, self._writes = loop, reads, writes
        self._on_message, self._on_end = on_message, on_end
        self._heard, self._looked_at = bytearray(), 0
        self._unwritten = bytearray()
        self._open = True
        os.set_blocking(reads, False)
        os.set_blocking(writes, False)
        loop.add_reader(reads, self._read)

    def write(self, message: bytes) -> None:
        if not self._open:
            return
        data = message + b"\0"
        if self._unwritten:
            self._unwritten += data
            return
        written = self._try(data)
        if written < len(data):
            self._unwritten += data[written:]
            self._loop.add_writer(self._writes, self._flush)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._loop.remove_reader(self._reads)
            self._loop.remove_writer(self._writes)
            os.close(self._reads)
            os.close(self._writes)

    def _try(self, data: bytes | bytearray) -> int:
        try:
            return os.write(self._writes, data)
        except BlockingIOError:
            return 0
        except BrokenPipeError:
            return len(data)  # the reader is gone; its end is reported by the read side

    def _flush(self) -> None:
        del self._unwritten[: self._try(self._unwritten)]
        if not self._unwritten:
            self._loop.remove_writer(self._writes)

    def _deliver(self, message: bytes) -> None:
        """One message that cannot be understood must not keep back those behind it: they may be requests that wait to be judged."""
        try:
            self._on_message(message)
        except Exception:
            log.exception("message_not_understood", size=len(message))

    def _read(self) -> None:
        data = b""
        with suppress(ConnectionResetError):
            try:
                data = os.read(self._reads, READ_SIZE)
            except BlockingIOError:
                return
        if not data:
            self._loop.remove_reader(self._reads)
            self._on_end()
            return
        self._heard += data
        while self._open and (end := self._heard.find(b"\0", self._looked_at)) >= 0:
            message = bytes(self._heard[:end])
            del self._heard[: end + 1]
            self._looked_at = 0
            self._deliver(message)
        if len(self._heard) > LONGEST_MESSAGE:
            self._loop.remove_reader(self._reads)
            self._on_end()
            return
        self._looked_at = len(self._heard)
