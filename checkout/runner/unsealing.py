"""Opens Test Data, with the private key that only the runner is given. Nobody else imports this.

Pure. The form of a box is that of `checkout.sealing`; what a value belongs to (workspace, test, name, version) is bound into it.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from checkout import sealing


class Unreadable(Exception):
    """A box that does not open: made for another key, another place, or changed. The message says nothing of the value."""


def unseal(box: bytes, *, private_key: bytes, context: str) -> str:
    """The value. Raises `Unreadable`."""
    if len(box) < sealing.HEADER_SIZE + sealing.TAG_SIZE or not box.startswith(sealing.MAGIC):
        raise Unreadable("This is no sealed Test Data.")
    ephemeral = box[sealing.EPHEMERAL]
    try:
        own = X25519PrivateKey.from_private_bytes(private_key)
        shared = own.exchange(X25519PublicKey.from_public_bytes(ephemeral))
        key = sealing.box_key(shared, ephemeral=ephemeral, recipient=own.public_key().public_bytes_raw())
        return AESGCM(key).decrypt(box[sealing.NONCE], box[sealing.HEADER_SIZE :], context.encode()).decode()
    except (InvalidTag, ValueError):
        raise Unreadable("Sealed Test Data does not open here.") from None
