"""What goes, what stays, and that nothing goes twice. Numbers and keys are published test values or made up."""

import base64
import dataclasses
from dataclasses import fields, is_dataclass
from typing import get_args, get_type_hints
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scans import snapshot as form
from scans.capture.redact import MARK, Redactor
from scans.capture.redact import fields as rules
from scans.capture.redact.shapes import is_card
from tests.scans.sample_snapshot import sample_page, sample_snapshot

GA = "GA1.1.1234567890.1772431200"
FBP = "fb.1.1772431200123.987654321"
UUID = "8f3a2c1d-9e8f-4a6b-b5c4-3f9a8b7c6d5e"
TOKEN = "kJ8s0fPq2Lx9Zt4w"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiIsIm5hbWUiOiJBIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
CANARIES = {
    "e-mail": "canary.person@mail.example",
    "phone": "+49 30 901820 77",
    "iban": "DE89 3704 0044 0532 0130 00",
    "card": "4242 4242 4242 4242",
    "jwt": JWT,
    "bearer": "Bearer c4n4ryBearer77",
    "secret key": "sk_live_c4n4ryc4n4ry",
    "session": "sessionid=c4n4rySession9",
    "cookie": TOKEN,
    "client id": "1234567890.1772431200",
    "uuid in json": UUID,
}
SECRETS = [GA, FBP, TOKEN, quote(f'{{"id":"{UUID}"}}'), "granted", "desktop", "shop.example"]


@pytest.fixture
def redactor():
    return Redactor(SECRETS)


def _leaks(text: str) -> list[str]:
    return [name for name, value in CANARIES.items() if value in text or quote(value) in text or value.replace(" ", "") in text]


# --- URLs -------------------------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://shop.example/", "https://shop.example/"),
        ("https://shop.example/a/b.html#part", "https://shop.example/a/b.html"),
        ("https://shop.example/?q=red+shoes&name=Max", f"https://shop.example/?q={MARK}&name={MARK}"),
        ("https://shop.example/?a&b=&c=1", "https://shop.example/?a&b=&c=1"),
        ("https://shop.example/?page=12&order=true&zip=12345", f"https://shop.example/?page=12&order=true&zip={MARK}"),
        ("https://shop.example/app.js?ver=6.4.2", "https://shop.example/app.js?ver=6.4.2"),
        ("https://shop.example/app.js?v=1772431200", f"https://shop.example/app.js?v={MARK}"),
        ("https://shop.example/app.js?1772431200123", f"https://shop.example/app.js?{MARK}"),
        ("https://shop.example/assets/main.8f3a2c1d.js", "https://shop.example/assets/main.8f3a2c1d.js"),
        ("https://cdn.example/npm/swiper@11.0.3/swiper.min.js", "https://cdn.example/npm/swiper@11.0.3/swiper.min.js"),
        ("https://cdn.example/npm/lodash@4.17.21.min.js", "https://cdn.example/npm/lodash@4.17.21.min.js"),
        ("https://shop.example/logo@2x.png", "https://shop.example/logo@2x.png"),
        ("https://shop.example/Tea_480x480@2x.progressive.webp.jpg", "https://shop.example/Tea_480x480@2x.progressive.webp.jpg"),
        ("https://shop.example/image?url=%2Fimg%2Ftea.png&w=640", "https://shop.example/image?url=%2Fimg%2Ftea.png&w=640"),
        ("https://t.example/c?url=https%3A%2F%2Fshop.example%2Fthanks", f"https://t.example/c?url={MARK}"),
        ("https://maps.example/js?callback=initMap&jsonp=cb1772431", f"https://maps.example/js?callback=initMap&jsonp={MARK}"),
        ("https://shop.example/unsubscribe/someone@mail.example/now", f"https://shop.example/unsubscribe/{MARK}/now"),
        ("https://shop.example/u/someone%40mail.example", f"https://shop.example/u/{MARK}"),
        ("https://shop.example/?someone%40mail.example", f"https://shop.example/?{MARK}"),
        ("https://shop.example/reset/8f3a2c1d9e8f7a6b5c", f"https://shop.example/reset/{MARK}"),
        ("https://shop.example/reset/password", "https://shop.example/reset/password"),
        ("https://shop.example/cart;jsessionid=A1B2C3D4", f"https://shop.example/cart;jsessionid={MARK}"),
        ("https://shop.example/DE89%203704%200044%200532%200130%2000/", f"https://shop.example/{MARK}/"),
        ("https://shop.example/pay/4242424242424242", f"https://shop.example/pay/{MARK}"),
        ("https://shop.example/call/+493090182077", f"https://shop.example/call/{MARK}"),
        ("https://user:word@shop.example/", f"https://{MARK}@shop.example/"),
        ("//cdn.example/x.js?id=GTM-ABC1234", "//cdn.example/x.js?id=GTM-ABC1234"),
        ("/cart?token=abc", f"/cart?token={MARK}"),
        ("data:image/png;base64,iVBORw0KGgo=", f"data:image/png,{MARK}"),
        ("data:,hello", f"data:{MARK}"),
        ("blob:https://shop.example/8f3a2c1d-9e8f-4a6b-b5c4-3f9a8b7c6d5e", f"blob:https://shop.example/{MARK}"),
        ("mailto:someone@mail.example?subject=Hi", f"mailto:{MARK}"),
        ("javascript:alert(document.cookie)", f"javascript:{MARK}"),
        ("about:blank", "about:blank"),
        ("", ""),
    ],
)
def test_of_a_url_only_what_is_harmless_is_kept(url, kept):
    assert Redactor().url(url) == kept


@pytest.mark.parametrize(
    "url",
    [
        "https://www.googletagmanager.com/gtm.js?id=GTM-ABC1234",
        "https://www.googletagmanager.com/gtag/js?id=G-1A2B3C4D5E&l=",
        "https://www.google-analytics.com/g/collect?v=2&tid=G-1A2B3C4D5E&en=page_view&gcs=G111&gcd=13l3l3l3l1l1&gtm=45je63b0v9123456789z8890123456za200",
        "https://www.facebook.com/tr?id=4532015112830366&ev=PageView",
        "https://fonts.googleapis.com/css2?family=Roboto:ital,wght@0,400;1,700&display=swap",
        "https://unknown.example/loader.js?site_id=83726154",
        "https://bat.bing.com/action/0?ti=187654321",
        "https://connect.facebook.net/signals/config/4532015112830366",
        "https://consent.cookiebot.com/uc.js?cbid=8f3a2c1d-9e8f-4a6b-b5c4-3f9a8b7c6d5e",
        "https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=C1ABCDEFGHIJKLMNOPQR",
        "https://cdn.jsdelivr.net/combine/npm/a@1.2.3,npm/b@2/x.js",
        "https://fonts.gstatic.com/s/roboto/v30/KFOmCnqEu92Fr1Mu4mxK.woff2",
    ],
)
def test_accounts_versions_and_choices_survive(url):
    assert Redactor().url(url) == url


def test_the_client_id_of_a_hit_goes_though_only_the_whole_cookie_was_seen(redactor):
    hit = "https://www.google-analytics.com/g/collect?v=2&tid=G-1A2B3C4D5E&cid=1234567890.1772431200&dl=https%3A%2F%2Fshop.example%2F"
    assert redactor.url(hit) == f"https://www.google-analytics.com/g/collect?v=2&tid=G-1A2B3C4D5E&cid={MARK}&dl={MARK}"


@pytest.mark.parametrize(
    "path",
    ["/u/1234567890.1772431200/x", f"/u/{GA}", f"/{UUID}.gif", f"/pre-{TOKEN}-post", f"/{base64.b64encode(GA.encode()).decode()}", f"/{TOKEN.encode().hex()}"],
)
def test_a_seen_value_in_a_path_goes_in_whatever_form(redactor, path):
    assert MARK in redactor.url(f"https://t.example{path}")
    assert not _leaks(redactor.url(f"https://t.example{path}"))


def test_a_seen_value_as_a_host_name_goes(redactor):
    assert redactor.url(f"https://{TOKEN}.t.example/") == f"https://{MARK}.t.example/"


def test_a_seen_value_does_not_pass_as_a_version_or_an_account():
    assert Redactor(["83726154"]).url("https://t.example/?site_id=83726154") == f"https://t.example/?site_id={MARK}"
    assert Redactor(["a1b2c3d4e5"]).url("https://t.example/?v=a1b2c3d4e5") == f"https://t.example/?v={MARK}"


def test_values_of_plain_words_do_not_black_out_the_page(redactor):
    assert redactor.url("https://shop.example/desktop/granted.js") == "https://shop.example/desktop/granted.js"
    assert redactor.text("consent granted on desktop") == "consent granted on desktop"


def test_a_short_value_is_only_found_standing_free():
    assert Redactor(["ab12cd"]).text("xab12cdx ab12cd") == f"xab12cdx {MARK}"
    assert Redactor(["123456"]).text("9123456 123456 v123456") == f"9123456 {MARK} v{MARK}"


def test_the_same_page_twice_gives_the_same_urls():
    first = Redactor(["visitor-11aa22bb"]).url("https://t.example/c?cid=visitor-11aa22bb&z=11112222&_=1772431200123")
    assert first == Redactor(["visitor-33cc44dd"]).url("https://t.example/c?cid=visitor-33cc44dd&z=33334444&_=1772431299999")


# --- texts ------------------------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Write to someone@mail.example!", f"Write to {MARK}!"),
        ("a+b%40mail.example", MARK),
        ("Mail me@mail.example.", f"Mail {MARK}."),
        ("Call +49 (0)30 1234567, (030) 1234567, 020 7946 0958, (555) 123-4567 or 555-123-4567.", f"Call {MARK}, {MARK}, {MARK}, {MARK} or {MARK}."),
        ("IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFF", f"IBAN {MARK} BIC COBADEFF"),
        ("IBAN NL91ABNA0417164300.", f"IBAN {MARK}."),
        ("card 4242 4242 4242 4242, 3782-822463-10005", "card •••• 4242, •••• 0005"),
        ("card 5555\u00a05555\u00a05555\u00a04444 5105&nbsp;1051&nbsp;0510&nbsp;5100", "card •••• 4444 •••• 5100"),
        (f"token {JWT} end", f"token {MARK} end"),
        ("Authorization: Bearer abc123def456", f"Authorization: Bearer {MARK}"),
        ("key sk_live_abcdefghijkl1234", f"key {MARK}"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", MARK),
        ('{"csrfToken": "a1b2c3d4e5"}', f'{{"csrfToken": "{MARK}"}}'),
        ("sessionid=8f3a2c1d9e; theme=light", f"sessionid={MARK}; theme=light"),
        ("GET https://shop.example/a?token=x1, failed.", f"GET https://shop.example/a?token={MARK}, failed."),
        ("at https://shop.example/a,b;c?token=x1,2;3; or", f"at https://shop.example/a,b;c?token={MARK}; or"),
        (f"https://shop.example/{'a' * 5000}?token=x1", f"https://shop.example/{'a' * 5000}?token={MARK}"),
    ],
)
def test_personal_financial_and_session_data_is_known_by_its_shape(text, kept):
    assert Redactor().text(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "EUR 1.299,00 or $1,299.00, EAN 4006381333931, order 2026-000123456",
        "on 01-02-2026, 2026-03-02 or 3/2/2026 at 09:00 - 18:00",
        "id 1772431200123 and 4532015112830367, hash 8f3a2c1d9e8f7a6b5c4d3e2f1a0b9c8d",
        "v1.2.3, 10.0.0.1, 0.4242424242424242, 4503599627370496",
        "sessionStorage: default; the token: expired; basic authentication",
        "@media print, swiper@11, user@2x.png, npm i react@18.2.0",
        "GTM-ABC1234 G-1A2B3C4D5E UA-12345-6 pk_live_abcdefghijkl",
        "default-src 'self' https://*.example.com data: blob:; report-to csp",
    ],
)
def test_what_is_none_of_that_stays(text):
    assert Redactor().text(text) == text


def test_few_ordinary_numbers_are_taken_for_cards():
    orders = [str(4000000000000000 + n * 7919) for n in range(10_000)]
    ours = sum(is_card(order) for order in orders)
    eans = ["40" + f"{n:010d}" for n in range(10_000)]
    eans = [ean + str(-(sum(map(int, ean[::2])) + 3 * sum(map(int, ean[1::2]))) % 10) for ean in eans]
    moments = [str(1_772_431_200_000 + n * 86_411) for n in range(10_000)]
    assert sum(map(is_card, eans)) == 0
    assert sum(map(is_card, moments)) == 0
    assert ours <= 1_100  # one in ten passes the checksum: that is all that a number by itself can tell


@pytest.mark.parametrize(
    "number",
    [
        "4242424242424242",
        "5555555555554444",
        "2223003122003222",
        "378282246310005",
        "6011111111111117",
        "3530111333300000",
        "30569309025904",
        "6200000000000005",
    ],
)
def test_the_published_numbers_of_every_scheme_are_cards(number):
    assert is_card(number)


def test_a_tags_account_stays_though_it_could_be_a_cards_number():
    assert is_card("4532015112830366")
    assert Redactor().text("fbq init 4532015112830366") == "fbq init •••• 0366"
    assert Redactor(public=["4532015112830366"]).text("fbq init 4532015112830366") == "fbq init 4532015112830366"


@given(
    st.lists(
        st.sampled_from([*CANARIES.values(), GA, FBP, "plain", "https://a.example/p?x=12345&id=77#f", "=", "&", ";", " ", "@", "x", "1", "-", "{", MARK]),
        max_size=12,
    )
)
def test_to_redact_twice_is_to_redact_once(pieces):
    redactor, text = Redactor(SECRETS), "".join(pieces)
    for rule in (redactor.text, redactor.url, redactor.script, redactor.document, redactor.host):
        assert rule(rule(text)) == rule(text)


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_no_text_is_too_strange(text):
    redactor = Redactor([*SECRETS, text])
    for rule in (redactor.text, redactor.url, redactor.script, redactor.document, redactor.host):
        rule(text)


def test_thousands_of_values_with_one_beginning_are_still_found():
    redactor = Redactor([f"visitor-{n:05d}-tail" for n in range(3_000)])
    assert redactor.text("x visitor-02999-tail y") == f"x {MARK} y"
    assert redactor.text("x visitor-00001-tail y") == f"x {MARK} y"


# --- scripts ----------------------------------------------------------------------------------------------------------------------------------------
def test_public_code_stays_as_it_is():
    code = "fbq('init','123456789012345');var n=1234567890.5,t=+49301234567;gtag('config','G-1A2B3C4D5E')//# sourceMappingURL=a.js.map?token=x"
    assert Redactor(SECRETS).script(code) == code


def test_a_script_that_repeats_what_the_visitor_holds_is_cleaned(redactor):
    code = f"var u='{TOKEN}',m='someone@mail.example',j='{JWT}',c='4242424242424242';"
    assert redactor.script(code) == f"var u='{MARK}',m='{MARK}',j='{MARK}',c='•••• 4242';"


# --- documents --------------------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<input name="q" value="red shoes">', f'<input name="q" value="{MARK}">'),
        ("<input type=hidden name=csrf value=a1b2c3>", f'<input type=hidden name=csrf value="{MARK}">'),
        ('<input type="submit" value="Buy now"><input type="radio" value="xl">', '<input type="submit" value="Buy now"><input type="radio" value="xl">'),
        ('<input value="">', '<input value="">'),
        ('<option value="42">Blue</option>', '<option value="42">Blue</option>'),
        ("<textarea name=a>my words</textarea>", f"<textarea name=a>{MARK}</textarea>"),
        ("<textarea></textarea>", "<textarea></textarea>"),
        ('<meta name="csrf-token" content="abc">', f'<meta name="csrf-token" content="{MARK}">'),
        ('<meta name="description" content="Tea">', '<meta name="description" content="Tea">'),
        ('<script nonce="r4nd0m">run()</script>', f'<script nonce="{MARK}">run()</script>'),
        ('<b data-csrf="abc" data-session-id="x" data-size="xl">', f'<b data-csrf="{MARK}" data-session-id="{MARK}" data-size="xl">'),
        ('<a href="/cart?b=1&amp;t=x#top">Cart</a>', f'<a href="/cart?b=1&amp;t={"x"}#top">Cart</a>'),
        ('<a href="/cart?token=x">', f'<a href="/cart?token={MARK}">'),
        ('<a href="mailto:a@mail.example">a@mail.example</a>', f'<a href="mailto:{MARK}">{MARK}</a>'),
        ('<a href="/cdn-cgi/l/email-protection#5e3c1e" data-cfemail="5e3c1e">', f'<a href="/cdn-cgi/l/email-protection#{MARK}" data-cfemail="{MARK}">'),
        ('<a href="tel:+493090182077">Call 020 7946 0958</a>', f'<a href="tel:{MARK}">Call {MARK}</a>'),
        ("<p>Pay to DE89&nbsp;3704&nbsp;0044&nbsp;0532&nbsp;0130&nbsp;00</p>", f"<p>Pay to {MARK}</p>"),
        ("<!-- someone@mail.example -->", f"<!-- {MARK} -->"),
        ("<p>1 < 2 & a > b</p><unclosed attr='x", "<p>1 < 2 & a > b</p><unclosed attr='x"),
        ("<svg viewBox='0 0 10 10'><path d='M0 0'/></svg>", "<svg viewBox='0 0 10 10'><path d='M0 0'/></svg>"),
        ("<template><input value='abc'></template>", f'<template><input value="{MARK}"></template>'),
        ("<p>Max <someone@mail.example></p>", f"<p>Max <{MARK}></p>"),
        ("<p someone@mail.example hidden>", f"<p {MARK} hidden>"),
        ("<p>a</b<someone@mail.example", f"<p>a</b<{MARK}"),
        ("<a b='c' <href=https://shop.example/?token=x1 ", f"<a b='c' <href=https://shop.example/?token={MARK} "),
    ],
)
def test_a_document_loses_values_and_keeps_its_structure(html, kept):
    assert Redactor().document(html) == kept


def test_a_document_that_repeats_seen_values_is_cleaned_everywhere(redactor):
    html = f'<p title="{TOKEN}">{TOKEN}</p><script>x="{TOKEN}"</script><img src="/p/{TOKEN}.gif"><!--{TOKEN}-->'
    html += f"<b onclick=\"f('{TOKEN}')\"><style>a{{b:'{TOKEN}'}}</style>"
    cleaned = redactor.document(html)
    assert TOKEN not in cleaned
    assert cleaned.count(MARK) == 7


def test_a_document_without_anything_to_hide_is_the_same_byte_for_byte(redactor):
    html = "<!DOCTYPE html>\n<HTML lang=en><head><title>Tea &amp; more</title></head><body class='a  b'><h1>Tea</h1><p>EUR 12,00<br/></p></body></HTML>"
    assert redactor.document(html) == html


@pytest.mark.parametrize(
    "html",
    [
        "<a " + "a" * 300_000 + " b=1>",
        "<a" * 150_000 + " <",
        "<a '\"" * 75_000,
        "<a " + "''" * 150_000 + ">",
        "<script " * 40_000,
        "x<" * 150_000,
        "<a>b" * 75_000 + "1",
        "bearer+" * 40_000,
        "https:a,;" * 40_000,
    ],
)
def test_no_document_is_read_again_and_again(html):
    """Read again from each of its tags, one of these would take longer than a test may."""
    assert Redactor().document(html)


# --- snapshots --------------------------------------------------------------------------------------------------------------------------------------
def _planted(kind, text):
    """A record of this kind with the text in every string, however deep."""
    return kind(**{name: _plant(hint, text) for name, hint in get_type_hints(kind).items()})


def _plant(hint, text):
    options = [option for option in get_args(hint) if option is not type(None)]
    if hint is str:
        return text
    if is_dataclass(hint):
        return _planted(hint, text)
    if hint in (int, float, bool):
        return hint()
    if getattr(hint, "__origin__", None) is list:
        return [_plant(options[0], text)]
    if getattr(hint, "__origin__", None) is dict:
        return {"x": _plant(options[1], text)}
    return _plant(options[0], text) if options and not isinstance(options[0], str) else options[0]


def _strings(record, name=""):
    if isinstance(record, str):
        yield name, record
    elif is_dataclass(record):
        for field in fields(record):
            yield from _strings(getattr(record, field.name), field.name)
    elif isinstance(record, list):
        for item in record:
            yield from _strings(item, name)
    elif isinstance(record, dict):
        for item in record.values():
            yield from _strings(item, name)


@pytest.mark.parametrize("canary", CANARIES)
def test_no_canary_leaves_the_capture_in_any_field_that_a_page_can_fill(redactor, canary):
    planted = _planted(form.Snapshot, f"https://t.example/x/{CANARIES[canary]}/y?q={quote(CANARIES[canary])}")
    leaked = {name for name, text in _strings(redactor.snapshot(planted)) if _leaks(text)}
    assert leaked <= rules.KEPT | rules.HOSTS


def test_every_field_of_the_snapshot_has_a_rule():
    named = rules.URLS | rules.HOSTS | rules.TEXTS | rules.HEADERS | rules.KEPT
    kinds = [kind for kind in vars(form).values() if isinstance(kind, type) and is_dataclass(kind) and kind is not form.Captured]
    texts = {field.name for kind in kinds for field in fields(kind) if not _is_number_or_record(get_type_hints(kind)[field.name])}
    assert texts - named == set()


def _is_number_or_record(hint) -> bool:
    inner = [option for option in get_args(hint) if option is not type(None)] or [hint]
    return all(option in (int, float, bool) or is_dataclass(option) for option in inner)


def test_a_snapshot_with_nothing_to_hide_stays_as_it_is():
    assert Redactor(["granted"]).snapshot(sample_snapshot()) == sample_snapshot()


def test_a_snapshot_is_redacted_once():
    redactor = Redactor(SECRETS)
    planted = _planted(form.Snapshot, f"https://t.example/{TOKEN}?m=someone@mail.example 4242424242424242 +49 30 901820 77")
    once = redactor.snapshot(planted)
    assert redactor.snapshot(once) == once


def test_headers_that_carry_credentials_are_withheld():
    page = sample_page(headers={"set-cookie": "a=b", "authorization": "plain words", "server": "nginx", "content-security-policy": "script-src 'nonce-r4nd0m'"})
    kept = Redactor().snapshot(sample_snapshot(observations=[page])).observations[0].headers
    assert kept == {"set-cookie": MARK, "authorization": MARK, "server": "nginx", "content-security-policy": f"script-src 'nonce-{MARK}'"}


def test_cookie_and_storage_names_lose_what_they_say_of_a_visitor():
    cookie = dataclasses.replace(sample_page().cookies[0], name=f"prefs_{TOKEN}")
    key = form.StorageKey(origin="https://shop.example", area="local", key="user:someone@mail.example")
    page = Redactor([TOKEN]).snapshot(sample_snapshot(observations=[sample_page(cookies=[cookie], storage=[key])])).observations[0]
    assert (page.cookies[0].name, page.storage[0].key) == (f"prefs_{MARK}", f"user:{MARK}")


def test_a_meta_pixel_keeps_its_account_through_the_snapshot():
    tag = form.Tag(vendor="Meta Pixel", account_id="4532015112830366", seen_in="script", url="https://connect.facebook.net/en_US/fbevents.js")
    console = form.ConsoleEntry(level="warning", text="Duplicate pixel 4532015112830366")
    page = Redactor().snapshot(sample_snapshot(observations=[sample_page(tags=[tag], console=[console])])).observations[0]
    assert page.tags == [tag]
    assert page.console == [console]
