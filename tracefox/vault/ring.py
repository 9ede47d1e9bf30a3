"""A key ring as keeper of wrapping keys: 256-bit keys out of the environment. The first one wraps, all of them open.

Text form: `id:base64key,id2:base64key`. To rotate: put a new key in front, run `manage.py rotate_keys`, then take the old one out.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured

from tracefox.vault.wrapped import CannotUnseal, KeyMissing, Wrapped, canonical


class Ring:
    name = "ring"

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)
        self.current = next(iter(self._keys))

    @classmethod
    def parse(cls, text: str, *, setting: str = "TRACEFOX_VAULT_KEYS") -> Ring:
        keys: dict[str, bytes] = {}
        for entry in filter(None, (part.strip() for part in text.split(","))):
            id, _, encoded = entry.partition(":")
            key = _decoded(encoded)
            if not id or len(id) > 60 or id in keys or len(key) != 32:
                raise ImproperlyConfigured(f"{setting}: the entry {id[:60]!r} is not a new id, a colon and 32 bytes in base64.")
            keys[id] = key
        if not keys:
            raise ImproperlyConfigured(f"{setting} holds no key.")
        return cls(keys)

    def generate(self, *, key_id: UUID, context: Mapping[str, str]) -> tuple[bytes, Wrapped]:
        secret = os.urandom(32)
        return secret, self.wrap(secret, key_id=key_id, context=context)

    def wrap(self, secret: bytes, *, key_id: UUID, context: Mapping[str, str]) -> Wrapped:
        empty = Wrapped(self.name, self.current, key_id, b"")
        nonce = os.urandom(12)
        return replace(empty, body=nonce + AESGCM(self._keys[self.current]).encrypt(nonce, secret, empty.header + canonical(context)))

    def open(self, wrapped: Wrapped, *, context: Mapping[str, str]) -> bytes:
        if (key := self._keys.get(wrapped.wrapping_key)) is None:
            raise KeyMissing(f"The key ring holds no key {wrapped.wrapping_key!r}.")
        try:
            return AESGCM(key).decrypt(wrapped.body[:12], wrapped.body[12:], wrapped.header + canonical(context))
        except (InvalidTag, ValueError) as error:
            raise CannotUnseal("The wrapped data key was altered, belongs to another workspace, or its ring key is another one by the same id.") from error

    def rewrap(self, wrapped: Wrapped, *, context: Mapping[str, str]) -> Wrapped:
        return self.wrap(self.open(wrapped, context=context), key_id=wrapped.key_id, context=context)


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return b""
