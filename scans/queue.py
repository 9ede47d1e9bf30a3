"""The queue of scans: the rows are the queue, and Redis only wakes workers (`scans.tasks`). How a row is taken and ended is in `scans.claims`.

Fair between workspaces: each scan has a `turn` in virtual time. A workspace that brings a thousand scans gives them a thousand turns in a row, so that the
next workspace's first scan comes after one of them, not after all. A scan that a person asked for goes before those of its own workspace that nobody waits
for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, Max, Min, OuterRef, QuerySet
from django.db.models.functions import Now

from scans import schedule
from scans.models import Scan, Site

BATCH = 2000


class AlreadyOpen(Exception):
    """The site has a scan that waits or runs: `scan`. A second one would see the same."""

    def __init__(self, scan: Scan) -> None:
        super().__init__("A scan of this site is running." if scan.status == Scan.Status.RUNNING else "A scan of this site is waiting to begin.")
        self.scan = scan


def clock() -> datetime:
    """The database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now


@transaction.atomic
def enqueue(site: Site, *, trigger: str, now: datetime) -> Scan:
    """Queue a scan that somebody asked for."""
    Site.objects.for_workspace(site.workspace_id).select_for_update().get(pk=site.pk)  # two people who ask at once get one scan
    scans = Scan.objects.for_workspace(site.workspace_id)
    if waiting := scans.filter(site=site, status__in=Scan.OPEN).first():
        raise AlreadyOpen(waiting)
    mine = scans.filter(status=Scan.Status.QUEUED)
    if trigger == Scan.Trigger.PERSON:
        turn = _virtual_time() + mine.filter(trigger=trigger).count() + 1
    else:
        turn = max(_virtual_time(), mine.aggregate(last=Max("turn"))["last"] or 0) + 1
    return Scan.objects.create(site=site, trigger=trigger, requested_at=now, not_before=clock(), turn=turn)


def enqueue_due(*, now: datetime, limit: int = 100_000) -> list[UUID]:
    """Queue a scan for every site that is due, and set when each is due next. Any number of callers at once fill each slot once."""
    enqueued: list[UUID] = []
    while limit > 0 and (taken := _enqueue_batch(now, min(limit, BATCH), enqueued)):
        limit -= taken
    return enqueued


@transaction.atomic
def _enqueue_batch(now: datetime, size: int, enqueued: list[UUID]) -> int:
    """A site whose last scan is still open gets no second one: that scan stands for the slot."""
    is_open = Exists(_scans().filter(site=OuterRef("pk"), status__in=Scan.OPEN))
    due = Site.objects.across_workspaces().filter(next_scan_at__lte=now).annotate(is_open=is_open).order_by("next_scan_at")
    sites = list(due.select_for_update(skip_locked=True, of=("self",)).only("workspace_id", "next_scan_at", "scan_every_minutes")[:size])
    turns = _turns({site.workspace_id for site in sites})
    scans: list[Scan] = []
    moment = clock()
    for site in sites:
        if not site.is_open:
            turns[site.workspace_id] += 1
            due_at, turn = site.next_scan_at, turns[site.workspace_id]
            scans.append(Scan(site=site, trigger=Scan.Trigger.SCHEDULE, due_at=due_at, requested_at=now, not_before=moment, turn=turn))
    Scan.objects.bulk_create(scans, ignore_conflicts=True)
    _set_next_scans(sites, now)
    enqueued += [scan.pk for scan in scans]
    return len(sites)


def _turns(workspaces: set[UUID]) -> Counter[UUID]:
    """Where each workspace stands in virtual time: behind the last of its own queued scans, and never in the past."""
    time = _virtual_time()
    queued = _scans().filter(status=Scan.Status.QUEUED, site__workspace__in=workspaces)
    last = dict(queued.values_list("site__workspace").annotate(last=Max("turn")))
    return Counter({workspace: max(time, last.get(workspace, 0)) for workspace in workspaces})


def _virtual_time() -> int:
    """The turn that is being served: that of the latest scan to start, or where nothing runs the one before the queue's first."""
    started = _scans().filter(status=Scan.Status.RUNNING).aggregate(turn=Max("turn"))["turn"]
    first = _scans().filter(status=Scan.Status.QUEUED).aggregate(turn=Min("turn"))["turn"]
    return max(started or 0, (first or 1) - 1)


def _set_next_scans(sites: Sequence[Site], now: datetime) -> None:
    following = [schedule.next_scan_at(site_id=s.pk, every=timedelta(minutes=s.scan_every_minutes), now=now, previous=s.next_scan_at) for s in sites]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scans_site SET next_scan_at = next.at FROM unnest(%s::uuid[], %s::timestamptz[]) AS next (id, at) WHERE scans_site.id = next.id",
            [[site.pk for site in sites], following],
        )


def withdraw(site: Site, *, reason: str, sentence: str) -> int:
    """End the scans of this site that have not begun; how many."""
    waiting = _scans().filter(site=site, status=Scan.Status.QUEUED)
    return waiting.update(status=Scan.Status.FAILED, finished_at=Now(), reason=reason, sentence=sentence)


def _scans() -> QuerySet[Scan]:
    return Scan.objects.across_workspaces()
