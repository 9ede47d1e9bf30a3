"""What every store can do, how it fails, and what a key looks like. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

_KEY = re.compile(r"(?!/)(?:(?:^|/)(?!\.{1,2}(?:/|$))[A-Za-z0-9_.=-]+)+")


class NoSuchBlob(Exception):
    """No object lies under this key."""


class StorageDown(Exception):
    """The store does not answer, or refuses. Trying later may help."""


class BadKey(ValueError):
    """This can be no key: names of letters, digits and `_.=-`, joined by single slashes, none of them a dot or two."""


@dataclass(frozen=True, slots=True)
class Blob:
    """An object as a list shows it."""

    key: str
    size: int
    modified_at: datetime


class BlobStore(Protocol):
    def put(self, key: str, data: bytes) -> None:
        """Store the bytes under the key, whole or not at all, in place of what lay there."""

    def get(self, key: str) -> bytes: ...

    def delete(self, keys: Iterable[str]) -> None:
        """Remove these objects. One that is not there counts as removed."""

    def list(self, prefix: str) -> Iterator[Blob]:
        """Every object whose key starts with the prefix, in the order of the keys."""


def checked(key: str) -> str:
    if len(key) > 900 or not _KEY.fullmatch(key):
        raise BadKey(f"{key[:80]!r} is no object key.")
    return key
