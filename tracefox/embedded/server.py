"""One embedded server: started so that it cannot outlive us, asked until it answers, stopped for good.

Linux only. The kernel sends the server its farewell signal when the thread that started it is gone, so `start` belongs in the main thread.
A further server is a module beside `redis.py` that describes itself as a `Server`.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 60.0
LAUNCHES = 3


class ServerFailed(Exception):
    """An embedded server died, or never answered. The message ends with what its log says."""


def free_port() -> int:
    """A port of the loopback interface that nobody uses now. Somebody may take it before we do, which is why `Server.await_ready` launches again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(kw_only=True)
class Server:
    """What to run, and how to know that it serves. The port is chosen at launch."""

    name: str
    command: Callable[[int], list[str]]
    ask: Callable[[int], object]  # a real query; raises until the server answers it
    folder: Path
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    config: bytes = b""
    user: tuple[int, int] | None = None  # (uid, gid) to run as, where we are root and the server must not be
    farewell: signal.Signals = signal.SIGTERM
    inherit: tuple[int, ...] = ()
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Start the process; it has not answered yet."""
        self.port = free_port()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*privileges(self.user, farewell=self.farewell), *self.command(self.port)],
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC", "LC_ALL": "C"} | self.environment,
                stdin=subprocess.PIPE if self.config else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.inherit,
                start_new_session=True,  # Ctrl-C is for us: the servers go last
            )
        if self.config and self.process.stdin:
            self.process.stdin.write(self.config)
            self.process.stdin.close()

    def await_ready(self) -> None:
        """Return when the server has answered a query; launch it again, on another port, should it die first."""
        deadline = time.monotonic() + PATIENCE
        launches = 1
        while True:
            try:
                self.ask(self.port)
                return
            except Exception as silence:
                died = self.process is None or self.process.poll() is not None
                if time.monotonic() > deadline or (died and launches == LAUNCHES):
                    raise ServerFailed(f"{self.name} {'ended at start' if died else 'does not answer'}: {self.last_words() or silence}") from silence
                if died:
                    launches += 1
                    self.launch()
            time.sleep(0.02)

    def stop(self) -> None:
        """End the process: a polite signal first, after ten seconds the one that cannot be refused, to its whole group."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.farewell)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self) -> str:
        return " / ".join(self.log.read_text(errors="replace").split("\n")[-6:]).strip(" /") if self.log.exists() else ""


def privileges(user: tuple[int, int] | None, *, farewell: signal.Signals = signal.SIGTERM) -> list[str]:
    """The command prefix that binds a process to our life and, where a user is named, runs it as that one."""
    prefix = ["setpriv", "--pdeathsig", farewell.name.removeprefix("SIG")]
    if user:
        prefix += ["--reuid", str(user[0]), "--regid", str(user[1]), "--clear-groups"]
    return [*prefix, "--"]
