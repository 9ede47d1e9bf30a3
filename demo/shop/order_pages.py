"""The pages on which somebody buys: basket, shipping, payment, thanks. Pure: what was chosen comes in as arguments, nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass

from demo.shop import layout, vendors
from demo.shop.catalogue import BY_SLUG, money
from demo.shop.payment import LIBRARY_URL
from demo.shop.variant import Variant

SHIPPING = 490
FREE_FROM = 3900
COUPON = "TRACEFOX-ZERO"
NEWSLETTER = """<div class="newsletter" role="dialog" style="position:fixed;inset:0;z-index:99;display:grid;place-items:center;background:#2b1a12e6;color:#fff">
<p>Never miss a batch: join our newsletter</p></div>"""


@dataclass(frozen=True, slots=True)
class Basket:
    """What lies in it, by slug. Its text form travels in a cookie."""

    quantities: dict[str, int]
    coupon: bool = False

    @classmethod
    def read(cls, text: str, *, coupon: bool = False) -> Basket:
        pairs = (item.partition(".") for item in text.split("~"))
        return cls({slug: int(count) for slug, _, count in pairs if slug in BY_SLUG and count.isdigit()}, coupon)

    def plus(self, slug: str, quantity: int) -> Basket:
        return Basket({**self.quantities, slug: self.quantities.get(slug, 0) + quantity}, self.coupon)

    def __str__(self) -> str:
        return "~".join(f"{slug}.{count}" for slug, count in self.quantities.items())

    @property
    def goods(self) -> int:
        return sum(BY_SLUG[slug].cents * count for slug, count in self.quantities.items())

    @property
    def shipping(self) -> int:
        return SHIPPING if 0 < self.goods < FREE_FROM else 0

    @property
    def total(self) -> int:
        return 0 if self.coupon else self.goods + self.shipping


def cart(basket: Basket, variant: Variant) -> str:
    if basket.quantities:
        main = f"""<h2>Your basket</h2><div class="two"><div class="box">{_table(basket)}</div>
<div class="box"><p>Ready? We ask for an address, then for a card.</p>
<a class="button" id="to-checkout" href="/checkout/shipping">To the checkout</a></div></div>"""
    else:
        main = '<h2>Your basket</h2><div class="box"><p>Nothing in it yet.</p><a class="button" href="/">See the coffee</a></div>'
    return layout.page(title="Basket", main=main, variant=variant, after=layout.app())


def shipping(basket: Basket, variant: Variant) -> str:
    main = f"""{_steps("Shipping")}<div class="two"><form class="box" method="post" action="/checkout/shipping"><h2>Where should it go?</h2>
<label>Name<input name="name" autocomplete="name" required></label>
<label>E-mail<input name="email" type="email" autocomplete="email" required></label>
<label>Street<input name="street" autocomplete="street-address" required></label>
<div class="pair"><label>Postcode<input name="postcode" autocomplete="postal-code" required></label>
<label>City<input name="city" autocomplete="address-level2" required></label></div>
<button id="to-payment">Go on to payment</button></form><div class="box">{_table(basket)}</div></div>"""
    return layout.page(title="Shipping", main=main, variant=variant, after=layout.app())


def checkout(basket: Basket, variant: Variant) -> str:
    """The payment step: the card is typed into the vendor's frame."""
    main = f"""{_steps("Payment")}<div class="two"><form class="box" method="post" action="/checkout/order" data-payment><h2>How would you like to pay?</h2>
<div data-card></div><input type="hidden" name="token"><p class="problem" data-problem></p>
<button id="place-order">Place order · <span id="amount">{money(basket.total)}</span></button></form>
<div><div class="box">{_table(basket)}</div><form class="box" method="post" action="/checkout/coupon">
<label>Coupon<input name="coupon" autocomplete="off"></label><button id="redeem">Redeem</button></form></div></div>"""
    if basket.coupon:
        main = main.replace(" data-payment>", ">").replace("<div data-card></div>", "<p>Nothing to pay.</p>")
    extra = "" if basket.coupon else f'<script src="{LIBRARY_URL}"></script>\n<script src="/assets/checkout.js"></script>'
    if variant.newsletter:
        main += NEWSLETTER
    if variant.skimmer:
        extra += f'\n<script src="{vendors.SKIMMER_URL}" async></script>'
    return layout.page(title="Payment", main=main, variant=variant, after=extra + layout.app())


def thanks(order: str, variant: Variant) -> str:
    main = f"""{_steps("Done")}<div class="box"><h2>Thank you.</h2>
<p>Your order <b id="order-number">{order}</b> is in. It is roasted on the next Tuesday or Thursday and leaves the same day.</p></div>"""
    return layout.page(title="Thank you", main=main, variant=variant, after=layout.app())


def _steps(now: str) -> str:
    items = "".join(f"<li{' class=now' if step == now else ''}>{step}</li>" for step in ("Basket", "Shipping", "Payment", "Done"))
    return f'<ol class="steps">{items}</ol>'


def _table(basket: Basket) -> str:
    rows = "".join(
        f"<tr><td>{BY_SLUG[slug].name}</td><td>{count} ×</td><td>{money(BY_SLUG[slug].cents * count)}</td></tr>" for slug, count in basket.quantities.items()
    )
    coupon = f"<tr><td>Coupon</td><td></td><td>−{money(basket.goods + basket.shipping)}</td></tr>" if basket.coupon else ""
    return f"""<table><tr><th>Coffee</th><th></th><th></th></tr>{rows}<tr><td>Shipping</td><td></td><td>{money(basket.shipping)}</td></tr>{coupon}
<tr class="total"><td>Total</td><td></td><td id="total">{money(basket.total)}</td></tr></table>"""
