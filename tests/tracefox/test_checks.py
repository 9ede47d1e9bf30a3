from typing import Any

import boto3
import pytest
from django.core.checks import Error, run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from moto import mock_aws

from tracefox import checks
from tracefox.blobs import bucket as buckets

BUCKET = "tracefox-snapshots"
CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


@pytest.fixture
def aws(monkeypatch, settings):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    settings.BLOBS, settings.S3_BUCKET, settings.S3_REGION, settings.S3_ENDPOINT_URL = "s3", BUCKET, "eu-west-1", None
    with mock_aws():
        yield boto3.Session().client("s3", region_name="eu-west-1")


@pytest.fixture
def bucket(aws):
    """A bucket as it should be."""
    aws.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    aws.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=CLOSED)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    aws.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    aws.put_bucket_policy(Bucket=BUCKET, Policy=buckets.policy(BUCKET))
    return aws


def _said() -> list[str]:
    return [str(message.msg) for message in checks.check_bucket() if isinstance(message, Error)]


def test_a_bucket_as_it_should_be_passes(bucket):
    assert checks.check_bucket() == []


def test_a_region_outside_ireland_is_refused_before_anybody_is_asked(settings):
    settings.BLOBS, settings.S3_REGION = "s3", "us-east-1"
    assert _said() == ["The object storage is in us-east-1; snapshots stay in eu-west-1."]


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_a_bucket_outside_ireland_is_refused(aws, region):
    place: Any = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    boto3.Session().client("s3", region_name=region).create_bucket(Bucket=BUCKET, **place)
    assert f"The bucket {BUCKET} lies in {region}, not in eu-west-1." in _said()


def test_a_bucket_that_is_copied_elsewhere_is_refused(bucket):
    frankfurt = boto3.Session().client("s3", region_name="eu-central-1")
    frankfurt.create_bucket(Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    for name in (BUCKET, "elsewhere"):
        bucket.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    rule = {"ID": "copy", "Status": "Enabled", "Priority": 1, "Filter": {"Prefix": ""}, "Destination": {"Bucket": "arn:aws:s3:::elsewhere"}}
    configuration = {"Role": "arn:aws:iam::123456789012:role/copy", "Rules": [rule | {"DeleteMarkerReplication": {"Status": "Disabled"}}]}
    bucket.put_bucket_replication(Bucket=BUCKET, ReplicationConfiguration=configuration)
    assert _said() == [f"The bucket {BUCKET} is replicated to another bucket."]


def test_a_bucket_without_encryption_by_default_is_refused(bucket):
    bucket.delete_bucket_encryption(Bucket=BUCKET)
    assert _said() == [f"The bucket {BUCKET} has no encryption by default."]


def test_a_bucket_encrypted_by_kms_passes(bucket):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    bucket.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert _said() == []


@pytest.mark.parametrize("door", sorted(CLOSED))
def test_a_bucket_that_may_be_opened_to_the_public_is_refused(bucket, door):
    bucket.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=CLOSED | {door: False})
    assert _said() == [f"The bucket {BUCKET} may be opened to the public: {door} is off."]


def test_a_bucket_without_a_public_access_block_is_refused(bucket):
    bucket.delete_public_access_block(Bucket=BUCKET)
    assert len(_said()) == 1
    assert "RestrictPublicBuckets" in _said()[0]


def test_a_bucket_that_answers_without_tls_is_refused(bucket):
    bucket.delete_bucket_policy(Bucket=BUCKET)
    assert _said() == [f"The bucket {BUCKET} answers without TLS: its policy must deny aws:SecureTransport=false."]


@pytest.mark.parametrize(("right", "wrong"), [("Deny", "Allow"), ('"s3:*"', '"s3:GetObject"'), ('"false"', '"true"'), (f"{BUCKET}/*", f"{BUCKET}/a/*")])
def test_a_policy_that_only_looks_like_tls_is_refused(bucket, right, wrong):
    assert right in buckets.policy(BUCKET)
    bucket.put_bucket_policy(Bucket=BUCKET, Policy=buckets.policy(BUCKET).replace(right, wrong))
    assert any("answers without TLS" in said for said in _said())


def test_a_bucket_that_is_not_there_is_refused(aws):
    assert _said()
    assert all("could not be asked" in said and "NoSuchBucket" in said for said in _said())


def test_a_storage_that_does_not_answer_is_refused_once(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    client = boto3.Session().client("s3", region_name="eu-west-1", endpoint_url="http://127.0.0.1:9")
    assert [fault.is_known for fault in buckets.faults(client, BUCKET)] == [False]


def test_a_server_of_ones_own_is_told_and_not_judged(settings):
    settings.BLOBS, settings.S3_REGION, settings.S3_ENDPOINT_URL = "s3", "eu-west-1", "http://127.0.0.1:9"
    assert [message.id for message in checks.check_bucket()] == [checks.OWN_SERVER]


def test_a_twin_has_no_bucket_to_judge(settings):
    settings.BLOBS = "memory"
    assert checks.check_bucket() == []


def test_the_check_runs_on_deployment_only(aws):
    assert not any(message.id == checks.UNANSWERED for message in run_checks())
    assert any(message.id == checks.UNANSWERED for message in run_checks(include_deployment_checks=True))


def test_check_deploy_stops_at_a_bad_bucket(bucket):
    bucket.delete_bucket_encryption(Bucket=BUCKET)
    with pytest.raises(SystemCheckError, match="no encryption by default"):
        call_command("check", deploy=True, tags=["security"])
