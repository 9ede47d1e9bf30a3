"""The Checkout Test in the demo's workspace: made anew with each demo, acknowledged, and run when the demo says so.

Django must be set up before this module is imported.
"""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from checkout import evidence, printout, queue, result, runner_keys, steps, tasks, test_data, tests
from checkout.models import CheckoutTest, RunEvidence, TestRun
from demo import buying
from demo.workspace import EMAIL, Login

KEY_PATIENCE = 60.0


def prepare(login: Login) -> CheckoutTest:
    """The test with its sealed Test Data. Its key is made by the checkout worker, which must be running."""
    person, now = User.objects.get(email=EMAIL), timezone.now()
    key = runner_keys.public(login.workspace, patience=KEY_PATIENCE)
    test = tests.add(login.site, flow=buying.flow(), by=person, now=now)
    test_data.put_many(test, values=buying.DATA, by=person, now=now, key=key)
    tests.acknowledge_order(test, by=person, now=now)
    return test


def ask_for_run(test: CheckoutTest) -> TestRun:
    """The run that is queued or running, or else a new one."""
    try:
        return tasks.enqueue(test, trigger=TestRun.Trigger.PERSON, now=timezone.now())
    except queue.AlreadyOpen as already:
        return already.run


def news(run: TestRun) -> str:
    """What the run has to tell, as `manage.py replay` prints it."""
    rows = RunEvidence.objects.for_workspace(run.test.site.workspace_id).filter(run=run)
    return printout.of(steps.parse(run.flow), result.from_json(run.result, bodies={row.name: evidence.body(row) for row in rows}))


def confirmation_of(run: TestRun) -> TestRun | None:
    """The immediate re-run of one that failed before the order."""
    return TestRun.objects.for_workspace(run.test.site.workspace_id).filter(confirms=run).first()
