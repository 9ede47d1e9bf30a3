from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from demo.shop import PAGES, SHOP, release, truth, url_of
from demo.shop.__main__ import main
from demo.shop.order_pages import COUPON, Basket
from demo.shop.site import Shop
from demo.shop.variant import BASE, VARIANTS, Variant
from demo.shop.vendors import everyone
from demo.trace import matches
from demo.web import Hit, Reply, Web
from tests.demo.browsing import asked_for, open_page
from tests.processes import become_true


def ask(shop: Shop, path: str, *, host: str = SHOP, method: str = "GET", body: bytes = b"", **cookies: str) -> Reply:
    jar = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return shop.sites[host](Hit(host, method, path, headers={"cookie": jar}, body=body))


def header(reply: Reply, name: str) -> list[str]:
    return [value for each, value in reply.headers if each == name]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there_and_the_same_every_time(page):
    shop = Shop()
    assert ask(shop, PAGES[page]).status == 200
    assert ask(shop, PAGES[page]) == ask(shop, PAGES[page])


def test_an_unknown_page_is_not_found():
    assert ask(Shop(), "/attic").status == 404


def test_everything_a_page_must_ask_for_is_answered():
    shop = Shop(VARIANTS["changed"])
    for page in PAGES:
        for expected in truth.of(page, shop.variant).delivered:
            reply = ask(shop, expected.url.removeprefix(f"https://{expected.host}").partition("?")[0], host=expected.host)
            assert reply.status in (200, 204, 302), expected.url


def test_every_host_of_the_truth_is_served():
    for variant in VARIANTS.values():
        for page in PAGES:
            assert truth.of(page, variant).hosts <= set(Shop(variant).sites)


def test_the_shop_talks_to_a_dozen_third_parties():
    assert len({host for vendor in everyone(BASE) for host in vendor.answers}) >= 12
    assert len(truth.of("home").hosts - {SHOP, "static.kesselhaus-demo.shop"}) >= 12


def test_some_pages_send_security_headers_and_some_forgot():
    shop = Shop()
    assert header(ask(shop, "/"), "Strict-Transport-Security")
    assert header(ask(shop, "/checkout"), "Content-Security-Policy")
    assert not header(ask(shop, "/cart"), "Strict-Transport-Security")
    assert not header(ask(shop, "/privacy"), "X-Content-Type-Options")


def test_each_variant_but_the_base_changes_what_somebody_would_see():
    def seen(variant: Variant) -> list[object]:
        shop = Shop(variant)
        replies = [ask(shop, PAGES[page]) for page in PAGES]
        tags = [("/gtm.js", "www.googletagmanager.com"), ("/en_US/fbevents.js", "connect.facebook.net"), ("/li.lms-analytics/insight.min.js", "snap.licdn.com")]
        return [*replies, ask(shop, "/assets/shop.js"), ask(shop, release.path(variant)), *(ask(shop, path, host=host) for path, host in tags)]

    assert {name: seen(variant) != seen(BASE) for name, variant in VARIANTS.items()} == {name: name != "base" for name in VARIANTS}


def test_a_new_day_brings_other_names_tokens_and_dates_and_the_same_words():
    today, tomorrow = (str(ask(Shop(Variant(day=day)), "/").body) for day in (1, 2))
    for moving in (release.path, lambda variant: variant.token("csrf"), lambda variant: variant.token("nonce"), lambda variant: variant.date):
        assert moving(Variant(day=1)) in today
        assert moving(Variant(day=2)) in tomorrow
        tomorrow = tomorrow.replace(moving(Variant(day=2)), moving(Variant(day=1)))
    assert tomorrow.replace("?v=2", "").replace(Variant(day=2).token("request"), Variant(day=1).token("request")) == today


def test_what_is_tampered_with_keeps_the_name_of_the_release():
    assert release.path(Variant(tampered=True)) == release.path(BASE)
    assert release.body(Variant(tampered=True)) != release.body(BASE)
    assert ask(Shop(Variant(tampered=True)), release.path(BASE)).body == release.body(Variant(tampered=True))


def test_the_name_of_another_release_is_not_served():
    assert ask(Shop(Variant(day=2)), release.path(BASE)).status == 404


def test_every_field_of_a_variant_is_used_by_some_named_variant():
    for each in dataclasses.fields(Variant):
        assert any(getattr(variant, each.name) != each.default for variant in VARIANTS.values()), each.name


def test_the_way_from_product_to_thanks():
    shop = Shop()
    added = ask(shop, "/cart/add", method="POST", body=b"product=boiler-red&quantity=2")
    assert (added.status, header(added, "Location")) == (303, ["/cart"])
    assert "kh_basket=boiler-red.2;" in header(added, "Set-Cookie")[0]
    assert header(ask(shop, "/checkout/shipping", method="POST", body=b"name=x"), "Location") == ["/checkout"]
    [thanks] = header(ask(shop, "/checkout/order", method="POST", body=b"token=tok_1", kh_basket="boiler-red.2"), "Location")
    assert "KH-" in thanks
    assert "Thank you." in str(ask(shop, "/checkout/thanks").body)


def test_the_coupon_makes_the_order_free():
    redeemed = ask(Shop(), "/checkout/coupon", method="POST", body=f"coupon={COUPON}".encode())
    assert f"kh_coupon={COUPON};" in header(redeemed, "Set-Cookie")[0]
    page = str(ask(Shop(), "/checkout", kh_basket="boiler-red.2", kh_coupon=COUPON).body)
    assert 'id="total">€0.00' in page
    assert not header(ask(Shop(), "/checkout/coupon", method="POST", body=b"coupon=GUESS"), "Set-Cookie")


def test_a_basket_survives_its_cookie_and_forgets_what_is_not_sold():
    basket = Basket.read("boiler-red.2~moon-dust.9~iron-gate.1")
    assert str(basket) == "boiler-red.2~iron-gate.1"
    assert basket.total == 2 * 1290 + 1520
    assert Basket.read("north-slope.1").total == 1450 + 490


@pytest.mark.parametrize(("number", "word"), [("4242 4242 4242 4242", "token"), ("4000000000000002", "declined"), ("5", "error")])
def test_the_payment_vendor_takes_one_card_only(number, word):
    reply = ask(Shop(), "/v1/tokens", host="api.stripe.com", method="POST", body=f"cardnumber={number}".encode())
    assert word in str(reply.body)


def test_switching_a_running_shop_is_a_word_in_its_directory(tmp_path: Path):
    main(["--state-dir", str(tmp_path), "--switch", "skimmer"])
    assert (tmp_path / "variant").read_text() == "skimmer"


def test_the_shop_runs_as_a_program_and_says_when_it_is_ready(tmp_path: Path):
    with subprocess.Popen([sys.executable, "-m", "demo.shop", "--state-dir", str(tmp_path)], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        word, port = program.stdout.readline().split()
        assert word == "READY"
        assert f"127.0.0.1:{port} {SHOP}\n" in (tmp_path / "hosts").read_text()
        assert become_true((tmp_path / "serving").exists)
        main(["--state-dir", str(tmp_path), "--switch", "noise"])
        assert become_true(lambda: (tmp_path / "serving").read_text() == "noise")
        program.terminate()
        assert program.wait(timeout=30) == 0


def load(page: str, variant: Variant) -> tuple[Web, Sequence[Mapping[str, Any]]]:
    """Visit until nothing is missing any more, and a moment longer for what should not come."""
    expected = truth.of(page, variant)
    with Web(Shop(variant).sites) as web, open_page(web) as tab:
        tab.goto(url_of(page))
        patience = time.monotonic() + 20
        while expected.compare(asked_for(web.log)).missing and time.monotonic() < patience:
            tab.wait_for_timeout(100)
        tab.wait_for_timeout(500)
        return web, [dict(cookie) for cookie in tab.context.cookies()]


CASES = [(page, "base") for page in PAGES] + [("home", "new-tracker"), ("home", "no-banner"), ("home", "headers-dropped"), ("checkout", "skimmer")]
CASES += [("home", "noise"), ("checkout", "changed"), ("privacy", "changed")]


@pytest.mark.browser
@pytest.mark.parametrize(("page", "name"), CASES)
def test_a_browser_asks_for_exactly_what_the_truth_says(page, name):
    variant = VARIANTS[name]
    expected = truth.of(page, variant)
    web, jar = load(page, variant)
    difference = expected.compare(asked_for(web.log))
    assert difference.missing == []
    assert difference.unexpected == []
    assert web.failures == []
    assert web.unknown_hosts == []
    assert web.plain_log == []

    def described(cookie: Mapping[str, Any]) -> tuple:
        session = cookie["expires"] == -1
        return cookie["name"], cookie["domain"], cookie["path"], cookie["httpOnly"], cookie["secure"], session, cookie["sameSite"]

    wanted = {(c.name, c.domain, c.path, c.http_only, c.secure, c.session, c.same_site) for c in expected.cookies}
    assert {described(cookie) for cookie in jar} == wanted


@pytest.mark.browser
def test_scripts_frames_storage_and_consent_are_as_the_truth_says():
    expected = truth.of("home")
    with Web(Shop().sites) as web, open_page(web) as tab:
        loaded: list[str] = []
        tab.on("request", lambda request: loaded.append(request.url) if request.resource_type == "script" else None)
        workers: list[str] = []
        tab.on("worker", lambda worker: workers.append(worker.url))
        tab.goto(url_of("home"))
        tab.wait_for_selector('iframe[title="Chat"]')
        tab.frame_locator('iframe[title="Chat"]').frame_locator("iframe").locator("script").wait_for(state="attached")
        assert [pattern for pattern in expected.scripts if not any(matches(pattern, url) for url in loaded)] == []
        inline = "[...document.scripts].filter((script) => !script.src && !script.type).length"
        assert sorted((frame.url, frame.evaluate(inline)) for frame in tab.frames) == sorted((f.url, f.inline_scripts) for f in expected.frames)
        assert len(workers) == len(expected.workers)
        assert set(tab.evaluate("Object.keys(localStorage)")) == {key for origin, area, key in expected.storage if area == "local"}
        calls = tab.evaluate("dataLayer.filter((call) => call[0] === 'consent').map((call) => [call[1], call[2]])")
        calls = [(command, {name: value for name, value in signals.items() if name != "wait_for_update"}) for command, signals in calls]
        assert calls == list(expected.consent)
        assert tab.evaluate("window.Cookiebot.dialog.visible && document.fonts.check('20px \"Kessel Ornament\"', '❦')")


@pytest.mark.browser
def test_somebody_can_buy():
    with Web(Shop().sites) as web, open_page(web) as tab:
        tab.goto(url_of("product"))
        tab.click("#add-to-basket")
        tab.click("#to-checkout")
        for name, value in {"name": "A", "email": "a@example.com", "street": "B 1", "postcode": "1", "city": "C"}.items():
            tab.fill(f"[name={name}]", value)
        tab.click("#to-payment")
        card = tab.frame_locator('iframe[title="Card"]')
        card.locator("[name=cardnumber]").fill("4000000000000002")
        tab.click("#place-order")
        tab.get_by_text("Your card was declined.").wait_for()
        card.locator("[name=cardnumber]").fill("4242424242424242")
        tab.click("#place-order")
        tab.wait_for_url("**/checkout/thanks?order=KH-*")
        assert tab.text_content("#order-number", timeout=5000) is not None
        assert web.failures == []
