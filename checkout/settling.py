"""What the end of a run means for its test: is the failure confirmed first, how does the test stand now, and who is told. In the transaction of that end.

Who settles holds the test's row first and the run's row second, always in this order. A run of a part of the flow, or of a flow that was changed since, settles
nothing. An ordering test whose outcome nobody knows is paused: the next run would place another order, so a person looks first.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from accounts import audit
from alerts import outbox
from alerts.models import Alert
from checkout import claims, queue, state, steps
from checkout.models import CheckoutTest, TestRun

log = structlog.get_logger(__name__)
NO_TEST_DATA = "no-test-data"
LOOKED_AT = 20
HEADLINE_LENGTH = 400


def hold(run: TestRun) -> None:
    """Hold the test's row until the transaction ends. If it was removed, so was the run: that shows when the run is written."""
    list(CheckoutTest.objects.for_workspace(run.test.site.workspace_id).filter(pk=run.test_id).select_for_update(of=("self",)).values_list("pk"))


def settle(run_id: UUID, *, now: datetime) -> Alert | None:
    """Settle a run that has just ended. Its test's row is held."""
    run = TestRun.objects.across_workspaces().select_related("test__site__workspace").get(pk=run_id)
    test = run.test
    test.last_run_at = now
    test.save(update_fields=["last_run_at"])
    if run.status == TestRun.Status.UNKNOWN:
        return _ask_a_person(run, now=now)
    if not run.is_of_the_test:
        return None
    if is_to_be_confirmed(run):
        queue.confirm(run, now=now)
        return None
    return _stand(run, now=now)


def is_to_be_confirmed(run: TestRun) -> bool:
    """One immediate re-run, when that is safe and could come out differently."""
    if run.status != TestRun.Status.FAILED or run.confirms_id or run.past_order or run.reason == NO_TEST_DATA or run.test.paused_at:
        return False
    return steps.may_repeat(steps.parse(run.flow), run.reached)


def reap(*, now: datetime) -> tuple[list[UUID], list[UUID]]:
    """Take back the runs whose worker is gone: those that are tried again, and those that have ended."""
    requeued, ended = [], []
    for run_id in claims.lapsed():
        if claims.take_back(run_id):
            requeued.append(run_id)
        elif _give_up(run_id, now=now):
            ended.append(run_id)
    return requeued, ended


@transaction.atomic
def _give_up(run_id: UUID, *, now: datetime) -> bool:
    run = TestRun.objects.across_workspaces().select_related("test__site").filter(pk=run_id).first()
    if run is None:
        return False
    hold(run)
    if not claims.give_up(run_id):
        return False
    settle(run_id, now=now)
    return True


def _ask_a_person(run: TestRun, *, now: datetime) -> Alert:
    """Nobody knows whether an order was placed. The test is paused until somebody looked and resumes it."""
    test = run.test
    if test.paused_at is None:
        test.paused_at, test.next_run_at = now, None
        test.save(update_fields=["paused_at", "next_run_at"])
        audit.record(workspace=test.site.workspace, by=None, action="checkout_test.paused", subject=test, now=now, run=str(run.pk), why="unknown")
    return _tell(run, Alert.Kind.UNKNOWN, "ended, and nobody knows whether it placed an order. It is paused until somebody looked.", now=now)


def _stand(run: TestRun, *, now: datetime) -> Alert | None:
    """How the test stands after this run, and the alert if that is news. A run that was blocked says nothing about the shop, and changes nothing."""
    test = run.test
    if run.status not in (TestRun.Status.PASSED, TestRun.Status.FAILED):
        return None
    after = state.after(test.state, _results(test))
    if after.name != test.state:
        test.state, test.state_since = after.name, now
        test.save(update_fields=["state", "state_since"])
    told = _told_last(test)
    if after.news == "failing" and told != Alert.Kind.FAILING:
        words = "is failing." if after.name == "failing" else "fails and passes by turns."
        return _tell(run, Alert.Kind.FAILING, words, now=now)
    if (after.news == "recovered" and told == Alert.Kind.FAILING) or (run.status == TestRun.Status.PASSED and told == Alert.Kind.UNKNOWN):
        return _tell(run, Alert.Kind.RECOVERED, "passes again.", now=now)
    return None


def _told_last(test: CheckoutTest) -> str:
    alerts = Alert.objects.for_workspace(test.site.workspace_id).filter(test_run__test=test)
    return alerts.order_by("-created_at", "-id").values_list("kind", flat=True).first() or ""


def _results(test: CheckoutTest) -> list[str]:
    """How the runs of the test as it is now ended, the latest last. What was confirmed counts by its confirmation."""
    ended = TestRun.objects.for_workspace(test.site.workspace_id).filter(test=test, finished_at__isnull=False, flow_version=test.version, flow=test.flow)
    latest = ended.filter(confirmation=None).order_by("-finished_at", "-requested_at").values_list("status", flat=True)[:LOOKED_AT]
    return list(latest)[::-1]


def _tell(run: TestRun, kind: str, words: str, *, now: datetime) -> Alert:
    why = "" if kind == Alert.Kind.RECOVERED else f" {run.sentence}"
    headline = f"{run.test.site.name}: the test “{run.test.title}” {words}{why}"[:HEADLINE_LENGTH]
    return outbox.raise_for_run(workspace=run.test.site.workspace, run=run, kind=kind, headline=headline, now=now)
