"""Is a process still there? For tests of what must leave none behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 90.0


def is_alive(pid: int) -> bool:
    """A process that has ended and only waits to be buried is not alive."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def become_true(holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold: at once, or while somebody might still be patient."""
    deadline = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()
