"""AWS KMS as keeper of wrapping keys: they never leave it. The encryption context {workspace, purpose} is bound to each wrapped data key.

Rotation inside KMS needs nothing from us; a change to another KMS key is `manage.py rotate_keys`, and `ReEncrypt` keeps the data keys inside KMS meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tracefox.vault.wrapped import CannotUnseal, KeyMissing, KeysOutOfReach, Wrapped

if TYPE_CHECKING:
    from mypy_boto3_kms.client import KMSClient

GONE = ("NotFoundException", "DisabledException", "KMSInvalidStateException")
ALTERED = ("InvalidCiphertextException", "IncorrectKeyException")


class Kms:
    name = "kms"

    def __init__(self, client: KMSClient, *, key: str) -> None:
        self._client = client
        self.current = key

    @classmethod
    def connect(cls, *, key: str, region: str) -> Kms:
        config = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})
        return cls(boto3.Session().client("kms", region_name=region, config=config), key=key)

    def generate(self, *, key_id: UUID, context: Mapping[str, str]) -> tuple[bytes, Wrapped]:
        with _plain_errors():
            answer = self._client.generate_data_key(KeyId=self.current, KeySpec="AES_256", EncryptionContext=dict(context))
        return answer["Plaintext"], Wrapped(self.name, self.current, key_id, answer["CiphertextBlob"])

    def wrap(self, secret: bytes, *, key_id: UUID, context: Mapping[str, str]) -> Wrapped:
        with _plain_errors():
            answer = self._client.encrypt(KeyId=self.current, Plaintext=secret, EncryptionContext=dict(context))
        return Wrapped(self.name, self.current, key_id, answer["CiphertextBlob"])

    def open(self, wrapped: Wrapped, *, context: Mapping[str, str]) -> bytes:
        with _plain_errors():
            answer = self._client.decrypt(CiphertextBlob=wrapped.body, KeyId=wrapped.wrapping_key, EncryptionContext=dict(context))
        return answer["Plaintext"]

    def rewrap(self, wrapped: Wrapped, *, context: Mapping[str, str]) -> Wrapped:
        with _plain_errors():
            answer = self._client.re_encrypt(
                CiphertextBlob=wrapped.body,
                SourceKeyId=wrapped.wrapping_key,
                SourceEncryptionContext=dict(context),
                DestinationKeyId=self.current,
                DestinationEncryptionContext=dict(context),
            )
        return Wrapped(self.name, self.current, wrapped.key_id, answer["CiphertextBlob"])


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in GONE:
            raise KeyMissing(f"KMS cannot use the wrapping key ({code}).") from error
        if code in ALTERED:
            raise CannotUnseal("KMS does not open the wrapped data key: it was altered, or belongs to another workspace.") from error
        raise KeysOutOfReach(f"KMS refused ({code}).") from error
    except BotoCoreError as error:
        raise KeysOutOfReach(f"KMS does not answer: {type(error).__name__}.") from error
