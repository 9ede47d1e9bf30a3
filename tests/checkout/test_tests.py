from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from checkout import cards, queue, steps, tests
from checkout.models import CheckoutTest, TestRun
from tests.factories import NOON, make_checkout_test, make_flow, make_run_evidence, make_site, make_test_run
from tracefox import blobs

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def site(workspace):
    return make_site(workspace=workspace, url="https://www.shop.test/")


def ordering(start_url="https://www.shop.test/", **fields):
    """A flow that places an order."""
    return make_flow(start_url=start_url, **{"stop_after": None, "order_step": 1} | fields)


def add(site, **more):
    return tests.add(site, **{"flow": make_flow(start_url=site.url), "by": None, "now": NOON} | more)


def test_a_test_is_kept_judged_and_due_at_its_first_slot(site, owner):
    test = add(site, by=owner, every_minutes=30)
    assert (test.title, test.host, test.version, test.places_order) == ("Buy a mug", "www.shop.test", 1, False)
    assert steps.to_json(steps.parse(test.flow)) == test.flow
    assert test.next_run_at is not None
    assert NOON < test.next_run_at <= NOON + timedelta(minutes=30)
    event = AuditEvent.objects.for_workspace(site.workspace).get()
    assert (event.action, event.actor) == ("checkout_test.added", owner)


def test_what_is_no_flow_is_refused(site):
    with pytest.raises(steps.BadFlow, match="steps"):
        add(site, flow=make_flow(start_url=site.url, steps=[]))
    assert not CheckoutTest.objects.for_workspace(site.workspace).exists()


def test_a_real_card_number_in_a_step_is_refused_wherever_it_stands(site):
    flow = make_flow(start_url=site.url)
    for place, value in (("value", "4539148803436467"), ("label", "type 4539-1488-0343-6467")):
        bad = flow | {"steps": [*flow["steps"][:2], flow["steps"][2] | {place: value}]}
        with pytest.raises(cards.RealCard) as refusal:
            add(site, flow=bad)
        assert "4539" not in str(refusal.value)


def test_a_test_starts_on_its_own_site(site):
    assert add(site, flow=make_flow(start_url="https://checkout.shop.test/cart")).host == "checkout.shop.test"
    with pytest.raises(tests.TestRefused, match="on rival"):
        add(site, flow=make_flow(start_url="https://rival.test/"))


def test_a_site_has_room_for_so_many_tests(site, monkeypatch):
    monkeypatch.setattr(tests, "MOST_TESTS", 2)
    add(site)
    add(site)
    with pytest.raises(tests.TestRefused, match="at most 2"):
        add(site)


@pytest.mark.parametrize("minutes", [0, 4, 31 * 24 * 60 + 1])
def test_runs_are_neither_too_often_nor_too_rare(site, minutes):
    with pytest.raises(tests.BadInterval):
        add(site, every_minutes=minutes)
    with pytest.raises(tests.BadInterval):
        tests.set_schedule(make_checkout_test(site=site), every_minutes=minutes, now=NOON)


def test_a_change_makes_a_new_version_and_the_same_flow_none(site):
    test = add(site)
    tests.change(test, flow=make_flow(start_url=site.url), by=None, now=LATER)
    assert test.version == 1
    tests.change(test, flow=make_flow(start_url=site.url, title="Buy two mugs"), by=None, now=LATER)
    test.refresh_from_db()
    assert (test.version, test.title, test.flow["title"], test.changed_at) == (2, "Buy two mugs", "Buy two mugs", LATER)
    tests.rename(test, title="  Buy   three ", by=None, now=LATER)
    assert (test.version, test.title, test.flow["title"]) == (3, "Buy three", "Buy three")


def test_of_two_who_change_a_test_the_second_is_told(site):
    test = add(site)
    tests.change(test, flow=make_flow(start_url=site.url, title="One"), was=1, by=None, now=LATER)
    with pytest.raises(tests.ChangedMeanwhile):
        tests.change(test, flow=make_flow(start_url=site.url, title="Two"), was=1, by=None, now=LATER)
    test.refresh_from_db()
    assert test.title == "One"


def test_a_run_that_waits_is_of_the_test_as_it_is_now(site):
    test = add(site)
    run = queue.enqueue(test, trigger="person", now=NOON)
    tests.change(test, flow=make_flow(start_url="https://shop.test/"), by=None, now=LATER)
    run.refresh_from_db()
    assert (run.flow, run.flow_version, run.host) == (test.flow, 2, "shop.test")


def test_a_run_that_has_begun_keeps_the_flow_that_it_began_with(site):
    test = add(site)
    run = make_test_run(test=test, status="running")
    tests.change(test, flow=make_flow(start_url=site.url, title="Another"), by=None, now=LATER)
    run.refresh_from_db()
    assert (run.flow["title"], run.flow_version) == ("Buy a mug", 1)


# --- past 'place order'


def test_a_test_that_places_orders_is_not_run_before_somebody_acknowledged_it(site, owner):
    test = add(site, flow=ordering())
    assert (test.places_order, test.needs_acknowledgement, test.next_run_at) == (True, True, None)
    with pytest.raises(queue.NotAcknowledged):
        queue.enqueue(test, trigger="person", now=NOON)
    tests.acknowledge_order(test, by=owner, now=LATER)
    test.refresh_from_db()
    assert (test.needs_acknowledgement, test.acknowledged_order_by, test.acknowledged_order_at) == (False, owner, LATER)
    assert test.next_run_at is not None
    assert queue.enqueue(test, trigger="person", now=NOON).status == "queued"
    assert AuditEvent.objects.for_workspace(site.workspace).filter(action="checkout_test.order_acknowledged", actor=owner).count() == 1


def test_acknowledging_twice_is_acknowledging_once(site, owner):
    test = add(site, flow=ordering())
    tests.acknowledge_order(test, by=owner, now=LATER)
    tests.acknowledge_order(test, by=None, now=LATER + timedelta(days=1))
    assert test.acknowledged_order_by == owner


def test_a_change_of_what_an_ordering_test_does_asks_again(site, owner):
    test = add(site, flow=ordering())
    tests.acknowledge_order(test, by=owner, now=NOON)
    tests.rename(test, title="Only the title", by=None, now=LATER)
    assert not test.needs_acknowledgement
    waiting = queue.enqueue(test, trigger="person", now=NOON)
    tests.change(test, flow=ordering(order_step=0, steps=ordering()["steps"][1:]), by=None, now=LATER)
    test.refresh_from_db()
    assert (test.needs_acknowledgement, test.next_run_at) == (True, None)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason) == ("inconclusive", "withdrawn")


def test_a_stop_point_makes_the_acknowledgement_void(site, owner):
    test = add(site, flow=ordering())
    tests.acknowledge_order(test, by=owner, now=NOON)
    tests.change(test, flow=make_flow(start_url=site.url), by=None, now=LATER)
    tests.change(test, flow=ordering(), by=None, now=LATER)
    assert test.needs_acknowledgement


def test_a_part_that_comes_to_no_order_needs_no_acknowledgement(site):
    test = add(site, flow=ordering())
    part = test.flow | {"stop_after": 0, "conditions": []}
    assert queue.enqueue(test, trigger="person", now=NOON, flow=part).flow == part


# --- pause, remove


def test_a_paused_test_is_not_due_and_what_waits_is_withdrawn(site, owner):
    test = add(site)
    waiting = queue.enqueue(test, trigger="person", now=NOON)
    tests.pause(test, by=owner, now=LATER)
    tests.pause(test, by=owner, now=LATER)
    waiting.refresh_from_db()
    assert (test.paused_at, test.next_run_at, waiting.status) == (LATER, None, "inconclusive")
    tests.set_schedule(test, every_minutes=15, now=LATER)
    assert test.next_run_at is None
    tests.resume(test, by=owner, now=LATER)
    tests.resume(test, by=owner, now=LATER)
    assert test.next_run_at is not None
    assert LATER < test.next_run_at <= LATER + timedelta(minutes=15)
    actions = AuditEvent.objects.for_workspace(site.workspace).values_list("action", flat=True)
    assert sorted(actions) == ["checkout_test.added", "checkout_test.paused", "checkout_test.resumed"]


def test_resuming_does_not_go_around_an_acknowledgement(site):
    test = add(site, flow=ordering())
    tests.pause(test, by=None, now=NOON)
    tests.resume(test, by=None, now=LATER)
    assert test.next_run_at is None


def test_a_test_that_is_removed_takes_its_runs_and_their_objects_along(site, django_capture_on_commit_callbacks):
    test, other = add(site), add(site)
    kept = []
    for each in (test, other):
        row = make_run_evidence(run=make_test_run(test=each, status="passed"))
        blobs.store().put(row.object_key, b"sealed")
        kept.append(row.object_key)
    with django_capture_on_commit_callbacks(execute=True):
        tests.remove(test, by=None, now=LATER)
        tests.remove(test, by=None, now=LATER)
    assert list(CheckoutTest.objects.for_workspace(site.workspace)) == [other]
    assert TestRun.objects.for_workspace(site.workspace).count() == 1
    assert [blob.key for blob in blobs.store().list("") if blob.key in kept] == kept[1:]


def test_a_stranger_cannot_put_a_test_on_another_workspaces_row(site, rival):
    test = add(site)
    assert not CheckoutTest.objects.for_workspace(rival).filter(pk=test.pk).exists()
