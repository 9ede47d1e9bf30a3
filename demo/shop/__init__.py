"""Kesselhaus, an invented coffee shop with everything a real one has: a dozen tags, a consent banner, a card field in somebody else's frame.

`python -m demo.shop --state-dir DIR` serves it. The whole shop is a pure function of a `Variant`: `site.Shop(variant).sites` goes into a `Web`, and
`truth.of(page, variant)` says what a full load of a page must leave behind.
"""

from __future__ import annotations

SHOP = "www.kesselhaus-demo.shop"
SHOP_DOMAIN = ".kesselhaus-demo.shop"
ORIGIN = f"https://{SHOP}"
PAGES = {
    "home": "/",
    "product": "/coffee/boiler-red",
    "cart": "/cart",
    "shipping": "/checkout/shipping",
    "checkout": "/checkout",
    "privacy": "/privacy",
    "cookies": "/cookies",
    "terms": "/terms",
}


def url_of(page: str) -> str:
    return ORIGIN + PAGES[page]
