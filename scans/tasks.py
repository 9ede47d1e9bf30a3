"""Where scans meet Celery. The only module here that speaks it.

A message is a bell: it wakes a worker, and the worker takes the scan whose turn it is, whichever scan the bell was rung for. So bells may be lost, doubled
or late, and the queue stays fair. A finished scan rings for the next; `ring_due` and `reap`, sent by beat, ring for whatever nobody rang for.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import redis
import structlog
from django.conf import settings
from django.db import transaction

from scans import capture, claims, orphans, pipeline, queue
from scans.models import Scan, Site
from tracefox.blobs import StorageDown
from tracefox.celery import app

log = structlog.get_logger(__name__)
BELLS = 200  # as many as there may be scans at once; more would wake nobody


def enqueue(site: Site, *, trigger: str, now: datetime) -> Scan:
    """Queue a scan that somebody asked for, and wake a worker once it is certain. `queue.AlreadyOpen` if one waits or runs."""
    scan = queue.enqueue(site, trigger=trigger, now=now)

    def wake() -> None:
        ring([scan.pk])

    transaction.on_commit(wake, robust=True)  # with Redis away the scan waits for `reap`, and the person gets no error
    return scan


@app.task
def run_scan(*, scan_id: str) -> None:
    """Make one scan. `scan_id` is the one that the bell was rung for, and is only logged."""
    make_next(rung_for=scan_id)


def make_next(*, rung_for: str, visit: pipeline.Visit = capture.visit) -> None:
    """Make the scan whose turn it is, and ring for the one after it."""
    claim = claims.claim_next(worker=_worker())
    if claim is None:
        log.info("nothing_to_scan", rung_for=rung_for)
        return
    pipeline.run(claim, visit=visit)
    ring(claims.waiting(limit=1))


@app.task
def ring_due() -> None:
    """Queue the sites that are due."""
    enqueued = queue.enqueue_due(now=queue.clock())
    if enqueued:
        log.info("sites_due", scans=len(enqueued))
    ring_waiting()


@app.task
def reap() -> None:
    """Take back the scans of workers that are gone, and ring for scans that nobody rang for."""
    reaped = claims.reap()
    queue.withdraw_paused()
    if reaped.requeued or reaped.failed:
        log.warning("scans_taken_back", requeued=[str(pk) for pk in reaped.requeued], failed=[str(pk) for pk in reaped.failed])
    ring_waiting()


@app.task(acks_late=False)
def sweep_orphans() -> None:
    """Remove stored objects that no row names. A sweep that cannot be made, or is cut short, is made the next day; a long one is not begun a second time."""
    try:
        log.info("orphans_swept", objects=orphans.sweep(now=queue.clock()))
    except StorageDown as error:
        log.warning("orphans_not_swept", error=str(error))


def ring_waiting() -> None:
    """Ring for the scans that could start now, but for no more than there are bells already that nobody has heard."""
    ring(claims.waiting(limit=BELLS)[_unheard() :])


def ring(scans: Iterable[UUID]) -> None:
    """Wake a worker for each of these scans."""
    with app.producer_or_acquire() as producer:
        for scan in scans:
            run_scan.apply_async(kwargs={"scan_id": str(scan)}, producer=producer)


def _unheard() -> int:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5) as broker:
        return int(broker.llen(settings.CELERY_TASK_ROUTES["scans.tasks.run_scan"]["queue"]))


def _worker() -> str:
    return f"{socket.gethostname()} {os.getpid()} {threading.current_thread().name}"
