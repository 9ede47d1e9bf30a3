"""Runs against a small shop over TLS: the whole way, the barrier at the stop point, the order and what follows from a runner that is not well behaved."""

from __future__ import annotations

import pytest

from checkout import child
from checkout.result import RunResult
from tests.checkout.pages import shop

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def replay(site: shop.Shop, *, on_event=lambda event: None, **changes) -> RunResult:
    return child.replay(shop.job(**changes), settings=site.settings(), on_event=on_event)


def test_the_way_to_the_payment_passes_and_stops_there():
    with shop.opened() as site:
        events: list[dict] = []
        result = replay(site, on_event=events.append)
        assert (result.status, result.sentence) == ("passed", "The run stopped as defined, and all that must hold holds.")
        assert result.stopped_as_defined
        assert result.cut
        assert [step.status for step in result.steps] == ["passed"] * 14 + ["skipped"]
        assert [condition.status for condition in result.conditions] == ["passed"] * 2
        assert result.reached == 13
        assert site.orders == []
        assert [event["index"] for event in events if event["type"] == "begin"] == list(range(14))
        assert {step.screenshot for step in result.steps[:14]} <= set(result.artefacts)


def test_past_place_order_exactly_one_order_is_placed_and_the_parent_knows_before():
    with shop.opened() as site:
        orders_when_told = {}

        def note(event):
            if event["type"] == "begin":
                orders_when_told[event["index"], event["commits"]] = len(site.orders)

        ends = {"stop_after": None, "conditions": [{"kind": "text", "text": "Thank you"}, {"kind": "url", "url": f"https://{shop.SHOP}/thanks"}]}
        result = replay(site, on_event=note, **ends)
        assert (result.status, result.reached, result.cut) == ("passed", 14, False), result.sentence
        assert len(site.orders) == 1
        assert orders_when_told[14, True] == 0


@pytest.mark.parametrize(
    ("twist", "reason", "index"),
    [("covered", "covered", 14), ("look-alike", "drifted", 14), ("disabled", "disabled", 14), ("new-origin", "new-frame-origin", 12)],
)
def test_what_is_broken_fails_at_its_step_and_no_order_is_placed(twist, reason, index):
    with shop.opened(twist) as site:
        result = replay(site, stop_after=None, step_seconds=3)
        assert (result.status, result.reason) == ("failed", reason)
        assert result.failed_step is not None
        assert result.failed_step.index == index
        assert result.failed_step.screenshot in result.artefacts
        assert site.orders == []
