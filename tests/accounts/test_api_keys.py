"""API keys: shown once, recognised ever after, revoked at once."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.core import serializers

from accounts import api_keys
from accounts.models import ApiKey, User, Workspace
from tests.factories import NOON, make_user, make_workspace

pytestmark = pytest.mark.django_db


def make_key(*, workspace: Workspace | None = None, by: User | None = None) -> tuple[ApiKey, str]:
    return api_keys.create(workspace=workspace or make_workspace(), name="CI", by=by, can_write=True)


def mistyped(plain: str, dice: random.Random) -> str:
    """One letter of the key after its prefix is another one."""
    place = dice.choice([index for index, letter in enumerate(plain) if index >= len("tfx_live_") and letter != "_"])
    letter = dice.choice([letter for letter in api_keys.LETTERS if letter != plain[place]])
    return plain[:place] + letter + plain[place + 1 :]


def test_a_new_key_opens_its_own_workspace(rival):
    person = make_user()
    key, plain = make_key(by=person)
    make_key(workspace=rival)
    found = api_keys.verify(plain, now=NOON)
    assert found
    assert found == key
    assert found.workspace == key.workspace != rival
    assert found.created_by == person


def test_a_key_can_be_found_by_scanners_of_leaked_secrets():
    _, plain = make_key()
    assert api_keys.PATTERN.fullmatch(plain)
    prefix, stage, key_id, secret, check_sum = plain.split("_")
    assert (prefix, stage, len(key_id), len(secret), len(check_sum)) == ("tfx", "live", 8, 43, 6)
    assert len(api_keys.LETTERS) ** 43 >= 2**256


def test_the_secret_is_nowhere_in_the_database():
    key, plain = make_key()
    _, _, _, secret, check_sum = plain.split("_")
    stored = serializers.serialize("json", ApiKey.objects.for_workspace(key.workspace))
    row = repr([getattr(ApiKey.objects.for_workspace(key.workspace).get(), field.attname) for field in ApiKey._meta.fields])
    assert secret not in stored + row
    assert check_sum not in stored + row
    assert key.key_id in stored


def test_two_keys_share_neither_salt_nor_digest():
    (one, _), (two, _) = make_key(), make_key()
    assert bytes(one.salt) != bytes(two.salt)
    assert bytes(one.digest) != bytes(two.digest)


def test_a_digest_is_worth_nothing_without_the_pepper(settings):
    _, plain = make_key()
    settings.API_KEY_PEPPER = "another"
    assert api_keys.verify(plain, now=NOON) is None


def test_another_secret_behind_a_known_id_is_refused():
    (one, _), (_, other) = make_key(), make_key()
    head = f"tfx_live_{one.key_id}_{other.split('_')[3]}"
    assert api_keys.verify(f"{head}_{api_keys._check_sum(head)}", now=NOON) is None


def test_an_unknown_id_is_refused():
    _, plain = make_key()
    ApiKey.objects.across_workspaces().delete()
    assert api_keys.verify(plain, now=NOON) is None


def test_a_mistyped_key_costs_no_query(django_assert_num_queries):
    _, plain = make_key()
    dice = random.Random(20260304)
    with django_assert_num_queries(0):
        assert not any(api_keys.verify(mistyped(plain, dice), now=NOON) for _ in range(2_000))


@pytest.mark.parametrize("text", ["", "tfx_live_", "tfx_live_abc", "Bearer", "tfx_live_" + "é" * 8, "\0" * 70, "x" * 10_000])
def test_what_is_no_key_costs_no_query(text, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert api_keys.verify(text, now=NOON) is None


def test_a_key_with_anything_around_it_is_not_that_key():
    _, plain = make_key()
    assert [api_keys.verify(text, now=NOON) for text in (plain + "\n", " " + plain, plain.upper(), plain[:-1])] == [None] * 4


def test_a_revoked_key_opens_nothing():
    key, plain = make_key()
    api_keys.revoke(key, now=NOON)
    assert api_keys.verify(plain, now=NOON) is None


def test_revoking_twice_keeps_the_first_time():
    key, _ = make_key()
    api_keys.revoke(key, now=NOON)
    api_keys.revoke(key, now=NOON + timedelta(days=1))
    key.refresh_from_db()
    assert key.revoked_at == NOON


def test_use_is_noted_at_most_once_a_minute(django_assert_num_queries):
    key, plain = make_key()
    api_keys.verify(plain, now=NOON)
    with django_assert_num_queries(1):
        api_keys.verify(plain, now=NOON + timedelta(seconds=59))
    key.refresh_from_db()
    assert key.last_used_at == NOON
    api_keys.verify(plain, now=NOON + timedelta(seconds=61))
    key.refresh_from_db()
    assert key.last_used_at == NOON + timedelta(seconds=61)


def test_a_failed_attempt_is_no_use():
    key, plain = make_key()
    api_keys.revoke(key, now=NOON)
    api_keys.verify(plain, now=NOON)
    key.refresh_from_db()
    assert key.last_used_at is None
