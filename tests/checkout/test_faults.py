"""What must hold when something dies: real checkout workers over real Postgres and Redis, killed, frozen and robbed of their messages. Orders are counted."""

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

from alerts.models import Alert
from checkout import queue, runner_keys, tasks, test_data
from checkout.models import CheckoutTest, RunEvidence, TestRun
from tests.factories import NOON, make_checkout_test, make_flow, make_site
from tracefox import blobs

pytestmark = pytest.mark.django_db(transaction=True)
ORDER = 1  # the step that places the order
CELERY = (sys.executable, "-m", "celery", "-A", "tests.checkout.fault_worker", "worker", "-P", "threads", "--without-gossip", "--without-mingle", "-l", "INFO")


class Worker:
    """A checkout worker in a process of its own. What it prints goes to `log`; it waits at the gate in the step `wait_at`."""

    def __init__(self, folder: Path, *, queues: str = "checkout", wait_at: int = -1, lease: int = 60) -> None:
        folder.mkdir()
        self.gate, self._steps, self.log = folder / "gate", folder / "steps", folder / "log"
        self._steps.touch()
        database = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
        own = {"DATABASE_URL": database, "GATE": str(self.gate), "STEPS": str(self._steps), "WAIT_AT": str(wait_at), "TRACEFOX_RUN_LEASE_SECONDS": str(lease)}
        own["TRACEFOX_LOG_LEVEL"] = "INFO"
        own |= {"TRACEFOX_BLOBS": "directory", "TRACEFOX_BLOBS_DIRECTORY": str(folder.parent / "blobs")}
        command = (*CELERY, "-Q", queues, "-c", "4", "-n", f"{folder.name}@%h")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=subprocess.STDOUT, cwd=settings.BASE_DIR)

    @property
    def steps(self) -> list[int]:
        return [int(line) for line in self._steps.read_text().split()]

    @property
    def orders(self) -> int:
        return self.steps.count(ORDER)

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
    runner_keys.forget()
    workers: list[Worker] = []

    def started(name: str, **options) -> Worker:
        workers.append(Worker(tmp_path / name, **options))
        return workers[-1]

    yield started
    for worker in workers:
        worker.end()
    blobs.forget()


def make_test(*, places_order: bool, **fields) -> CheckoutTest:
    site = make_site()
    if places_order:
        fields |= {"flow": make_flow(start_url=site.url, stop_after=None, order_step=ORDER), "acknowledged_order_at": NOON}
    test = make_checkout_test(site=site, **fields)
    runner_keys.make(site.workspace)
    test_data.put(test, name="coupon.code", value="SUMMER-MUG-100", by=None, now=NOON)
    return test


def until(is_so: Callable[[], bool], *, worker: Worker) -> None:
    """Wait for something that this worker will do. A worker that died will not."""
    pause = threading.Event()
    while not is_so():
        assert worker.process.poll() is None, worker.log.read_text()
        pause.wait(0.1)


def runs() -> list[TestRun]:
    return list(TestRun.objects.across_workspaces().select_related("test").order_by("requested_at"))


def reaped_to(*statuses: str) -> Callable[[], bool]:
    def holds() -> bool:
        tasks.reap()
        return [run.status for run in runs()] == list(statuses)

    return holds


def the_books_balance() -> bool:
    """Every row of evidence has its object, and every object its row."""
    named = set(RunEvidence.objects.across_workspaces().values_list("object_key", flat=True))
    return named == {blob.key for blob in blobs.store().list("")}


def test_a_worker_killed_before_the_order_is_followed_by_one_that_places_it_once(start):
    first = start("first", wait_at=0, lease=3)
    tasks.enqueue(make_test(places_order=True), trigger="person", now=NOON)
    until(lambda: first.steps == [0], worker=first)
    first.send(signal.SIGKILL)
    first.process.wait()
    second = start("second")
    until(reaped_to("passed"), worker=second)
    (run,) = runs()
    assert (run.attempts, run.fence, first.orders, second.orders) == (2, 2, 0, 1)
    assert the_books_balance()


def test_a_run_killed_past_the_order_is_unknown_and_nobody_places_another(start):
    first = start("first", wait_at=ORDER, lease=3)
    test = make_test(places_order=True, next_run_at=NOON)
    tasks.enqueue(test, trigger="person", now=NOON)
    until(lambda: first.orders == 1, worker=first)
    first.send(signal.SIGKILL)
    first.process.wait()
    second = start("second", queues="checkout,default")
    until(reaped_to("unknown"), worker=second)
    for _ in range(3):
        tasks.ring_due.delay()
        tasks.ring([runs()[0].pk])
    until(lambda: second.log.read_text().count("nothing_to_run") >= 3, worker=second)
    (run,) = runs()
    assert (run.attempts, first.orders, second.steps) == (1, 1, [])
    assert run.test.paused_at is not None
    assert Alert.objects.across_workspaces().get().kind == "unknown"
    assert the_books_balance()


def test_a_worker_frozen_before_the_order_does_not_place_it_when_it_wakes(start):
    zombie = start("zombie", wait_at=0, lease=3)
    tasks.enqueue(make_test(places_order=True), trigger="person", now=NOON)
    until(lambda: zombie.steps == [0], worker=zombie)
    zombie.send(signal.SIGSTOP)
    second = start("second")
    until(reaped_to("passed"), worker=second)
    before = TestRun.objects.across_workspaces().values().get()
    zombie.gate.touch()
    zombie.send(signal.SIGCONT)
    until(lambda: "run_belongs_to_another" in zombie.log.read_text(), worker=zombie)
    assert TestRun.objects.across_workspaces().values().get() == before
    assert (zombie.orders, second.orders) == (0, 1)
    assert the_books_balance()


def test_a_worker_frozen_past_the_order_leaves_unknown_and_changes_nothing_when_it_wakes(start):
    zombie = start("zombie", wait_at=ORDER, lease=3)
    tasks.enqueue(make_test(places_order=True), trigger="person", now=NOON)
    until(lambda: zombie.orders == 1, worker=zombie)
    zombie.send(signal.SIGSTOP)
    until(reaped_to("unknown"), worker=zombie)
    before = TestRun.objects.across_workspaces().values().get()
    zombie.gate.touch()
    zombie.send(signal.SIGCONT)
    until(lambda: "run_belongs_to_another" in zombie.log.read_text(), worker=zombie)
    assert TestRun.objects.across_workspaces().values().get() == before
    assert zombie.orders == 1
    assert the_books_balance()


def test_a_worker_told_to_stop_ends_its_run_first(start):
    worker = start("worker", wait_at=ORDER)
    tasks.enqueue(make_test(places_order=True), trigger="person", now=NOON)
    until(lambda: worker.orders == 1, worker=worker)
    worker.send(signal.SIGTERM)
    until(lambda: "Warm shutdown" in worker.log.read_text(), worker=worker)
    worker.gate.touch()
    assert worker.process.wait() == 0
    (run,) = runs()
    assert (run.status, run.attempts) == ("passed", 1)
    assert the_books_balance()


def test_bells_lost_doubled_and_sent_by_two_beats_play_each_run_once(start):
    """One worker, three troubles after each other: starting a worker is what takes time."""
    worker = start("worker", queues="checkout,default")
    tests = [make_test(places_order=True) for _ in range(4)]
    for test in tests[:2]:
        tasks.enqueue(test, trigger="api", now=NOON)
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushdb()  # Redis comes back empty
    until(reaped_to("passed", "passed"), worker=worker)
    assert worker.orders == 2

    rung = tasks.enqueue(tests[2], trigger="api", now=NOON)
    tasks.ring([rung.pk] * 50)
    until(lambda: len(runs()) == 3 and {run.status for run in runs()} == {"passed"} and no_bells(), worker=worker)
    assert worker.orders == 3

    CheckoutTest.objects.across_workspaces().filter(pk=tests[3].pk).update(next_run_at=queue.clock())
    for _ in range(4):
        tasks.ring_due.delay()
    until(lambda: len(runs()) == 4 and {run.status for run in runs()} == {"passed"} and no_bells(), worker=worker)
    assert worker.orders == 4
    assert {run.attempts for run in runs()} == {1}
    assert the_books_balance()


def no_bells() -> bool:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        return not broker.llen("checkout") and not broker.llen("default") and not broker.hlen("unacked")
