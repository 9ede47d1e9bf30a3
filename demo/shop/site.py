"""What the shop's own hosts answer. Orders are answered and forgotten: what a visitor chose travels in cookies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs

from demo.shop import SHOP, order_pages, pages, pictures, policies, release, vendors
from demo.shop.catalogue import BY_SLUG, PRODUCTS
from demo.shop.order_pages import COUPON, Basket
from demo.shop.variant import BASE, Variant
from demo.shop.vendor import answer_of
from demo.wire import SAFE_METHODS, Hit, Reply, Site

ASSETS = Path(__file__).parent / "assets"
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
DATA: dict[str, object] = {
    "offer": {"text": "This week: free shipping from €39"},
    "visits": {"text": "1,204 bags left the boiler house this week."},
    "stock": {product.slug: product.left for product in PRODUCTS},
    "rates": {"day": "2026-03-02", "usd": 1.08},
}
CHECKOUT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' https:; style-src 'self' 'unsafe-inline' https://fonts.googleapis.com; "
    "font-src https://fonts.gstatic.com; img-src 'self' https:; connect-src 'self' https: wss:; frame-src https:; worker-src 'self' blob:; "
    "base-uri 'none'; object-src 'none'; form-action 'self'"
)


class Shop:
    """Set `variant` and the next request meets the shop as it is then."""

    def __init__(self, variant: Variant = BASE) -> None:
        self.variant = variant
        pictures.hero()  # drawn now, so that no visitor waits for it

    @property
    def sites(self) -> dict[str, Site]:
        sites: dict[str, Site] = {SHOP: self.answer, "static.kesselhaus-demo.shop": static}
        for vendor in vendors.everyone(self.variant):
            sites |= dict.fromkeys(vendor.answers, self._answer_for_vendor)
        return sites

    def _answer_for_vendor(self, hit: Hit) -> Reply:
        answers: dict[str, Reply | Site] = {}
        for vendor in vendors.everyone(self.variant):
            answers |= vendor.answers.get(hit.host, {})
        return answer_of(hit, answers)

    def answer(self, hit: Hit) -> Reply:
        """The shop's own host."""
        if hit.path.startswith("/assets/"):
            return asset(hit.path, self.variant)
        if hit.path.startswith("/api/"):
            return Reply(json.dumps(DATA.get(hit.path[5:-5], {})), media_type="application/json")
        if hit.path == "/sw.js":
            return asset("/assets/sw.js", self.variant)
        if hit.method not in SAFE_METHODS:
            return buy(hit)
        return self._page(hit)

    def _page(self, hit: Hit) -> Reply:
        basket = Basket.read(hit.cookies.get("kh_basket", ""), coupon=hit.cookies.get("kh_coupon") == COUPON)
        variant = self.variant
        makers: Mapping[str, Callable[[], str]] = {
            "/": lambda: pages.home(variant),
            "/cart": lambda: order_pages.cart(basket, variant),
            "/checkout/shipping": lambda: order_pages.shipping(basket, variant),
            "/checkout": lambda: order_pages.checkout(basket, variant),
            "/checkout/thanks": lambda: order_pages.thanks(_order_number(hit), variant),
            "/privacy": lambda: policies.privacy(variant),
            "/cookies": lambda: policies.cookies(variant),
            "/terms": lambda: policies.terms(variant),
        }
        if hit.path.startswith("/coffee/") and (chosen := BY_SLUG.get(hit.path.removeprefix("/coffee/"))):
            return Reply(pages.product(chosen, variant), headers=headers_of(hit.path, variant))
        if make := makers.get(hit.path):
            return Reply(make(), headers=headers_of(hit.path, variant))
        return Reply(pages.not_found(variant), status=404)


def buy(hit: Hit) -> Reply:
    """The shop's forms. Each answers by sending the visitor on."""
    fields = {name: values[0] for name, values in parse_qs(hit.body.decode()).items()}
    basket = Basket.read(hit.cookies.get("kh_basket", ""))
    if hit.path == "/cart/add" and fields.get("product") in BY_SLUG:
        fuller = basket.plus(fields["product"], int(fields.get("quantity", "1")))
        return send_on("/cart", f"kh_basket={fuller}")
    if hit.path == "/checkout/shipping":
        return send_on("/checkout", "kh_step=payment")
    if hit.path == "/checkout/coupon":
        return send_on("/checkout", f"kh_coupon={COUPON}") if fields.get("coupon") == COUPON else send_on("/checkout")
    if hit.path == "/checkout/order":
        number = hashlib.sha256(f"{basket}{fields.get('token', '')}".encode()).hexdigest()[:6].upper()
        return send_on(f"/checkout/thanks?order=KH-{number}", "kh_basket=", "kh_coupon=")
    return Reply(status=204)


def send_on(path: str, *cookies: str) -> Reply:
    return Reply(status=303, headers=[("Location", path), *(("Set-Cookie", f"{each}; Path=/; Secure; SameSite=Lax") for each in cookies)])


def asset(path: str, variant: Variant) -> Reply:
    name = path.removeprefix("/assets/")
    if name == "logo.svg":
        return Reply(pictures.LOGO, media_type="image/svg+xml")
    if path == release.path(variant):
        return Reply(release.body(variant), media_type=MEDIA_TYPES[".js"], headers=[("Cache-Control", "public, max-age=31536000, immutable")])
    file = ASSETS / name
    if "/" in name or not file.is_file():
        return Reply(status=404)
    text = file.read_text()
    if name == "shop.js" and variant.script_revision > 1:
        text += f"// Revision {variant.script_revision}: counts the bags in the window.\nwindow.kesselhausRevision = {variant.script_revision};\n"
    return Reply(text, media_type=MEDIA_TYPES[file.suffix], headers=[("Cache-Control", "public, max-age=600")])


def static(hit: Hit) -> Reply:
    """The host of the pictures: no cookies, no scripts."""
    slug = hit.path.removeprefix("/bag/").removesuffix(".svg")
    if hit.path == "/hero.png":
        return Reply(pictures.hero(), media_type="image/png")
    drawn = {"/seal.svg": pictures.seal(), "/pattern.svg": pictures.PATTERN}.get(hit.path) or (pictures.bag(BY_SLUG[slug]) if slug in BY_SLUG else "")
    return Reply(drawn, media_type="image/svg+xml") if drawn else Reply(status=404)


def headers_of(path: str, variant: Variant) -> list[tuple[str, str]]:
    """What each page sends beside itself. The basket forgot HSTS, the policy pages were never looked after."""
    headers = [("Set-Cookie", "kh_session=k1; Path=/; Secure; HttpOnly; SameSite=Lax")]
    if path == "/":
        headers.append(("Set-Cookie", "kh_currency=EUR; Domain=kesselhaus-demo.shop; Path=/; Max-Age=31536000; Secure; SameSite=Lax"))
    if not variant.hardened:
        return headers
    if not path.startswith(("/cart", "/privacy", "/cookies", "/terms")):
        headers += [("Strict-Transport-Security", "max-age=31536000; includeSubDomains"), ("X-Content-Type-Options", "nosniff")]
        headers += [("Referrer-Policy", "strict-origin-when-cross-origin"), ("Permissions-Policy", "camera=(), microphone=(), geolocation=()")]
    if path == "/":
        headers.append(("Content-Security-Policy-Report-Only", "worker-src 'self'; report-uri /csp-report"))
    if path.startswith("/checkout"):
        headers += [("Content-Security-Policy", CHECKOUT_POLICY), ("X-Frame-Options", "DENY"), ("Cache-Control", "no-store")]
        headers.append(("Set-Cookie", "kh_checkout=c1; Path=/checkout; Max-Age=3600; Secure; HttpOnly; SameSite=Strict"))
    return headers


def _order_number(hit: Hit) -> str:
    number = hit.parameter("order")
    return number if number.removeprefix("KH-").isalnum() else "KH-000000"
