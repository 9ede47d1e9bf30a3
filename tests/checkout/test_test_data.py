from __future__ import annotations

import io
import logging

import pytest
from django.db import connection

from accounts.models import AuditEvent
from checkout import cards, runner_keys, sealing, test_data
from checkout.models import TestData
from checkout.runner import unsealing
from tests.factories import NOON, make_checkout_test, make_flow, make_site

pytestmark = pytest.mark.django_db
REAL = "4539 1488 0343 6467"  # passes the check digit, and no processor publishes it


@pytest.fixture
def test(workspace):
    return make_checkout_test(site=make_site(workspace=workspace))


@pytest.fixture
def key(workspace):
    return runner_keys.make(workspace)


def put(test, name="coupon.code", value="SUMMER-MUG-100", **more):
    return test_data.put(test, name=name, value=value, by=None, now=NOON, **more)


def opened(row, *, workspace=None, test=None, name=None, version=None):
    of = sealing.context_of(workspace=workspace or row.test.site.workspace_id, test=test or row.test_id)
    context = sealing.context(of, name=name or row.name, version=version or row.version)
    return unsealing.unseal(bytes(row.sealed), private_key=runner_keys.private(row.key), context=context)


def test_a_value_is_kept_as_a_box_that_the_runner_opens(test, key):
    row = put(test)
    assert opened(row) == "SUMMER-MUG-100"
    assert b"SUMMER" not in bytes(row.sealed)
    assert test_data.names(test) == ["coupon.code"]


def test_a_value_is_replaced_under_a_version_that_was_never_used(test, key):
    old = bytes(put(test).sealed)
    new = put(test, value="WINTER")
    assert (new.version, opened(new)) == (2, "WINTER")
    test_data.remove(test, name="coupon.code", by=None, now=NOON)
    again = put(test, value="SPRING")
    assert (again.version, opened(again)) == (3, "SPRING")
    again.sealed = old
    with pytest.raises(unsealing.Unreadable):
        opened(again)


def test_a_box_that_was_swapped_by_hand_in_the_database_opens_nowhere(test, key, rival):
    ours = put(test)
    other = make_checkout_test(site=test.site)
    theirs = make_checkout_test(site=make_site(workspace=rival))
    runner_keys.make(rival)
    for row in (put(test, name="card.holder"), put(other), put(theirs)):
        row.sealed = ours.sealed
        with pytest.raises(unsealing.Unreadable):
            opened(row)
    for swap in ({"workspace": rival.pk}, {"test": other.pk}, {"name": "card.holder"}, {"version": 7}):
        with pytest.raises(unsealing.Unreadable):
            opened(ours, **swap)


def test_several_values_are_kept_together_or_not_at_all(test, key):
    rows = test_data.put_many(test, values={"shipping.name": "Ada", "shipping.city": "Paris"}, by=None, now=NOON)
    assert [opened(row) for row in rows] == ["Ada", "Paris"]
    with pytest.raises(cards.RealCard):
        test_data.put_many(test, values={"shipping.zip": "75001", "card.number": REAL}, by=None, now=NOON)
    assert test_data.names(test) == ["shipping.city", "shipping.name"]


@pytest.mark.parametrize(("name", "value"), [("card.number", REAL), ("note.text", f"pay with {REAL}, please"), ("card.x4539148803436467", "x")])
def test_a_real_card_number_is_refused_before_anything_is_done_with_it(test, name, value):
    with pytest.raises(cards.RealCard) as refusal:
        put(test, name=name, value=value)
    assert "4539" not in str(refusal.value)
    assert not TestData.objects.for_workspace(test.site.workspace_id).exists()


def test_a_published_test_number_is_taken(test, key):
    assert opened(put(test, name="card.number", value="4242424242424242")) == "4242424242424242"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Card Number", "x", "two parts"),
        ("card", "x", "two parts"),
        ("a.b|c", "x", "two parts"),
        ("unique.email", "x", "made anew"),
        ("card.cvc", "", "Give a value"),
        ("card.cvc", "1" * 2001, "at most 2000"),
        ("card.cvc", "1\0", "no field takes"),
    ],
)
def test_what_cannot_be_test_data_is_refused_with_a_sentence(test, key, name, value, words):
    with pytest.raises(test_data.BadTestData, match=words):
        put(test, name=name, value=value)


def test_a_test_has_room_for_so_many_values(test, key):
    test_data.put_many(test, values={f"a.n{number}": "x" for number in range(test_data.MOST_VALUES)}, by=None, now=NOON)
    put(test, name="a.n3", value="y")
    with pytest.raises(test_data.BadTestData, match="at most"):
        put(test, name="a.another")


def test_what_the_steps_name_and_nobody_gave_is_missing(test, key):
    assert test_data.missing(test) == ["coupon.code"]
    put(test)
    put(test, name="shipping.name")
    assert test_data.missing(test) == []
    with pytest.raises(test_data.NoSuchTestData):
        test_data.remove(test, name="card.number", by=None, now=NOON)


def test_what_is_made_anew_for_each_run_is_not_missing(workspace):
    site = make_site(workspace=workspace)
    flow = make_flow(start_url=site.url)
    flow["steps"][2]["value"] = "{{unique.email}}"
    assert test_data.missing(make_checkout_test(site=site, flow=flow)) == []


def test_the_trail_says_who_changed_what_and_no_value(test, key, owner):
    put(test)
    test_data.put(test, name="coupon.code", value="WINTER-SECRET", by=owner, now=NOON)
    test_data.remove(test, name="coupon.code", by=owner, now=NOON)
    events = list(AuditEvent.objects.for_workspace(test.site.workspace_id).filter(action__startswith="test_data.").order_by("action"))
    assert [event.action for event in events] == ["test_data.added", "test_data.removed", "test_data.replaced"]
    assert [event.details for event in events] == [{"name": "coupon.code"}] * 3


def test_a_value_is_in_no_text_no_log_and_no_column(test, key, caplog):
    secret = "CANARY-7d1f"
    with caplog.at_level(logging.DEBUG):
        row = put(test, value=secret)
        with pytest.raises(test_data.BadTestData) as refusal:
            put(test, name="wrong", value=secret)
    seen = io.StringIO()
    print(row, repr(row), row.__dict__, caplog.text, refusal.value, refusal.value.args, file=seen)
    with connection.cursor() as cursor:
        for table in ("checkout_testdata", "checkout_checkouttest", "accounts_auditevent"):
            cursor.execute(f"SELECT row_to_json({table})::text FROM {table}")
            print(cursor.fetchall(), file=seen)
    assert secret not in seen.getvalue()
    assert secret.encode().hex() not in seen.getvalue()


def test_a_key_of_another_workspace_seals_nothing(test, rival):
    with pytest.raises(type(runner_keys.make(rival)).DoesNotExist):
        put(test, key=runner_keys.make(rival))
