"""What a full load of each page must leave behind, first visit, nothing answered or clicked. Pure.

Written beside the pages, not made from them; the server's log is the second witness. To add a page: what it asks the shop for, and which tags it carries.
"""

from __future__ import annotations

from demo.shop import ORIGIN, PAGES, SHOP, SHOP_DOMAIN, release, url_of, vendors
from demo.shop.catalogue import BY_SLUG, PRODUCTS
from demo.shop.layout import SIGNALS, STATIC
from demo.shop.payment import payment
from demo.shop.variant import BASE, Variant
from demo.trace import Expected, ExpectedCookie, ExpectedFrame, SameSite, Trace, attempt


def of(page: str, variant: Variant = BASE) -> Trace:
    trace = _everywhere(page, variant)
    if page in ("home", "product"):
        trace += vendors.experiment(variant).trace
    if page not in ("privacy", "cookies", "terms"):
        trace += vendors.in_container(variant) + _app()
    if page == "home":
        trace += _home(variant) + vendors.carousel(variant).trace
    if page == "product":
        trace += Trace(requests=tuple(Expected(f"{STATIC}/bag/{slug}.svg") for slug in ("boiler-red", *_as_espresso())))
    if page == "checkout":
        url = f"{ORIGIN}/assets/checkout.js"
        trace += Trace(requests=(Expected(url),), scripts=(url,)) + payment(variant).trace
    if page == "checkout" and variant.skimmer:
        trace += vendors.skimmer(variant).trace
    return trace


def _everywhere(page: str, variant: Variant) -> Trace:
    """The layout: stylesheet, logo, the shop's own script with its ribbon, fonts, consent."""
    url = url_of(page)
    assets = tuple(Expected(f"{ORIGIN}{path}") for path in (f"/assets/shop.css{variant.version}", "/assets/logo.svg", "/api/offer.json"))
    own, built = f"{ORIGIN}/assets/shop.js{variant.version}", ORIGIN + release.path(variant)
    trace = Trace(
        requests=(Expected(url), *assets, Expected(own), Expected(built)),
        scripts=(own, built),
        cookies=(*_cookies_by_header(page, variant), _own_cookie("kh_seen", own)),
        storage=((ORIGIN, "local", "kh_recent"),),
        frames=(ExpectedFrame(url=url, inline_scripts={"home": 3, "privacy": 1, "cookies": 1, "terms": 1}.get(page, 2)),),
        consent=(("default", dict.fromkeys(SIGNALS, "granted" if variant.granted_by_default else "denied")),),
    )
    return trace + _fonts(page, variant) + (vendors.consent(variant).trace if variant.banner else Trace())


def _fonts(page: str, variant: Variant) -> Trace:
    """The typeface is asked for everywhere, its file only where the ornament is shown."""
    trace = vendors.fonts(variant).trace
    return trace if page == "home" else Trace(requests=trace.requests[:1])


def _app() -> Trace:
    own = ("/assets/app.js", "/assets/basket.js", "/assets/stock.js", "/api/stock.json", "/api/rates.json")
    return Trace(
        requests=(*(Expected(f"{ORIGIN}{path}") for path in own), Expected(f"{ORIGIN}/sw.js", delivery="either")),
        scripts=(f"{ORIGIN}/assets/app.js", f"{ORIGIN}/assets/basket.js"),
        workers=(f"{ORIGIN}/assets/stock.js", f"blob:{ORIGIN}/*"),
    )


def _home(variant: Variant) -> Trace:
    pictures = ("hero.png", "seal.svg", "pattern.svg", *(f"bag/{product.slug}.svg" for product in PRODUCTS))
    report = (attempt(f"{ORIGIN}/csp-report"),) if variant.hardened else ()
    return Trace(
        requests=(*(Expected(f"{STATIC}/{name}") for name in pictures), Expected(f"{ORIGIN}/api/visits.json"), *report),
        cookies=(_own_cookie("kh_intro", url_of("home"), session=True, same_site="Strict"),),
    )


def _as_espresso() -> list[str]:
    return [product.slug for product in PRODUCTS if product.kind == BY_SLUG["boiler-red"].kind and product.slug != "boiler-red"]


def _cookies_by_header(page: str, variant: Variant) -> tuple[ExpectedCookie, ...]:
    url = url_of(page)
    cookies = [ExpectedCookie(name="kh_session", domain=SHOP, set_by="header", set_by_url=url, http_only=True, session=True)]
    if page == "home":
        cookies.append(ExpectedCookie(name="kh_currency", domain=SHOP_DOMAIN, set_by="header", set_by_url=url))
    if PAGES[page].startswith("/checkout") and variant.hardened:
        cookies.append(ExpectedCookie(name="kh_checkout", domain=SHOP, path="/checkout", set_by="header", set_by_url=url, http_only=True, same_site="Strict"))
    return tuple(cookies)


def _own_cookie(name: str, url: str, *, session: bool = False, same_site: SameSite = "Lax") -> ExpectedCookie:
    return ExpectedCookie(name=name, domain=SHOP, set_by_url=url, session=session, same_site=same_site)
