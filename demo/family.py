"""Programs that live and die with this one: started in groups of their own, watched, and ended together, whatever they started themselves included.

Linux only. A program gets SIGTERM when we die, however that happens. What a program leaves behind when it ends comes to us (we are its "subreaper"), so that
`end` can find it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tracefox.browser import limits
from tracefox.embedded.server import privileges

PR_SET_CHILD_SUBREAPER = 36
LAST_LINES = 15


class ProgramEnded(Exception):
    """A program that ought to run has ended."""


class Family:
    """After `end`, every program and its descendants are gone."""

    def __init__(self, *, folder: Path, environment: Mapping[str, str], spare: Iterable[int] = ()) -> None:
        """`spare`: processes of ours that belong to somebody else, who will end them."""
        self.folder = folder
        self._environment = dict(environment)
        self._spared = frozenset(spare)
        self._programs: dict[str, subprocess.Popen[bytes]] = {}
        self.folder.mkdir(parents=True, exist_ok=True)
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def start(self, name: str, *arguments: str, inherit: Sequence[int] = ()) -> None:
        """Run this Python with the arguments. What it prints goes to its own log."""
        with self.log(name).open("wb") as log:
            self._programs[name] = subprocess.Popen(
                [*privileges(None), sys.executable, *arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=inherit,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise with its last words if one of the programs has ended."""
        for name, program in self._programs.items():
            if program.poll() is not None:
                raise ProgramEnded(f"{name} ended with status {program.returncode}. Its log ends:\n{self.last_words(name)}")

    def last_words(self, name: str) -> str:
        return "\n".join(f"    {line}" for line in self.log(name).read_text(errors="replace").splitlines()[-LAST_LINES:])

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def end(self, *, patience: float = 20.0) -> None:
        """Ask all to go, in the reverse order of their start; what is still there after `patience` seconds is killed, strays included."""
        deadline = time.monotonic() + patience
        for program in reversed(self._programs.values()):
            program.send_signal(signal.SIGTERM)
        for program in self._programs.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(timeout=max(0.1, deadline - time.monotonic()))
        while left := self._left():
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for program in self._programs.values():
                program.poll()
            for pid in left:
                with contextlib.suppress(ChildProcessError):  # not ours to bury: its parent still lives, or somebody was quicker
                    os.waitpid(pid, os.WNOHANG)
            time.sleep(0.02)
        self._programs.clear()

    def _left(self) -> set[int]:
        spared = {pid for root in self._spared for pid in limits.tree(root)}
        return set(limits.tree(os.getpid())[1:]) - spared
