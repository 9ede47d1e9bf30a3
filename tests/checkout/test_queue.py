from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from checkout import claims, queue
from checkout.models import CheckoutTest, TestRun
from tests.factories import NOON, make_checkout_test, make_client, make_flow, make_site, make_test_run, make_workspace

pytestmark = pytest.mark.django_db


def runs(test: CheckoutTest) -> list[TestRun]:
    return list(TestRun.objects.for_workspace(test.site.workspace).filter(test=test).order_by("requested_at"))


def test_who_asks_gets_a_run_of_the_flow_as_it_is():
    test = make_checkout_test()
    run = queue.enqueue(test, trigger="person", now=NOON)
    assert (run.status, run.flow, run.flow_version, run.host, run.due_at) == ("queued", test.flow, 1, test.host, None)
    assert claims.waiting(limit=9) == [run.pk]


@pytest.mark.parametrize(("status", "words"), [("queued", "waiting to begin"), ("running", "going on")])
def test_a_test_has_one_open_run(status, words):
    run = make_test_run(status=status)
    with pytest.raises(queue.AlreadyOpen, match=words) as refusal:
        queue.enqueue(run.test, trigger="person", now=NOON)
    assert refusal.value.run == run


def test_due_tests_are_queued_and_due_again_at_their_next_slot():
    due, later, paused = make_checkout_test(next_run_at=NOON), make_checkout_test(next_run_at=NOON + timedelta(hours=1)), make_checkout_test(paused_at=NOON)
    enqueued = queue.enqueue_due(now=NOON + timedelta(seconds=5))
    (run,) = runs(due)
    assert enqueued == [run.pk]
    assert (run.trigger, run.due_at) == ("schedule", NOON)
    due.refresh_from_db()
    assert due.next_run_at is not None
    assert timedelta(minutes=30) <= due.next_run_at - NOON <= timedelta(minutes=90)
    assert runs(later) == runs(paused) == []
    assert queue.enqueue_due(now=NOON + timedelta(seconds=6)) == []


def test_a_slot_whose_test_still_runs_is_filled_by_that_run():
    open_run = make_test_run(test=make_checkout_test(next_run_at=NOON), status="running")
    assert queue.enqueue_due(now=NOON) == []
    open_run.test.refresh_from_db()
    assert open_run.test.next_run_at is not None
    assert open_run.test.next_run_at > NOON


def test_after_an_outage_one_slot_is_caught_up_with_not_all():
    test = make_checkout_test(next_run_at=NOON - timedelta(days=3))
    queue.enqueue_due(now=NOON)
    queue.enqueue_due(now=NOON)
    assert len(runs(test)) == 1


def test_more_tests_than_a_batch_are_all_queued(monkeypatch):
    monkeypatch.setattr(queue, "BATCH", 3)
    site = make_site()
    for _ in range(8):
        make_checkout_test(site=site, next_run_at=NOON)
    assert len(queue.enqueue_due(now=NOON)) == 8


def test_a_workspace_that_brings_many_runs_lets_others_in_between():
    many, few = make_client(workspace=make_workspace()), make_client(workspace=make_workspace())
    for _ in range(5):
        queue.enqueue(make_checkout_test(site=make_site(client=many)), trigger="api", now=NOON)
    other = queue.enqueue(make_checkout_test(site=make_site(client=few)), trigger="api", now=NOON + timedelta(seconds=1))
    assert claims.waiting(limit=9).index(other.pk) == 1


def test_a_confirmation_is_next_whatever_waits():
    failed = make_test_run(status="failed")
    for _ in range(3):
        queue.enqueue(make_checkout_test(), trigger="person", now=NOON)
    again = queue.confirm(failed, now=NOON)
    assert claims.waiting(limit=9)[0] == again.pk
    assert (again.trigger, again.confirms, again.flow) == ("confirmation", failed, failed.test.flow)
    assert queue.enqueue(make_checkout_test(), trigger="person", now=NOON).turn > 0


def test_scheduled_runs_that_came_back_while_their_test_was_paused_are_withdrawn():
    paused = make_checkout_test(paused_at=NOON)
    scheduled, asked = make_test_run(test=paused, trigger="schedule"), make_test_run(test=make_checkout_test(paused_at=NOON))
    assert queue.withdraw_paused() == 1
    scheduled.refresh_from_db()
    asked.refresh_from_db()
    assert (scheduled.status, scheduled.reason, asked.status) == ("inconclusive", "withdrawn", "queued")


def test_a_part_of_the_test_that_waits_keeps_its_own_flow():
    test = make_checkout_test()
    part = queue.enqueue(test, trigger="person", now=NOON, flow=test.flow | {"stop_after": 0, "conditions": []})
    assert queue.renew(test, before=test.flow) == 0
    part.refresh_from_db()
    assert part.flow["stop_after"] == 0
    assert not part.is_of_the_test


def test_an_unacknowledged_order_is_queued_by_nobody():
    test = make_checkout_test(flow=make_flow(stop_after=None, order_step=1))
    with pytest.raises(queue.NotAcknowledged):
        queue.enqueue(test, trigger="api", now=NOON)
    with pytest.raises(queue.NotAcknowledged):
        queue.enqueue(test, trigger="api", now=NOON, flow=test.flow)


@pytest.mark.django_db(transaction=True)
def test_beats_that_come_at_once_fill_each_slot_once():
    for _ in range(12):
        make_checkout_test(next_run_at=NOON)

    def beat(number: int) -> int:
        try:
            return len(queue.enqueue_due(now=NOON))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(beat, range(8))) == 12
    assert TestRun.objects.across_workspaces().count() == 12


@pytest.mark.django_db(transaction=True)
def test_of_people_who_ask_at_once_one_gets_the_run():
    test = make_checkout_test()

    def ask(number: int) -> bool:
        try:
            queue.enqueue(test, trigger="person", now=NOON)
        except queue.AlreadyOpen:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ask, range(8))) == 1
