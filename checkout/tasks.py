"""Where checkout testing meets Celery. As in `scans.tasks`, a message is a bell: it carries an id, for the log, and wakes a worker, which takes the run whose
turn it is. Bells may be lost, doubled or late.

`run_next` and `make_runner_keys` run in the checkout queue, whose workers have the browser and the runner's keys; the rest is short, and runs in `default`.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import redis
import structlog
from django.conf import settings
from django.db import transaction

from checkout import child, claims, orphans, pipeline, queue, runner_keys, settling
from checkout.models import CheckoutTest, TestRun
from tracefox import vault
from tracefox.blobs import StorageDown
from tracefox.celery import app

log = structlog.get_logger(__name__)
BELLS = 50  # as many as there may be runs at once; more would wake nobody


def enqueue(test: CheckoutTest, *, trigger: str, now: datetime, flow: dict[str, Any] | None = None) -> TestRun:
    """Queue a run that somebody asked for, and wake a worker once it is certain. `queue.AlreadyOpen` if one waits or runs, `queue.NotAcknowledged`."""
    run = queue.enqueue(test, trigger=trigger, now=now, flow=flow)

    def wake() -> None:
        ring([run.pk])

    transaction.on_commit(wake, robust=True)  # with Redis away the run waits for `reap`, and the person gets no error
    return run


@app.task
def run_next(*, run_id: str) -> None:
    """Play one run. `run_id` is the one that the bell was rung for, and is only logged."""
    play_next(rung_for=run_id)


def play_next(*, rung_for: str, replay: pipeline.Replay = child.replay) -> None:
    """Play the run whose turn it is, and ring for the one after it."""
    claim = claims.claim_next(worker=_worker())
    if claim is None:
        log.info("nothing_to_run", rung_for=rung_for)
        return
    pipeline.run(claim, replay=replay)
    ring(claims.waiting(limit=1))


@app.task
def ring_due() -> None:
    """Queue the tests that are due."""
    enqueued = queue.enqueue_due(now=queue.clock())
    if enqueued:
        log.info("tests_due", runs=len(enqueued))
    ring_waiting()


@app.task
def reap() -> None:
    """Take back the runs of workers that are gone, and ring for runs and keys that nobody rang for."""
    requeued, ended = settling.reap(now=queue.clock())
    queue.withdraw_paused()
    if requeued or ended:
        log.warning("runs_taken_back", requeued=[str(pk) for pk in requeued], ended=[str(pk) for pk in ended])
    ring_waiting()
    if runner_keys.are_missing() and not _unheard():
        runner_keys.ring()


@app.task
def make_runner_keys() -> None:
    """A key for every workspace that has none. A worker without the runner's ring cannot; whoever waits for the key is told so."""
    try:
        made = runner_keys.make_missing()
    except (vault.KeyMissing, vault.KeysOutOfReach) as error:
        log.error("runner_keys_not_made", error=str(error))
        return
    log.info("runner_keys_made", keys=made)


@app.task(acks_late=False)
def sweep_orphans() -> None:
    """Remove stored evidence of runs that no row names. A sweep that cannot be made, or is cut short, is made the next day."""
    try:
        log.info("run_orphans_swept", objects=orphans.sweep(now=queue.clock()))
    except StorageDown as error:
        log.warning("run_orphans_not_swept", error=str(error))


def ring_waiting() -> None:
    """Ring for the runs that could start now, but for no more than there are bells already that nobody has heard."""
    ring(claims.waiting(limit=BELLS)[_unheard() :])


def ring(runs: Iterable[UUID]) -> None:
    """Wake a worker for each of these runs."""
    with app.producer_or_acquire() as producer:
        for run in runs:
            run_next.apply_async(kwargs={"run_id": str(run)}, producer=producer)


def _unheard() -> int:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5) as broker:
        return int(broker.llen(settings.CELERY_TASK_ROUTES["checkout.tasks.run_next"]["queue"]))


def _worker() -> str:
    return f"{socket.gethostname()} {os.getpid()} {threading.current_thread().name}"
