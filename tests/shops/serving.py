"""A shop's program as a process: in a process namespace of its own, so that whatever it starts ends with it, and with us.

It may write in its own folder and nowhere else, and is given no environment but its own.
"""

from __future__ import annotations

import contextlib
import http.client
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tracefox.embedded.server import Server


@contextlib.contextmanager
def running(name: str, *, command: Callable[[int], Sequence[str]], folder: Path, environment: Mapping[str, str], path: str = "/") -> Iterator[Server]:
    """`command` is given a port of loopback; the shop is ready when it answers `path` there."""
    server = Server(
        name=name,
        command=lambda port: [*_room(folder), *command(port)],
        ask=lambda port: _ask(port, path),
        folder=folder,
        log=folder / "shop.log",
        environment={"HOME": str(folder), "TMPDIR": str(folder), **environment},
        farewell=signal.SIGKILL,  # of the room, and so of all who are in it
    )
    server.launch()
    try:
        server.await_ready()
        yield server
    finally:
        server.stop()


def _room(folder: Path) -> list[str]:
    bubblewrap = shutil.which("bwrap") or "bwrap"
    return [
        *(bubblewrap, "--die-with-parent", "--unshare-pid", "--unshare-ipc", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
        *("--bind", str(folder), str(folder), "--chdir", str(folder), "--"),
    ]


def _ask(port: int, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"X-Forwarded-Proto": "https"})
        if connection.getresponse().status >= http.HTTPStatus.BAD_REQUEST:
            raise OSError(f"{path} is not there yet")
    finally:
        connection.close()
