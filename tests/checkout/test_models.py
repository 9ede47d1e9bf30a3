"""What the database itself refuses, whoever writes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from alerts import outbox
from alerts.models import Alert
from checkout.models import CheckoutTest, TestRun
from tests.factories import NOON, make_change, make_checkout_test, make_flow, make_run_evidence, make_runner_key, make_test_data, make_test_run

pytestmark = pytest.mark.django_db


def refused(rule: str, make, /, *args, **fields) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        make(*args, **fields)


def test_a_test_that_is_paused_or_waits_for_an_acknowledgement_is_not_due():
    ordering = make_flow(stop_after=None, order_step=1)
    refused("paused_test_is_not_due", make_checkout_test, paused_at=NOON, next_run_at=NOON)
    refused("unacknowledged_test_is_not_due", make_checkout_test, flow=ordering, next_run_at=NOON)
    make_checkout_test(flow=ordering, next_run_at=NOON, acknowledged_order_at=NOON)


def test_a_test_has_a_title_and_an_interval():
    refused("test_has_a_title", make_checkout_test, title="")
    refused("test_interval_at_least_5_minutes", make_checkout_test, every_minutes=4)


def test_a_name_has_one_value_and_a_workspace_one_key():
    row = make_test_data()
    refused("test_data_name_once_per_test", make_test_data, test=row.test, version=2)
    refused("runnerkey", make_runner_key, workspace=row.test.site.workspace)


def test_a_test_has_one_open_run_and_a_shop_one_that_runs():
    run = make_test_run(status="running")
    refused("one_open_run_per_test", make_test_run, test=run.test)
    refused("one_run_at_a_time_per_host", make_test_run, host=run.host, status="running")
    make_test_run(host=run.host)


def test_a_slot_is_filled_once():
    run = make_test_run(status="passed", due_at=NOON)
    refused("test_run_once_per_slot", make_test_run, test=run.test, due_at=NOON)
    make_test_run(test=run.test, due_at=NOON + timedelta(hours=1))


def test_a_run_that_may_have_placed_an_order_never_waits():
    refused("run_past_order_is_never_repeated", make_test_run, past_order=True)
    run = make_test_run(status="unknown", past_order=True)
    refused("run_past_order_is_never_repeated", TestRun.objects.across_workspaces().filter(pk=run.pk).update, status="queued")


def test_a_run_is_confirmed_once_by_another_and_that_one_says_so():
    run = make_test_run(status="failed")
    make_test_run(test=run.test, status="passed", trigger="confirmation", confirms=run)
    refused("confirms", make_test_run, test=run.test, trigger="confirmation", confirms=run)
    refused("confirmation_says_so", make_test_run, confirms=make_test_run(status="failed"))
    refused(
        "run_confirms_another", TestRun.objects.across_workspaces().filter(confirms=run).update, confirms=TestRun.objects.across_workspaces().get(confirms=run)
    )


@pytest.mark.parametrize("status", ["passed", "failed", "unknown", "inconclusive"])
def test_what_ended_has_an_end_and_what_runs_has_a_lease(status):
    refused("ended_test_run_has_an_end", make_test_run, status=status, finished_at=None)
    refused("running_test_run_has_a_lease", make_test_run, status="running", lease_until=None)


def test_a_name_of_evidence_is_there_once_in_a_run():
    row = make_run_evidence(name="step-1.png")
    refused("run_evidence_name_once_per_run", make_run_evidence, run=row.run, name="step-1.png")


def test_an_alert_tells_of_changes_or_of_one_run_and_never_of_both_or_of_none():
    change, run = make_change(), make_test_run(status="failed")
    workspace = run.test.site.workspace
    told = {"workspace": workspace, "headline": "Something", "created_at": NOON}
    create, name = Alert.objects.create, "alert_tells_of_changes_or_of_a_run"
    refused(name, create, **told)
    refused(name, create, **told, changes=1)
    refused(name, create, **told, change=change)
    refused(name, create, **told, change=change, test_run=run, changes=1)
    refused(name, create, **told, test_run=run)
    refused(name, create, **told, kind="failing", test_run=run, changes=1)
    refused(name, create, **told, kind="failing", change=change, changes=1)
    assert outbox.raise_for(workspace=workspace, change=change, headline="A change", changes=1, now=NOON).kind == "changes"
    assert outbox.raise_for_run(workspace=workspace, run=run, kind="failing", headline="A run", now=NOON).changes == 0
    refused("test_run", outbox.raise_for_run, workspace=workspace, run=run, kind="recovered", headline="Twice", now=NOON)


def test_an_alert_does_not_outlive_its_run():
    run = make_test_run(status="failed")
    outbox.raise_for_run(workspace=run.test.site.workspace, run=run, kind="failing", headline="A run", now=NOON)
    CheckoutTest.objects.for_workspace(run.test.site.workspace).delete()
    assert not Alert.objects.across_workspaces().exists()


def test_a_row_of_test_data_shows_its_name_and_nothing_that_was_sealed():
    row = make_test_data(sealed=b"TFS1-secret")
    assert "secret" not in f"{row} {row!r}"
    assert str(row) == "coupon.code"
