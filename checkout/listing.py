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
from scans.listing import Chip
from scans.models import Site

ROWS_PER_PAGE = 100
STATES = {"attention": "Needs attention", "running": "Running", "paused": "Paused"}
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
    """The tests that were asked for. `total` counts all that there are, `matched` those that the filter leaves, `busy` says that one waits or runs."""

    __test__ = False

    rows: list[TestRow]
    chips: list[Chip]
    total: int
    matched: int
    page: int
    pages: int
    busy: bool


def of(workspace: Workspace | UUID, *, now: datetime, words: str = "", state: str = "", page: int = 1) -> TestList:
    """By site, then by title, a page at a time."""
    tests = _tests(workspace)
    found = [test for test in tests if _matches(test, words.lower().split())]
    chips = [Chip(name, label, sum(_is(test, name) for test in found)) for name, label in STATES.items()]
    shown = [test for test in found if state not in STATES or _is(test, state)]
    pages = max(-(-len(shown) // ROWS_PER_PAGE), 1)
    page = min(max(page, 1), pages)
    rows = _rows(shown[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE], workspace=workspace, now=now)
    return TestList(rows, [Chip("", "All", len(found)), *chips], len(tests), len(shown), page, pages, any(_is(test, "running") for test in tests))


def of_site(site: Site, *, now: datetime) -> list[TestRow]:
    return _rows(_tests(site.workspace_id, site=site), workspace=site.workspace_id, now=now)


def _tests(workspace: Workspace | UUID, *, site: Site | None = None) -> list[Any]:
    runs = TestRun.objects.for_workspace(workspace).filter(test=OuterRef("pk")).order_by("-requested_at")
    recent = ArraySubquery(runs.values(facts=JSONObject(**{name: F(name) for name in OWN}))[:2])
    tests = CheckoutTest.objects.for_workspace(workspace).select_related("site__client").defer("flow").annotate(recent=recent)
    if site is not None:
        tests = tests.filter(site=site)
    return list(tests.order_by(Lower("site__name"), "site", Lower("title"), "id"))


def _rows(tests: list[Any], *, workspace: Workspace | UUID, now: datetime) -> list[TestRow]:
    counts = _counts(workspace, [test.pk for test in tests], since=now - timedelta(days=charts.DAYS))
    return [_row(test, counts[test.pk], today=now.astimezone(UTC).date()) for test in tests]


def _matches(test: CheckoutTest, words: list[str]) -> bool:
    text = f"{test.title} {test.host} {test.site.name} {test.site.client.name}".lower()
    return all(word in text for word in words)


def _is(test: Any, state: str) -> bool:
    if state == "running":
        return bool(test.recent) and test.recent[0]["status"] in TestRun.OPEN
    if state == "paused":
        return test.paused_at is not None
    ended = next((run for run in test.recent if run["status"] not in TestRun.OPEN), None)
    return test.state in ("failing", "flapping") or (ended is not None and ended["status"] == TestRun.Status.UNKNOWN) or test.needs_acknowledgement


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
