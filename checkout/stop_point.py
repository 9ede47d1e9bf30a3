"""The stop point: how far a Test Run may go, and from where on nothing is ever repeated.

Pure. A test either stops at `stop_after`, before the order, or it says which click places the order and goes past it. In the second case a coupon that makes
the order free is proven first: the total is asserted to be zero after the last use of the coupon and before the order.
"""

from __future__ import annotations

from checkout import parsing
from checkout.flow import Flow

COUPON = "coupon."


def judge(flow: Flow) -> None:
    if flow.order_step is not None and flow.steps[flow.order_step].action != "click":
        raise parsing.bad("order_step", f"step {flow.order_step} is no click; name the click that places the order.")
    if flow.stop_after is not None:
        if flow.order_step is not None and flow.order_step <= flow.stop_after:
            sentence = f"the run would place the order before it stops; set it to {flow.order_step - 1}, or to null to place the order."
            if flow.order_step == 0:
                sentence = "the run would place the order with its first step; put the steps that lead there before it, or set it to null."
            raise parsing.bad("stop_after", sentence)
        return
    if flow.order_step is None:
        raise parsing.bad("order_step", "is missing; a test without a stop point must say which click places the order.")
    _prove_the_zero_total(flow, order_step=flow.order_step)


def past_order(flow: Flow, index: int) -> bool:
    """Has a run that began this step perhaps placed the order?"""
    return flow.order_step is not None and flow.stop_after is None and index >= flow.order_step


def may_repeat(flow: Flow, reached: int) -> bool:
    """May a run be repeated, when `reached` is the index of the last step that it began (-1: none)?"""
    return not past_order(flow, reached)


def _prove_the_zero_total(flow: Flow, *, order_step: int) -> None:
    uses = [index for index, step in enumerate(flow.steps[:order_step]) if any(name.startswith(COUPON) for name in parsing.names_in(step.value))]
    if not uses:
        return
    between = flow.steps[uses[-1] + 1 : order_step]
    if not any(step.condition and step.condition.kind == "total_is_zero" for step in between):
        place = f"between step {uses[-1]}, which types the coupon, and step {order_step}, which places the order"
        raise parsing.bad("steps", f"put an assert of total_is_zero {place}: else the order may cost money when the coupon fails.")
