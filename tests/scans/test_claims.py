from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from scans import claims
from scans.claims import Claim, LeaseLost
from scans.models import Scan
from scans.snapshot import Outcome
from tests.factories import make_client, make_scan, make_site, make_workspace

pytestmark = pytest.mark.django_db


def claimed(**fields) -> Claim:
    claim = claims.claim(make_scan(**fields).pk, worker="test")
    assert claim is not None
    return claim


def row(claim: Claim) -> Scan:
    return claims.scan_of(claim)


def change(claim: Claim, **fields) -> None:
    Scan.objects.across_workspaces().filter(pk=claim.scan_id).update(**fields)


def lapse(claim: Claim) -> None:
    change(claim, lease_until=timezone.now() - timedelta(seconds=1))


def again(claim: Claim) -> Claim:
    """The same scan, claimed once more as soon as its pause is over."""
    change(claim, not_before=timezone.now() - timedelta(seconds=1))
    following = claims.claim(claim.scan_id, worker="test")
    assert following is not None
    return following


def test_a_claim_starts_the_scan_and_lends_it_for_a_lease():
    scan = row(claimed(site=make_site(pages=3)))
    assert (scan.status, scan.attempts, scan.fence, scan.pages_total, scan.worker) == ("running", 1, 1, 3, "test")
    assert scan.started_at is not None
    assert scan.lease_until is not None
    assert scan.lease_until - scan.started_at == timedelta(seconds=120)


def test_nothing_waits_nothing_is_claimed():
    assert claims.claim_next(worker="test") is None


def test_a_scan_is_claimed_once():
    claim = claimed()
    assert claims.claim(claim.scan_id, worker="other") is None
    assert claims.claim_next(worker="other") is None


def test_a_retry_waits_for_its_time():
    make_scan(not_before=timezone.now() + timedelta(minutes=1))
    assert claims.claim_next(worker="test") is None


def test_scans_are_claimed_in_their_turn():
    last, first = make_scan(turn=2), make_scan(turn=1)
    assert [claim.scan_id for claim in (claims.claim_next(worker="test"), claims.claim_next(worker="test")) if claim] == [first.pk, last.pk]


def test_a_workspace_runs_no_more_scans_than_its_limit():
    client = make_client(workspace=make_workspace(concurrent_scan_limit=2))
    for _ in range(4):
        make_scan(site=make_site(client=client))
    other = make_scan(turn=99)
    claimed_now = [claims.claim_next(worker="test") for _ in range(4)]
    assert [claim is not None for claim in claimed_now] == [True, True, True, False]
    assert other.pk in [claim.scan_id for claim in claimed_now if claim]
    assert claims.waiting(limit=10) == []


def test_a_host_is_visited_by_one_scan_at_a_time_whoever_watches_it():
    first = make_scan(site=make_site(url="https://shop.test/"))
    make_scan(site=make_site(url="https://shop.test/sale"))
    assert claims.claim(first.pk, worker="test") is not None
    assert claims.claim_next(worker="test") is None


def test_scheduled_visits_to_a_host_are_a_minute_apart_and_asked_for_ones_are_not():
    make_scan(site=make_site(url="https://shop.test/"), status=Scan.Status.OK, finished_at=timezone.now() - timedelta(seconds=30))
    waiting = make_scan(site=make_site(url="https://shop.test/sale"), trigger=Scan.Trigger.SCHEDULE)
    assert claims.claim_next(worker="test") is None
    Scan.objects.across_workspaces().filter(pk=waiting.pk).update(trigger=Scan.Trigger.PERSON)
    assert claims.claim_next(worker="test") is not None


def test_a_heartbeat_keeps_the_scan_for_another_lease():
    claim = claimed()
    lapse(claim)
    claims.heartbeat(claim)
    assert claims.reap().requeued == []


def test_progress_is_shown_and_keeps_the_scan():
    claim = claimed()
    lapse(claim)
    claims.progress(claim, stage="Loading shop.test/" + "x" * 100, pages_done=2)
    scan = row(claim)
    assert (scan.stage[:18], len(scan.stage), scan.pages_done) == ("Loading shop.test/", 40, 2)
    assert claims.reap().requeued == []


@pytest.mark.parametrize("status", ["ok", "inconclusive", "failed"])
def test_a_scan_ends_as_it_was_seen(status):
    claim = claimed()
    claims.finish(claim, Outcome(status=status, reason="blocked", blocked_by="Cloudflare", sentence="Cloudflare answered."))
    scan = row(claim)
    assert (scan.status, scan.reason, scan.blocked_by, scan.sentence) == (status, "blocked", "Cloudflare", "Cloudflare answered.")
    assert (scan.stage, scan.lease_until) == ("", None)
    assert scan.finished_at is not None


def test_what_may_pass_is_tried_again_after_one_and_five_minutes_and_then_has_failed():
    claim = claimed()
    for pause in (timedelta(minutes=1), timedelta(minutes=5)):
        before = timezone.now()
        assert claims.retry_later(claim, reason="dns", sentence="It does not resolve.")
        scan = row(claim)
        assert (scan.status, scan.reason, scan.lease_until) == ("queued", "dns", None)
        assert abs(scan.not_before - before - pause) < timedelta(seconds=20)
        claim = again(claim)
        assert claim.last_reason == "dns"
    assert not claims.retry_later(claim, reason="dns", sentence="It does not resolve.")
    scan = row(claim)
    assert (scan.status, scan.reason, scan.sentence) == ("failed", "dns", "It does not resolve. Tracefox tried 3 times.")


@pytest.mark.parametrize("reason", ["tls", "private-address", "plain-text", "browser-missing"])
def test_what_does_not_pass_is_not_tried_again(reason):
    claim = claimed()
    assert not claims.retry_later(claim, reason=reason, sentence="No.")
    assert (row(claim).status, row(claim).sentence) == ("failed", "No.")


def test_a_site_that_ends_the_browser_twice_in_a_row_is_not_given_a_third():
    claim = claimed()
    assert claims.retry_later(claim, reason="browser-crash", sentence="The browser ended.")
    assert not claims.retry_later(again(claim), reason="browser-crash", sentence="The browser ended.")
    assert row(claim).reason == "browser-crash"


def test_storage_that_is_down_for_ten_minutes_loses_no_scan():
    claim = claimed()
    paused = timedelta()
    while claims.retry_later(claim, reason="storage", sentence="Not stored."):
        paused += row(claim).not_before - timezone.now()
        claim = again(claim)
    assert paused > timedelta(minutes=15)


def test_a_scan_whose_worker_is_gone_is_tried_again_at_once():
    claim = claimed()
    lapse(claim)
    assert claims.reap().requeued == [claim.scan_id]
    assert (row(claim).status, row(claim).reason) == ("queued", "worker-lost")
    following = claims.claim_next(worker="other")
    assert following is not None
    assert (following.fence, following.attempts) == (2, 2)


def test_a_scan_that_loses_its_worker_three_times_has_failed_and_says_why():
    claim = claimed()
    for _ in range(2):
        lapse(claim)
        assert claims.reap().requeued == [claim.scan_id]
        claim = again(claim)
    lapse(claim)
    assert claims.reap().failed == [claim.scan_id]
    assert (row(claim).status, row(claim).reason) == ("failed", "worker-lost")
    assert row(claim).sentence == "The machine that ran this scan stopped answering. Tracefox tried 3 times."


def test_a_lease_that_holds_is_not_reaped():
    claimed()
    assert claims.reap() == claims.Reaped(requeued=[], failed=[])


ZOMBIES = {
    "heartbeat": claims.heartbeat,
    "progress": lambda claim: claims.progress(claim, stage="Loading", pages_done=1),
    "finish": lambda claim: claims.finish(claim, Outcome(status="ok")),
    "retry": lambda claim: claims.retry_later(claim, reason="dns", sentence="No."),
    "give up": lambda claim: claims.retry_later(claim, reason="tls", sentence="No."),
}


@pytest.mark.parametrize("write", ZOMBIES.values(), ids=ZOMBIES.keys())
@pytest.mark.parametrize("meanwhile", ["taken back", "given to another", "ended by another"])
def test_a_worker_that_wakes_after_its_lease_changes_nothing(write, meanwhile):
    zombie = claimed()
    lapse(zombie)
    claims.reap()
    if meanwhile != "taken back":
        successor = again(zombie)
    if meanwhile == "ended by another":
        claims.finish(successor, Outcome(status="ok"))
    before = Scan.objects.across_workspaces().values().get(pk=zombie.scan_id)
    with pytest.raises(LeaseLost):
        write(zombie)
    assert Scan.objects.across_workspaces().values().get(pk=zombie.scan_id) == before


def in_threads(count: int, work):
    def once(_number: int):
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(once, range(count)))


@pytest.mark.django_db(transaction=True)
def test_a_scan_rung_fifty_times_at_once_is_claimed_once():
    make_scan()
    claimed_now = in_threads(50, lambda: claims.claim_next(worker="test"))
    assert sum(claim is not None for claim in claimed_now) == 1


@pytest.mark.django_db(transaction=True)
def test_claims_at_once_keep_to_the_limit():
    client = make_client(workspace=make_workspace(concurrent_scan_limit=3))
    for _ in range(20):
        make_scan(site=make_site(client=client))
    claimed_now = in_threads(20, lambda: claims.claim_next(worker="test"))
    assert sum(claim is not None for claim in claimed_now) == 3


@pytest.mark.django_db(transaction=True)
def test_reapers_at_once_take_each_scan_back_once():
    for _ in range(30):
        lapse(claimed())
    reaped = in_threads(6, claims.reap)
    taken = [pk for one in reaped for pk in one.requeued]
    assert len(taken) == len(set(taken)) == 30
