"""A small shop for the recorder: shadow roots, a card field in a frame of another origin, an address form, a page that changes its address by script.

`WEB` is what `demo.web.Web` serves: the shop, its payment provider and a server that takes what the recorder sends, all on loopback.
"""

from __future__ import annotations

import base64
import json

from demo.web import Hit, Reply
from tests.checkout.recorder.keys import PUBLIC_KEY, TEST_ID, WORKSPACE_ID

SHOP, PAY, TRACEFOX = "www.teahouse.test", "js.paying.test", "app.fox.test"
API_KEY = "tfx_live_Ab3dEf6h_" + "k" * 43 + "_Zz09aQ"
STYLE = "<style>.hand { cursor: pointer } .gone { position: absolute; width: 0; height: 0; opacity: 0 } iframe { width: 420px; height: 120px }</style>"


def page(title: str, body: str) -> Reply:
    return Reply(f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{STYLE}</head><body>{body}</body></html>')


PRODUCT = """
<h1>Green tea</h1><p>A kilo of leaves for a rainy month. € 12.00</p>
<buy-box id="ember4711"></buy-box>
<p><a href="/other">Another tea</a></p>
<script>
customElements.define("buy-box", class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.innerHTML = '<label>Quantity <select name="qty"><option>1</option><option>2</option></select></label>'
      + '<button class="css-1q2w3e"><span>Add to cart</span></button>';
    root.querySelector("button").onclick = () => location.href = "/cart";
  }
});
</script>"""
CART = '<h1>Cart</h1><table><tr><td>Green tea</td><td>€ 12.00</td></tr></table><a href="/checkout" class="button">Go to checkout</a>'
CHECKOUT = f"""
<h1>Checkout</h1>
<section id="address"><form id="shipping-form">
  <p><label for="r1">E-mail</label><input id="r1" type="email" autocomplete="shipping email"></p>
  <p><label>First name <input name="first_name"></label></p>
  <p><label>Street <input name="street" autocomplete="shipping address-line1"></label></p>
  <p><label>Country <select name="country"><option value="">Choose</option>
  <option value="germania">Germania</option><option value="iceland">Iceland</option></select></label></p>
  <p><input class="gone" type="checkbox" id="terms" name="terms"><label for="terms">I agree to the terms</label></p>
  <p><label><input type="checkbox" name="news"> Send me news</label></p>
  <p><label><input type="radio" name="speed" value="post" checked> By post</label>
  <label><input type="radio" name="speed" value="courier"> By courier</label></p>
  <coupon-box></coupon-box>
  <button>Continue to payment</button>
</form></section>
<section id="payment" hidden>
  <p id="greeting"></p>
  <iframe src="https://{PAY}/v3/card-8f3a91c2.html?amount=1200" name="__privateFrame4711"></iframe>
  <p>Total: <strong id="total">€ 12.00</strong></p>
  <button id="pay" type="button">Place order</button>
</section>
<script>
customElements.define("coupon-box", class extends HTMLElement {{
  connectedCallback() {{
    this.attachShadow({{ mode: "open" }}).innerHTML = '<label>Coupon <input name="coupon"></label>';
  }}
}});
document.getElementById("shipping-form").onsubmit = (event) => {{
  event.preventDefault();
  history.pushState({{}}, "", "/checkout/payment");
  address.hidden = true; payment.hidden = false;
  greeting.textContent = "Hello " + document.querySelector("[name=first_name]").value;
  greeting.innerHTML += ' <button type="button" id="change">Not ' + document.querySelector("[name=first_name]").value + '?</button>';
}};
pay.onclick = () => location.href = "/thanks/84931";
</script>"""
CARD = """
<form><label>Card number <input name="cardnumber" autocomplete="cc-number" inputmode="numeric"></label>
<label>Expiry <input name="exp-date" autocomplete="cc-exp"></label><label>CVC <input name="cvc" autocomplete="cc-csc"></label></form>
<script>
document.querySelector("[name=cardnumber]").oninput = (event) => event.target.value = event.target.value.replace(/\\D/g, "").replace(/(.{4})(?=.)/g, "$1 ");
</script>"""


def shop(hit: Hit) -> Reply:
    pages = {"/": ("Green tea", PRODUCT), "/offers": ("Offers", PRODUCT), "/cart": ("Cart", CART), "/checkout": ("Checkout", CHECKOUT)}
    if hit.path.startswith("/thanks/"):
        return page("Thank you", '<h1>Thank you</h1><p id="order">Your order 84931 is on its way.</p>')
    return page(*pages[hit.path]) if hit.path in pages else Reply(status=404)


def pay(hit: Hit) -> Reply:
    return page("Card", CARD) if hit.path.startswith("/v3/") else Reply(status=404)


def tracefox(hit: Hit) -> Reply:
    """What the API answers to the recorder; what it was sent stands in the log of the web."""
    key = {"id": "0b1c9a52-3f5e-4f0e-9a53-6a4f6a1f2d10", "public_key": base64.b64encode(PUBLIC_KEY).decode()}
    if hit.path == "/api/v1/recorder/":
        return _json({"workspace": "Agency", "sites": [{"id": TEST_ID, "name": "Tea house", "url": f"https://{SHOP}/"}], "key": key})
    if hit.path == "/api/v1/checkout-tests/":
        return _json({"id": TEST_ID}, status=201)
    return _json({"test": TEST_ID, "bound_to": f"{WORKSPACE_ID}|{TEST_ID}", "data_version": 3, "key": key, "names": [], "missing": []})


def _json(data: object, *, status: int = 200) -> Reply:
    return Reply(json.dumps(data), status=status, media_type="application/json")


WEB = {SHOP: shop, PAY: pay, TRACEFOX: tracefox}
