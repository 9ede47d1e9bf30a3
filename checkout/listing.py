"""What the pages about Checkout Tests list: each test with how it stands, its thirty days, its last run and its next.

Read-only. The last runs come as an array per test out of the index `test_run_history`, the days as counts: no list opens a result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef
from django.db.models.functions import JSONObject, Lower, TruncDate

from accounts.models import Workspace
from checkout import charts
from checkout.models import CheckoutTest, TestRun
from scans.models import Site

OWN = ("id", "status", "trigger", "requested_at", "started_at", "finished_at", "sentence", "total_ms", "failed_step", "stopped_as_defined")
TONES = {"passing": "ok", "failing": "failed", "flapping": "inconclusive", "unknown": "none"}
WORDS = {"passing": "Passing", "failing": "Failing", "flapping": "Flapping", "unknown": "Unknown"}


@dataclass(frozen=True)
class TestRow:
    """A test with its newest runs: `ended` is the last that ended, `running` one that waits or runs."""

    __test__ = False

    test: CheckoutTest
    running: dict[str, Any] | None
    ended: dict[str, Any] | None
    days: charts.Days

    @property
    def dot(self) -> str:
        return str(self.running["status"]) if self.running else tone(self.test)

    @property
    def words(self) -> str:
        return words(self.test)


@dataclass(frozen=True)
class TestList:
    __test__ = False

    rows: list[TestRow]

    @property
    def busy(self) -> bool:
        return any(row.running for row in self.rows)


def of(workspace: Workspace | UUID, *, now: datetime, site: Site | None = None) -> TestList:
    """The workspace's tests, or one site's: by site, then by title."""
    runs = TestRun.objects.for_workspace(workspace).filter(test=OuterRef("pk")).order_by("-requested_at")
    recent = ArraySubquery(runs.values(facts=JSONObject(**{name: F(name) for name in OWN}))[:2])
    tests = CheckoutTest.objects.for_workspace(workspace).select_related("site__client").annotate(recent=recent)
    if site is not None:
        tests = tests.filter(site=site)
    found = list(tests.order_by(Lower("site__name"), "site", Lower("title"), "id"))
    counts = _counts(workspace, [test.pk for test in found], since=now - timedelta(days=charts.DAYS))
    return TestList([_row(test, counts[test.pk], today=now.astimezone(UTC).date()) for test in found])


def history(test: CheckoutTest, *, count: int, skip: int = 0) -> list[dict[str, Any]]:
    """The test's runs, newest first, as dictionaries with what a list shows."""
    runs = TestRun.objects.for_workspace(test.site.workspace_id).filter(test=test).order_by("-requested_at", "-id")
    return list(runs.values(*OWN)[skip : skip + count])


def days(test: CheckoutTest, *, now: datetime) -> charts.Days:
    counts = _counts(test.site.workspace_id, [test.pk], since=now - timedelta(days=charts.DAYS))
    return charts.days(counts[test.pk], today=now.astimezone(UTC).date())


def timed(test: CheckoutTest, *, count: int) -> list[dict[str, Any]]:
    """The runs that ended, newest first, with the steps that they did and how long each took."""
    runs = TestRun.objects.for_workspace(test.site.workspace_id).filter(test=test, finished_at__isnull=False).order_by("-requested_at", "-id")
    return [{"steps": steps, "results": results} for steps, results in runs.values_list("flow__steps", "result__steps")[:count]]


def tone(test: CheckoutTest) -> str:
    """The class that colours how a test stands."""
    return TONES.get(test.state, "none")


def words(test: CheckoutTest) -> str:
    return WORDS.get(test.state, "Unknown")


def _row(test: Any, counts: dict[date, dict[str, int]], *, today: date) -> TestRow:
    running = next((run for run in test.recent if run["status"] in TestRun.OPEN), None)
    ended = next((run for run in test.recent if run["status"] not in TestRun.OPEN), None)
    return TestRow(test, running, ended, charts.days(counts, today=today))


def _counts(workspace: Workspace | UUID, tests: Iterable[UUID], *, since: datetime) -> dict[UUID, dict[date, dict[str, int]]]:
    """How many runs of each status each test had on each day."""
    rows = TestRun.objects.for_workspace(workspace).filter(test__in=tests, requested_at__gte=since)
    grouped = rows.annotate(day=TruncDate("requested_at", tzinfo=UTC)).values_list("test_id", "day", "status").annotate(count=Count("id"))
    counts: dict[UUID, dict[date, dict[str, int]]] = defaultdict(dict)
    for test_id, day, status, count in grouped.order_by():
        counts[test_id].setdefault(day, {})[status] = count
    return counts
