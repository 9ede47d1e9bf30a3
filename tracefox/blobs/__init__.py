"""Object storage: `store()` gives put, get, delete and list. S3 in eu-west-1; its twins are a directory and a dictionary, chosen by `settings.BLOBS`.

A store holds bytes under a key and nothing else: no metadata beside the object, since not every server keeps it. What must be known of an object stands in
its sealed box and in the database. Every failure is `NoSuchBlob` or `StorageDown`. To add a store: a module with a class that has the four methods of
`BlobStore`, and its name in `store`.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tracefox.blobs.directory import Directory
from tracefox.blobs.form import BadKey, Blob, BlobStore, NoSuchBlob, StorageDown
from tracefox.blobs.memory import Memory
from tracefox.blobs.s3 import S3

__all__ = ["S3", "BadKey", "Blob", "BlobStore", "Directory", "Memory", "NoSuchBlob", "StorageDown", "create_bucket", "forget", "store"]


def store() -> BlobStore:
    """This process's store. A forked worker gets its own: connections are not shared across a fork."""
    return _open(settings.BLOBS, os.getpid())


def create_bucket() -> None:
    """Make the bucket where it does not exist yet. For a server of our own; on AWS the bucket is made beforehand, and `check --deploy` judges it."""
    if isinstance(kept := store(), S3):
        kept.create_bucket()


def forget() -> None:
    """Open the store anew at the next call, by the settings of then."""
    _open.cache_clear()


@lru_cache(maxsize=4)
def _open(kind: str, process: int) -> BlobStore:
    del process
    if kind == "s3":
        return S3.connect(bucket=settings.S3_BUCKET, region=settings.S3_REGION, endpoint_url=settings.S3_ENDPOINT_URL, encryption=settings.S3_ENCRYPTION)
    if kind == "directory":
        return Directory(Path(settings.BLOBS_DIRECTORY))
    if kind == "memory":
        return Memory()
    raise ImproperlyConfigured(f"TRACEFOX_BLOBS is {kind!r}; it must be s3, directory or memory.")
