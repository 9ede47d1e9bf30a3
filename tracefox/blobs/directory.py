"""The twin of S3 on one machine: a directory, one file for each object. A file appears whole, by renaming."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tracefox.blobs.form import Blob, NoSuchBlob, StorageDown, checked


class Directory:
    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, data: bytes) -> None:
        path = self._root / checked(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._root, prefix=".new-", delete=False) as file:
                file.write(data)
            os.replace(file.name, path)
        except OSError as error:
            raise StorageDown(f"{key} could not be written: {error.strerror}.") from error

    def get(self, key: str) -> bytes:
        try:
            return (self._root / checked(key)).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise NoSuchBlob(f"No object lies under {key}.") from error
        except OSError as error:
            raise StorageDown(f"{key} could not be read: {error.strerror}.") from error

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            try:
                (self._root / checked(key)).unlink(missing_ok=True)
            except OSError as error:
                raise StorageDown(f"{key} could not be removed: {error.strerror}.") from error

    def list(self, prefix: str) -> Iterator[Blob]:
        found = (path for path in self._root.rglob("*") if path.is_file() and not path.name.startswith(".new-"))
        for key, path in sorted((path.relative_to(self._root).as_posix(), path) for path in found):
            if key.startswith(prefix):
                status = path.stat()
                yield Blob(key, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))
