"""The form of a wrapped data key, and what a keeper of wrapping keys can do.

Bytes: `TFW1`, then length and name of the keeper (`ring`, `kms`), length and name of the wrapping key, the data key's id (16 bytes), the keeper's own body.
Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

MAGIC = b"TFW1"


class CannotUnseal(Exception):
    """The box or wrapped key was altered, or was sealed for another place."""


class KeyMissing(Exception):
    """The key that would open this is not here: never given, taken out of the ring, or shredded."""


class KeysOutOfReach(Exception):
    """The keeper of the wrapping keys does not answer. Trying later may help."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    keeper: str
    wrapping_key: str
    key_id: UUID
    body: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        return self.header + self.body

    @property
    def header(self) -> bytes:
        return MAGIC + _named(self.keeper) + _named(self.wrapping_key) + self.key_id.bytes

    @classmethod
    def from_bytes(cls, wrapped: bytes) -> Wrapped:
        wrapped = bytes(wrapped)
        if not wrapped.startswith(MAGIC):
            raise CannotUnseal("This is no wrapped data key.")
        try:
            keeper, at = _name(wrapped, len(MAGIC))
            wrapping_key, at = _name(wrapped, at)
            return cls(keeper, wrapping_key, UUID(bytes=wrapped[at : at + 16]), wrapped[at + 16 :])
        except (IndexError, ValueError) as error:
            raise CannotUnseal("The wrapped data key is damaged.") from error


class Keeper(Protocol):
    """Holds wrapping keys. `current` names the one that wraps now; older ones still open."""

    @property
    def name(self) -> str: ...

    @property
    def current(self) -> str: ...

    def generate(self, *, key_id: UUID, context: Mapping[str, str]) -> tuple[bytes, Wrapped]: ...

    def wrap(self, secret: bytes, *, key_id: UUID, context: Mapping[str, str]) -> Wrapped: ...

    def open(self, wrapped: Wrapped, *, context: Mapping[str, str]) -> bytes: ...

    def rewrap(self, wrapped: Wrapped, *, context: Mapping[str, str]) -> Wrapped: ...


def canonical(context: Mapping[str, str]) -> bytes:
    return json.dumps(dict(context), sort_keys=True, separators=(",", ":")).encode()


def _named(name: str) -> bytes:
    return bytes([len(name.encode())]) + name.encode()


def _name(wrapped: bytes, at: int) -> tuple[str, int]:
    end = at + 1 + wrapped[at]
    return wrapped[at + 1 : end].decode(), end
