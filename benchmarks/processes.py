"""What processes have used, out of /proc."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def own_cpu() -> float:
    """User and system seconds of this process, all threads, without its children."""
    return time.process_time()


def cpu_of(processes: Iterable[int]) -> float:
    """User and system seconds of the processes themselves and of their children that have ended."""
    total = 0
    for process in processes:
        with suppress(OSError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:13]))
    return total / TICKS


def pss_of(processes: Iterable[int]) -> int:
    """Proportional set size in bytes: shared pages are divided among those who share them."""
    total = 0
    for process in processes:
        with suppress(OSError):
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total
