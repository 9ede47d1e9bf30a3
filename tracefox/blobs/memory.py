"""The twin of S3 for tests: a dictionary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from tracefox.blobs.form import Blob, NoSuchBlob, checked


class Memory:
    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self._kept: dict[str, tuple[bytes, datetime]] = {}

    def put(self, key: str, data: bytes) -> None:
        self._kept[checked(key)] = (bytes(data), self.clock())

    def get(self, key: str) -> bytes:
        if (kept := self._kept.get(checked(key))) is None:
            raise NoSuchBlob(f"No object lies under {key}.")
        return kept[0]

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._kept.pop(checked(key), None)

    def list(self, prefix: str) -> Iterator[Blob]:
        for key, (data, modified_at) in sorted(self._kept.items()):
            if key.startswith(prefix):
                yield Blob(key, len(data), modified_at)
