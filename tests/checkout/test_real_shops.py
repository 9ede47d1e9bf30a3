"""Checkout Tests on shops that somebody else wrote: the full path to the confirmation passes each time, and each time one order arrives.

Only with TRACEFOX_SHOPS=1 (`make shops`), for they take minutes. TRACEFOX_TIMES=10 plays each more often; `python -m tests.shops.ten` does it without tests
around it. The first time, the shops are installed.
"""

from __future__ import annotations

import os

import pytest

from tests.shops import evershop_shop, flows, oscar_shop, stand

TIMES = int(os.environ.get("TRACEFOX_TIMES", "3"))
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900), stand.asked_for]


def writes(shop: stand.Stand, path: str) -> int:
    """How often a form or a program was sent there in the last run."""
    return sum(hit.method == "POST" and hit.path == path for hit in shop.front.log)


def test_an_order_in_django_oscar_passes_each_time():
    assert f"https://{oscar_shop.HOST}/" in flows.oscar()["start_url"]
    with stand.opened("oscar") as shop:
        for _ in range(TIMES):
            result = shop.play(flows.oscar())
            assert result.status == "passed", result.sentence
            assert writes(shop, "/checkout/preview/") == 1  # this one places the order
        result = shop.play(flows.oscar_card())
        assert result.status == "passed", result.sentence
        assert writes(shop, "/v1/tokens") == 1


def test_an_order_in_evershop_passes_each_time():
    assert f"https://{evershop_shop.HOST}/" in flows.evershop()["start_url"]
    with stand.opened("evershop") as shop:
        for _ in range(TIMES):
            result = shop.play(flows.evershop())
            assert result.status == "passed", result.sentence
            assert sum(hit.method == "POST" and hit.path.endswith("/checkout") for hit in shop.front.log) == 1, [h.path for h in shop.front.log if h.writes]
