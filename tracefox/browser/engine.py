"""The event loop and the Playwright driver of this process: started when first needed, shared by every job in the process.

Playwright's driver costs most of a second to start, a browser a tenth of one: the driver stays, each job gets a browser of its own. Callers are ordinary
threads (Celery's, a management command's) that never run Playwright themselves, so that Django's ORM stays usable in them.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Playwright, async_playwright

ANSWER_SECONDS, START_SECONDS = 3, 30
Result = TypeVar("Result")


class Engine:
    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="browser-engine", daemon=True)
        self._thread.start()
        self._playwright: Playwright | None = None
        self._starting = asyncio.Lock()

    def run(self, job: Coroutine[Any, Any, Result]) -> Result:
        """Run the job in the engine's loop; wait for it in the calling thread."""
        return asyncio.run_coroutine_threadsafe(job, self._loop).result()

    async def playwright(self) -> Playwright:
        async with self._starting:
            if self._playwright is None:
                self._playwright = await asyncio.wait_for(async_playwright().start(), START_SECONDS)
            return self._playwright

    async def look_after_playwright(self) -> None:
        """After a failure: if the driver does not answer any more, the next job gets a fresh one."""
        async with self._starting:
            if self._playwright is None:
                return
            try:
                probe = await asyncio.wait_for(self._playwright.request.new_context(), ANSWER_SECONDS)
                await probe.dispose()
            except (PlaywrightError, TimeoutError, OSError):
                self._playwright = None

    def stop(self) -> None:
        if self._thread.is_alive():
            self.run(self._stop_playwright())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=5)

    async def _stop_playwright(self) -> None:
        if self._playwright is not None:
            await self._playwright.stop()
            self._playwright = None


_engine: tuple[int, Engine] | None = None
_creating = threading.Lock()


def engine() -> Engine:
    """This process's engine. A forked child gets its own."""
    global _engine
    with _creating:
        if _engine is None or _engine[0] != os.getpid():
            _engine = os.getpid(), Engine()
            atexit.register(_engine[1].stop)
        return _engine[1]
