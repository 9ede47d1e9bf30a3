"""Limits on a browser's process tree: memory is watched, and a tree is ended as a whole, whatever its members want."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


def tree(root: int) -> list[int]:
    """The process and all its descendants, parents first."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with suppress(OSError):
                parent = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry))
    found = [root]
    for process in found:
        found.extend(children.get(process, []))
    return found


def born_at(process: int) -> int:
    """When the process started, in the kernel's ticks; 0 when there is none."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return 0


def private_bytes(processes: list[int]) -> int:
    """Resident memory that the processes do not share, in bytes. Cheap (one short file each), and close to PSS for Chromium's tree."""
    total = 0
    for process in processes:
        with suppress(OSError):
            resident, shared = Path(f"/proc/{process}/statm").read_text().split()[1:3]
            total += (int(resident) - int(shared)) * PAGE
    return total


def end(members: list[int]) -> None:
    """Kill the tree that `tree` found, and the process group of its root. What is gone already is fine."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(members[0], signal.SIGKILL)
    for member in members:
        with suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)


async def watch_memory(root: int, *, cap: int, every: float = 0.5) -> int:
    """Return the tree's private bytes once they exceed the cap; never otherwise."""
    members, looks = tree(root), 0
    while True:
        await asyncio.sleep(every)
        looks += 1
        if looks % 4 == 1:
            members = tree(root)
        if (used := private_bytes(members)) > cap:
            return used
