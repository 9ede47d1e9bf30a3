"""What must be true of the bucket that keeps snapshots: in Ireland, encrypted by default, copied nowhere, closed to the public, deaf to plain text.

Promises to customers stand behind each demand. To add one: a function `(client, bucket) -> what is wrong, or nothing` in `DEMANDS`, and a bucket that breaks it
in the tests of `tracefox.checks`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

REGION = "eu-west-1"
# AWS calls the region Ireland by an older name in old buckets.
_IRELAND = (REGION, "EU")


@dataclass(frozen=True, slots=True)
class Fault:
    """A demand that is not met; or, where the bucket could not be asked, not known to be."""

    sentence: str
    is_known: bool = True


def faults(client: S3Client, bucket: str) -> Iterator[Fault]:
    for demand in DEMANDS:
        try:
            wrong = demand(client, bucket)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown")
            yield Fault(f"The bucket {bucket} could not be asked ({error.operation_name}: {code}).", is_known=False)
        except BotoCoreError as error:
            yield Fault(f"The object storage does not answer: {type(error).__name__}.", is_known=False)
            return
        else:
            if wrong:
                yield Fault(f"The bucket {bucket} {wrong}")


def is_in_ireland(client: S3Client, bucket: str) -> str:
    region = client.get_bucket_location(Bucket=bucket)["LocationConstraint"] or "us-east-1"
    return "" if region in _IRELAND else f"lies in {region}, not in {REGION}."


def is_not_copied(client: S3Client, bucket: str) -> str:
    answer = _answer(lambda: client.get_bucket_replication(Bucket=bucket), absent="ReplicationConfigurationNotFoundError")
    rules = answer.get("ReplicationConfiguration", {}).get("Rules", [])
    return "is replicated to another bucket." if any(rule.get("Status") == "Enabled" for rule in rules) else ""


def is_encrypted_by_default(client: S3Client, bucket: str) -> str:
    answer = _answer(lambda: client.get_bucket_encryption(Bucket=bucket), absent="ServerSideEncryptionConfigurationNotFoundError")
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    algorithms = {rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm") for rule in rules}
    return "" if algorithms & {"AES256", "aws:kms", "aws:kms:dsse"} else "has no encryption by default."


def is_closed_to_the_public(client: S3Client, bucket: str) -> str:
    answer = _answer(lambda: client.get_public_access_block(Bucket=bucket), absent="NoSuchPublicAccessBlockConfiguration")
    block = answer.get("PublicAccessBlockConfiguration", {})
    open_doors = [name for name in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets") if not block.get(name)]
    return f"may be opened to the public: {', '.join(open_doors)} is off." if open_doors else ""


def refuses_plain_text(client: S3Client, bucket: str) -> str:
    answer = _answer(lambda: client.get_bucket_policy(Bucket=bucket), absent="NoSuchBucketPolicy")
    statements = _listed(json.loads(answer.get("Policy") or "{}").get("Statement", []))
    return (
        "" if any(_denies_plain_text(statement, bucket) for statement in statements) else "answers without TLS: its policy must deny aws:SecureTransport=false."
    )


DEMANDS: tuple[Callable[[S3Client, str], str], ...] = (is_in_ireland, is_not_copied, is_encrypted_by_default, is_closed_to_the_public, refuses_plain_text)


def policy(bucket: str) -> str:
    """The bucket policy that meets the last demand, for whoever makes the bucket."""
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    statement = {"Sid": "TLSOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resources, "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _denies_plain_text(statement: dict[str, Any], bucket: str) -> bool:
    conditions = {key.lower(): value for operator in statement.get("Condition", {}).values() for key, value in operator.items()}
    return (
        statement.get("Effect") == "Deny"
        and statement.get("Principal") in ("*", {"AWS": "*"})
        and bool({"s3:*", "*"} & set(_listed(statement.get("Action", []))))
        and f"arn:aws:s3:::{bucket}/*" in _listed(statement.get("Resource", []))
        and _listed(conditions.get("aws:securetransport", [])) in (["false"], [False])
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _answer(ask: Callable[[], Any], *, absent: str) -> dict[str, Any]:
    """The server's answer; empty where nothing of the kind is configured."""
    try:
        return dict(ask())
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == absent:
            return {}
        raise
