from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from checkout import claims
from checkout.claims import Claim, LeaseLost
from checkout.models import TestRun
from tests.factories import make_checkout_test, make_client, make_flow, make_site, make_test_run, make_workspace

pytestmark = pytest.mark.django_db


def claimed(**fields) -> Claim:
    claim = claims.claim(make_test_run(**fields).pk, worker="test")
    assert claim is not None
    return claim


def row(claim: Claim) -> TestRun:
    return claims.run_of(claim)


def change(claim: Claim, **fields) -> None:
    TestRun.objects.across_workspaces().filter(pk=claim.run_id).update(**fields)


def lapse(claim: Claim) -> None:
    change(claim, lease_until=timezone.now() - timedelta(seconds=1))


def of_host(url="https://shop.test/", **fields) -> TestRun:
    return make_test_run(test=make_checkout_test(site=make_site(url=url)), **fields)


def test_a_claim_starts_the_run_and_lends_it_for_a_lease():
    run = row(claimed())
    assert (run.status, run.attempts, run.fence, run.reached, run.worker, run.stage) == ("running", 1, 1, -1, "test", "Starting")
    assert run.started_at is not None
    assert run.lease_until is not None
    assert run.lease_until - run.started_at == timedelta(seconds=60)


def test_nothing_waits_nothing_is_claimed():
    assert claims.claim_next(worker="test") is None
    assert claims.waiting(limit=9) == []


def test_a_run_is_claimed_once():
    claim = claimed()
    assert claims.claim(claim.run_id, worker="other") is None
    assert claims.claim_next(worker="other") is None


def test_a_retry_waits_for_its_time():
    make_test_run(not_before=timezone.now() + timedelta(minutes=1))
    assert claims.claim_next(worker="test") is None


def test_runs_are_claimed_in_their_turn():
    last, first = make_test_run(turn=2), make_test_run(turn=1)
    assert claims.waiting(limit=9) == [first.pk, last.pk]
    assert [claim.run_id for claim in (claims.claim_next(worker="test"), claims.claim_next(worker="test")) if claim] == [first.pk, last.pk]


def test_a_workspace_runs_no_more_at_once_than_its_limit():
    client = make_client(workspace=make_workspace())
    for _ in range(4):
        make_test_run(test=make_checkout_test(site=make_site(client=client)))
    other = make_test_run(turn=99)
    taken = [claims.claim_next(worker="test") for _ in range(4)]
    assert [claim is not None for claim in taken] == [True, True, True, False]
    assert other.pk in [claim.run_id for claim in taken if claim]


def test_a_shop_is_visited_by_one_run_at_a_time_whoever_tests_it():
    first, second = of_host(), of_host("https://shop.test/sale")
    assert claims.claim(first.pk, worker="test") is not None
    assert claims.claim_next(worker="test") is None
    with pytest.raises(IntegrityError, match="one_run_at_a_time_per_host"), transaction.atomic():
        TestRun.objects.across_workspaces().filter(pk=second.pk).update(status="running", lease_until=timezone.now())


def test_scheduled_visits_to_a_shop_are_a_minute_apart_and_asked_for_ones_and_confirmations_are_not():
    failed = of_host(status="failed", finished_at=timezone.now() - timedelta(seconds=30))
    waiting = of_host(trigger="schedule")
    assert claims.claim_next(worker="test") is None
    again = make_test_run(test=failed.test, trigger="confirmation", confirms=failed)
    claim = claims.claim_next(worker="test")
    assert claim is not None
    assert claim.run_id == again.pk
    claims.finish(claim, status="passed", reason="", sentence="")
    assert claims.claim_next(worker="test") is None
    TestRun.objects.across_workspaces().filter(pk=waiting.pk).update(trigger="person")
    assert claims.claim_next(worker="test") is not None


def test_a_run_that_was_withdrawn_keeps_nobody_from_the_shop():
    of_host(status="inconclusive", started_at=None, finished_at=timezone.now())
    of_host(trigger="schedule")
    assert claims.claim_next(worker="test") is not None


def test_a_heartbeat_and_progress_keep_the_run_for_another_lease():
    claim = claimed()
    lapse(claim)
    claims.heartbeat(claim)
    assert claims.lapsed() == []
    lapse(claim)
    claims.progress(claim, stage="Step 2 of 9" + "x" * 100, reached=1)
    assert claims.lapsed() == []
    run = row(claim)
    assert (run.reached, run.stage[:11], len(run.stage)) == (1, "Step 2 of 9", 80)


def test_who_lost_the_lease_writes_nothing_and_passes_no_order():
    claim = claimed()
    lapse(claim)
    assert claims.take_back(claim.run_id)
    for write in (
        lambda: claims.heartbeat(claim),
        lambda: claims.progress(claim, stage="", reached=3),
        lambda: claims.pass_order(claim, reached=3),
        lambda: claims.finish(claim, status="passed", reason="", sentence=""),
        lambda: claims.retry_later(claim, reason="storage"),
    ):
        with pytest.raises(LeaseLost):
            write()
    following = claims.claim(claim.run_id, worker="other")
    assert following is not None
    assert following.fence == 2
    with pytest.raises(LeaseLost):
        claims.pass_order(claim, reached=3)
    assert not row(following).past_order


def test_a_run_that_was_removed_is_nobodys():
    claim = claimed()
    TestRun.objects.across_workspaces().filter(pk=claim.run_id).delete()
    with pytest.raises(LeaseLost):
        claims.run_of(claim)
    with pytest.raises(LeaseLost):
        claims.finish(claim, status="passed", reason="", sentence="")


def test_trouble_of_ours_is_tried_again_after_a_pause_that_grows():
    claim = claimed()
    for pause in (1, 5):
        assert claims.may_retry(claim, reason="worker-lost")
        claims.retry_later(claim, reason="worker-lost")
        run = row(claim)
        assert (run.status, run.reason) == ("queued", "worker-lost")
        assert timedelta(minutes=pause - 1) < run.not_before - timezone.now() <= timedelta(minutes=pause)
        change(claim, not_before=timezone.now() - timedelta(seconds=1))
        following = claims.claim(claim.run_id, worker="test")
        assert following is not None
        claim = following
    assert not claims.may_retry(claim, reason="worker-lost")
    assert claims.may_retry(claim, reason="storage")


def test_what_the_shop_did_is_never_tried_again():
    assert not claims.may_retry(claimed(), reason="step")
    assert not claims.may_retry(claimed(), reason="blocked")


# --- past the order


def test_once_the_order_may_have_been_placed_nothing_puts_the_run_back():
    claim = claimed()
    claims.pass_order(claim, reached=5)
    assert row(claim).past_order
    assert not claims.may_retry(claim, reason="worker-lost")
    with pytest.raises(IntegrityError, match="run_past_order_is_never_repeated"), transaction.atomic():
        claims.retry_later(claim, reason="worker-lost")
    with pytest.raises(IntegrityError, match="run_past_order_is_never_repeated"), transaction.atomic():
        change(claim, status="queued")
    lapse(claim)
    assert not claims.take_back(claim.run_id)
    assert claims.give_up(claim.run_id)
    run = row(claim)
    assert (run.status, run.reason) == ("unknown", "worker-lost")
    assert "look into the shop" in run.sentence


def test_a_run_that_placed_no_order_is_taken_back_three_times_and_then_ended():
    claim = claimed(test=make_checkout_test(flow=make_flow(stop_after=None, order_step=1)))
    for attempt in (1, 2):
        lapse(claim)
        assert claims.lapsed() == [claim.run_id]
        assert claims.take_back(claim.run_id), attempt
        following = claims.claim(claim.run_id, worker="test")
        assert following is not None
        claim = following
    lapse(claim)
    assert not claims.take_back(claim.run_id)
    assert claims.give_up(claim.run_id)
    assert not claims.give_up(claim.run_id)
    run = row(claim)
    assert (run.status, run.reason) == ("inconclusive", "worker-lost")
    assert run.sentence == f"{claims.WORKER_LOST} Tracefox tried 3 times."


def test_a_run_whose_worker_lives_is_not_taken():
    claim = claimed()
    assert not claims.take_back(claim.run_id)
    assert not claims.give_up(claim.run_id)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_claim_at_once_each_run_has_one_worker():
    client = make_client(workspace=make_workspace())
    runs = {of_host(f"https://shop{number}.test/").pk for number in range(6)} | {make_test_run(test=make_checkout_test(site=make_site(client=client))).pk}

    def take(number: int) -> Claim | None:
        try:
            return claims.claim_next(worker=str(number))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        taken = [claim.run_id for claim in pool.map(take, range(20)) if claim]
    assert sorted(taken) == sorted(runs)
