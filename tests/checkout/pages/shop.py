"""A small shop over TLS that counts its orders: product, cart, shipping, payment with a card frame of another origin, confirmation. And ways to break it.

`Shop(twist)` changes one page: each twist is a piece of HTML or a reply under a name in TWISTS. `flow()` is the Checkout Test that buys there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from checkout.child import ChildSettings
from checkout.runner.protocol import Job
from demo.web import Hit, Reply, Web
from scans.capture import configuration
from tracefox.egress.hosts import HostMap

SHOP, PAY, OTHER, COUNTER = "shop.shopsite.com", "pay.cardsite.com", "cards.othersite.com", "www.google-analytics.com"
STYLE = (
    "<style>body{font:16px/1.5 'Liberation Sans',sans-serif;margin:20px} label{display:block;margin:8px 0} iframe{width:420px;height:130px;border:0}</style>"
)
DATA = {
    "shipping.name": "Jane Appleseed",
    "shipping.email": "jane.appleseed@example.com",
    "shipping.street": "12 Harbour Lane",
    "coupon.code": "FREEALL2026",
    "card.number": "4242424242424242",
    "card.cvc": "7391",
}
CARD = """
<label>Card number <input id="number" name="number" autocomplete="cc-number"></label><label>Security code <input name="cvc"></label><p id="echo"></p>
<script>
number.oninput = () => {{ echo.textContent = 'You typed ' + number.value; parent.postMessage(number.value, '*') }};
for (const each of document.querySelectorAll('input')) each.addEventListener('input', () => setTimeout(() => each.classList.add('rested'), 2000));
</script>"""
ADDRESS = """
<script>customElements.define('street-field', class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({mode: 'open'});
    root.innerHTML = '<label>Street <input name="street"></label><output></output>';
    root.querySelector('input').oninput = event => { root.querySelector('output').textContent = 'To: ' + event.target.value };
  }
})</script>"""


class Shop:
    """`orders` are the orders that arrived, whoever sent them."""

    def __init__(self, twist: str = "", *, pages: dict[str, Callable[[Hit], Reply] | str] | None = None) -> None:
        self.twist, self.coupon, self.pages = twist, False, pages or {}
        self.web = Web({SHOP: self._shop, PAY: self._pay, OTHER: self._pay, COUNTER: lambda hit: Reply("")})

    @property
    def orders(self) -> list[Hit]:
        return [hit for hit in self.web.log if hit.host == SHOP and hit.path == "/order" and (hit.method == "POST" or hit.query)]

    def settings(self) -> ChildSettings:
        return ChildSettings(hosts=HostMap.read(self.web.hosts_file), trusted_key_pins=configuration.key_pins(self.web.ca_file))

    def _shop(self, hit: Hit) -> Reply:
        if (own := self.pages.get(hit.path)) is not None:
            return own(hit) if callable(own) else page(own)
        make = getattr(self, "page_" + hit.path.strip("/").replace(".", "_"), None)
        return make(hit) if make else Reply("nothing here", status=404)

    def page_(self, hit: Hit) -> Reply:
        return page("""<h1>Mug</h1><p>12.00 EUR</p><form method="post" action="/cart"><button data-testid="add">Add to cart</button></form>""")

    def page_cart(self, hit: Hit) -> Reply:
        if hit.method == "POST":
            self.coupon = self.coupon or b"FREEALL2026" in hit.body
            return Reply(status=303, headers=[("Location", "/cart")])
        total = "0.00" if self.coupon else "12.00"
        discount = '<p id="discount">Discount: -12.00 EUR</p>' if self.coupon else '<p id="discount"></p>'
        form = '<form method="post" action="/cart"><label>Coupon <input name="coupon"></label><button>Apply</button></form>'
        return page(f'<h1>Cart</h1>{form}{discount}<p>Total <span id="total">{total} EUR</span></p><a href="/shipping">Checkout</a>')

    def page_shipping(self, hit: Hit) -> Reply:
        if hit.method == "POST":
            return Reply(status=303, headers=[("Location", "/payment")])
        return page(
            f"""<h1>Shipping</h1>{ADDRESS}<form method="post"><label>Name <input name="name"></label><label>E-mail <input name="email" type="email"></label>
            <street-field></street-field>
            <label>Country <select name="country"><option value="DE">Germany</option><option value="FR">France</option></select></label>
            <label><input type="checkbox" name="terms"> I agree</label><button>Continue</button></form>"""
        )

    def page_payment(self, hit: Hit) -> Reply:
        host = OTHER if self.twist == "new-origin" else PAY
        total = "0.00" if self.coupon else "12.00"
        return page(
            f"""<h1>Payment</h1><p>Total <span id="total">{total} EUR</span></p><iframe name="card" src="https://{host}/card"></iframe><p id="echo"></p>
            <button id="order">Place order</button>{TWISTS.get(self.twist, "")}
            <script>onmessage = event => {{ echo.textContent = 'Card ' + event.data }};
            order.onclick = async () => {{ if ((await fetch('/order', {{method: 'POST', body: 'mug'}})).ok) location = '/thanks' }}</script>"""
        )

    def page_order(self, hit: Hit) -> Reply:
        return Reply("", status=500 if self.twist == "order-500" else 200)

    def page_thanks(self, hit: Hit) -> Reply:
        return page("<h1>Thank you for your order</h1>")

    def _pay(self, hit: Hit) -> Reply:
        if isinstance(own := self.pages.get(hit.path), str):
            return page(own)
        return page(CARD.replace("{{", "{").replace("}}", "}"))


TWISTS = {
    "covered": '<div class="banner" style="position:fixed;inset:0;background:#eee">Our newsletter</div>',
    "counter": f'<script src="https://{COUNTER}/a.js"></script><img src="https://{COUNTER}/g/collect?v=2&tid=G-AB12CD34EF">',
    "look-alike": '<script>order.outerHTML = \'<a id="order" href="/cart">Delete cart</a>\'</script>',
    "disabled": "<script>order.disabled = true</script>",
    "thrown": "<script>throw new Error('The basket is not defined')</script>",
}


def page(body: str) -> Reply:
    return Reply(f"<!doctype html><title>Shop</title>{STYLE}{body}")


@contextmanager
def opened(twist: str = "", **options: Any) -> Iterator[Shop]:
    shop = Shop(twist, **options)
    with shop.web:
        yield shop


def target(*selectors: Any, frame: str = "", **fingerprint: str) -> dict[str, Any]:
    found: dict[str, Any] = {"selectors": [[each] if isinstance(each, str) else list(each) for each in selectors]}
    return found | ({"frame": [{"url": frame}]} if frame else {}) | ({"fingerprint": fingerprint} if fingerprint else {})


def click(*selectors: Any, **more: Any) -> dict[str, Any]:
    return {"action": "click", "target": target(*selectors, **more)}


def fill(value: str, *selectors: Any, **more: Any) -> dict[str, Any]:
    return {"action": "fill", "value": value, "target": target(*selectors, **more)}


def steps() -> list[dict[str, Any]]:
    """0 product, 3 coupon, 5 shipping, 11 payment, 13 the order."""
    card = f"https://{PAY}/*"
    return [
        {"action": "navigate", "url": f"https://{SHOP}/"},
        click('aria/Add to cart[role="button"]', "testid/add", tag="button", role="button", text="Add to cart"),
        fill("{{coupon.code}}", "aria/Coupon", 'input[name="coupon"]'),
        click("text/Apply", tag="button", text="Apply"),
        {"action": "assert", "condition": {"kind": "total_is_zero", "target": target("#total")}},
        click("aria/Checkout", "xpath///a[1]"),
        fill("{{shipping.name}}", 'input[name="name"]'),
        fill("{{shipping.email}}", 'input[name="email"]'),
        fill("{{shipping.street}}", ["street-field", "input"]),
        {"action": "select", "value": "France", "target": target("select")},
        {"action": "check", "target": target('input[name="terms"]')},
        click("text/Continue"),
        fill("{{card.number}}", "#number", frame=card),
        fill("{{card.cvc}}", 'input[name="cvc"]', frame=card),
        click("#order", "text/Place order", tag="button", text="Place order"),
    ]


def flow(**changes: Any) -> dict[str, Any]:
    """By default it stops before the order."""
    return {
        "version": 1,
        "title": "Buy a mug",
        "start_url": f"https://{SHOP}/",
        "allowed_origins": [f"https://{SHOP}", f"https://{PAY}"],
        "stop_after": 13,
        "order_step": 14,
        "step_seconds": 15,
        "run_seconds": 120,
        "steps": steps(),
        "conditions": [{"kind": "total_is_zero", "target": target("#total")}, {"kind": "no_server_error"}],
    } | changes


def job(data: dict[str, str] | None = None, *, video: bool = False, **changes: Any) -> Job:
    return Job(run="run-1", flow=flow(**changes), plain=DATA | (data or {}), video=video)


def without(settings: ChildSettings, **changes: Any) -> ChildSettings:
    return dataclasses.replace(settings, **changes)
