"""Opened data keys, remembered for a short while, so that neither a scan nor a page asks KMS for each object. In this process's memory only."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from threading import Lock

SECONDS = 300.0
AT_MOST = 1024


class KeyCache:
    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[Hashable, tuple[float, bytes]] = {}

    def get(self, key: Hashable, *, otherwise: Callable[[], bytes]) -> bytes:
        """The remembered secret, or what `otherwise` gives. A failure is not remembered."""
        now = self._clock()
        with self._lock:
            self._drop_old(now)
            if found := self._kept.get(key):
                return found[1]
        secret = otherwise()
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (now + SECONDS, secret)
        return secret

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()

    def _drop_old(self, now: float) -> None:
        """Entries lie in the order of their end, so the old ones are in front."""
        for key in list(self._kept):
            if self._kept[key][0] > now and len(self._kept) < AT_MOST:
                break
            del self._kept[key]
