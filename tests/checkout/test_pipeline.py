from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from alerts.models import Alert
from checkout import claims, evidence, heartbeat, pipeline, runner_keys, sealing, settling, test_data
from checkout.claims import Claim
from checkout.models import CheckoutTest, RunEvidence, TestRun
from checkout.runner import unsealing
from tests.checkout.playing import PNG, Player
from tests.factories import NOON, make_checkout_test, make_flow, make_site, make_test_run
from tracefox import blobs

pytestmark = pytest.mark.django_db(transaction=True)  # the heartbeat has a connection of its own


@pytest.fixture(autouse=True)
def kept(settings) -> Iterator[blobs.BlobStore]:
    settings.BLOBS = "memory"
    blobs.forget()
    runner_keys.forget()
    yield blobs.store()
    blobs.forget()


def make_test(*, places_order: bool = False, **fields: Any) -> CheckoutTest:
    """A test with the Test Data that its steps name."""
    site = make_site()
    if places_order:
        fields |= {"flow": make_flow(start_url=site.url, stop_after=None, order_step=1), "acknowledged_order_at": NOON}
    test = make_checkout_test(site=site, **fields)
    runner_keys.make(site.workspace)
    test_data.put(test, name="coupon.code", value="SUMMER-MUG-100", by=None, now=NOON)
    return test


def claimed(test: CheckoutTest | None = None, **fields: Any) -> Claim:
    claim = claims.claim(make_test_run(test=test or make_test(), **fields).pk, worker="test")
    assert claim is not None
    return claim


def row(claim: Claim) -> TestRun:
    return claims.run_of(claim)


def runs(test: CheckoutTest) -> list[TestRun]:
    return list(TestRun.objects.for_workspace(test.site.workspace).filter(test=test).order_by("requested_at", "trigger"))


def play_waiting(player: Player) -> Claim:
    claim = claims.claim_next(worker="test")
    assert claim is not None
    pipeline.run(claim, replay=player)
    return claim


def alerts(test: CheckoutTest) -> list[str]:
    return list(Alert.objects.for_workspace(test.site.workspace).order_by("created_at").values_list("kind", flat=True))


def take_back(claim: Claim) -> None:
    """What happens to a run whose worker is silent for too long."""
    with transaction.atomic():  # the heart may beat in between
        TestRun.objects.across_workspaces().filter(pk=claim.run_id).update(lease_until=timezone.now() - timedelta(seconds=1))
        settling.reap(now=timezone.now())


def keys() -> list[str]:
    return sorted(blob.key for blob in blobs.store().list(""))


class Broken:
    """A storage that does not answer."""

    def put(self, key: str, body: bytes) -> None:
        raise blobs.StorageDown("S3 does not answer.")

    def delete(self, keys) -> None:
        raise blobs.StorageDown("S3 does not answer.")


def test_a_run_is_played_recorded_and_its_evidence_sealed_away():
    claim = claimed()
    pipeline.run(claim, replay=Player())
    run = row(claim)
    assert (run.status, run.stopped_as_defined, run.reached, run.failed_step, run.total_ms) == ("passed", True, 2, None, 1234)
    assert [step["status"] for step in run.result["steps"]] == ["passed"] * 3
    assert (run.lease_until, run.stage) == (None, "")
    rows = list(RunEvidence.objects.for_workspace(run.test.site.workspace).order_by("name"))
    assert [(kept.name, kept.kind, kept.media_type) for kept in rows] == [(f"step-{n}.png", "screenshot", "image/png") for n in range(3)]
    assert evidence.body(rows[1]) == PNG + b"\x01"
    folder = f"{run.test.site.workspace_id}/{run.test.site_id}/runs/{run.pk}/"
    assert keys() == sorted(kept.object_key for kept in rows)
    assert all(key.startswith(folder) for key in keys())
    assert all(PNG not in blobs.store().get(key) for key in keys())
    assert (run.test.state, run.test.last_run_at is not None) == ("passing", True)


def test_the_runner_gets_the_boxes_that_the_steps_name_and_the_key_that_opens_them():
    test = make_test()
    test_data.put(test, name="card.number", value="4242424242424242", by=None, now=NOON)
    player = Player()
    pipeline.run(claimed(test), replay=player)
    (job,) = player.jobs
    assert list(job.sealed) == ["coupon.code"]
    assert (job.context, job.versions) == (f"{test.site.workspace_id}|{test.pk}", {"coupon.code": 1})
    place = sealing.context(job.context, name="coupon.code", version=1)
    assert unsealing.unseal(from_base64(job.sealed["coupon.code"]), private_key=from_base64(job.private_key), context=place) == "SUMMER-MUG-100"
    assert job.private_key not in repr(job)
    assert job.plain == {}


def test_a_test_without_test_data_needs_no_key():
    site = make_site()
    player = Player()
    pipeline.run(claimed(make_checkout_test(site=site, flow=make_flow(start_url=site.url, stop_after=1))), replay=Player(meanwhile=None))
    flow = make_flow(start_url=site.url)
    flow["steps"] = flow["steps"][:2]
    test = make_checkout_test(site=site, flow=flow | {"stop_after": 1})

    def no_key(key):
        raise AssertionError("No key is needed.")

    pipeline.run(claimed(test), replay=player, private=no_key)
    assert player.jobs[0].private_key == ""


def test_missing_test_data_fails_the_run_with_its_name_and_nothing_is_played():
    player, test = Player(), make_checkout_test()
    pipeline.run(claimed(test), replay=player)
    (run,) = runs(test)
    assert (run.status, run.reason) == ("failed", settling.NO_TEST_DATA)
    assert "coupon.code" in run.sentence
    assert player.jobs == []
    assert alerts(test) == ["failing"]


def test_progress_is_told_while_the_run_is_played():
    claim = claimed()
    seen: list[tuple[int, str]] = []

    def look(index: int) -> None:
        wait_until(lambda: row(claim).reached == index)
        seen.append((row(claim).reached, row(claim).stage))

    pipeline.run(claim, replay=Player(meanwhile=look))
    assert seen == [(0, "Step 1 of 3"), (1, "Step 2 of 3"), (2, "Step 3 of 3")]


# --- confirmation, alerts


def test_a_failure_is_confirmed_by_one_immediate_run_before_anybody_is_told():
    test = make_test()
    pipeline.run(claimed(test), replay=Player(fails_at=1))
    first, again = runs(test)
    assert (first.status, first.failed_step, again.status, again.confirms) == ("failed", 1, "queued", first)
    assert alerts(test) == []
    play_waiting(Player(fails_at=1))
    first, again = runs(test)
    assert [first.status, again.status] == ["failed", "failed"]
    alert = Alert.objects.for_workspace(test.site.workspace).get()
    assert (alert.kind, alert.test_run, alert.changes) == ("failing", again, 0)
    assert alert.headline == f"{test.site.name}: the test “Buy a mug” is failing. Step 2 failed."
    test.refresh_from_db()
    assert test.state == "failing"
    assert claims.waiting(limit=9) == []


def test_a_failure_that_does_not_repeat_is_not_told():
    test = make_test()
    pipeline.run(claimed(test), replay=Player(fails_at=1))
    play_waiting(Player())
    assert alerts(test) == []
    test.refresh_from_db()
    assert test.state == "passing"


def test_what_fails_is_told_once_and_so_is_that_it_passes_again():
    test = make_test()
    for fails in (1, 1, 2, None, None):
        pipeline.run(claimed(test), replay=Player(fails_at=fails))
        if fails is not None:
            play_waiting(Player(fails_at=fails))
    assert alerts(test) == ["failing", "recovered"]
    last = Alert.objects.for_workspace(test.site.workspace).order_by("-created_at")[0]
    assert last.headline == f"{test.site.name}: the test “Buy a mug” passes again."


def test_a_test_that_fails_and_passes_by_turns_is_flapping_and_tells_no_more():
    test = make_test()
    for fails in (None, 1, None, 1, None, 1, None):
        pipeline.run(claimed(test), replay=Player(fails_at=fails))
        if fails is not None:
            play_waiting(Player(fails_at=fails))
    test.refresh_from_db()
    assert test.state == "flapping"
    assert alerts(test) == ["failing", "recovered", "failing"]
    for _ in range(2):
        pipeline.run(claimed(test), replay=Player())
    test.refresh_from_db()
    assert test.state == "passing"
    assert alerts(test)[3:] == ["recovered"]


def test_a_part_of_a_test_says_nothing_about_how_it_stands():
    test = make_test()
    part = test.flow | {"stop_after": 1, "conditions": []}
    pipeline.run(claimed(test, flow=part), replay=Player(fails_at=1))
    assert len(runs(test)) == 1
    test.refresh_from_db()
    assert (test.state, alerts(test)) == ("unknown", [])
    assert test.last_run_at is not None


def test_a_blocked_run_changes_nothing_and_is_not_confirmed():
    test = make_test(state="passing")
    pipeline.run(claimed(test), replay=Player(trouble="blocked"))
    (run,) = runs(test)
    assert (run.status, run.reason) == ("inconclusive", "blocked")
    test.refresh_from_db()
    assert (test.state, alerts(test)) == ("passing", [])


def test_a_failure_of_a_test_that_was_paused_meanwhile_is_not_confirmed():
    test = make_test()
    claim = claimed(test)
    CheckoutTest.objects.for_workspace(test.site.workspace).update(paused_at=NOON)
    pipeline.run(claim, replay=Player(fails_at=1))
    assert [run.status for run in runs(test)] == ["failed"]


# --- past the order


def test_a_test_that_places_orders_passes_once_the_parent_has_noted_it():
    player, test = Player(), make_test(places_order=True)
    claim = claimed(test)
    noted = []
    player.meanwhile = lambda index: noted.append(row(claim).past_order)
    pipeline.run(claim, replay=player)
    run = row(claim)
    assert noted == [False, True, True]
    assert (run.status, run.past_order, player.placed, run.stopped_as_defined) == ("passed", True, 1, False)


def test_a_failure_before_the_order_is_confirmed_and_one_after_it_never():
    test = make_test(places_order=True)
    pipeline.run(claimed(test), replay=Player(fails_at=0))
    player = Player(fails_at=2)
    play_waiting(player)
    assert [run.status for run in runs(test)] == ["failed", "failed"]
    after = Player(fails_at=2)
    pipeline.run(claimed(test), replay=after)
    assert (player.placed, after.placed) == (1, 1)
    assert claims.waiting(limit=9) == []


@pytest.mark.parametrize("how", ["runner", "exception", "storage"])
def test_past_the_order_whatever_goes_wrong_is_unknown_and_asks_a_person(how, monkeypatch):
    test = make_test(places_order=True)
    claim = claimed(test, trigger="schedule")

    def break_down(index: int) -> None:
        if how == "exception" and index == 1:
            raise RuntimeError("The worker's own mistake.")
        if how == "storage" and index == 1:
            monkeypatch.setattr(blobs, "store", Broken)

    player = Player(meanwhile=break_down, trouble="runner-lost" if how != "exception" else "")
    pipeline.run(claim, replay=player)
    (run,) = runs(test)
    assert run.status == "unknown"
    assert "look into the shop" in run.sentence
    assert player.placed == 1
    test.refresh_from_db()
    assert test.paused_at is not None
    assert test.next_run_at is None
    alert = Alert.objects.for_workspace(test.site.workspace).get()
    assert (alert.kind, alert.test_run) == ("unknown", run)
    assert claims.waiting(limit=9) == []


def test_a_result_past_the_order_counts_even_if_its_evidence_could_not_be_stored(monkeypatch):
    test = make_test(places_order=True)
    claim = claimed(test)
    pipeline.run(claim, replay=Player(meanwhile=lambda index: monkeypatch.setattr(blobs, "store", Broken) if index == 2 else None))
    run = row(claim)
    assert (run.status, run.result["artefacts"]) == ("passed", {})
    assert "could not be stored" in run.sentence
    assert not RunEvidence.objects.for_workspace(test.site.workspace).exists()


def test_an_order_that_nobody_acknowledged_any_more_is_not_placed():
    test, player = make_test(places_order=True), Player()
    claim = claimed(test)
    CheckoutTest.objects.for_workspace(test.site.workspace).update(acknowledged_order_at=None)
    pipeline.run(claim, replay=player)
    assert (row(claim).status, row(claim).reason, player.jobs) == ("inconclusive", "not-acknowledged", [])


def test_a_worker_that_lost_its_lease_before_the_order_places_none():
    test = make_test(places_order=True)
    claim = claimed(test)
    player = Player(meanwhile=lambda index: take_back(claim) if index == 0 else None)
    pipeline.run(claim, replay=player)
    assert player.placed == 0
    (run,) = runs(test)
    assert (run.status, run.past_order) == ("queued", False)
    second = Player()
    play_waiting(second)
    assert second.placed == 1


def test_a_worker_that_lost_its_lease_past_the_order_leaves_unknown_and_nobody_repeats():
    test = make_test(places_order=True)
    claim = claimed(test)
    player = Player(meanwhile=lambda index: take_back(claim) if index == 1 else None)
    pipeline.run(claim, replay=player)
    (run,) = runs(test)
    assert (run.status, run.reason, player.placed) == ("unknown", "worker-lost", 1)
    assert alerts(test) == ["unknown"]
    assert claims.claim_next(worker="other") is None
    assert keys() == []


# --- trouble of ours


def test_a_lost_runner_is_tried_again_and_then_inconclusive():
    test = make_test()
    claim = claimed(test)
    for attempt in (1, 2, 3):
        pipeline.run(claim, replay=Player(trouble="runner-lost"))
        run = row(claim)
        assert run.status == ("queued" if attempt < 3 else "inconclusive")
        TestRun.objects.across_workspaces().filter(pk=claim.run_id).update(not_before=NOON)
        claim = claims.claim(claim.run_id, worker="test") or claim
    assert alerts(test) == []


def test_with_the_storage_down_the_run_is_put_back_and_no_row_names_an_object(monkeypatch):
    claim = claimed()
    monkeypatch.setattr(blobs, "store", Broken)
    pipeline.run(claim, replay=Player())
    run = row(claim)
    assert (run.status, run.reason) == ("queued", "storage")
    assert not RunEvidence.objects.across_workspaces().exists()


def test_a_worker_without_the_runners_ring_runs_nothing(settings):
    claim, player = claimed(), Player()
    runner_keys.forget()
    settings.RUNNER_KEYS = ""
    pipeline.run(claim, replay=player)
    assert (row(claim).status, row(claim).reason, player.jobs) == ("queued", "keys", [])


def test_a_worker_that_wakes_after_its_lease_changes_nothing():
    claim = claimed()
    pipeline.run(claim, replay=Player(meanwhile=lambda index: take_back(claim) if index == 2 else None))
    run = row(claim)
    assert (run.status, run.result, keys()) == ("queued", {}, [])


def test_a_lost_lease_ends_the_runner_at_once(settings):
    settings.RUN_LEASE_SECONDS = 1
    claim = claimed()
    given_up = threading.Event()

    def replay(job, *, settings, on_event, give_up=None):
        take_back(claim)
        assert give_up is not None
        assert give_up.wait(20)
        given_up.set()
        return Player()(job, settings=settings, on_event=on_event, give_up=give_up)

    pipeline.run(claim, replay=replay)
    assert given_up.is_set()
    assert row(claim).status == "queued"


def test_a_heart_that_hangs_stops_beating(monkeypatch):
    claim = claimed()
    monkeypatch.setattr(heartbeat, "LONGEST_SECONDS", 0)
    with heartbeat.Heartbeat(claim) as heart:
        heart._thread.join(20)
        assert not heart._thread.is_alive()


def test_a_run_that_was_removed_with_its_test_leaves_no_object():
    test = make_test()
    claim = claimed(test)

    def remove(index: int) -> None:
        if index == 2:
            CheckoutTest.objects.for_workspace(test.site.workspace).delete()

    pipeline.run(claim, replay=Player(meanwhile=remove))
    assert keys() == []
    assert not TestRun.objects.across_workspaces().exists()


def test_what_the_shop_wrote_by_the_thousand_is_cut_to_what_a_row_holds():
    claim = claimed()

    def replay(job, *, settings, on_event, give_up=None):
        result = Player()(job, settings=settings, on_event=on_event, give_up=give_up)
        return replace(result, console=[{"text": "x"}] * 2000)

    pipeline.run(claim, replay=replay)
    assert len(row(claim).result["console"]) == pipeline.ROWS_KEPT


def from_base64(text: str) -> bytes:
    return base64.b64decode(text)


def wait_until(holds) -> None:
    pause = threading.Event()
    while not holds():
        pause.wait(0.01)
    connection.close()
