"""The queue of runs: the rows are the queue, and Redis only wakes workers (`checkout.tasks`). How a row is taken and ended is in `checkout.claims`.

Fair between workspaces as the queue of scans is: each run has a `turn` in virtual time, and a workspace that brings many gets many turns in a row. A failed run
is confirmed by one more, which is next whatever waits, for it is about the same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, QuerySet
from django.db.models.functions import Now

from checkout import steps
from checkout.models import CheckoutTest, TestRun
from scans import queue as scan_queue
from scans import schedule

BATCH = 500
NEXT = 0  # a turn before all others
WITHDRAWN = "The test was paused or changed before this run began."
clock = scan_queue.clock


class AlreadyOpen(Exception):
    """The test has a run that waits or runs: `run`."""

    def __init__(self, run: TestRun) -> None:
        super().__init__("A run of this test is going on." if run.status == TestRun.Status.RUNNING else "A run of this test is waiting to begin.")
        self.run = run


class NotAcknowledged(Exception):
    """The test places orders, and nobody took that upon them yet."""

    def __init__(self) -> None:
        super().__init__("This test places orders. Somebody has to acknowledge that before it is run.")


@transaction.atomic
def enqueue(test: CheckoutTest, *, trigger: str, now: datetime, flow: dict[str, Any] | None = None) -> TestRun:
    """Queue a run that somebody asked for: of the test's flow, or of a part of it that comes to no order."""
    held = CheckoutTest.objects.for_workspace(test.site.workspace_id).select_for_update(of=("self",)).select_related("site__workspace").get(pk=test.pk)
    if held.needs_acknowledgement and (flow is None or steps.parse(flow).places_order):
        raise NotAcknowledged
    runs = TestRun.objects.for_workspace(test.site.workspace_id)
    if waiting := runs.filter(test=held, status__in=TestRun.OPEN).first():
        raise AlreadyOpen(waiting)
    turn = _last_turns([test.site.workspace_id])[test.site.workspace_id] + 1
    return _new(held, trigger=trigger, flow=flow or held.flow, requested_at=now, not_before=clock(), turn=turn, save=True)


def confirm(run: TestRun, *, now: datetime) -> TestRun:
    """Queue the one immediate re-run of a failed run. In the transaction that ends it."""
    return _new(run.test, trigger=TestRun.Trigger.CONFIRMATION, confirms=run, requested_at=now, not_before=clock(), turn=NEXT, save=True)


def enqueue_due(*, now: datetime) -> list[UUID]:
    """Queue a run for every test that is due, and set when each is due next. Any number of callers at once fill each slot once."""
    enqueued: list[UUID] = []
    while taken := _enqueue_batch(now, enqueued):
        if taken < BATCH:
            break
    return enqueued


@transaction.atomic
def _enqueue_batch(now: datetime, enqueued: list[UUID]) -> int:
    """A test whose last run is still open gets no second one: that run stands for the slot."""
    is_open = Exists(_runs().filter(test=OuterRef("pk"), status__in=TestRun.OPEN))
    due = CheckoutTest.objects.across_workspaces().filter(next_run_at__lte=now).annotate(is_open=is_open).select_related("site__workspace")
    tests = list(due.order_by("next_run_at").select_for_update(skip_locked=True, of=("self",))[:BATCH])
    turns = _last_turns([test.site.workspace_id for test in tests])
    slots, begins = [], clock()
    for test in tests:
        if not test.is_open:
            turns[test.site.workspace_id] += 1
            turn = turns[test.site.workspace_id]
            slots.append(_new(test, trigger=TestRun.Trigger.SCHEDULE, due_at=test.next_run_at, requested_at=now, not_before=begins, turn=turn))
        every = timedelta(minutes=test.every_minutes)
        test.next_run_at = schedule.next_scan_at(site_id=test.pk, every=every, now=now, previous=test.next_run_at)
    TestRun.objects.bulk_create(slots, ignore_conflicts=True)
    CheckoutTest.objects.across_workspaces().bulk_update(tests, ["next_run_at"])
    enqueued += _runs().filter(pk__in=[run.pk for run in slots]).values_list("pk", flat=True)
    return len(tests)


def withdraw(test: CheckoutTest) -> int:
    """End the runs of a test that was paused before they began; how many."""
    return _runs().filter(test=test, status=TestRun.Status.QUEUED).update(**_withdrawn())


def renew(test: CheckoutTest, *, before: dict[str, Any]) -> int:
    """Runs of the whole test that wait are of the test as it is now; how many. One that has begun keeps the flow that it began with."""
    return _runs().filter(test=test, status=TestRun.Status.QUEUED, flow=before).update(flow=test.flow, flow_version=test.version, host=test.host)


@transaction.atomic
def withdraw_paused() -> int:
    """The same for scheduled runs and confirmations that came back into the queue while their test was paused."""
    nobody_waits = (TestRun.Trigger.SCHEDULE, TestRun.Trigger.CONFIRMATION)
    paused = _runs().filter(status=TestRun.Status.QUEUED, trigger__in=nobody_waits, test__paused_at__isnull=False)
    held = list(paused.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    return _runs().filter(pk__in=held).update(**_withdrawn())


def _withdrawn() -> dict[str, Any]:
    return {"status": TestRun.Status.INCONCLUSIVE, "finished_at": Now(), "reason": "withdrawn", "sentence": WITHDRAWN}


def _new(test: CheckoutTest, *, save: bool = False, **fields: Any) -> TestRun:
    run = TestRun(**{"test": test, "flow": test.flow, "flow_version": test.version, "host": test.host} | fields)
    if save:
        run.save(force_insert=True)
    return run


def _last_turns(workspaces: Sequence[UUID]) -> dict[UUID, int]:
    """The last turn that each has in the queue, or now in virtual time: the turn that is being served."""
    queued = _runs().filter(status=TestRun.Status.QUEUED)
    started = _runs().filter(status=TestRun.Status.RUNNING).aggregate(turn=Max("turn"))["turn"] or 0
    first = queued.exclude(turn=NEXT).aggregate(turn=Min("turn"))["turn"] or 1
    time = max(started, first - 1)
    last = dict(queued.filter(test__site__workspace__in=workspaces).values_list("test__site__workspace").annotate(last=Max("turn")))
    return {workspace: max(time, last.get(workspace, 0)) for workspace in workspaces}


def _runs() -> QuerySet[TestRun]:
    return TestRun.objects.across_workspaces()
