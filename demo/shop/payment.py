"""The payment vendor: its library on the shop's page, its frame for the card, and the host that turns a card into a token. It keeps nothing."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import parse_qs

from demo.shop import SHOP
from demo.shop.variant import Variant
from demo.shop.vendor import ANY_ORIGIN, Vendor, frame, script, script_cookie
from demo.trace import Expected, ExpectedFrame, Trace, attempt
from demo.wire import Hit, Reply

LIBRARY_URL = "https://js.stripe.com/v3/"
CARD_FRAME_URL = "https://js.stripe.com/v3/elements-inner-card.html"
CARD_SCRIPT_URL = "https://js.stripe.com/v3/card-field.js"
SIGNALS_FRAME_URL = "https://m.stripe.network/inner.html"
SIGNALS_SCRIPT_URL = "https://m.stripe.network/out-4.5.43.js"
ACCEPTED = "4242424242424242"
DECLINED = "4000000000000002"

CARD_STYLE = """<style>
body{margin:0;font:16px/1.4 Georgia,serif;color:#2b1a12}label{display:block;font-size:13px;color:#7b6a5c;margin-bottom:10px}
input{box-sizing:border-box;width:100%;margin-top:4px;padding:11px 12px;border:1px solid #d8c9b6;border-radius:8px;font:inherit;background:#fff}
div{display:grid;grid-template-columns:1fr 1fr;gap:12px}
</style>"""
CARD_FORM = f"""<form onsubmit="return false">
<label>Card number<input name="cardnumber" autocomplete="cc-number" inputmode="numeric" placeholder="1234 1234 1234 1234"></label>
<div><label>Expiry<input name="exp-date" autocomplete="cc-exp" placeholder="MM / YY"></label>
<label>Security code<input name="cvc" autocomplete="cc-csc" inputmode="numeric" placeholder="CVC"></label></div>
</form><script src="{CARD_SCRIPT_URL}"></script>"""


def payment(_: Variant) -> Vendor:
    return Vendor(
        {
            "js.stripe.com": {
                "/v3/": script("payment"),
                "/v3/elements-inner-card.html": frame(title="Card", body=CARD_STYLE + CARD_FORM),
                "/v3/card-field.js": script("card_field"),
            },
            "m.stripe.network": {
                "/inner.html": frame(title="Signals", body=f'<script src="{SIGNALS_SCRIPT_URL}"></script>'),
                "/out-4.5.43.js": script("signals"),
            },
            "m.stripe.com": {},
            "api.stripe.com": {"/v1/tokens": make_token},
        },
        Trace(
            requests=(
                Expected(LIBRARY_URL),
                Expected(CARD_FRAME_URL),
                Expected(CARD_SCRIPT_URL),
                Expected(SIGNALS_FRAME_URL),
                Expected(SIGNALS_SCRIPT_URL),
                attempt("https://m.stripe.com/6"),
            ),
            scripts=(LIBRARY_URL, CARD_SCRIPT_URL, SIGNALS_SCRIPT_URL),
            cookies=tuple(script_cookie(name, LIBRARY_URL, domain=SHOP, same_site="Strict") for name in ("__stripe_mid", "__stripe_sid")),
            frames=(ExpectedFrame(url=f"{CARD_FRAME_URL}*"), ExpectedFrame(url=SIGNALS_FRAME_URL)),
        ),
    )


def make_token(hit: Hit) -> Reply:
    """A token for the one card that is accepted, a sentence for any other."""
    fields = parse_qs(hit.body.decode())
    number = "".join(character for character in fields.get("cardnumber", [""])[0] if character.isdigit())
    if number == ACCEPTED:
        answer = {"token": "tok_" + hashlib.sha256(hit.body).hexdigest()[:24]}
    else:
        answer = {"error": "Your card was declined." if number == DECLINED else "Your card number is incomplete or unknown here."}
    return Reply(json.dumps(answer), headers=[ANY_ORIGIN], media_type="application/json")
