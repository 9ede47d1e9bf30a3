"""The Checkout Test of the demo shop: from a bag of coffee to the thanks, past 'place order', with a coupon that takes everything off. Pure data.

It types a test card into the payment vendor's frame before it redeems the coupon, so that the frame is tried too.
"""

from __future__ import annotations

from typing import Any

from demo.shop import ORIGIN, url_of
from demo.shop.order_pages import COUPON
from demo.shop.payment import ACCEPTED

DATA = {
    "shipping.name": "Jane Appleseed",
    "shipping.street": "12 Harbour Lane",
    "shipping.postcode": "20457",
    "shipping.city": "Bremerhaven",
    "card.number": ACCEPTED,
    "card.expiry": "12 / 40",
    "card.code": "737",
    "coupon.code": COUPON,
}
CARD = [{"url": "https://js.stripe.com/v3/elements-inner-card.html*", "name": ""}]
TOTAL = {"selectors": [["#total"]]}


def flow() -> dict[str, Any]:
    rows = [
        {"action": "navigate", "label": "product", "url": url_of("product")},
        _click("add to basket", "aria/Add to basket", "#add-to-basket", text="Add to basket"),
        {"action": "wait_for_url", "label": "basket", "url": "*/cart"},
        _click("to the checkout", "aria/To the checkout", "#to-checkout", tag="a", text="To the checkout"),
        *(_fill(name, f"{{{{shipping.{name}}}}}", f"[name={name}]") for name in ("name", "street", "postcode", "city")),
        _fill("e-mail", "{{unique.email}}", "[name=email]"),
        _click("go on to payment", "aria/Go on to payment", "#to-payment", text="Go on to payment"),
        _fill("card number", "{{card.number}}", "[name=cardnumber]", frame=CARD),
        _fill("card expiry", "{{card.expiry}}", "[name=exp-date]", frame=CARD),
        _fill("card code", "{{card.code}}", "[name=cvc]", frame=CARD),
        _fill("coupon", "{{coupon.code}}", "[name=coupon]"),
        _click("redeem", "aria/Redeem", "#redeem", text="Redeem"),
        {"action": "assert", "label": "nothing to pay", "condition": {"kind": "total_is_zero", "target": TOTAL}},
        _click("place order", "#place-order", text="Place order · €0.00"),
        {"action": "wait_for_url", "label": "thanks", "url": "*/checkout/thanks*"},
    ]
    return {
        "version": 1,
        "title": "Buy a bag of Boiler Red",
        "start_url": url_of("product"),
        "allowed_origins": [ORIGIN, "https://js.stripe.com"],
        "stop_after": None,
        "order_step": next(index for index, row in enumerate(rows) if row["label"] == "place order"),
        "steps": rows,
        "conditions": [{"kind": "text", "text": "Thank you."}, {"kind": "no_server_error"}],
    }


def _click(label: str, *selectors: str, text: str, tag: str = "button") -> dict[str, Any]:
    return {"action": "click", "label": label, "target": {"selectors": [[each] for each in selectors], "fingerprint": {"tag": tag, "text": text}}}


def _fill(label: str, value: str, selector: str, *, frame: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {"action": "fill", "label": label, "value": value, "target": {"selectors": [[selector]], "frame": frame or []}}
