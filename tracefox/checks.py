"""What must be true of the place where we store, asked by `manage.py check --deploy` before anything goes live.

Snapshots lie in Ireland, encrypted, and nowhere else: a bucket in another region, one that is copied elsewhere, one without encryption by default, one that the
public may read, or one that answers without TLS is refused. These are promises to customers, so they are errors and not advice. To add a demand: a function
`(client, bucket) -> sentence or nothing` in `DEMANDS`, and a bucket that breaks it in the test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info

from tracefox.blobs import S3

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

REGION = "eu-west-1"
OUTSIDE = "tracefox.E001"
BROKEN = "tracefox.E002"
UNANSWERED = "tracefox.E003"
OWN_SERVER = "tracefox.I001"
# AWS calls the region Ireland by an older name in old buckets.
_IRELAND = (REGION, "EU")


def check_bucket(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """Registered for `check --deploy` by the scans app."""
    del app_configs
    if settings.BLOBS != "s3":
        return []
    if settings.S3_REGION != REGION:
        return [Error(f"The object storage is in {settings.S3_REGION}; snapshots stay in {REGION}.", hint="Set AWS_REGION.", id=OUTSIDE)]
    if not _is_amazon(settings.S3_ENDPOINT_URL):
        return [Info("S3_ENDPOINT_URL names a server of your own: where it keeps the bytes, and who else may read them, is yours to see to.", id=OWN_SERVER)]
    store = S3.connect(bucket=settings.S3_BUCKET, region=settings.S3_REGION, endpoint_url=settings.S3_ENDPOINT_URL)
    return list(judge(store.client, settings.S3_BUCKET))


def judge(client: S3Client, bucket: str) -> Iterator[CheckMessage]:
    """One error for each demand that the bucket does not meet."""
    for demand in DEMANDS:
        try:
            fault = demand(client, bucket)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown")
            yield Error(f"The bucket {bucket} could not be asked ({error.operation_name}: {code}).", hint="Grant the read, or mend the bucket.", id=UNANSWERED)
        except BotoCoreError as error:
            yield Error(f"The object storage does not answer: {type(error).__name__}.", id=UNANSWERED)
            return
        else:
            if fault:
                yield Error(f"The bucket {bucket} {fault}", id=BROKEN)


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


def _is_amazon(endpoint_url: str | None) -> bool:
    host = urlsplit(endpoint_url or "").hostname or ""
    return not endpoint_url or host.endswith((".amazonaws.com", ".api.aws"))
