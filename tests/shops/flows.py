"""The Checkout Tests of the shops: from a product to the confirmation, past 'place order'. Each step has a label, by which tests speak of it.

`oscar()` and `evershop()` use a coupon that takes everything off; `oscar_card()` pays with a test card, typed into the payment vendor's frame.
`demo()` is the one that `make demo` runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from checkout import steps
from demo import buying
from tests.shops import evershop_shop, oscar_shop

DATA = {
    "coupon.code": "TRACEFOXZERO",  # the demo shop's has another name
    "shipping.name": "Jane Appleseed",
    "shipping.first": "Jane",
    "shipping.last": "Appleseed",
    "shipping.street": "12 Harbour Lane",
    "shipping.postcode": "20457",
    "shipping.city": "Bremerhaven",
    "shipping.phone": "0401234567",
    "card.number": "4242424242424242",
    "card.expiry": "12 / 40",
    "card.code": "737",
}
DEMO_DATA = DATA | buying.DATA
CARD = [{"url": "https://js.stripe.com/v3/elements-inner-card.html*", "name": ""}]
OSCAR_TOTAL = {"selectors": [["td.total h3.price_color"]]}
EVERSHOP_TOTAL = {"selectors": [[".grand-total > div:last-child"]]}


def go(label: str, url: str) -> dict[str, Any]:
    return {"action": "navigate", "url": url, "label": label}


def click(label: str, *selectors: str, tag: str = "", text: str = "") -> dict[str, Any]:
    return {"action": "click", "label": label, "target": {"selectors": [[each] for each in selectors], "fingerprint": {"tag": tag, "text": text}}}


def fill(label: str, value: str, selector: str, *, frame: Sequence[dict[str, str]] = ()) -> dict[str, Any]:
    return {"action": "fill", "label": label, "value": value, "target": {"selectors": [[selector]], "frame": list(frame)}}


def arrive(label: str, url: str) -> dict[str, Any]:
    return {"action": "wait_for_url", "url": url, "label": label}


def holds(label: str, **condition: Any) -> dict[str, Any]:
    return {"action": "assert", "label": label, "condition": condition}


def test_of(title: str, rows: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """The order is placed by the step that is called 'place order'."""
    order = next(index for index, row in enumerate(rows) if row["label"] == "place order")
    whole = {"version": 1, "title": title, "start_url": rows[0]["url"], "stop_after": None, "order_step": order, "steps": rows, "run_seconds": 90}
    return steps.to_json(steps.parse(whole | fields))


def oscar() -> dict[str, Any]:
    shop = f"https://{oscar_shop.HOST}"
    rows = [
        go("product", f"{shop}/catalogue/tides-and-timetables_1/"),
        click("add to cart", "aria/Add to cart", "#add_to_basket_form button", tag="button", text="Add to cart"),
        go("cart", f"{shop}/basket/"),
        click("open the coupon", "#voucher_form_link a"),
        fill("coupon", "{{coupon.code}}", "#id_code"),
        click("redeem", "#voucher_form_container button[type=submit]", tag="button"),
        holds("nothing to pay", kind="total_is_zero", target=OSCAR_TOTAL),
        click("to the checkout", "text/Proceed to checkout"),
        fill("e-mail", "{{unique.email}}", "#id_username"),
        click("go on as a guest", "aria/Continue", tag="button"),
        *_oscar_address(),
        arrive("preview", "*/checkout/preview/"),
        holds("still nothing to pay", kind="total_is_zero", target=OSCAR_TOTAL),
        click("place order", "aria/Place order", "#place-order", tag="button", text="Place order"),
        arrive("confirmation", "*/checkout/thank-you/"),
    ]
    conditions = [{"kind": "text", "text": "Your order has been placed"}, {"kind": "no_server_error"}]
    return test_of("Oscar, with the coupon", rows, conditions=conditions)


def oscar_card() -> dict[str, Any]:
    shop = f"https://{oscar_shop.HOST}"
    rows = [
        go("product", f"{shop}/catalogue/tides-and-timetables_1/"),
        click("add to cart", "aria/Add to cart", "#add_to_basket_form button", tag="button", text="Add to cart"),
        go("checkout", f"{shop}/checkout/"),
        fill("e-mail", "{{unique.email}}", "#id_username"),
        click("go on as a guest", "aria/Continue", tag="button"),
        *_oscar_address(),
        fill("card number", "{{card.number}}", "[name=cardnumber]", frame=CARD),
        fill("card expiry", "{{card.expiry}}", "[name=exp-date]", frame=CARD),
        fill("card code", "{{card.code}}", "[name=cvc]", frame=CARD),
        click("pay", "#pay", tag="button", text="Continue to the order"),
        arrive("preview", "*/checkout/preview/"),
        holds("the total", kind="total", target=OSCAR_TOTAL, equals="20.00"),
        click("place order", "aria/Place order", "#place-order", tag="button", text="Place order"),
        arrive("confirmation", "*/checkout/thank-you/"),
    ]
    origins = [shop, "https://js.stripe.com"]
    return test_of("Oscar, with a test card", rows, allowed_origins=origins, conditions=[{"kind": "text", "text": "Your order has been placed"}])


def demo() -> dict[str, Any]:
    return steps.to_json(steps.parse(buying.flow()))


def _oscar_address() -> list[dict[str, Any]]:
    return [
        fill("first name", "{{shipping.first}}", "[name=first_name]"),
        fill("last name", "{{shipping.last}}", "[name=last_name]"),
        fill("street", "{{shipping.street}}", "[name=line1]"),
        fill("city", "{{shipping.city}}", "[name=line4]"),
        fill("postcode", "{{shipping.postcode}}", "[name=postcode]"),
        click("ship there", "aria/Continue", tag="button"),
    ]


def evershop() -> dict[str, Any]:
    shop = f"https://{evershop_shop.HOST}"
    rows = [
        go("product", f"{shop}/product/{evershop_shop.PRODUCT}"),
        click("add to cart", "aria/Add to cart", tag="button", text="Add to cart"),
        click("to the cart", "text/View Cart (1)"),
        fill("coupon", "{{coupon.code}}", "[name=coupon]"),
        click("redeem", "aria/Apply", tag="button", text="Apply"),
        holds("nothing to pay", kind="total_is_zero", target=EVERSHOP_TOTAL),
        click("to the checkout", "text/Proceed to checkout"),
        fill("e-mail", "{{unique.email}}", "[name='contact.email']"),
        *(
            fill(label, f"{{{{shipping.{name}}}}}", f"[name='shippingAddress.{field}']")
            for label, name, field in (("name", "name", "full_name"), ("phone", "phone", "telephone"), ("street", "street", "address_1"))
        ),
        fill("city", "{{shipping.city}}", "[name='shippingAddress.city']"),
        fill("postcode", "{{shipping.postcode}}", "[name='shippingAddress.postcode']"),
        click("countries", "[id='field-shippingAddress.country']"),
        click("country", "xpath///*[@role='option'][normalize-space()='Germany']"),
        {"action": "wait_for_quiet", "label": "the provinces arrive"},
        click("provinces", "[id='field-shippingAddress.province']"),
        click("province", "xpath///*[@role='option'][normalize-space()='Bremen']"),
        click("by boat", "xpath///label[contains(., 'By boat')]"),
        {"action": "wait_for_element", "label": "the rate", "target": {"selectors": [["text/Shipping (By boat)"]]}},
        holds("still nothing to pay", kind="total_is_zero", target=EVERSHOP_TOTAL),
        click("place order", "aria/Place Order", tag="button", text="Place Order"),
        arrive("confirmation", "*/checkout/success/*"),
    ]
    conditions = [{"kind": "text", "text": "Thank you for your order!"}, {"kind": "no_server_error"}]
    return test_of("EverShop, with the coupon", rows, conditions=conditions)
