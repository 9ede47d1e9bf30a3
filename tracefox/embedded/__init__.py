"""The servers that Tracefox needs, real ones, without Docker: Postgres 18, Redis and an S3 interface, all from Python packages.

For development, the demo and the tests. `start(root)` gives running servers on free ports, their data below `root`, and leaves no process behind, not even
when the program that called it is killed. What the environment names already (`DATABASE_URL`, `REDIS_URL`, `S3_ENDPOINT_URL`) is used as it is.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tracefox.embedded import postgres, redis, s3
from tracefox.embedded.server import Server, ServerFailed

__all__ = ["AlreadyRunning", "ServerFailed", "Servers", "erase", "start"]

BUCKET = "tracefox-snapshots"


class AlreadyRunning(Exception):
    """Another program runs its servers in this folder."""


@dataclass(kw_only=True)
class Servers:
    """Where the servers are; a context manager that stops them."""

    root: Path
    database_url: str
    redis_url: str
    s3_endpoint_url: str
    s3_access_key: str
    s3_secret_key: str
    s3_bucket: str
    running: list[Server] = field(default_factory=list)
    lock: int = -1

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which `tracefox.settings` finds these servers."""
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "S3_ENDPOINT_URL": self.s3_endpoint_url,
            "S3_BUCKET": self.s3_bucket,
            "AWS_ACCESS_KEY_ID": self.s3_access_key,
            "AWS_SECRET_ACCESS_KEY": self.s3_secret_key,
            "AWS_REGION": "eu-west-1",
        }

    def stop(self) -> None:
        """End every server that we started. May be called twice."""
        while self.running:
            self.running.pop().stop()
        if self.lock >= 0:
            os.close(self.lock)
            self.lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def start(root: Path, *, given: Mapping[str, str] | None = None, durable: bool = True) -> Servers:
    """Start what `given` (the caller's environment) does not name. Call it in the main thread.

    `durable=False` trades safety on power loss for speed: for tests only.
    """
    given = given or {}
    root = root.absolute()
    root.mkdir(parents=True, exist_ok=True)
    lock = _lock(root)
    try:
        return _start(root, lock=lock, given=given, durable=durable)
    except BaseException:
        os.close(lock)
        raise


def erase(root: Path) -> None:
    """Remove the data of the servers of this folder. They must be stopped."""
    root = root.absolute()
    shutil.rmtree(postgres.place(root / "postgres"), ignore_errors=True)
    shutil.rmtree(root, ignore_errors=True)


def _start(root: Path, *, lock: int, given: Mapping[str, str], durable: bool) -> Servers:
    keys = _keys(root)
    wanted: dict[str, Server] = {}
    if not given.get("S3_ENDPOINT_URL"):
        wanted["s3"] = s3.describe(root / "s3", log=root / "s3.log", access_key=keys["s3_access"], secret_key=keys["s3_secret"], bucket=BUCKET)
    if not given.get("REDIS_URL"):
        wanted["redis"] = redis.describe(root / "redis", log=root / "redis.log", password=keys["redis"], durable=durable)
    if not given.get("DATABASE_URL"):
        wanted["postgres"] = postgres.describe(root / "postgres", log=root / "postgres.log", password=keys["postgres"], durable=durable)
    try:
        for server in wanted.values():
            server.inherit = (lock,)  # held by whichever lives longest: the next start waits for the last of them
            server.launch()
        for server in wanted.values():
            server.await_ready()
    except BaseException:
        for server in wanted.values():
            server.stop()
        raise
    embedded_s3 = wanted.get("s3")
    return Servers(
        root=root,
        database_url=postgres.url(wanted["postgres"].port, password=keys["postgres"]) if "postgres" in wanted else given["DATABASE_URL"],
        redis_url=redis.url(wanted["redis"].port, password=keys["redis"]) if "redis" in wanted else given["REDIS_URL"],
        s3_endpoint_url=s3.url(embedded_s3.port) if embedded_s3 else given["S3_ENDPOINT_URL"],
        s3_access_key=keys["s3_access"] if embedded_s3 else given.get("AWS_ACCESS_KEY_ID", ""),
        s3_secret_key=keys["s3_secret"] if embedded_s3 else given.get("AWS_SECRET_ACCESS_KEY", ""),
        s3_bucket=BUCKET if embedded_s3 else given.get("S3_BUCKET", BUCKET),
        running=list(wanted.values()),
        lock=lock,
    )


def _lock(root: Path, *, patience: float = 15.0) -> int:
    """Hold this folder. A program that was killed a moment ago may still have a server that is writing its last page: wait for it."""
    lock = os.open(root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError as held:
            if time.monotonic() > deadline:
                os.close(lock)
                raise AlreadyRunning(f"Other servers are running in {root}. Stop that program first, or work in another checkout.") from held
            time.sleep(0.1)


def _keys(root: Path) -> dict[str, str]:
    """The passwords of this folder's servers, made once."""
    file = root / "keys.json"
    if not file.exists():
        keys = {name: secrets.token_hex(20) for name in ("postgres", "redis", "s3_access", "s3_secret")}
        fresh = file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(keys))
        fresh.rename(file)
    return dict(json.loads(file.read_text()))
