import base64
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from tracefox import vault
from tracefox.vault import CannotUnseal, DataKey, KeyMissing, KeysOutOfReach, Vault
from tracefox.vault.cache import KeyCache
from tracefox.vault.kms import Kms
from tracefox.vault.ring import Ring
from tracefox.vault.wrapped import Wrapped

KEY = DataKey(uuid4(), b"k" * 32)
OURS = {"workspace": "ours", "purpose": "data"}
THEIRS = {"workspace": "theirs", "purpose": "data"}
OLD, NEW = b"o" * 32, b"n" * 32


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Counting(Ring):
    """A ring that counts how often it was asked to open, and can be out of reach."""

    opened = 0
    down = False

    def open(self, wrapped, *, context):
        self.opened += 1
        if self.down:
            raise KeysOutOfReach
        return super().open(wrapped, context=context)


class Refusing:
    """A KMS that answers every request with one error."""

    def __init__(self, code: str) -> None:
        self.code = code

    def decrypt(self, **request):
        raise ClientError({"Error": {"Code": self.code, "Message": ""}}, "Decrypt")


@pytest.fixture
def kms(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.Session().client("kms", region_name="eu-west-1")


def _kms_key(client):
    return client.create_key()["KeyMetadata"]["Arn"]


@given(st.binary(max_size=2000), st.text(max_size=60))
def test_a_box_opens_under_its_own_context(plain, context):
    assert vault.unseal(vault.seal(plain, key=KEY, context=context), key=KEY, context=context) == plain


def test_a_box_does_not_open_under_another_context():
    box = vault.seal(b"page", key=KEY, context="ours/a")
    with pytest.raises(CannotUnseal):
        vault.unseal(box, key=KEY, context="theirs/a")


def test_a_box_does_not_open_with_another_key_of_the_same_id():
    box = vault.seal(b"page", key=KEY, context="a")
    with pytest.raises(CannotUnseal):
        vault.unseal(box, key=DataKey(KEY.id, b"x" * 32), context="a")


def test_a_box_says_which_key_opens_it():
    assert vault.key_id(vault.seal(b"", key=KEY, context="a")) == KEY.id


def test_a_box_is_refused_by_a_key_of_another_id():
    with pytest.raises(CannotUnseal, match="another data key"):
        vault.unseal(vault.seal(b"page", key=KEY, context="a"), key=DataKey(uuid4(), KEY.secret), context="a")


def test_every_flipped_bit_and_every_cut_is_noticed():
    box = vault.seal(b"page", key=KEY, context="a")
    spoilt = [box[:n] for n in range(len(box))]
    spoilt += [box[:n] + bytes([box[n] ^ 1 << bit]) + box[n + 1 :] for n in range(len(box)) for bit in range(8)]
    spoilt.append(box + b"\0")
    for candidate in spoilt:
        with pytest.raises(CannotUnseal):
            vault.unseal(candidate, key=KEY, context="a")


def test_the_same_bytes_are_never_sealed_the_same_way_twice():
    assert len({vault.seal(b"page", key=KEY, context="a")[21:33] for _ in range(10_000)}) == 10_000


def test_a_box_shows_nothing_of_the_page():
    assert b"secret page" not in vault.seal(b"secret page" * 50, key=KEY, context="a")


def test_a_data_key_keeps_its_secret_out_of_its_text_form():
    assert "kkkk" not in repr(KEY)
    assert "kkkk" not in str(KEY)


def test_a_wrapped_data_key_comes_back_with_its_id():
    keys = Vault([Ring({"one": OLD})])
    key, wrapped = keys.new_data_key(OURS)
    keys.forget()
    assert keys.unwrap(wrapped, context=OURS) == key
    assert key.secret not in wrapped


def test_a_data_key_does_not_open_for_another_workspace():
    keys = Vault([Ring({"one": OLD})])
    _, wrapped = keys.new_data_key(OURS)
    keys.unwrap(wrapped, context=OURS)
    with pytest.raises(CannotUnseal):
        keys.unwrap(wrapped, context=THEIRS)


def test_an_old_ring_key_still_opens_and_the_first_one_wraps():
    _, wrapped = Vault([Ring({"old": OLD})]).new_data_key(OURS)
    rotated = Vault([Ring({"new": NEW, "old": OLD})])
    assert rotated.unwrap(wrapped, context=OURS).id == Wrapped.from_bytes(wrapped).key_id
    assert Wrapped.from_bytes(rotated.new_data_key(OURS)[1]).wrapping_key == "new"


def test_after_rotation_the_old_ring_key_is_not_needed_any_more():
    key, wrapped = Vault([Ring({"old": OLD})]).new_data_key(OURS)
    rotating = Vault([Ring({"new": NEW, "old": OLD})])
    assert not rotating.is_current(wrapped)
    rewrapped = rotating.rewrap(wrapped, context=OURS)
    assert rotating.is_current(rewrapped)
    assert Vault([Ring({"new": NEW})]).unwrap(rewrapped, context=OURS) == key
    with pytest.raises(KeyMissing):
        Vault([Ring({"old": OLD})]).unwrap(rewrapped, context=OURS)


def test_a_ring_without_the_wrapping_key_says_so():
    _, wrapped = Vault([Ring({"old": OLD})]).new_data_key(OURS)
    with pytest.raises(KeyMissing, match="'old'"):
        Vault([Ring({"new": NEW})]).unwrap(wrapped, context=OURS)


def test_an_altered_wrapped_key_is_noticed():
    keys = Vault([Ring({"one": OLD})])
    _, wrapped = keys.new_data_key(OURS)
    for n in range(len(wrapped)):
        with pytest.raises((CannotUnseal, KeyMissing)):
            keys.unwrap(wrapped[:n] + bytes([wrapped[n] ^ 1]) + wrapped[n + 1 :], context=OURS)
        with pytest.raises(CannotUnseal):
            keys.unwrap(wrapped[:n], context=OURS)


def test_an_opened_data_key_is_remembered_for_five_minutes_and_no_longer():
    clock, ring = Clock(), Counting({"one": OLD})
    keys = Vault([ring], clock=clock)
    _, wrapped = keys.new_data_key(OURS)
    keys.unwrap(wrapped, context=OURS)
    clock.now = 299.0
    keys.unwrap(wrapped, context=OURS)
    assert ring.opened == 1
    clock.now = 300.0
    keys.unwrap(wrapped, context=OURS)
    assert ring.opened == 2


def test_the_memory_of_opened_keys_has_an_end():
    cache = KeyCache(clock=Clock())
    for n in range(3000):
        cache.get(n, otherwise=lambda: b"secret")
    assert len(cache._kept) <= 1024


def test_a_failure_is_not_remembered():
    cache = KeyCache(clock=Clock())

    def fail() -> bytes:
        raise KeysOutOfReach

    with pytest.raises(KeysOutOfReach):
        cache.get("a", otherwise=fail)
    assert cache.get("a", otherwise=lambda: b"secret") == b"secret"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one",
        "one:",
        "one:!!",
        f"one:{base64.b64encode(b'short').decode()}",
        f":{base64.b64encode(OLD).decode()}",
        f"a:{base64.b64encode(OLD).decode()}," * 2,
    ],
)
def test_a_key_ring_that_is_none_is_refused_without_showing_a_key(text):
    with pytest.raises(ImproperlyConfigured) as error:
        Ring.parse(text)
    assert base64.b64encode(OLD).decode() not in str(error.value)


def test_a_key_ring_is_read_in_order():
    assert Ring.parse(f"new:{base64.b64encode(NEW).decode()}, old:{base64.b64encode(OLD).decode()}").current == "new"


def test_kms_wraps_and_opens(kms):
    arn = _kms_key(kms)
    key, wrapped = Vault([Kms(kms, key=arn)]).new_data_key(OURS)
    assert len(key.secret) == 32
    assert Vault([Kms(kms, key=arn)]).unwrap(wrapped, context=OURS) == key


def test_kms_does_not_open_for_another_workspace(kms):
    keys = Vault([Kms(kms, key=_kms_key(kms))])
    _, wrapped = keys.new_data_key(OURS)
    with pytest.raises(CannotUnseal):
        keys.unwrap(wrapped, context=THEIRS)


def test_a_data_key_moves_from_one_kms_key_to_another(kms):
    first, second = _kms_key(kms), _kms_key(kms)
    key, wrapped = Vault([Kms(kms, key=first)]).new_data_key(OURS)
    keys = Vault([Kms(kms, key=second)])
    assert not keys.is_current(wrapped)
    rewrapped = keys.rewrap(wrapped, context=OURS)
    assert keys.is_current(rewrapped)
    assert keys.unwrap(rewrapped, context=OURS) == key


def test_a_data_key_moves_from_the_key_ring_to_kms(kms):
    ring = Ring({"old": OLD})
    key, wrapped = Vault([ring]).new_data_key(OURS)
    arn = _kms_key(kms)
    rewrapped = Vault([Kms(kms, key=arn), ring]).rewrap(wrapped, context=OURS)
    assert Vault([Kms(kms, key=arn)]).unwrap(rewrapped, context=OURS) == key


def test_a_keeper_that_is_not_configured_is_named(kms):
    _, wrapped = Vault([Kms(kms, key=_kms_key(kms))]).new_data_key(OURS)
    with pytest.raises(KeyMissing, match="kms"):
        Vault([Ring({"one": OLD})]).unwrap(wrapped, context=OURS)


@pytest.mark.parametrize(
    ("code", "fact"),
    [
        ("DisabledException", KeyMissing),
        ("NotFoundException", KeyMissing),
        ("KMSInvalidStateException", KeyMissing),
        ("InvalidCiphertextException", CannotUnseal),
        ("AccessDeniedException", KeysOutOfReach),
        ("ThrottlingException", KeysOutOfReach),
    ],
)
def test_what_kms_answers_becomes_a_fact(code, fact):
    refusing: Any = Refusing(code)
    with pytest.raises(fact):
        Kms(refusing, key="arn").open(Wrapped("kms", "arn", KEY.id, b"body"), context=OURS)


def test_a_kms_that_does_not_answer_is_out_of_reach(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    nowhere = boto3.Session().client("kms", region_name="eu-west-1", endpoint_url="http://127.0.0.1:9", config=Config(retries={"total_max_attempts": 1}))
    with pytest.raises(KeysOutOfReach):
        Kms(nowhere, key="arn").generate(key_id=KEY.id, context=OURS)


def test_opened_keys_still_serve_while_the_keeper_is_out_of_reach():
    clock, ring = Clock(), Counting({"one": OLD})
    keys = Vault([ring], clock=clock)
    key, wrapped = keys.new_data_key(OURS)
    keys.unwrap(wrapped, context=OURS)
    ring.down = True
    assert keys.unwrap(wrapped, context=OURS) == key
    clock.now = 301.0
    with pytest.raises(KeysOutOfReach):
        keys.unwrap(wrapped, context=OURS)
