from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import Workspace
from scans import claims, queue
from scans.models import Scan, Site
from tests.factories import NOON, make_client, make_scan, make_site, make_workspace

pytestmark = pytest.mark.django_db


def enqueue(site: Site, *, trigger: str = Scan.Trigger.API) -> Scan:
    return queue.enqueue(site, trigger=trigger, now=NOON)


def dump(workspace: Workspace, count: int) -> list[Scan]:
    client = make_client(workspace=workspace)
    return [enqueue(make_site(client=client)) for _ in range(count)]


def order_of_service() -> list[Workspace]:
    """Whose scans would be served, in order, if each ended at once."""
    served = []
    while claim := claims.claim_next(worker="test"):
        scan = claims.scan_of(claim)
        served.append(scan.site.workspace)
        Scan.objects.for_workspace(scan.site.workspace).filter(pk=scan.pk).delete()
    return served


def test_a_site_has_one_open_scan_and_who_asks_again_is_told_so():
    first = enqueue(make_site())
    with pytest.raises(queue.AlreadyOpen, match="waiting to begin") as refusal:
        enqueue(first.site)
    assert refusal.value.scan == first
    claims.claim_next(worker="test")
    with pytest.raises(queue.AlreadyOpen, match="is running"):
        enqueue(first.site)


def test_a_site_whose_scan_ended_can_be_scanned_again():
    done = make_scan(status=Scan.Status.OK)
    assert enqueue(done.site).status == "queued"


def test_a_workspace_that_brings_many_scans_does_not_hold_up_the_others():
    crowd, single = make_workspace(concurrent_scan_limit=1000), make_workspace()
    dump(crowd, 30)
    dump(single, 2)
    assert [place // 2 for place, workspace in enumerate(order_of_service()) if workspace == single] == [0, 1]


def test_two_workspaces_with_many_scans_take_turns():
    one, two = make_workspace(concurrent_scan_limit=1000), make_workspace(concurrent_scan_limit=1000)
    dump(one, 5)
    dump(two, 5)
    served = order_of_service()
    assert all(set(served[at : at + 2]) == {one, two} for at in range(0, 10, 2))


def test_a_newcomer_does_not_overtake_everybody_for_having_been_away():
    """Virtual time goes on with what is served: a workspace that comes late starts now, not at zero."""
    busy, late = make_workspace(concurrent_scan_limit=1000), make_workspace(concurrent_scan_limit=1000)
    dump(busy, 20)
    for _ in range(10):
        claims.claim_next(worker="test")
    dump(late, 5)
    served = order_of_service()
    assert served[:4].count(late) == 2


def test_a_workspace_at_its_limit_does_not_stop_virtual_time():
    stuck, busy, late = make_workspace(concurrent_scan_limit=0), make_workspace(concurrent_scan_limit=99), make_workspace(concurrent_scan_limit=99)
    dump(stuck, 1)
    dump(busy, 20)
    for _ in range(10):
        claims.claim_next(worker="test")
    dump(late, 10)
    served = order_of_service()
    assert served[:6].count(late) == 3


def test_a_person_who_waits_goes_before_the_own_workspaces_other_scans():
    workspace, rival = make_workspace(concurrent_scan_limit=1000), make_workspace()
    dump(workspace, 10)
    dump(rival, 1)
    wanted = enqueue(make_site(workspace=workspace), trigger=Scan.Trigger.PERSON)
    claimed = [claims.claim_next(worker="test") for _ in range(3)]
    assert wanted.pk in [claim.scan_id for claim in claimed if claim]


def test_a_person_who_asks_for_everything_still_takes_turns_with_others():
    eager, rival = make_workspace(concurrent_scan_limit=1000), make_workspace()
    client = make_client(workspace=eager)
    for _ in range(10):
        enqueue(make_site(client=client), trigger=Scan.Trigger.PERSON)
    dump(rival, 1)
    assert order_of_service().index(rival) <= 1


def test_due_sites_are_queued_for_their_slot_and_get_their_next_one():
    site, other = make_site(next_scan_at=NOON - timedelta(minutes=1)), make_site(next_scan_at=NOON + timedelta(minutes=1))
    (scan_id,) = queue.enqueue_due(now=NOON)
    scan = Scan.objects.for_workspace(site.workspace).get(pk=scan_id)
    assert (scan.site, scan.trigger, scan.due_at) == (site, "schedule", NOON - timedelta(minutes=1))
    site.refresh_from_db()
    other.refresh_from_db()
    assert site.next_scan_at is not None
    assert NOON < site.next_scan_at <= NOON + timedelta(days=1.5)
    assert other.next_scan_at == NOON + timedelta(minutes=1)
    assert queue.enqueue_due(now=NOON) == []


def test_after_an_outage_a_site_is_queued_once():
    site = make_site(next_scan_at=NOON - timedelta(days=3), scan_every_minutes=15)
    assert len(queue.enqueue_due(now=NOON)) == 1
    site.refresh_from_db()
    assert site.next_scan_at is not None
    assert site.next_scan_at > NOON


def test_a_slot_is_let_go_while_the_sites_last_scan_is_open():
    waiting = make_scan(site=make_site(next_scan_at=NOON))
    assert queue.enqueue_due(now=NOON) == []
    waiting.site.refresh_from_db()
    assert waiting.site.next_scan_at is not None
    assert waiting.site.next_scan_at > NOON


def test_a_slot_that_was_filled_is_not_filled_again():
    site = make_site(next_scan_at=NOON)
    make_scan(site=site, status=Scan.Status.OK, due_at=NOON)
    queue.enqueue_due(now=NOON)
    assert Scan.objects.for_workspace(site.workspace).filter(site=site).count() == 1


def test_due_sites_are_taken_in_batches_up_to_the_limit(monkeypatch):
    monkeypatch.setattr(queue, "BATCH", 3)
    client = make_client()
    for _ in range(8):
        make_site(client=client, next_scan_at=NOON)
    assert len(queue.enqueue_due(now=NOON, limit=7)) == 7
    assert len(queue.enqueue_due(now=NOON)) == 1


def test_due_sites_of_two_workspaces_take_turns():
    one, two = make_workspace(concurrent_scan_limit=1000), make_workspace(concurrent_scan_limit=1000)
    for workspace in (one, two):
        client = make_client(workspace=workspace)
        for _ in range(4):
            make_site(client=client, next_scan_at=NOON)
    queue.enqueue_due(now=NOON)
    served = order_of_service()
    assert all(set(served[at : at + 2]) == {one, two} for at in range(0, 8, 2))


def test_scans_that_began_are_not_withdrawn():
    running = make_scan(status=Scan.Status.RUNNING)
    assert queue.withdraw(running.site) == 0


def test_a_scheduled_scan_that_comes_back_to_a_paused_site_is_withdrawn_and_an_asked_for_one_stays():
    paused = make_site(paused_at=NOON)
    scheduled, other = make_scan(site=paused, trigger=Scan.Trigger.SCHEDULE, attempts=1), make_scan(trigger=Scan.Trigger.SCHEDULE)
    asked_for = make_scan(site=make_site(paused_at=NOON), trigger=Scan.Trigger.PERSON)
    assert queue.withdraw_paused() == 1
    for scan in (scheduled, other, asked_for):
        scan.refresh_from_db()
    assert [scheduled.status, other.status, asked_for.status] == ["failed", "queued", "queued"]


def in_threads(count: int, work):
    """Run `work` at once in many threads, each with a connection of its own."""

    def once(_number: int):
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(once, range(count)))


@pytest.mark.django_db(transaction=True)
def test_many_beats_at_once_fill_each_slot_once():
    client = make_client()
    due = [make_site(client=client, next_scan_at=NOON) for _ in range(60)]
    enqueued = in_threads(6, lambda: queue.enqueue_due(now=NOON))
    scans = [pk for batch in enqueued for pk in batch]
    assert len(scans) == len(set(scans)) == Scan.objects.for_workspace(client.workspace).count() == len(due)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_ask_at_once_get_one_scan():
    site = make_site()

    def ask() -> bool:
        try:
            queue.enqueue(site, trigger=Scan.Trigger.PERSON, now=NOON)
        except queue.AlreadyOpen:
            return False
        return True

    assert sorted(in_threads(8, ask)) == [False] * 7 + [True]
