"""How far a scan is, in words for people.

Pure. The `token` changes whenever the words or the bar would: a page that has shown it need not be told again.
"""

from __future__ import annotations

from dataclasses import dataclass

from scans.models import Scan


@dataclass(frozen=True)
class Progress:
    words: str
    done: int
    total: int
    token: str


def of(scan: Scan) -> Progress:
    waits = "Waiting for a free browser" if scan.attempts == 0 else "Waiting to be tried again"
    words = waits if scan.status == Scan.Status.QUEUED else (scan.stage or "Starting the browser")
    return Progress(words, scan.pages_done, scan.pages_total, f"{scan.status} {scan.pages_done}/{scan.pages_total} {words}")
