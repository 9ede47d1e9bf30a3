from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from django.db import transaction
from kombu.exceptions import OperationalError

from scans import claims, queue, store, tasks
from scans.models import Scan
from tests.factories import NOON, make_client, make_scan, make_site, make_workspace
from tests.scans.sample_snapshot import sample_captured
from tracefox import blobs
from tracefox.celery import app

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def broker(settings) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(settings.REDIS_URL) as connection:
        connection.delete("scan")
        yield connection
        connection.delete("scan")


def rung(broker: redis.Redis) -> list[str]:
    """The scans for which bells wait, oldest first."""
    messages = [json.loads(raw) for raw in broker.lrange("scan", 0, -1)]
    return [json.loads(b64decode(message["body"]))[1]["scan_id"] for message in reversed(messages)]


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_once_the_scan_is_certain(broker):
    with transaction.atomic():
        scan = tasks.enqueue(make_site(), trigger=Scan.Trigger.PERSON, now=NOON)
        assert rung(broker) == []
    assert rung(broker) == [str(scan.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_scan_that_came_to_nothing_rings_no_bell(broker):
    with transaction.atomic():
        tasks.enqueue(make_site(), trigger=Scan.Trigger.PERSON, now=NOON)
        transaction.set_rollback(True)
    assert rung(broker) == []


def test_who_asks_again_is_told_and_nobody_is_woken(broker):
    waiting = make_scan()
    with pytest.raises(queue.AlreadyOpen):
        tasks.enqueue(waiting.site, trigger=Scan.Trigger.PERSON, now=NOON)
    assert rung(broker) == []


def test_due_sites_are_queued_and_rung_for(broker):
    site = make_site(next_scan_at=NOON)
    tasks.ring_due()
    scan = Scan.objects.for_workspace(site.workspace).get()
    assert (scan.status, scan.due_at) == ("queued", NOON)
    assert rung(broker) == [str(scan.pk)]


def test_bells_that_were_lost_are_rung_again(broker):
    scan = make_scan()
    tasks.reap()
    broker.flushdb()
    tasks.reap()
    assert rung(broker) == [str(scan.pk)]


def test_bells_that_nobody_has_heard_yet_are_not_rung_twice(broker):
    for _ in range(3):
        make_scan()
    for _ in range(5):
        tasks.reap()
    assert len(rung(broker)) == 3


def test_no_bell_rings_for_a_scan_that_may_not_start(broker):
    client = make_client(workspace=make_workspace(concurrent_scan_limit=1))
    make_scan(site=make_site(client=client))
    make_scan(site=make_site(client=client))
    claims.claim_next(worker="test")
    tasks.reap()
    assert rung(broker) == []


def test_a_bell_for_nothing_does_nothing():
    tasks.run_scan(scan_id="00000000-0000-0000-0000-000000000000")


def test_a_message_holds_ids_and_nothing_else(broker):
    site = make_site(name="Secret client", url="https://secret.test/")
    scan = queue.enqueue(site, trigger=Scan.Trigger.API, now=NOON)
    tasks.ring([scan.pk])
    (raw,) = broker.lrange("scan", 0, -1)
    message = json.loads(raw)
    assert json.loads(b64decode(message["body"]))[:2] == [[], {"scan_id": str(scan.pk)}]
    assert message["headers"]["argsrepr"] == "()"
    assert message["headers"]["kwargsrepr"] == f"{{'scan_id': '{scan.pk}'}}"
    assert b"ecret" not in raw + b64decode(message["body"])


def test_every_task_of_the_timetable_exists_and_its_messages_pile_up_for_two_hours_at_most():
    app.loader.import_default_modules()
    for name, entry in (app.conf.beat_schedule or {}).items():
        assert entry["task"] in app.tasks, name
        assert 3600 < entry["options"]["expires"] <= 7200


def test_the_broker_takes_json_only_and_gives_up_no_message_early():
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_ignore_result
    assert (app.conf.broker_transport_options or {})["visibility_timeout"] == 600


@pytest.mark.django_db(transaction=True)
def test_with_redis_away_the_person_gets_no_error_and_the_scan_waits(monkeypatch):
    def away(scans) -> None:
        raise OperationalError("Error 111 connecting to Redis.")

    monkeypatch.setattr(tasks, "ring", away)
    scan = tasks.enqueue(make_site(), trigger=Scan.Trigger.PERSON, now=NOON)
    assert claims.waiting(limit=9) == [scan.pk]


def test_the_sweep_is_planned_once_a_day_by_the_clock():
    app.loader.import_default_modules()
    planned = [entry for entry in app.conf.beat_schedule.values() if entry["task"] == tasks.sweep_orphans.name]
    assert [(str(entry["schedule"]), entry["options"]) for entry in planned] == [("<crontab: 20 3 * * * (m/h/dM/MY/d)>", {"expires": 7200.0})]


def test_every_reminder_is_of_a_task_that_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_the_days_sweep_removes_what_no_row_names(settings):
    settings.BLOBS = "memory"
    blobs.forget()
    kept: Any = blobs.store()
    kept.clock = lambda: datetime.now(UTC) - timedelta(hours=25)
    store.put_objects(make_scan(), sample_captured())
    kept.clock = lambda: datetime.now(UTC)
    young = store.put_objects(make_scan(), sample_captured())
    tasks.sweep_orphans()
    assert len(list(kept.list(""))) == 9
    assert kept.get(young.object_key)
    blobs.forget()


def test_a_sweep_without_storage_waits_for_the_next_day(settings, tmp_path):
    (tmp_path / "no-folder").touch()
    settings.BLOBS, settings.BLOBS_DIRECTORY = "directory", str(tmp_path / "no-folder")
    tasks.sweep_orphans()
