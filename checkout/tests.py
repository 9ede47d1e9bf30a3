"""Checkout Tests: define one, change it, pause it, take the responsibility for an order, remove it.

The flow that is kept is always the judged one (`checkout.steps`), free of real card numbers, and starts on the site that the test belongs to. A flow that goes
past 'place order' is run by nobody, neither by schedule nor on request, before somebody acknowledged what it does; each change of what it does asks again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.db import transaction

from accounts import audit
from accounts.models import User
from checkout import cards, evidence, queue, steps
from checkout.models import CheckoutTest, TestRun
from checkout.steps import Flow
from scans import addresses, schedule
from scans.models import Site

log = structlog.get_logger(__name__)
HOURLY, DAILY = 60, 24 * 60
SHORTEST, LONGEST = 5, 31 * DAILY
MOST_TESTS = 50


class TestRefused(ValueError):
    """This test cannot be kept. The message is a sentence for people."""

    __test__ = False  # its name begins like that of a class of tests


class BadInterval(ValueError):
    """Runs cannot be that often or that rare."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the test since it was read."""

    def __init__(self) -> None:
        super().__init__("Somebody changed this test meanwhile. Look at it again, and repeat your change.")


@transaction.atomic
def add(site: Site, *, flow: object, by: User | None, now: datetime, every_minutes: int = HOURLY, program: str = "") -> CheckoutTest:
    """Keep a new test. It is run first at its first slot, so that there is time to give its Test Data. `BadFlow` and `RealCard` say what is wrong with it."""
    read = _judged(flow, site)
    _judge_interval(every_minutes)
    Site.objects.for_workspace(site.workspace_id).select_for_update().get(pk=site.pk)  # two adds at once must not both fit
    if CheckoutTest.objects.for_workspace(site.workspace_id).filter(site=site).count() >= MOST_TESTS:
        raise TestRefused(f"A site has at most {MOST_TESTS} tests. Remove one that nobody needs.")
    test = CheckoutTest(site=site, every_minutes=every_minutes, created_by=by, created_at=now, changed_at=now, **_columns(read))
    _plan(test, now=now)
    test.save(force_insert=True)
    audit.record(workspace=site.workspace, by=by, action="checkout_test.added", subject=test, now=now, program=program, title=test.title)
    return test


@transaction.atomic
def change(test: CheckoutTest, *, flow: object, by: User | None, now: datetime, was: int | None = None, program: str = "") -> None:
    """Replace the flow. `was` is the version that the caller read: if there is a newer one by now, `ChangedMeanwhile`."""
    read = _judged(flow, test.site)
    _lock(test)
    if was is not None and was != test.version:
        raise ChangedMeanwhile
    before, columns = test.flow, _columns(read)
    if columns["flow"] == before:
        return
    for name, value in columns.items():
        setattr(test, name, value)
    test.version += 1
    test.changed_at = now
    if not test.places_order or _deeds(before) != _deeds(test.flow):
        test.acknowledged_order_by = test.acknowledged_order_at = None
    _plan(test, now=now)
    test.save()
    if test.needs_acknowledgement:
        queue.withdraw(test)
    else:
        queue.renew(test, before=before)
    audit.record(workspace=test.site.workspace, by=by, action="checkout_test.changed", subject=test, now=now, program=program, version=test.version)


@transaction.atomic
def rename(test: CheckoutTest, *, title: str, by: User | None, now: datetime, program: str = "") -> None:
    change(test, flow=test.flow | {"title": " ".join(title.split())}, by=by, now=now, program=program)


@transaction.atomic
def acknowledge_order(test: CheckoutTest, *, by: User | None, now: datetime, program: str = "") -> None:
    """Take it upon oneself that this test places orders. It is run from now on."""
    _lock(test)
    if not test.needs_acknowledgement:
        return
    test.acknowledged_order_by, test.acknowledged_order_at = by, now
    _plan(test, now=now)
    test.save(update_fields=["acknowledged_order_by", "acknowledged_order_at", "next_run_at"])
    audit.record(workspace=test.site.workspace, by=by, action="checkout_test.order_acknowledged", subject=test, now=now, program=program, version=test.version)


@transaction.atomic
def set_schedule(test: CheckoutTest, *, every_minutes: int, now: datetime) -> None:
    """Choose how often the test is run. The next run is at the first slot of the new interval."""
    _judge_interval(every_minutes)
    _lock(test)
    test.every_minutes, test.next_run_at = every_minutes, None
    _plan(test, now=now)
    test.save(update_fields=["every_minutes", "next_run_at"])


@transaction.atomic
def pause(test: CheckoutTest, *, by: User | None, now: datetime, program: str = "") -> None:
    """Run the test no more. A run that waits in the queue is withdrawn; one that runs comes to its end."""
    _lock(test)
    if test.paused_at is None:
        test.paused_at, test.next_run_at = now, None
        test.save(update_fields=["paused_at", "next_run_at"])
        audit.record(workspace=test.site.workspace, by=by, action="checkout_test.paused", subject=test, now=now, program=program)
    queue.withdraw(test)


@transaction.atomic
def resume(test: CheckoutTest, *, by: User | None, now: datetime, program: str = "") -> None:
    """Run the test again, at its slots."""
    _lock(test)
    if test.paused_at is not None:
        test.paused_at = None
        _plan(test, now=now)
        test.save(update_fields=["paused_at", "next_run_at"])
        audit.record(workspace=test.site.workspace, by=by, action="checkout_test.resumed", subject=test, now=now, program=program)


@transaction.atomic
def remove(test: CheckoutTest, *, by: User | None, now: datetime, program: str = "") -> None:
    """Forget the test: its Test Data, runs and evidence. Cannot be undone; removing twice is removing once. What a run's worker still brings is discarded."""
    mine = CheckoutTest.objects.for_workspace(test.site.workspace_id).filter(pk=test.pk)
    if not mine.select_for_update(of=("self",)):
        return
    # A worker that is just recording its run comes to the end of it first.
    list(TestRun.objects.for_workspace(test.site.workspace_id).filter(test=test, status=TestRun.Status.RUNNING).select_for_update(of=("self",)))
    keys = evidence.keys_of(test)
    audit.record(workspace=test.site.workspace, by=by, action="checkout_test.removed", subject=test, now=now, program=program, title=test.title)
    mine.delete()
    transaction.on_commit(lambda: evidence.forget(keys))


def _judged(flow: object, site: Site) -> Flow:
    cards.refuse(flow, where="the test")
    read = steps.parse(flow)
    ours, theirs = (addresses.registrable_domain(host) for host in (addresses.host_of(site.url), _host(read)))
    if ours != theirs:
        raise TestRefused(f"The test starts on {theirs}, and the site is {ours}. Start it on the site, or add it to the site that it belongs to.")
    return read


def _columns(read: Flow) -> dict[str, Any]:
    """What the row says of a flow."""
    return {"flow": steps.to_json(read), "title": read.title, "host": _host(read), "places_order": read.places_order}


def _host(read: Flow) -> str:
    return urlsplit(read.start_url).hostname or ""


def _deeds(flow: dict[str, Any]) -> dict[str, Any]:
    """The flow without its title: what it does."""
    return {name: value for name, value in flow.items() if name != "title"}


def _plan(test: CheckoutTest, *, now: datetime) -> None:
    """Set when the test is due next: never while it is paused or waits for an acknowledgement; what is planned stays planned."""
    if test.paused_at or test.needs_acknowledgement:
        test.next_run_at = None
    elif test.next_run_at is None:
        test.next_run_at = schedule.next_scan_at(site_id=test.pk, every=timedelta(minutes=test.every_minutes), now=now)


def _judge_interval(every_minutes: int) -> None:
    if not SHORTEST <= every_minutes <= LONGEST:
        raise BadInterval(f"A test is run at most every {SHORTEST} minutes and at least every {LONGEST // DAILY} days.")


def _lock(test: CheckoutTest) -> None:
    """Hold the row until the transaction ends, and read it again: nothing decides by what the caller read earlier."""
    rows = CheckoutTest.objects.for_workspace(test.site.workspace_id).select_related("site__workspace").select_for_update(of=("self",))
    test.refresh_from_db(from_queryset=rows)
