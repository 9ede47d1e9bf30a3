"""Ask for a run by hand: of a whole test, or of its steps down to one, to see whether they work. Noted in the audit trail.

A run of a part keeps the shortened flow, as every run keeps the flow that it was run with. Success conditions belong to the end of the whole way, so it has
none, and it never comes to the order.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from checkout import editor, tasks
from checkout.models import CheckoutTest, TestRun


@transaction.atomic
def ask(test: CheckoutTest, *, by: User | None, now: datetime, index: int | None = None, program: str = "") -> TestRun:
    """Queue a run, of the steps down to the one at `index` if that is given. `queue.AlreadyOpen`, `queue.NotAcknowledged`, `editor.CannotEdit`."""
    flow = None if index is None else shortened(test.flow, index)
    run = tasks.enqueue(test, trigger=TestRun.Trigger.PERSON if by else TestRun.Trigger.API, now=now, flow=flow)
    details = {"run": str(run.pk)} | ({} if index is None else {"stopped_after_step": index + 1})
    audit.record(workspace=test.site.workspace, by=by, action="checkout_test.run", subject=test, now=now, program=program, **details)
    return run


def shortened(flow: dict[str, Any], index: int) -> dict[str, Any]:
    """The flow with its stop point after this step. `CannotEdit` where no run may come."""
    stop, order = flow["stop_after"], flow["order_step"]
    if not 0 <= index < len(flow["steps"]):
        raise editor.CannotEdit("This step is not there any more.")
    if stop is not None and index > stop:
        raise editor.CannotEdit("This step is past the stop point, and nothing runs past it. Move the stop point first.")
    if order is not None and index >= order:
        raise editor.CannotEdit("Up to here, the run would place an order. Run the whole test instead.")
    return flow | {"stop_after": index, "conditions": []}
