"""The queue of scans: the rows are the queue, and Redis only wakes workers (`scans.tasks`). How a row is taken and ended is in `scans.claims`.

Fair between workspaces: each scan has a `turn` in virtual time. A workspace that brings a thousand scans gives them a thousand turns in a row, so that the
next workspace's first scan comes after one of them, not after all. A scan that a person asked for goes before those of its own workspace that nobody waits
for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, Max, Min, OuterRef, QuerySet
from django.db.models.functions import Now

from scans import schedule
from scans.models import Scan, Site

BATCH = 5000
PAUSED = "The site was paused before this scan began."


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
    turns: dict[UUID, int] = {}
    while limit > 0 and (taken := _enqueue_batch(now, min(limit, BATCH), turns, enqueued)):
        limit -= taken
    return enqueued


@transaction.atomic
def _enqueue_batch(now: datetime, size: int, turns: dict[UUID, int], enqueued: list[UUID]) -> int:
    """A site whose last scan is still open gets no second one: that scan stands for the slot."""
    is_open = Exists(_scans().filter(site=OuterRef("pk"), status__in=Scan.OPEN))
    due = Site.objects.across_workspaces().filter(next_scan_at__lte=now).annotate(is_open=is_open).order_by("next_scan_at")
    taken = due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", "workspace_id", "next_scan_at", "scan_every_minutes", "is_open")[:size]
    sites = [_Due(pk, workspace, due_at, every, is_open) for pk, workspace, due_at, every, is_open in taken if due_at]
    turns |= _last_turns({site.workspace_id for site in sites} - turns.keys())
    slots = []
    for site in sites:
        if not site.is_open:
            turns[site.workspace_id] += 1
            slots.append((site.pk, site.due_at, turns[site.workspace_id]))
    enqueued += _insert(slots, now)
    _set_next_scans(sites, now)
    return len(sites)


class _Due(NamedTuple):
    pk: UUID
    workspace_id: UUID
    due_at: datetime
    every_minutes: int
    is_open: bool


def _insert(slots: list[tuple[UUID, datetime, int]], now: datetime) -> list[UUID]:
    """One scan per slot. What all of them have in common is sent once: a hundred thousand rows come in seconds, not minutes."""
    common = Scan(trigger=Scan.Trigger.SCHEDULE, requested_at=now, not_before=clock())
    fields = [field for field in Scan._meta.concrete_fields if field.name not in ("id", "site", "due_at", "turn")]
    columns = ", ".join(str(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO scans_scan (id, site_id, due_at, turn, {columns})
            SELECT gen_random_uuid(), slot.*, {", ".join(["%s"] * len(fields))} FROM unnest(%s::uuid[], %s::timestamptz[], %s::bigint[]) slot
            ON CONFLICT DO NOTHING RETURNING id
            """,  # noqa: S608 - names of our own columns
            [*(field.get_db_prep_save(getattr(common, field.attname), connection) for field in fields), *_arrays(slots, width=3)],
        )
        return [row[0] for row in cursor.fetchall()]


def _arrays(rows: Sequence[tuple[UUID | datetime | int, ...]], *, width: int) -> list[str]:
    """The columns of these rows as Postgres writes arrays. The driver would look at each value for something to quote, which takes longer than the INSERT."""
    return ["{" + ",".join(str(row[column]) for row in rows) + "}" for column in range(width)]


def _last_turns(workspaces: set[UUID]) -> dict[UUID, int]:
    """Where each workspace stands in virtual time: behind the last of its own queued scans, and never in the past."""
    time = _virtual_time()
    queued = _scans().filter(status=Scan.Status.QUEUED, site__workspace__in=workspaces)
    last = dict(queued.values_list("site__workspace").annotate(last=Max("turn")))
    return {workspace: max(time, last.get(workspace, 0)) for workspace in workspaces}


def _virtual_time() -> int:
    """The turn that is being served: that of the latest scan to start, or where nothing runs the one before the queue's first."""
    started = _scans().filter(status=Scan.Status.RUNNING).aggregate(turn=Max("turn"))["turn"]
    first = _scans().filter(status=Scan.Status.QUEUED).aggregate(turn=Min("turn"))["turn"]
    return max(started or 0, (first or 1) - 1)


def _set_next_scans(sites: Sequence[_Due], now: datetime) -> None:
    following = [(s.pk, schedule.next_scan_at(site_id=s.pk, every=timedelta(minutes=s.every_minutes), now=now, previous=s.due_at)) for s in sites]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scans_site SET next_scan_at = next.at FROM unnest(%s::uuid[], %s::timestamptz[]) AS next (id, at) WHERE scans_site.id = next.id",
            _arrays(following, width=2),
        )


def withdraw(site: Site) -> int:
    """End the scans of a site that was paused before they began; how many."""
    return _scans().filter(site=site, status=Scan.Status.QUEUED).update(**_withdrawn())


@transaction.atomic
def withdraw_paused() -> int:
    """The same for scheduled scans that came back into the queue while their site was paused."""
    paused = _scans().filter(status=Scan.Status.QUEUED, trigger=Scan.Trigger.SCHEDULE, site__paused_at__isnull=False)
    held = list(paused.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    return _scans().filter(pk__in=held).update(**_withdrawn())


def _withdrawn() -> dict[str, Any]:
    return {"status": Scan.Status.FAILED, "finished_at": Now(), "reason": "paused", "sentence": PAUSED}


def _scans() -> QuerySet[Scan]:
    return Scan.objects.across_workspaces()
