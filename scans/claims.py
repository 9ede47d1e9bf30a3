"""Claims: a worker takes a waiting scan for a lease, keeps it while it works, and ends it.

A claim is one UPDATE. Its fence, one higher with each claim, guards every later write: a worker that wakes up after its lease was given to another meets
`LeaseLost` and changes nothing. Leases, waits and ends are told by the database's clock; workers' clocks play no part. No workspace runs more scans than its
limit, no host is visited by two scans at once, and scheduled visits to a host are a minute apart.

The guarded UPDATEs name columns of their own row only: with a join, Postgres would judge a row that changed meanwhile by its old version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from scans.models import Scan
from scans.snapshot import Outcome

# How often a scan is tried in all that ends for one of these reasons. Storage is our own trouble, not the site's: it may last longer.
TRIES = {"dns": 3, "refused": 3, "nav-timeout": 3, "browser-crash": 3, "browser-not-started": 3, "worker-lost": 3, "storage": 4}
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
WORKER_LOST = "The machine that ran this scan stopped answering."
_ONE_CLAIM_AT_A_TIME = 0x7466_0001  # an advisory lock, so that two claims at once see each other's counts
_WAITING = """
    SELECT scan.id
    FROM scans_scan scan
    CROSS JOIN LATERAL (SELECT workspace_id, split_part(url, '/', 3) AS host FROM scans_site WHERE id = scan.site_id OFFSET 0) site
    CROSS JOIN LATERAL (SELECT concurrent_scan_limit AS limit FROM accounts_workspace WHERE id = site.workspace_id OFFSET 0) workspace
    WHERE scan.status = 'queued' AND scan.not_before <= statement_timestamp() AND (%(scan)s::uuid IS NULL OR scan.id = %(scan)s)
      AND site.host <> ALL (ARRAY(SELECT host FROM running))
      AND (scan.trigger <> 'schedule' OR site.host <> ALL (ARRAY(SELECT host FROM ended_lately)))
      AND workspace.limit > (SELECT count(*) FROM running WHERE running.workspace_id = site.workspace_id)
    ORDER BY scan.turn, scan.requested_at
"""
_AROUND = """
    running AS MATERIALIZED (
        SELECT site.* FROM scans_scan scan
        CROSS JOIN LATERAL (SELECT workspace_id, split_part(url, '/', 3) AS host FROM scans_site WHERE id = scan.site_id OFFSET 0) site
        WHERE scan.status = 'running'
    ), ended_lately AS MATERIALIZED (
        SELECT site.host FROM scans_scan scan
        CROSS JOIN LATERAL (SELECT split_part(url, '/', 3) AS host FROM scans_site WHERE id = scan.site_id OFFSET 0) site
        WHERE scan.finished_at > statement_timestamp() - interval '60 seconds'
    )
"""
# The queue grows and shrinks faster than Postgres counts it: where it takes a full queue for empty, it would read and sort all of it to find the first.
_BY_THE_INDEX = "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off"
_CLAIM = f"""
    WITH {_AROUND}, next AS ({_WAITING} LIMIT 1 FOR UPDATE OF scan SKIP LOCKED)
    UPDATE scans_scan scan
    SET status = 'running', fence = fence + 1, attempts = attempts + 1, worker = %(worker)s, started_at = statement_timestamp(),
        lease_until = statement_timestamp() + make_interval(secs => %(lease)s), stage = 'Starting', pages_done = 0,
        pages_total = (SELECT count(*) FROM scans_page page WHERE page.site_id = scan.site_id)
    FROM next WHERE scan.id = next.id
    RETURNING scan.id, scan.fence, scan.attempts, scan.reason
"""  # noqa: S608 - its parts are constants


class LeaseLost(Exception):
    """The lease of this claim lapsed and the scan was taken back. What this worker saw does not count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """The right to end one scan. `last_reason` says why the attempt before this one ended; it is empty at the first."""

    scan_id: UUID
    fence: int
    attempts: int
    last_reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reaped:
    requeued: list[UUID]
    failed: list[UUID]


def claim_next(*, worker: str) -> Claim | None:
    """Take the scan whose turn it is. None if none may start now."""
    return _claim(None, worker=worker)


def claim(scan_id: UUID, *, worker: str) -> Claim | None:
    """Take this scan before its turn. None if it may not start now."""
    return _claim(scan_id, worker=worker)


@transaction.atomic(durable=True)
def _claim(scan_id: UUID | None, *, worker: str) -> Claim | None:
    with connection.cursor() as cursor:
        cursor.execute(_BY_THE_INDEX)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_CLAIM_AT_A_TIME])
        cursor.execute(_CLAIM, {"scan": scan_id, "worker": worker[:80], "lease": settings.SCAN_LEASE_SECONDS})
        row = cursor.fetchone()
    return Claim(scan_id=row[0], fence=row[1], attempts=row[2], last_reason=row[3]) if row else None


def waiting(*, limit: int) -> list[UUID]:
    """Scans that could start now, in their turn."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BY_THE_INDEX)
        cursor.execute(f"WITH {_AROUND} {_WAITING} LIMIT %(limit)s", {"scan": None, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


def scan_of(claim: Claim) -> Scan:
    try:
        return Scan.objects.across_workspaces().select_related("site__workspace").get(pk=claim.scan_id)
    except Scan.DoesNotExist as removed:
        raise LeaseLost(f"Scan {claim.scan_id} was removed after claim {claim.fence}.") from removed


def heartbeat(claim: Claim) -> None:
    """Keep the scan for another lease."""
    _write(claim, lease_until=_lease())


def progress(claim: Claim, *, stage: str, pages_done: int) -> None:
    """Say what is being done now. Counts as a heartbeat."""
    _write(claim, stage=stage[:40], pages_done=pages_done, lease_until=_lease())


def finish(claim: Claim, outcome: Outcome) -> None:
    """End the scan. In one transaction with everything that follows from it."""
    sentence = tried(outcome.sentence, times=claim.attempts) if outcome.status == "failed" else outcome.sentence
    ended = {"status": outcome.status, "reason": outcome.reason[:40], "blocked_by": outcome.blocked_by[:60], "sentence": sentence}
    _write(claim, finished_at=Now(), lease_until=None, stage="", **ended)


def may_retry(claim: Claim, *, reason: str) -> bool:
    """Is this a trouble that passes, and was it not tried often enough?"""
    return claim.attempts < TRIES.get(reason, 1) and not (reason == claim.last_reason == "browser-crash")


def retry_later(claim: Claim, *, reason: str, sentence: str) -> bool:
    """Put the scan back, to be tried again after a pause that grows. False if it was tried often enough: then it has failed, for this reason."""
    if may_retry(claim, reason=reason):
        _write(claim, status=Scan.Status.QUEUED, not_before=Now() + PAUSES[claim.attempts - 1], lease_until=None, stage="", reason=reason)
        return True
    finish(claim, Outcome(status="failed", reason=reason, sentence=sentence))
    return False


def tried(sentence: str, *, times: int) -> str:
    return f"{sentence} Tracefox tried {times} times." if times > 1 else sentence


@transaction.atomic
def reap() -> Reaped:
    """Take back the scans whose worker is gone: to be tried again at once, or failed if that happened too often."""
    lapsed = Scan.objects.across_workspaces().filter(status=Scan.Status.RUNNING, lease_until__lt=Now())
    taken = list(lapsed.select_for_update(skip_locked=True).values_list("pk", "attempts"))
    requeued = [pk for pk, attempts in taken if attempts < TRIES["worker-lost"]]
    failed = [pk for pk, attempts in taken if attempts >= TRIES["worker-lost"]]
    rows = Scan.objects.across_workspaces()
    rows.filter(pk__in=requeued).update(status=Scan.Status.QUEUED, not_before=Now(), lease_until=None, stage="", reason="worker-lost")
    ended = {"status": Scan.Status.FAILED, "finished_at": Now(), "lease_until": None, "stage": ""}
    rows.filter(pk__in=failed).update(**ended, reason="worker-lost", sentence=tried(WORKER_LOST, times=TRIES["worker-lost"]))
    return Reaped(requeued=requeued, failed=failed)


def _lease() -> Any:
    return Now() + timedelta(seconds=settings.SCAN_LEASE_SECONDS)


def _write(claim: Claim, **fields: Any) -> None:
    held = Scan.objects.across_workspaces().filter(pk=claim.scan_id, fence=claim.fence, status=Scan.Status.RUNNING)
    if held.update(**fields) != 1:
        raise LeaseLost(f"Scan {claim.scan_id} was taken back after claim {claim.fence}.")
