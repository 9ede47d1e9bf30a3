from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from checkout import card_choices, cards, runner_keys
from checkout.models import TestData
from tests.factories import make_checkout_test, make_flow, make_site, make_test_data

pytestmark = pytest.mark.django_db
REAL, PUBLISHED = "4539148803436467", "4242424242424242"


@pytest.fixture
def test(workspace):
    site = make_site(workspace=workspace, url="https://www.shop.test/")
    flow = make_flow(start_url=site.url)
    card = {"action": "fill", "target": {"selectors": [["#card"]]}, "value": "{{card.number}}"}
    return make_checkout_test(site=site, flow=flow | {"steps": [*flow["steps"], card], "stop_after": 3})


def url(name, *args):
    return reverse(f"checkout:{name}", args=["agency", *args])


def given(test):
    return set(TestData.objects.for_workspace(test.site.workspace).filter(test=test).values_list("name", flat=True))


def test_each_value_that_the_steps_name_has_a_field(member_client, test):
    page = member_client.get(url("data-edit", test.id)).content.decode()
    assert "coupon.code" in page
    assert page.count("not set") == 2
    assert "A published test number" in page
    assert "4242 4242 4242 4242, Visa" in page


def test_a_value_is_sealed_and_never_shown_again(member_client, test):
    runner_keys.make(test.site.workspace)
    response = member_client.post(url("data-edit", test.id), {"value_0": "FREE-secret-123"}, follow=True)
    page = response.content.decode()
    assert given(test) == {"coupon.code"}
    assert "1 value is sealed: coupon.code." in page
    assert "set, on" in page
    assert "FREE-secret-123" not in page
    assert "FREE-secret-123" not in member_client.get(url("test-detail", test.id)).content.decode()
    event = AuditEvent.objects.for_workspace(test.site.workspace).get()
    assert (event.action, event.details) == ("test_data.added", {"name": "coupon.code"})


def test_a_field_that_was_left_empty_keeps_its_value(member_client, test):
    runner_keys.make(test.site.workspace)
    member_client.post(url("data-edit", test.id), {"value_0": "a", "value_1": PUBLISHED})
    before = {row.name: bytes(row.sealed) for row in TestData.objects.for_workspace(test.site.workspace)}
    member_client.post(url("data-edit", test.id), {"value_0": "b", "value_1": ""})
    after = {row.name: bytes(row.sealed) for row in TestData.objects.for_workspace(test.site.workspace)}
    assert before["card.number"] == after["card.number"]
    assert before["coupon.code"] != after["coupon.code"]


def test_a_published_test_number_can_be_chosen(member_client, test):
    runner_keys.make(test.site.workspace)
    member_client.post(url("data-edit", test.id), {"value_1": "", "pick_value_1": PUBLISHED})
    assert given(test) == {"card.number"}


@pytest.mark.parametrize("field", ["value_0", "value_1"])
def test_a_real_card_number_is_refused_without_being_repeated_and_the_rest_is_kept(member_client, test, field):
    runner_keys.make(test.site.workspace)
    other = {"value_0": "value_1", "value_1": "value_0"}[field]
    response = member_client.post(url("data-edit", test.id), {field: "4539-1488 0343 6467", other: PUBLISHED})
    page = response.content.decode()
    assert response.status_code == 422
    assert "could be the number of a real payment card" in page
    assert "0343" not in page
    assert len(given(test)) == 1


def test_without_a_key_nothing_is_kept_and_the_page_says_so(member_client, test, monkeypatch):
    monkeypatch.setattr(runner_keys.public, "__kwdefaults__", {"patience": 0.0, "ring": lambda: None})
    response = member_client.post(url("data-edit", test.id), {"value_0": "secret-1"})
    page = response.content.decode()
    assert "not ready yet" in page
    assert "secret-1" not in page
    assert not given(test)


def test_a_value_that_no_step_names_is_listed_and_removed(member_client, test):
    make_test_data(test=test, name="old.value")
    assert "old.value" in member_client.get(url("data-edit", test.id)).content.decode()
    member_client.post(url("data-remove", test.id), {"name": "old.value"})
    assert not given(test)
    assert "no Test Data called" in member_client.post(url("data-remove", test.id), {"name": "old.value"}, follow=True).content.decode()


def test_a_test_without_data_says_how_to_get_some(member_client, workspace):
    flow = make_flow()
    test = make_checkout_test(site=make_site(workspace=workspace), flow=flow | {"steps": flow["steps"][:1], "stop_after": 0})
    assert "No step types Test Data yet" in member_client.get(url("data-edit", test.id)).content.decode()


def test_viewers_do_not_come_in(viewer_client, test):
    assert viewer_client.get(url("data-edit", test.id)).status_code == 403
    assert "set, on" not in viewer_client.get(url("test-detail", test.id)).content.decode()


def test_every_number_to_choose_from_is_a_published_one():
    numbers = [number for _, found in card_choices.grouped() for number, _ in found]
    assert len({processor for processor, _ in card_choices.grouped()}) >= 5
    assert all(cards.is_test_number(number) for number in numbers)
    assert [name for name in ("card.number", "payment.card_number", "card.cvc", "shipping.email") if card_choices.takes_card(name)] == [
        "card.number",
        "payment.card_number",
    ]
