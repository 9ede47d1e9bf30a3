import os
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from moto import mock_aws

from tracefox import blobs
from tracefox.blobs import S3, BadKey, Directory, Memory, NoSuchBlob, StorageDown, s3

BUCKET = "tracefox-test"


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.Session().client("s3", region_name="eu-west-1")


@pytest.fixture
def moto_store(aws):
    store = S3.connect(bucket=BUCKET, region="eu-west-1")
    store.create_bucket()
    return store


@pytest.fixture
def server_store(settings):
    """The S3 server of this test run."""
    settings.BLOBS = "s3"
    blobs.forget()
    blobs.create_bucket()
    store = blobs.store()
    yield store
    store.delete([blob.key for blob in store.list("blobs-test/")])
    blobs.forget()


@pytest.fixture(params=["memory", "directory", "moto", "server"])
def store(request, tmp_path):
    if request.param in ("moto", "server"):
        return request.getfixturevalue(f"{request.param}_store")
    return Memory() if request.param == "memory" else Directory(tmp_path)


def test_what_was_put_can_be_got(store):
    store.put("blobs-test/a/b", b"\x00box\xff")
    assert store.get("blobs-test/a/b") == b"\x00box\xff"


def test_an_object_may_be_empty_or_large(store):
    store.put("blobs-test/empty", b"")
    store.put("blobs-test/large", b"x" * 5_000_000)
    assert store.get("blobs-test/empty") == b""
    assert len(store.get("blobs-test/large")) == 5_000_000


def test_a_second_put_replaces_the_first(store):
    store.put("blobs-test/a", b"one")
    store.put("blobs-test/a", b"two")
    assert store.get("blobs-test/a") == b"two"


def test_what_is_not_there_is_no_such_blob(store):
    with pytest.raises(NoSuchBlob, match="blobs-test/none"):
        store.get("blobs-test/none")


def test_a_prefix_lists_what_lies_under_it_in_order(store):
    for name in ("b/2", "b/1", "bb/1", "a/1"):
        store.put(f"blobs-test/{name}", name.encode())
    found = list(store.list("blobs-test/b/"))
    assert [(blob.key, blob.size) for blob in found] == [("blobs-test/b/1", 3), ("blobs-test/b/2", 3)]
    assert all(abs(datetime.now(UTC) - blob.modified_at) < timedelta(hours=1) for blob in found)
    assert [blob.key for blob in store.list("blobs-test/b")] == ["blobs-test/b/1", "blobs-test/b/2", "blobs-test/bb/1"]


def test_deleting_removes_and_may_be_repeated(store):
    store.put("blobs-test/a", b"one")
    store.put("blobs-test/b", b"two")
    store.delete(["blobs-test/a", "blobs-test/never"])
    store.delete(["blobs-test/a"])
    assert [blob.key for blob in store.list("blobs-test/")] == ["blobs-test/b"]
    store.delete([])


def test_a_key_that_is_none_is_refused(store):
    for key in ("", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", "a b", "a\nb", "ä", "a" * 901, "a\\b", "."):
        for attempt in (lambda key=key: store.put(key, b""), lambda key=key: store.get(key), lambda key=key: store.delete([key])):
            with pytest.raises(BadKey):
                attempt()


def test_more_than_one_batch_is_deleted_and_listed(moto_store, monkeypatch):
    monkeypatch.setattr(s3, "AT_ONCE", 4)
    keys = [f"blobs-test/{n:02d}" for n in range(10)]
    for key in keys:
        moto_store.put(key, b"")
    assert [blob.key for blob in moto_store.list("")] == keys
    moto_store.delete(keys)
    assert list(moto_store.list("")) == []


@pytest.mark.parametrize("encryption", ["AES256", "aws:kms"])
def test_every_object_asks_for_encryption_at_rest(aws, encryption):
    store = S3.connect(bucket=BUCKET, region="eu-west-1", encryption=encryption)
    store.create_bucket()
    store.put("a", b"box")
    assert aws.head_object(Bucket=BUCKET, Key="a")["ServerSideEncryption"] == encryption


def test_a_bucket_is_made_in_ireland_once(aws, moto_store):
    moto_store.create_bucket()
    assert aws.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == "eu-west-1"


def test_a_bucket_that_is_missing_is_storage_down_and_not_a_missing_object(aws):
    store = S3.connect(bucket="nobody-made-this", region="eu-west-1")
    for attempt in (lambda: store.put("a", b""), lambda: store.get("a"), lambda: store.delete(["a"]), lambda: list(store.list(""))):
        with pytest.raises(StorageDown, match="NoSuchBucket"):
            attempt()


def test_a_server_that_does_not_answer_is_storage_down(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    store = S3.connect(bucket=BUCKET, region="eu-west-1", endpoint_url="http://127.0.0.1:9")
    with pytest.raises(StorageDown, match="does not answer"):
        store.get("a")


def test_a_wrong_key_of_the_server_is_storage_down_at_once(server_store, settings):
    stranger = boto3.Session().client(
        "s3", region_name="eu-west-1", endpoint_url=settings.S3_ENDPOINT_URL, aws_access_key_id="somebody", aws_secret_access_key="nothing"
    )
    with pytest.raises(StorageDown):
        S3(stranger, bucket=settings.S3_BUCKET).get("a")


def test_a_full_or_missing_disk_is_storage_down(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    store = Directory(tmp_path / "file")
    with pytest.raises(StorageDown):
        store.put("a", b"")


def test_a_directory_shows_no_half_written_object(tmp_path):
    store = Directory(tmp_path)
    store.put("a", b"one")
    (tmp_path / ".new-half").write_bytes(b"ha")
    assert [blob.key for blob in store.list("")] == ["a"]


def test_a_folder_is_no_object(tmp_path):
    store = Directory(tmp_path)
    store.put("a/b", b"one")
    with pytest.raises(NoSuchBlob):
        store.get("a")


def test_a_process_keeps_one_store():
    assert blobs.store() is blobs.store()


def test_each_process_opens_its_own_store():
    assert blobs._open("memory", os.getpid()) is not blobs._open("memory", os.getpid() + 1)


@pytest.mark.parametrize(("name", "kind"), [("memory", Memory), ("directory", Directory), ("s3", S3)])
def test_a_setting_chooses_the_store(settings, name, kind):
    settings.BLOBS = name
    blobs.forget()
    assert isinstance(blobs.store(), kind)
    blobs.forget()


def test_an_unknown_store_is_refused(settings):
    settings.BLOBS = "tape"
    blobs.forget()
    with pytest.raises(ImproperlyConfigured, match="tape"):
        blobs.store()


def test_only_s3_has_a_bucket_to_make(settings):
    settings.BLOBS = "memory"
    blobs.forget()
    blobs.create_bucket()
    blobs.forget()
