"""Shops that are broken, one way at a time: each run fails at the right step, for the right reason, and no order is placed. What harms nobody passes.

Only with TRACEFOX_SHOPS=1 (`make shops`), for it takes minutes. The demo shop is broken in every way; of the shops of others, TRACEFOX_BATTERY=all tries the
ways that are left out otherwise.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import pytest

from checkout.result import RunResult
from tests.shops import flows, stand
from tests.shops.breakages import added, answering, covered, dying, hanging, harmless, new_card_frame, replaced
from tests.shops.front import Breaking

ALL = os.environ.get("TRACEFOX_BATTERY") == "all"
SECONDS = 6
STRIPE = "GET https://js.stripe.com/v3/ was answered 404"
PREVIEW, BASKET = "/checkout/preview/", "/basket/vouchers/add/"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900), stand.asked_for]


class Case(NamedTuple):
    name: str
    breaking: Breaking
    step: str
    cause: str
    flow: Any = None
    always: bool = False


DEMO = [
    Case("covered", covered("/checkout", "#place-order"), "place order", 'covered by <div> .promotion that says "Half price today"'),
    Case("renamed", replaced("/checkout", ('id="place-order">Place order', 'id="pay">Buy now')), "place order", "renamed or removed"),
    Case("handler dies", dying("/coffee/*", "form.buy"), "basket", "basketTotal is not defined"),
    Case("payment script gone", answering("/v3/", status=404, host="js.stripe.com"), "card number", f"A payment script did not load: {STRIPE}"),
    Case("shipping 500", answering("/checkout/shipping", status=500, method="POST"), "go on to payment|card number", "/checkout/shipping was answered 500"),
    Case("coupon ignored", answering("/checkout/coupon", status=303, location="/checkout"), "nothing to pay", "the coupon no longer applies"),
    Case("card frame from elsewhere", new_card_frame(), "card number", "cards.newpay.example"),
    Case(
        "look-alike", replaced("/checkout", ('<button id="place-order">Place order', '<a id="place-order" href="/cart">Delete cart')), "place order", "drifted"
    ),
    Case("spinner", hanging("/checkout"), "card number", "is not on the page"),
    Case("total", replaced("/checkout", ('id="total">€0.00', 'id="total">€4.90')), "nothing to pay", "The total is not zero"),
]
OSCAR = [
    Case("covered", covered(PREVIEW, "#place-order"), "place order", "covered by <div> .promotion", always=True),
    Case("renamed", replaced(PREVIEW, ("id='place-order'", "id='buy'"), ("Place order</button>", "Buy now</button>")), "place order", "renamed or removed"),
    Case("handler dies", dying("/checkout/payment-details/", "#payment-form"), "preview", "basketTotal is not defined", flows.oscar_card, always=True),
    Case("payment script gone", answering("/v3/", status=404, host="js.stripe.com"), "card number", STRIPE, flows.oscar_card),
    Case(
        "shipping 500",
        answering("/checkout/shipping-address/", status=500, method="POST"),
        "ship there|preview",
        "/checkout/shipping-address/ was answered 500",
    ),
    Case("coupon ignored", answering(BASKET, status=302, location="/basket/"), "nothing to pay", "the coupon no longer applies", always=True),
    Case("card frame from elsewhere", new_card_frame(), "card number", "cards.newpay.example", flows.oscar_card),
    Case(
        "look-alike",
        replaced(PREVIEW, ("<button id='place-order' type=\"submit\"", "<a id='place-order' href='/basket/'"), ("Place order</button>", "Empty the cart</a>")),
        *("place order", "drifted"),
    ),
    Case("spinner", hanging("/checkout/payment-details/"), "card number", "is not on the page", flows.oscar_card),
    Case("total", replaced(PREVIEW, ("€20.00", "€23.80")), "the total", "The total changed", flows.oscar_card),
]
EVERSHOP = [
    Case("renamed", replaced("/assets/*", ("Place Order", "Buy now")), "place order", "renamed or removed"),
    Case("coupon ignored", answering("/api/carts/*", status=400, method="POST"), "nothing to pay", "the coupon no longer applies", always=True),
    Case("total", replaced("/api/graphql", ('"text":"$0.00"', '"text":"$9.00"')), "nothing to pay", "The total is not zero"),
]
HARMLESS = {
    "demo": harmless(
        "/checkout", classes=('class="box"', 'class="card-x1 box"'), moved=('<button id="place-order">', '<br><br><button type="submit" id="place-order">')
    ),
    "oscar": harmless(
        PREVIEW,
        classes=("btn btn-primary btn-lg btn-block", "b1 b2"),
        moved=("<button id='place-order' type=\"submit\"", "<p>&nbsp;</p><button type='submit' data-x='1' id='place-order'"),
    ),
    "evershop": added("/checkout", "<div style='padding:4px'>New: we sail on Sundays too</div>"),
}
ORDERS = {"demo": "/checkout/order", "oscar": PREVIEW, "evershop": "/checkout"}


def orders(shop: stand.Stand, name: str) -> int:
    """The orders of the last run. Oscar's payment page is sent to where the order is: that one carries a token."""
    posted = [hit for hit in shop.front.log if hit.method == "POST" and hit.path.endswith(ORDERS[name])]
    return sum(name != "oscar" or b"action=place_order" in hit.body for hit in posted)


def wrong(case: Case, result: RunResult, placed: int) -> str:
    """What is wrong with how the run ended; empty when nothing is."""
    failed = result.failed_step
    if result.status != "failed" or failed is None or failed.label not in case.step.split("|") or case.cause not in failed.cause or placed:
        told = f"{failed.label}: {failed.cause}" if failed else result.sentence
        return f"{case.name}: {result.status}, {placed} orders, {told}"
    return ""


@pytest.mark.parametrize(("name", "cases"), [("demo", DEMO), ("oscar", OSCAR), ("evershop", EVERSHOP)])
def test_what_is_broken_fails_at_its_step_for_its_reason_and_what_is_harmless_passes(name, cases):
    usual = {"demo": flows.demo, "oscar": flows.oscar, "evershop": flows.evershop}[name]
    problems = []
    with stand.opened(name) as shop:
        for case in cases:
            if ALL or case.always or name == "demo":
                result = shop.play((case.flow or usual)() | {"step_seconds": SECONDS}, broken_by=case.breaking)
                problems.append(wrong(case, result, orders(shop, name)))
        fine = shop.play(usual(), broken_by=HARMLESS[name])
        assert (fine.status, orders(shop, name)) == ("passed", 1), fine.sentence
    assert [problem for problem in problems if problem] == []
