"""What is stored is sealed: AES-256-GCM boxes under data keys, and data keys wrapped by a key ring or by AWS KMS.

A box is `TFX1`, one byte for the algorithm, the data key's id (16 bytes), a random nonce (12), ciphertext and tag. The header and the `context` are
authenticated: a box opens only under the context that it was sealed for, so one workspace's object never opens as another's, or under another name.
A wrapped data key names the key that wraps it; rotation re-wraps data keys and never touches boxes. Deleting a wrapped key shreds all that it sealed.

Random nonces allow 2^32 boxes for one data key; `accounts.data_keys.retire` starts a new one long before. To add a keeper of wrapping keys (another KMS):
write its module beside `ring` and `kms`, and name it in `configured`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from tracefox.vault.cache import KeyCache
from tracefox.vault.kms import Kms
from tracefox.vault.ring import Ring
from tracefox.vault.wrapped import CannotUnseal, Keeper, KeyMissing, KeysOutOfReach, Wrapped

__all__ = ["CannotUnseal", "DataKey", "KeyMissing", "KeysOutOfReach", "Vault", "configured", "key_id", "new_data_key", "rewrap", "seal", "unseal", "unwrap"]

MAGIC = b"TFX1"
AES_256_GCM = b"\x01"
KEY_ID = slice(5, 21)
NONCE = slice(21, 33)
HEADER_SIZE = 33
TAG_SIZE = 16
KEY_SIZE = 32


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key that seals boxes. Its secret is in no text form of it."""

    id: UUID
    secret: bytes = field(repr=False)


def seal(plain: bytes, *, key: DataKey, context: str) -> bytes:
    header = MAGIC + AES_256_GCM + key.id.bytes + os.urandom(12)
    return header + AESGCM(key.secret).encrypt(header[NONCE], plain, header + context.encode())


def unseal(box: bytes, *, key: DataKey, context: str) -> bytes:
    if key_id(box) != key.id:
        raise CannotUnseal("The box was sealed under another data key.")
    header = box[:HEADER_SIZE]
    try:
        return AESGCM(key.secret).decrypt(header[NONCE], box[HEADER_SIZE:], header + context.encode())
    except InvalidTag as error:
        raise CannotUnseal("The box was altered, or sealed for another place.") from error


def key_id(box: bytes) -> UUID:
    """Which data key opens this box."""
    if len(box) < HEADER_SIZE + TAG_SIZE or not box.startswith(MAGIC + AES_256_GCM):
        raise CannotUnseal("This is no sealed box.")
    return UUID(bytes=bytes(box[KEY_ID]))


class Vault:
    """Makes, opens and re-wraps data keys. The first keeper wraps; all of them open. Opened keys are remembered for at most five minutes."""

    def __init__(self, keepers: list[Keeper], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._keepers = keepers
        self._cache = KeyCache(clock=clock)

    def new_data_key(self, context: Mapping[str, str]) -> tuple[DataKey, bytes]:
        id = uuid4()
        secret, wrapped = self._keepers[0].generate(key_id=id, context=context)
        return DataKey(id, secret), wrapped.to_bytes()

    def unwrap(self, wrapped: bytes, *, context: Mapping[str, str]) -> DataKey:
        envelope = Wrapped.from_bytes(wrapped)
        secret = self._cache.get((bytes(wrapped), tuple(sorted(context.items()))), otherwise=lambda: self._keeper(envelope).open(envelope, context=context))
        return DataKey(envelope.key_id, secret)

    def rewrap(self, wrapped: bytes, *, context: Mapping[str, str]) -> bytes:
        """The same data key under the key that wraps now."""
        envelope = Wrapped.from_bytes(wrapped)
        keeper = self._keepers[0]
        if envelope.keeper == keeper.name:
            return keeper.rewrap(envelope, context=context).to_bytes()
        return keeper.wrap(self._keeper(envelope).open(envelope, context=context), key_id=envelope.key_id, context=context).to_bytes()

    def is_current(self, wrapped: bytes) -> bool:
        envelope = Wrapped.from_bytes(wrapped)
        return (envelope.keeper, envelope.wrapping_key) == (self._keepers[0].name, self._keepers[0].current)

    def forget(self) -> None:
        """Drop every opened data key from memory."""
        self._cache.clear()

    def _keeper(self, envelope: Wrapped) -> Keeper:
        for keeper in self._keepers:
            if keeper.name == envelope.keeper:
                return keeper
        raise KeyMissing(f"The data key is wrapped by {envelope.keeper!r}, which is not configured.")


@lru_cache(maxsize=1)
def from_settings() -> Vault:
    return configured(keys=settings.VAULT_KEYS, kms_key=settings.VAULT_KMS_KEY, named="TRACEFOX_VAULT")


def configured(*, keys: str, kms_key: str, named: str) -> Vault:
    """A vault over a key ring, a KMS key, or both: then KMS wraps. `named` is what their settings begin with."""
    keepers: list[Keeper] = []
    if kms_key:
        keepers.append(Kms.connect(key=kms_key, region=settings.S3_REGION))
    if keys:
        keepers.append(Ring.parse(keys, setting=f"{named}_KEYS"))
    if not keepers:
        raise KeyMissing(f"Neither {named}_KEYS nor {named}_KMS_KEY is set.")
    return Vault(keepers)


def new_data_key(context: Mapping[str, str]) -> tuple[DataKey, bytes]:
    return from_settings().new_data_key(context)


def unwrap(wrapped: bytes, *, context: Mapping[str, str]) -> DataKey:
    return from_settings().unwrap(wrapped, context=context)


def rewrap(wrapped: bytes, *, context: Mapping[str, str]) -> bytes:
    return from_settings().rewrap(wrapped, context=context)


def is_current(wrapped: bytes) -> bool:
    return from_settings().is_current(wrapped)


def forget() -> None:
    from_settings().forget()
