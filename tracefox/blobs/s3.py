"""Amazon S3, or a server that speaks its language. Asks for encryption at rest with every object, on top of the boxes that are sealed already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tracefox.blobs.form import Blob, NoSuchBlob, StorageDown, checked

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

AT_ONCE = 1000
OWNED = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")

CONFIG = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    response_checksum_validation="when_required",
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "max_attempts": 4},
    max_pool_connections=16,
    tcp_keepalive=True,
)


class S3:
    def __init__(self, client: S3Client, *, bucket: str, encryption: Literal["AES256", "aws:kms"] = "AES256") -> None:
        self.client = client
        self.bucket = bucket
        self._encryption = encryption

    @classmethod
    def connect(cls, *, bucket: str, region: str, endpoint_url: str | None = None, encryption: Literal["AES256", "aws:kms"] = "AES256") -> S3:
        return cls(boto3.Session().client("s3", region_name=region, endpoint_url=endpoint_url, config=CONFIG), bucket=bucket, encryption=encryption)

    def put(self, key: str, data: bytes) -> None:
        with _plain_errors(key):
            self.client.put_object(
                Bucket=self.bucket, Key=checked(key), Body=data, ContentType="application/octet-stream", ServerSideEncryption=self._encryption
            )

    def get(self, key: str) -> bytes:
        with _plain_errors(key):
            return self.client.get_object(Bucket=self.bucket, Key=checked(key))["Body"].read()

    def delete(self, keys: Iterable[str]) -> None:
        left = iter(keys)
        while batch := [checked(key) for key in islice(left, AT_ONCE)]:
            with _plain_errors(batch[0]):
                answer = self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True})
            if failed := answer.get("Errors"):
                raise StorageDown(f"{len(failed)} of {len(batch)} objects could not be removed: {failed[0].get('Code', 'unknown')}.")

    def list(self, prefix: str) -> Iterator[Blob]:
        with _plain_errors(prefix):
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
                for entry in page.get("Contents", []):
                    yield Blob(entry["Key"], entry["Size"], entry["LastModified"])

    def create_bucket(self) -> None:
        place: Any = {"LocationConstraint": self.client.meta.region_name}
        with _plain_errors(self.bucket):
            try:
                self.client.create_bucket(Bucket=self.bucket, CreateBucketConfiguration=place)
            except ClientError as error:
                if error.response["Error"]["Code"] not in OWNED:
                    raise


@contextmanager
def _plain_errors(what: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        if code == "NoSuchKey":
            raise NoSuchBlob(f"No object lies under {what}.") from error
        raise StorageDown(f"The object storage refused {what}: {code}.") from error
    except (BotoCoreError, OSError) as error:
        raise StorageDown(f"The object storage does not answer: {type(error).__name__}.") from error
