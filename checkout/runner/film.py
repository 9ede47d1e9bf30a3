"""The video of a run: the frames that the browser paints, scaled, as VP9 in WebM. Nothing is drawn over them, and what they show was masked before.

Frames come when something changed; at most FRAMES_PER_SECOND of them are kept, each with its time. They are encoded in a thread of their own.
"""

from __future__ import annotations

import asyncio
import io
import queue
import threading
import time
from contextlib import suppress
from fractions import Fraction
from typing import Any

import av
from playwright.async_api import Error, Page

from checkout.flow import Viewport

WIDEST = 800
FRAMES_PER_SECOND = 4
MOST_FRAMES = 1200
LAST_SHOWN = 1.0
STOP_SECONDS = 3
MILLISECONDS = Fraction(1, 1000)
# A fixed quantiser: a frame is coded by what it shows, not by what a rate control thinks of it.
OPTIONS = {"deadline": "realtime", "cpu-used": "8", "row-mt": "1", "crf": "34", "b": "0", "qmin": "34", "qmax": "34", "lag-in-frames": "0", "auto-alt-ref": "0"}


class Film:
    def __init__(self, viewport: Viewport) -> None:
        scale = min(1.0, WIDEST / max(viewport.width, viewport.height))
        self.width, self.height = (max(2, round(side * scale / 2) * 2) for side in (viewport.width, viewport.height))
        self._frames: queue.Queue[tuple[float, bytes] | None] = queue.Queue()
        self._taken, self._last = 0, -1.0
        self._waiting: tuple[float, bytes] | None = None
        self._thread = threading.Thread(target=self._encode, name="film", daemon=True)
        self._stored = io.BytesIO()
        self._began = time.monotonic()

    async def start(self, page: Page) -> None:
        self._thread.start()
        await page.screencast.start(on_frame=self._take, size={"width": self.width, "height": self.height}, quality=80)

    async def stop(self, page: Page) -> bytes:
        """The video; empty if nothing was painted."""
        with suppress(Error, TimeoutError):  # a page that crashed has nothing more to show
            await asyncio.wait_for(page.screencast.stop(), STOP_SECONDS)
        if self._waiting:
            self._keep(self._waiting)
        self._frames.put(None)
        await asyncio.to_thread(self._thread.join)
        return self._stored.getvalue() if self._taken else b""

    def _take(self, frame: Any) -> None:
        """What came too soon after another waits: it is kept if it stayed, or if it was the last."""
        now, apart = time.monotonic() - self._began, 1 / FRAMES_PER_SECOND
        if self._waiting and now - self._waiting[0] >= apart:
            self._keep(self._waiting)
        self._waiting = (now, frame["data"])
        if now - self._last >= apart:
            self._keep(self._waiting)

    def _keep(self, frame: tuple[float, bytes]) -> None:
        self._waiting = None
        if self._taken < MOST_FRAMES:
            self._taken, self._last = self._taken + 1, frame[0]
            self._frames.put(frame)

    def _encode(self) -> None:
        first = self._frames.get()
        if first is None:
            return
        with av.open(self._stored, "w", format="webm") as container:
            stream = container.add_stream("libvpx-vp9", rate=FRAMES_PER_SECOND, options=OPTIONS)
            stream.width, stream.height, stream.pix_fmt, stream.time_base = self.width, self.height, "yuv420p", MILLISECONDS
            stream.codec_context.time_base = MILLISECONDS
            stream.codec_context.thread_count = 1
            picture, at = None, 0.0
            item: tuple[float, bytes] | None = first
            while item is not None:
                at, picture = item[0], _decoded(item[1]).reformat(self.width, self.height, "yuv420p")
                self._write(container, stream, picture, at)
                item = self._frames.get()
            if picture is not None:  # the last picture stays for a moment
                self._write(container, stream, picture, max(at, time.monotonic() - self._began) + LAST_SHOWN)
            container.mux(stream.encode())

    def _write(self, container: Any, stream: Any, picture: av.VideoFrame, at: float) -> None:
        picture.pts, picture.time_base = round(at * 1000), MILLISECONDS
        container.mux(stream.encode(picture))


def _decoded(jpeg: bytes) -> av.VideoFrame:
    with av.open(io.BytesIO(jpeg), "r", format="mjpeg") as container:
        return next(container.decode(video=0))
