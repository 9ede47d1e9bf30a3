"""The servers of one test run: started once by the process that the developer started, shared by its xdist workers, gone with it.

What the environment names already is used as it is. Each worker has its own Postgres database (pytest-django makes it), Redis database and S3 bucket.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tracefox import embedded
from tracefox.embedded import s3

PREFIX = "tracefox-tests-"


def start() -> embedded.Servers:
    """Start the servers of this run and put their addresses into the environment, for the settings and for the workers."""
    sweep()
    servers = embedded.start(make_root(), given=os.environ, durable=False)
    os.environ.update(servers.environment)
    return servers


def make_root() -> Path:
    """A folder for the servers' data that other users may enter: as root, Postgres runs as somebody else."""
    root = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    root.chmod(0o711)
    return root


def take_share(worker: str) -> None:
    """Point the environment to what belongs to this worker alone (`gw0`, `gw1`, ...; empty without xdist)."""
    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    address, _, _ = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{address}/{number}"
    if worker:
        os.environ["S3_BUCKET"] = f"{os.environ['S3_BUCKET']}-{worker}"
        keys = {"access_key": os.environ["AWS_ACCESS_KEY_ID"], "secret_key": os.environ["AWS_SECRET_ACCESS_KEY"]}
        s3.client(os.environ["S3_ENDPOINT_URL"], **keys).create_bucket(
            Bucket=os.environ["S3_BUCKET"], CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )


def sweep() -> None:
    """Remove what the runs of killed processes left on the disk."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if not Path(f"/proc/{pid}").exists():
            embedded.erase(folder)


def stop(servers: embedded.Servers) -> None:
    servers.stop()
    embedded.erase(servers.root)
