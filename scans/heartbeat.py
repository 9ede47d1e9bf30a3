"""Keeps a claim alive while its scan is being made, and tells the row how far it is.

A thread of its own with a database connection of its own: the capture may say how far it is from any thread and any event loop, without waiting for the
database. A database that is away for a moment ends nothing; the next beat comes sooner.
"""

from __future__ import annotations

import threading
import time
from types import TracebackType

import structlog
from django.conf import settings
from django.db import Error, connection

from scans import claims
from scans.claims import Claim, LeaseLost

log = structlog.get_logger(__name__)
LONGEST_SECONDS = 30 * 60  # a scan that is still not done hangs; without a beat its lease lapses and somebody else takes it


class Heartbeat:
    """`with Heartbeat(claim) as heart`: beats four times in a lease until the block ends. `lost` says that the scan belongs to somebody else now."""

    def __init__(self, claim: Claim) -> None:
        self.lost = False
        self._claim = claim
        self._news: tuple[str, int] | None = None
        self._woken = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=f"heartbeat-{claim.scan_id}", daemon=True)

    def say(self, stage: str, pages_done: int) -> None:
        """What is being done now, in words for people. Returns at once."""
        self._news = (stage, pages_done)
        self._woken.set()

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped = True
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        pause = settings.SCAN_LEASE_SECONDS / 4
        try:
            ends = time.monotonic() + LONGEST_SECONDS
            while not self.lost and time.monotonic() < ends:
                self._woken.wait(timeout=pause)
                self._woken.clear()
                if self._stopped:
                    return
                pause = settings.SCAN_LEASE_SECONDS / 4 if self._beat() else 1
        finally:
            connection.close()

    def _beat(self) -> bool:
        """False if the database did not answer."""
        news, self._news = self._news, None
        try:
            if news:
                claims.progress(self._claim, stage=news[0], pages_done=news[1])
            else:
                claims.heartbeat(self._claim)
        except LeaseLost:
            self.lost = True
        except Error as error:
            log.warning("heartbeat_missed", scan=str(self._claim.scan_id), error=str(error))
            self._news = self._news or news
            connection.close()
            return False
        return True
