"""Claims: a worker takes a waiting run for a lease, keeps it while it works, and ends it. As `scans.claims`, with one rule more.

A claim is one UPDATE. Its fence guards every later write: a worker that wakes up after its lease was given to another meets `LeaseLost` and changes nothing.
The rule: before the step that places the order, the holder notes `past_order` under its fence, and acts only then (`pass_order`). So a worker that lost its
lease never places an order, and a run that may have placed one is never put back: it ends `unknown`. The database refuses it too (`checkout.models`).

No workspace runs more at once than its limit, no shop host is visited by two runs at once, and scheduled visits to a host are a minute apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from checkout.models import TestRun
from checkout.tally import UNTOLD

# How often a run is tried in all that ends for one of these reasons: trouble on our side, never the shop's.
TRIES = {"worker-lost": 3, "runner-lost": 3, "not-started": 3, "keys": 3, "storage": 4}
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
WORKER_LOST = "The machine that ran this test stopped answering."
_ONE_CLAIM_AT_A_TIME = 0x7466_0002  # an advisory lock, so that two claims at once see each other's counts
_WAITING = """
    SELECT run.id
    FROM checkout_testrun run
    JOIN checkout_checkouttest test ON test.id = run.test_id
    JOIN scans_site site ON site.id = test.site_id
    WHERE run.status = 'queued' AND run.not_before <= statement_timestamp() AND (%(run)s::uuid IS NULL OR run.id = %(run)s)
      AND run.host <> ALL (ARRAY(SELECT host FROM running))
      AND (run.trigger <> 'schedule' OR run.host <> ALL (ARRAY(SELECT host FROM ended_lately)))
      AND %(at_once)s > (SELECT count(*) FROM running WHERE running.workspace_id = site.workspace_id)
    ORDER BY run.turn, run.requested_at
"""
_AROUND = """
    running AS MATERIALIZED (
        SELECT run.host, site.workspace_id FROM checkout_testrun run
        JOIN checkout_checkouttest test ON test.id = run.test_id
        JOIN scans_site site ON site.id = test.site_id
        WHERE run.status = 'running'
    ), ended_lately AS MATERIALIZED (
        SELECT host FROM checkout_testrun WHERE finished_at > statement_timestamp() - interval '60 seconds' AND started_at IS NOT NULL
    )
"""
_CLAIM = f"""
    WITH {_AROUND}, next AS ({_WAITING} LIMIT 1 FOR UPDATE OF run SKIP LOCKED)
    UPDATE checkout_testrun run
    SET status = 'running', fence = fence + 1, attempts = attempts + 1, worker = %(worker)s, started_at = statement_timestamp(),
        lease_until = statement_timestamp() + make_interval(secs => %(lease)s), stage = 'Starting', reached = -1
    FROM next WHERE run.id = next.id
    RETURNING run.id, run.fence, run.attempts
"""  # noqa: S608 - its parts are constants


class LeaseLost(Exception):
    """The lease of this claim lapsed and the run was taken back. What this worker saw does not count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """The right to end one run."""

    run_id: UUID
    fence: int
    attempts: int


def claim_next(*, worker: str) -> Claim | None:
    """Take the run whose turn it is. None if none may start now."""
    return _claim(None, worker=worker)


def claim(run_id: UUID, *, worker: str) -> Claim | None:
    """Take this run before its turn. None if it may not start now."""
    return _claim(run_id, worker=worker)


@transaction.atomic(durable=True)
def _claim(run_id: UUID | None, *, worker: str) -> Claim | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_CLAIM_AT_A_TIME])
        cursor.execute(_CLAIM, _parameters(run=run_id, worker=worker[:80], lease=settings.RUN_LEASE_SECONDS))
        row = cursor.fetchone()
    return Claim(run_id=row[0], fence=row[1], attempts=row[2]) if row else None


def waiting(*, limit: int) -> list[UUID]:
    """Runs that could start now, in their turn."""
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {_AROUND} {_WAITING} LIMIT %(limit)s", _parameters(run=None, limit=limit))
        return [row[0] for row in cursor.fetchall()]


def run_of(claim: Claim) -> TestRun:
    try:
        return TestRun.objects.across_workspaces().select_related("test__site__workspace").get(pk=claim.run_id)
    except TestRun.DoesNotExist as removed:
        raise LeaseLost(f"Run {claim.run_id} was removed after claim {claim.fence}.") from removed


def heartbeat(claim: Claim) -> None:
    """Keep the run for another lease."""
    _write(claim, lease_until=_lease())


def progress(claim: Claim, *, stage: str, reached: int) -> None:
    """Say what is being done now. Counts as a heartbeat."""
    _write(claim, stage=stage[:80], reached=reached, lease_until=_lease())


def pass_order(claim: Claim, *, reached: int) -> None:
    """Note that the step that places the order begins. Only when this has returned may it begin; from then on nothing repeats the run."""
    _write(claim, past_order=True, reached=reached, lease_until=_lease())


def finish(claim: Claim, *, status: str, reason: str, sentence: str, **fields: Any) -> None:
    """End the run. In one transaction with everything that follows from it."""
    _write(claim, status=status, reason=reason[:40], sentence=sentence, finished_at=Now(), lease_until=None, stage="", **fields)


def may_retry(claim: Claim, *, reason: str) -> bool:
    """Is this a trouble of ours that passes, was it not tried often enough, and was no order placed?"""
    return claim.attempts < TRIES.get(reason, 1) and not run_of(claim).past_order


def retry_later(claim: Claim, *, reason: str) -> None:
    """Put the run back, to be tried again after a pause that grows. The caller asked `may_retry`; the database refuses a run that may have placed an order."""
    _write(claim, status=TestRun.Status.QUEUED, not_before=Now() + PAUSES[claim.attempts - 1], lease_until=None, stage="", reason=reason)


def tried(sentence: str, *, times: int) -> str:
    return f"{sentence} Tracefox tried {times} times." if times > 1 else sentence


def lapsed() -> list[UUID]:
    """Runs whose worker is gone."""
    return list(_lapsed().order_by("lease_until").values_list("pk", flat=True))


def take_back(run_id: UUID) -> bool:
    """Put a run whose worker is gone back, to be tried again at once. False if that may not be: it was tried too often, or may have placed an order."""
    may_be = _lapsed().filter(pk=run_id, past_order=False, attempts__lt=TRIES["worker-lost"])
    return may_be.update(status=TestRun.Status.QUEUED, not_before=Now(), lease_until=None, stage="", reason="worker-lost") == 1


def give_up(run_id: UUID) -> bool:
    """End a run whose worker is gone for good. False if it is not lapsed any more."""
    ended = {"finished_at": Now(), "lease_until": None, "stage": "", "reason": "worker-lost"}
    unknown, lost = f"{WORKER_LOST} {UNTOLD}", tried(WORKER_LOST, times=TRIES["worker-lost"])
    if _lapsed().filter(pk=run_id, past_order=True).update(**ended, status=TestRun.Status.UNKNOWN, sentence=unknown):
        return True
    return _lapsed().filter(pk=run_id, past_order=False).update(**ended, status=TestRun.Status.INCONCLUSIVE, sentence=lost) == 1


def _lapsed() -> QuerySet[TestRun]:
    return TestRun.objects.across_workspaces().filter(status=TestRun.Status.RUNNING, lease_until__lt=Now())


def _parameters(**given: Any) -> dict[str, Any]:
    return {"at_once": settings.RUNS_AT_ONCE} | given


def _lease() -> Any:
    return Now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)


def _write(claim: Claim, **fields: Any) -> None:
    held = TestRun.objects.across_workspaces().filter(pk=claim.run_id, fence=claim.fence, status=TestRun.Status.RUNNING)
    if held.update(**fields) != 1:
        raise LeaseLost(f"Run {claim.run_id} was taken back after claim {claim.fence}.")
