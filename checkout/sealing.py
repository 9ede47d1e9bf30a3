"""Seal a value of Test Data to a workspace's public key: whoever has that key can seal, only who has the private one can open.

X25519 with an ephemeral key, HKDF-SHA256, AES-256-GCM. A box is `TFS1`, the ephemeral public key (32 bytes), a random nonce (12), ciphertext and tag. The
`context`, `workspace|test|name|version`, is authenticated: a box that was moved to another workspace, test, name or version does not open. There is no
`unseal` here: it lives in `checkout.runner`, which runs in a process of its own. Knows no Django.
"""

from __future__ import annotations

import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"TFS1"
INFO = b"tracefox test data v1"
EPHEMERAL = slice(4, 36)
NONCE = slice(36, 48)
HEADER_SIZE = 48
TAG_SIZE = 16


def seal(value: str, *, public_key: bytes, context: str) -> bytes:
    ephemeral = X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes_raw()
    key = box_key(ephemeral.exchange(X25519PublicKey.from_public_bytes(public_key)), ephemeral=public, recipient=public_key)
    nonce = os.urandom(12)
    return MAGIC + public + nonce + AESGCM(key).encrypt(nonce, value.encode(), context.encode())


def box_key(shared: bytes, *, ephemeral: bytes, recipient: bytes) -> bytes:
    """The key of one box. Both public keys go in, so that it is the key of this box for this recipient and of no other."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=ephemeral + recipient, info=INFO).derive(shared)


def context_of(*, workspace: object, test: object) -> str:
    """What the boxes of a test have in common: the beginning of their contexts."""
    return f"{workspace}|{test}"


def context(of: str, *, name: str, version: int) -> str:
    """Where one box belongs. `of` is `context_of` its test."""
    return f"{of}|{name}|{version}"
