"""Keeps a claim alive while its run is being played, and tells the row how far it is. As `scans.heartbeat`, for runs.

A thread of its own with a database connection of its own. When the lease is lost, `give_up` is set: the runner is ended at once, for the run is another's.
"""

from __future__ import annotations

import threading
import time
from types import TracebackType

import structlog
from django.conf import settings
from django.db import Error, connection

from checkout import claims
from checkout.claims import Claim, LeaseLost

log = structlog.get_logger(__name__)
LONGEST_SECONDS = 20 * 60  # a run that is still not done hangs; without a beat its lease lapses


class Heartbeat:
    """`with Heartbeat(claim) as heart`: beats four times in a lease until the block ends."""

    def __init__(self, claim: Claim) -> None:
        self.give_up = threading.Event()
        self._claim = claim
        self._news: tuple[str, int] | None = None
        self._woken = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=f"heartbeat-{claim.run_id}", daemon=True)

    @property
    def lost(self) -> bool:
        return self.give_up.is_set()

    def say(self, stage: str, reached: int) -> None:
        """What is being done now, in words for people. Returns at once."""
        self._news = (stage, reached)
        self._woken.set()

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped = True
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        pause = settings.RUN_LEASE_SECONDS / 4
        try:
            ends = time.monotonic() + LONGEST_SECONDS
            while not self.lost and time.monotonic() < ends:
                self._woken.wait(timeout=pause)
                self._woken.clear()
                if self._stopped:
                    return
                pause = settings.RUN_LEASE_SECONDS / 4 if self._beat() else 1
        finally:
            connection.close()

    def _beat(self) -> bool:
        """False if the database did not answer."""
        news, self._news = self._news, None
        try:
            if news:
                claims.progress(self._claim, stage=news[0], reached=news[1])
            else:
                claims.heartbeat(self._claim)
        except LeaseLost:
            self.give_up.set()
        except Error as error:
            log.warning("heartbeat_missed", run=str(self._claim.run_id), error=str(error))
            self._news = self._news or news
            connection.close()
            return False
        return True
