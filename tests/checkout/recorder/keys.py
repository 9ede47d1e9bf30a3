"""A runner's key pair for tests of the recorder, and the ids that its boxes are bound to."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

PRIVATE_KEY = bytes(range(32))
PUBLIC_KEY = X25519PrivateKey.from_private_bytes(PRIVATE_KEY).public_key().public_bytes_raw()
WORKSPACE_ID = "6c4f6c1b-229a-4f2c-9e8a-404b378f7a0d"
TEST_ID = "9a1f2c1e-8a40-4b37-8f7a-0d6c4f6c1b22"
