"""What a demo says while it works: a line for each step, with the seconds it took."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what begins, and when it is done how long it took."""
    began = time.monotonic()
    print(f"{name} ...", end="", flush=True)
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} s", flush=True)


class Line:
    """One line that tells a long story: rewritten in place on a terminal; in a log, a new line for each piece of news."""

    def __init__(self, name: str) -> None:
        self._name, self._last, self._began = name, "", time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def say(self, news: str) -> None:
        if news != self._last:
            self._last = news
            print(f"\r\x1b[2K{self._name}: {news}" if sys.stdout.isatty() else f"{self._name}: {news}\n", end="", flush=True)

    def end(self) -> None:
        if sys.stdout.isatty():
            print(flush=True)
