"""What must hold when something dies: real workers over real Postgres and Redis, killed, frozen and robbed of their messages."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from scans import queue, tasks
from scans.models import Baseline, Evidence, Scan, Snapshot
from tests.factories import NOON, make_client, make_site, make_workspace
from tracefox import blobs
from tracefox.celery import app

pytestmark = pytest.mark.django_db(transaction=True)


CELERY = (sys.executable, "-m", "celery", "-A", "tests.scans.fault_worker", "worker", "-P", "threads", "--without-gossip", "--without-mingle")


class Worker:
    """A scan worker in a process of its own. What it prints goes to `log`."""

    def __init__(self, folder: Path, *, queues: str = "scan", threads: int = 4, lease: int = 120) -> None:
        folder.mkdir(exist_ok=True)
        self.gate, self.visits, self.log = folder / "gate", folder / "visits", folder / "log"
        self.visits.touch()
        database = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
        own = {"DATABASE_URL": database, "GATE": str(self.gate), "VISITS": str(self.visits), "TRACEFOX_SCAN_LEASE_SECONDS": str(lease)}
        own |= {"TRACEFOX_BLOBS": "directory", "TRACEFOX_BLOBS_DIRECTORY": str(folder.parent / "blobs")}
        command = (*CELERY, "-Q", queues, "-c", str(threads), "-n", f"{folder.name}@%h")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command,
                env=os.environ | own,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=settings.BASE_DIR,
            )

    def open_gate(self) -> None:
        self.gate.touch()

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(autouse=True)
def _no_old_bells() -> Iterator[None]:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushdb()
        yield
        broker.flushdb()


@pytest.fixture
def start(tmp_path, settings) -> Iterator[Callable[..., Worker]]:
    settings.BLOBS, settings.BLOBS_DIRECTORY = "directory", str(tmp_path / "blobs")
    blobs.forget()
    workers: list[Worker] = []

    def started(name: str, **options) -> Worker:
        workers.append(Worker(tmp_path / name, **options))
        return workers[-1]

    yield started
    for worker in workers:
        worker.end()
    blobs.forget()


def until(is_so: Callable[[], bool], *, worker: Worker) -> None:
    """Wait for something that this worker will do. A worker that died will not."""
    pause = threading.Event()
    while not is_so():
        assert worker.process.poll() is None, worker.log.read_text()
        pause.wait(0.1)


def scans() -> list[Scan]:
    return list(Scan.objects.across_workspaces().order_by("requested_at"))


def statuses() -> set[str]:
    return set(Scan.objects.across_workspaces().values_list("status", flat=True))


def the_books_balance() -> bool:
    """Every ended scan has one snapshot whose objects are there, and no object is there that no row names (scripts' bodies wait for the sweep)."""
    rows = list(Snapshot.objects.across_workspaces())
    named = {row.object_key for row in rows} | set(Evidence.objects.across_workspaces().values_list("object_key", flat=True))
    named |= set(Baseline.objects.across_workspaces().values_list("object_key", flat=True))
    there = {blob.key for blob in blobs.store().list("")}
    return {row.pk for row in rows} == {scan.pk for scan in scans()} and named <= there and not [key for key in there - named if "/bodies/" not in key]


def test_a_worker_killed_in_the_middle_loses_no_scan_and_doubles_none(start):
    first = start("first", lease=3)
    tasks.enqueue(make_site(), trigger=Scan.Trigger.PERSON, now=NOON)
    until(lambda: bool(first.visits.read_text()), worker=first)
    first.send(signal.SIGKILL)
    first.process.wait()
    second = start("second")
    second.open_gate()

    def reaped_and_done() -> bool:
        tasks.reap()
        return statuses() == {"ok"}

    until(reaped_and_done, worker=second)
    (scan,) = scans()
    assert (scan.attempts, scan.fence) == (2, 2)
    assert the_books_balance()


def test_a_frozen_worker_that_wakes_after_its_lease_changes_nothing(start):
    zombie = start("zombie", lease=3)
    tasks.enqueue(make_site(), trigger=Scan.Trigger.PERSON, now=NOON)
    until(lambda: bool(zombie.visits.read_text()), worker=zombie)
    zombie.send(signal.SIGSTOP)
    second = start("second")
    second.open_gate()

    def reaped_and_done() -> bool:
        tasks.reap()
        return statuses() == {"ok"}

    until(reaped_and_done, worker=second)
    before = Scan.objects.across_workspaces().values().get()
    zombie.open_gate()
    zombie.send(signal.SIGCONT)
    until(lambda: "scan_belongs_to_another" in zombie.log.read_text(), worker=zombie)
    assert Scan.objects.across_workspaces().values().get() == before
    assert before["fence"] == 2
    assert the_books_balance()


def test_a_worker_told_to_stop_ends_its_scan_first(start):
    worker = start("worker")
    tasks.enqueue(make_site(), trigger=Scan.Trigger.PERSON, now=NOON)
    until(lambda: bool(worker.visits.read_text()), worker=worker)
    worker.send(signal.SIGTERM)
    until(lambda: "Warm shutdown" in worker.log.read_text(), worker=worker)
    worker.open_gate()
    assert worker.process.wait() == 0
    (scan,) = scans()
    assert (scan.status, scan.attempts) == ("ok", 1)
    assert the_books_balance()


def test_messages_that_make_no_sense_are_dropped_and_the_worker_goes_on(start):
    worker = start("worker")
    worker.open_gate()
    with app.producer_or_acquire() as producer:
        known = {"task": "scans.tasks.run_scan", "id": "1"}
        for body, headers, media_type in (
            (b"not json", known, "application/json"),
            (b"cos\nsystem\n(S'touch /tmp/never'\ntR.", known, "application/x-python-serialize"),
            (b'[[], {"scan_id": "1", "more": 2}, {}]', known, "application/json"),
            (b"[[], {}, {}]", known, "application/json"),
            (b"[[], {}, {}]", {"task": "no.such.task", "id": "2"}, "application/json"),
            (b"{}", {}, "application/json"),
            (b'[["' + b"x" * 5_000_000 + b'"], {}, {}]', known, "application/json"),
        ):
            producer.publish(body, headers=headers, content_type=media_type, content_encoding="utf-8", routing_key="scan", exchange="", retry=False)
    tasks.enqueue(make_site(), trigger=Scan.Trigger.PERSON, now=NOON)
    until(lambda: statuses() == {"ok"} and no_bells(), worker=worker)
    assert len(worker.visits.read_text().split()) == 1


def test_bells_lost_doubled_and_sent_by_two_beats_make_each_scan_once(start):
    """One worker, three troubles after each other: starting a worker is what takes time."""
    worker = start("worker", queues="scan,default", threads=8)
    worker.open_gate()
    client = make_client(workspace=make_workspace(concurrent_scan_limit=100))

    for _ in range(5):
        tasks.enqueue(make_site(client=client), trigger=Scan.Trigger.API, now=NOON)
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushdb()  # Redis comes back empty
    tasks.reap()
    until(lambda: statuses() == {"ok"}, worker=worker)
    assert len(worker.visits.read_text().split()) == 5

    rung = tasks.enqueue(make_site(client=client), trigger=Scan.Trigger.API, now=NOON)
    tasks.ring([rung.pk] * 50)
    until(lambda: statuses() == {"ok"} and no_bells(), worker=worker)
    assert len(worker.visits.read_text().split()) == 6

    for _ in range(20):
        make_site(client=client, next_scan_at=queue.clock())
    for _ in range(4):
        tasks.ring_due.delay()
    until(lambda: len(scans()) == 26 and statuses() == {"ok"} and no_bells(), worker=worker)
    assert len(worker.visits.read_text().split()) == 26
    assert {scan.attempts for scan in scans()} == {1}
    assert the_books_balance()


def no_bells() -> bool:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        return not broker.llen("scan") and not broker.llen("default") and not broker.hlen("unacked")
