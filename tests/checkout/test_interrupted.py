"""Runs that are interrupted: before the order it says nothing about the shop, past it a person is asked, and nothing is done twice."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from checkout import child
from checkout.result import RunResult
from tests.checkout.pages import shop
from tracefox.browser import limits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
BUSY = "<button id='order' onclick=\"fetch('/order', {method: 'POST', body: 'mug'}).then(() => { while (true); })\">Buy</button>"


def replay(site: shop.Shop, *, on_event=lambda event: None, **changes) -> RunResult:
    return child.replay(shop.job(**changes), settings=site.settings(), on_event=on_event)


def kill_browsers() -> None:
    """Those of this process's runner."""
    for member in limits.tree(os.getpid()):
        with suppress(OSError):
            if b"headless-shell" in Path(f"/proc/{member}/cmdline").read_bytes():
                os.kill(member, signal.SIGKILL)


def killing(kind: str, index: int):
    def hear(event):
        if event["type"] == kind and event["index"] == index:
            kill_browsers()

    return hear


def test_a_browser_that_is_killed_before_the_order_says_nothing_about_the_shop():
    with shop.opened() as site:
        result = replay(site, on_event=killing("step", 6), stop_after=None)
        assert (result.status, result.reason) == ("inconclusive", "browser-crash"), result.sentence
        assert site.orders == []


def test_a_browser_that_is_killed_past_the_order_asks_a_person():
    rows = [*shop.steps(), {"action": "wait_for_quiet"}]
    with shop.opened() as site:
        result = replay(site, on_event=killing("step", 14), steps=rows, stop_after=None)
        assert (result.status, result.reason) == ("unknown", "browser-crash"), result.sentence
        assert "look into the shop" in result.sentence
        assert len(site.orders) == 1


def test_a_page_that_never_answers_again_fails_before_the_order_and_asks_a_person_past_it():
    steps = [{"action": "navigate", "url": f"https://{shop.SHOP}/busy"}, shop.click("#order"), shop.click("#order")]
    with shop.opened(pages={"/busy": BUSY}) as site:
        before = replay(site, steps=steps, stop_after=2, order_step=None, conditions=[], step_seconds=4)
        assert (before.status, before.reason) == ("failed", "no-effect"), before.sentence
        past = replay(site, steps=steps, stop_after=None, order_step=1, conditions=[], step_seconds=4)
        assert past.status == "unknown", past.sentence
        assert past.reached >= 1


def test_a_shop_that_answers_the_order_with_an_error_has_failed_and_the_sentence_says_what_may_be():
    with shop.opened("order-500") as site:
        ends = {"stop_after": None, "conditions": [{"kind": "text", "text": "Thank you"}], "step_seconds": 12}
        result = replay(site, **ends)
        assert (result.status, result.reason) == ("failed", "condition-text")
        assert "/order was answered 500" in result.sentence
        assert "may have been placed" in result.sentence
        assert len(site.orders) == 1


def test_what_the_guard_stops_because_it_is_too_much_is_not_the_shops_failure():
    flood = "<h1>Cart</h1><script>setInterval(() => { for (let n = 0; n < 60; n++) fetch('https://h' + Math.random() + '.example.com/') }, 20)</script>"
    steps = [{"action": "navigate", "url": f"https://{shop.SHOP}/flood"}, shop.click("#never")]
    with shop.opened(pages={"/flood": flood}) as site:
        result = replay(site, steps=steps, stop_after=1, order_step=None, conditions=[], step_seconds=20)
        assert result.status == "inconclusive", result.sentence
        assert result.reason.startswith("limit:")


def test_what_on_event_raises_ends_the_runner_and_comes_out():
    class NoMore(Exception):
        pass

    def hear(event):
        if event["type"] == "begin" and event["index"] == 3:
            raise NoMore

    with shop.opened() as site, pytest.raises(NoMore):
        replay(site, on_event=hear)
    assert not [member for member in limits.tree(os.getpid()) if _is_runner(member)]


def _is_runner(process: int) -> bool:
    try:
        return b"checkout.runner" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False
