from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import redis
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from checkout import claims, evidence, queue, runner_keys, tasks, test_data
from checkout.models import RunnerKey, TestRun
from checkout.result import Artefact
from tests.checkout.playing import Player
from tests.factories import NOON, make_checkout_test, make_run_evidence, make_site, make_test_run, make_workspace
from tracefox import blobs
from tracefox.celery import app

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def broker(settings) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(settings.REDIS_URL) as connection:
        connection.delete("checkout", "default")
        runner_keys.forget()
        yield connection
        connection.delete("checkout", "default")


def messages(broker: redis.Redis, name: str = "checkout") -> list[dict]:
    return [json.loads(raw) for raw in reversed(broker.lrange(name, 0, -1))]


def rung(broker: redis.Redis) -> list[str]:
    """The runs for which bells wait, oldest first."""
    bells = [message for message in messages(broker) if message["headers"]["task"] == tasks.run_next.name]
    return [json.loads(b64decode(message["body"]))[1]["run_id"] for message in bells]


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_once_the_run_is_certain(broker):
    with transaction.atomic():
        run = tasks.enqueue(make_checkout_test(), trigger="person", now=NOON)
        assert rung(broker) == []
    assert rung(broker) == [str(run.pk)]


@pytest.mark.django_db(transaction=True)
def test_with_redis_away_the_person_gets_no_error_and_the_run_waits(monkeypatch):
    def away(runs) -> None:
        raise OperationalError("Error 111 connecting to Redis.")

    monkeypatch.setattr(tasks, "ring", away)
    run = tasks.enqueue(make_checkout_test(), trigger="person", now=NOON)
    assert claims.waiting(limit=9) == [run.pk]


def test_due_tests_are_queued_and_rung_for(broker):
    test = make_checkout_test(next_run_at=NOON)
    tasks.ring_due()
    run = TestRun.objects.for_workspace(test.site.workspace).get()
    assert (run.status, run.due_at) == ("queued", NOON)
    assert rung(broker) == [str(run.pk)]


def test_bells_that_were_lost_are_rung_again_and_unheard_ones_are_not_doubled(broker):
    run = make_test_run()
    for _ in range(3):
        tasks.reap()
    assert rung(broker) == [str(run.pk)]
    broker.flushdb()
    tasks.reap()
    assert rung(broker) == [str(run.pk)]


def test_a_bell_for_nothing_does_nothing(broker):
    tasks.run_next(run_id=str(uuid4()))
    assert rung(broker) == []


@pytest.mark.django_db(transaction=True)  # the heartbeat has a connection of its own
def test_a_bell_plays_the_run_whose_turn_it_is_and_rings_for_the_next(broker):
    workspace = make_workspace()
    runner_keys.make(workspace)
    runs = [make_test_run(test=make_checkout_test(site=make_site(workspace=workspace)), turn=turn) for turn in (1, 2)]
    for run in runs:
        test_data.put(run.test, name="coupon.code", value="SUMMER", by=None, now=NOON)
    player = Player()
    tasks.play_next(rung_for=str(runs[1].pk), replay=player)
    assert [job.run for job in player.jobs] == [str(runs[0].pk)]
    assert rung(broker) == [str(runs[1].pk)]


@pytest.mark.django_db(transaction=True)  # the heartbeat has a connection of its own
def test_the_same_bell_rung_fifty_times_plays_one_run():
    run = make_test_run()
    runner_keys.make(run.test.site.workspace)
    test_data.put(run.test, name="coupon.code", value="SUMMER", by=None, now=NOON)
    player = Player()
    for _ in range(50):
        tasks.play_next(rung_for=str(run.pk), replay=player)
    assert len(player.jobs) == 1


@pytest.mark.django_db(transaction=True)  # the heartbeat has a connection of its own
def test_a_confirmation_is_rung_for_at_once(broker):
    run = make_test_run()
    runner_keys.make(run.test.site.workspace)
    test_data.put(run.test, name="coupon.code", value="SUMMER", by=None, now=NOON)
    tasks.play_next(rung_for="", replay=Player(fails_at=0))
    again = TestRun.objects.for_workspace(run.test.site.workspace).get(confirms=run)
    assert rung(broker) == [str(again.pk)]


def test_the_runs_of_a_dead_worker_are_taken_back_or_ended(broker):
    long_ago = timezone.now() - timedelta(minutes=5)
    lost = make_test_run(status="running", lease_until=long_ago)
    ordered = make_test_run(status="running", lease_until=long_ago, past_order=True, reached=4)
    alive = make_test_run(status="running", lease_until=timezone.now() + timedelta(minutes=1))
    tasks.reap()
    for run in (lost, ordered, alive):
        run.refresh_from_db()
    assert [lost.status, ordered.status, alive.status] == ["queued", "unknown", "running"]
    ordered.test.refresh_from_db()
    assert ordered.test.paused_at is not None
    assert ordered.alert.kind == "unknown"  # type: ignore[attr-defined]
    assert rung(broker) == [str(lost.pk)]


def test_a_missing_key_is_rung_for_and_made(broker, workspace):
    tasks.reap()
    tasks.reap()
    assert [message["headers"]["task"] for message in messages(broker)] == [tasks.make_runner_keys.name]
    tasks.make_runner_keys()
    assert RunnerKey.objects.for_workspace(workspace).exists()
    broker.delete("checkout")
    tasks.reap()
    assert messages(broker) == []


def test_a_worker_without_the_ring_makes_no_key_and_says_so(workspace, settings, caplog):
    settings.RUNNER_KEYS = ""
    runner_keys.forget()
    tasks.make_runner_keys()
    assert not RunnerKey.objects.for_workspace(workspace).exists()
    assert "runner_keys_not_made" in caplog.text


def test_a_message_holds_ids_and_nothing_else(broker):
    test = make_checkout_test(site=make_site(name="Secret client", url="https://secret.test/"))
    runner_keys.make(test.site.workspace)
    test_data.put(test, name="coupon.code", value="SECRET-COUPON", by=None, now=NOON)
    run = queue.enqueue(test, trigger="api", now=NOON)
    tasks.ring([run.pk])
    runner_keys.ring()
    bell, key = messages(broker)
    assert json.loads(b64decode(bell["body"]))[:2] == [[], {"run_id": str(run.pk)}]
    assert (bell["headers"]["argsrepr"], bell["headers"]["kwargsrepr"]) == ("()", f"{{'run_id': '{run.pk}'}}")
    assert json.loads(b64decode(key["body"]))[:2] == [[], {}]
    assert all("ecret" not in raw and "ECRET" not in raw for raw in (json.dumps(bell), str(b64decode(bell["body"]))))


def test_only_what_needs_a_browser_or_the_keys_goes_to_checkout_workers(broker):
    for task in (tasks.ring_due, tasks.reap, tasks.sweep_orphans):
        task.delay()
    assert messages(broker) == []
    assert len(messages(broker, "default")) == 3


def test_what_a_run_uploaded_and_no_row_names_is_swept_after_a_day(settings, monkeypatch):
    settings.BLOBS = "memory"
    blobs.forget()
    run = make_test_run(status="passed")
    kept, *lost = evidence.put_objects(run, {"a.png": Artefact("screenshot", b"1"), "b.png": Artefact("screenshot", b"2"), "c.webm": Artefact("video", b"3")})
    make_run_evidence(run=run, object_key=kept.object_key)
    other = f"{run.test.site.workspace_id}/{run.test.site_id}/bodies/{'a' * 64}"
    blobs.store().put(other, b"of a scan")
    tasks.sweep_orphans()
    assert len(list(blobs.store().list(""))) == 4
    monkeypatch.setattr(queue, "clock", lambda: timezone.now() + timedelta(days=2))
    tasks.sweep_orphans()
    assert sorted(blob.key for blob in blobs.store().list("")) == sorted([kept.object_key, other])
    assert len(lost) == 2
    blobs.forget()


def test_a_sweep_without_storage_is_made_the_next_day(monkeypatch, caplog):
    class Broken:
        def list(self, prefix):
            raise blobs.StorageDown("S3 does not answer.")

    monkeypatch.setattr(blobs, "store", Broken)
    tasks.sweep_orphans()
    assert "run_orphans_not_swept" in caplog.text


def test_the_timetable_knows_the_checkout():
    app.loader.import_default_modules()
    planned = {entry["task"] for entry in (app.conf.beat_schedule or {}).values()}
    assert {tasks.reap.name, tasks.ring_due.name, tasks.sweep_orphans.name} <= planned
