import io
import json
import tarfile
import tomllib

import pytest
from django.core.management import CommandError, call_command

from scans.classify import vendors
from scans.snapshot import Cookie, Observation, Outcome, Request, Script, WebSocket


@pytest.mark.parametrize(
    ("host", "entity", "category"),
    [
        ("www.googletagmanager.com", "Google Tag Manager", "tag-manager"),
        ("region1.google-analytics.com", "Google Analytics", "analytics"),
        ("googleads.g.doubleclick.net", "Google Ads", "advertising"),
        ("stats.g.doubleclick.net", "Google/Doubleclick Ads", "advertising"),
        ("connect.facebook.net", "Meta", "advertising"),
        ("consent.cookiebot.com", "Cookiebot", "consent"),
        ("cdn.cookielaw.org", "OneTrust", "consent"),
        ("eu.i.posthog.com", "PostHog", "analytics"),
        ("www.clarity.ms", "Microsoft Clarity", "analytics"),
        ("js.stripe.com", "Stripe", "payment"),
        ("js.mollie.com", "Mollie", "payment"),
        ("static.klaviyo.com", "Klaviyo", "email"),
        ("widget.intercom.io", "Intercom", "chat"),
        ("fonts.gstatic.com", "Google Fonts", "fonts"),
        ("maps.googleapis.com", "Google Maps", "maps"),
        ("cdn.jsdelivr.net", "JSDelivr CDN", "cdn"),
        ("player.vimeo.com", "Vimeo", "video"),
        ("widget.trustpilot.com", "Trustpilot", "reviews"),
        ("dev.visualwebsiteoptimizer.com", "VWO", "ab-test"),
        ("bat.bing.com", "Microsoft Advertising", "advertising"),
    ],
)
def test_a_host_is_told_by_its_vendor_and_purpose(host, entity, category):
    vendor = vendors.entity_of(host)

    assert (vendor.entity, vendor.category) == (entity, category)


def test_a_host_nobody_knows_is_unknown_and_called_by_its_domain():
    vendor = vendors.entity_of("t1.never-seen.co.uk")

    assert (vendor.entity, vendor.category) == ("never-seen.co.uk", "unknown")


def test_a_name_that_only_ends_like_a_vendor_is_not_the_vendor():
    assert vendors.entity_of("evilstripe.com").category == "unknown"
    assert vendors.entity_of("stripe.com.evil.test").category == "unknown"


def test_an_exact_host_wins_over_the_pattern_above_it():
    assert vendors.entity_of("www.facebook.com").category == "social"
    assert vendors.entity_of("tr.snapchat.com").category == "advertising"


def test_case_and_dots_around_a_host_do_not_matter():
    assert vendors.entity_of("JS.Stripe.com.") == vendors.entity_of("js.stripe.com")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.shop.example", "shop.example"),
        ("a.b.shop.co.uk", "shop.co.uk"),
        (".shop.example", "shop.example"),
        ("one.myshopify.com", "one.myshopify.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("localhost", "localhost"),
        ("co.uk", "co.uk"),
        ("", ""),
        ("999.999.999.999", "999.999.999.999"),
    ],
)
def test_the_registrable_domain_follows_the_public_suffix_list(host, domain):
    assert vendors.registrable_domain(host) == domain


def test_two_shops_on_one_platform_are_strangers():
    assert vendors.party("img.shop.example", "www.shop.example") == "first"
    assert vendors.party("two.myshopify.com", "one.myshopify.com") == "third"


URLS = [
    ("https://www.googletagmanager.com/gtm.js?id=GTM-ABC123", "Google Tag Manager", "GTM-ABC123"),
    ("https://gtm.shop.example/gtm.js?id=GTM-OWN1&l=dataLayer", "Google Tag Manager", "GTM-OWN1"),
    ("https://www.googletagmanager.com/gtag/js?id=G-ABCD123456&cx=c", "Google Analytics", "G-ABCD123456"),
    ("https://www.google-analytics.com/g/collect?v=2&tid=G-ABCD123456&gtm=45", "Google Analytics", "G-ABCD123456"),
    ("https://www.google-analytics.com/collect?v=1&tid=UA-12345-6", "Google Analytics", "UA-12345-6"),
    ("https://www.googletagmanager.com/gtag/js?id=AW-123456789", "Google Ads", "AW-123456789"),
    ("https://googleads.g.doubleclick.net/pagead/viewthroughconversion/123456789/?random=1", "Google Ads", "123456789"),
    ("https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js?client=ca-pub-1234567890123456", "Google AdSense", "ca-pub-1234567890123456"),
    ("https://www.facebook.com/tr/?id=123456789012345&ev=PageView", "Meta", "123456789012345"),
    ("https://connect.facebook.net/signals/config/123456789012345?v=2.9", "Meta", "123456789012345"),
    ("https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=C4A1B2C3D4E5F6G7H8I9&lib=ttq", "TikTok Ads", "C4A1B2C3D4E5F6G7H8I9"),
    ("https://static.hotjar.com/c/hotjar-1234567.js?sv=6", "Hotjar", "1234567"),
    ("https://www.clarity.ms/tag/abcdefghij", "Microsoft Clarity", "abcdefghij"),
    ("https://cdn.segment.com/analytics.js/v1/AbCdEfGhIjKlMnOpQrStUvWxYz012345/analytics.min.js", "Segment", "AbCdEfGhIjKlMnOpQrStUvWxYz012345"),
    ("https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=AbC123", "Klaviyo", "AbC123"),
    ("https://static.klaviyo.com/onsite/js/XyZ789/klaviyo.js", "Klaviyo", "XyZ789"),
    ("https://px.ads.linkedin.com/collect?v=2&pid=1234567&fmt=js", "LinkedIn Ads", "1234567"),
    ("https://ct.pinterest.com/v3/?event=init&tid=2612345678901", "Pinterest Ads", "2612345678901"),
    ("https://js-eu1.hs-scripts.com/12345678.js", "HubSpot", "12345678"),
    ("https://bat.bing.com/action/0?ti=12345678&Ver=2", "Microsoft Advertising", "12345678"),
    ("https://dynamic.criteo.com/js/ld/ld.js?a=12345", "Criteo", "12345"),
    ("https://dev.visualwebsiteoptimizer.com/j.php?a=654321&u=x", "VWO", "654321"),
    ("https://cdn.optimizely.com/js/12345678901.js", "Optimizely", "12345678901"),
    ("https://try.abtasty.com/0123456789abcdef0123456789abcdef.js", "AB Tasty", "0123456789abcdef0123456789abcdef"),
    ("https://consent.cookiebot.com/uc.js?cbid=01234567-89ab-cdef-0123-456789abcdef", "Cookiebot", "01234567-89ab-cdef-0123-456789abcdef"),
    ("https://cdn.cookielaw.org/consent/01234567-89ab-cdef-0123-456789abcdef/01.json", "OneTrust", "01234567-89ab-cdef-0123-456789abcdef"),
    ("https://widget.intercom.io/widget/ab12cd34", "Intercom", "ab12cd34"),
    ("https://www.paypal.com/sdk/js?client-id=AbCdEfGhIjKlMnOpQrSt_UV-wx&currency=EUR", "PayPal", "AbCdEfGhIjKlMnOpQrSt_UV-wx"),
    ("https://eu-assets.i.posthog.com/array/phc_abcdefghijklmnopqrstuvwxyz0123/config.js", "PostHog", "phc_abcdefghijklmnopqrstuvwxyz0123"),
]
TEXTS = [
    ("(function(w,d,s,l,i){})(window,document,'script','dataLayer','GTM-WXYZ99');", "Google Tag Manager", "GTM-WXYZ99"),
    ("gtag('config', 'G-ABCD123456', {anonymize_ip: true});", "Google Analytics", "G-ABCD123456"),
    ('gtag("config","AW-123456789");', "Google Ads", "AW-123456789"),
    ("fbq('init', '123456789012345');", "Meta", "123456789012345"),
    ('fbq( "init", 123456789012345 );', "Meta", "123456789012345"),
    ("ttq.load('C4A1B2C3D4E5F6G7H8I9');", "TikTok Ads", "C4A1B2C3D4E5F6G7H8I9"),
    ("h._hjSettings={hjid:1234567,hjsv:6};", "Hotjar", "1234567"),
    ('})(window, document, "clarity", "script", "abcdefghij");', "Microsoft Clarity", "abcdefghij"),
    ('_linkedin_partner_id = "1234567";', "LinkedIn Ads", "1234567"),
    ("pintrk('load', '2612345678901', {em: ''});", "Pinterest Ads", "2612345678901"),
    ("var stripe = Stripe('pk_live_51AbCdEfGhIjKlMnOpQrSt');", "Stripe", "pk_live_51AbCdEfGhIjKlMnOpQrSt"),
    ("posthog.init('phc_abcdefghijklmnopqrstuvwxyz0123', {})", "PostHog", "phc_abcdefghijklmnopqrstuvwxyz0123"),
    ('var o={ti:"12345678"};o.q=w[u],w[u]=new UET(o)', "Microsoft Advertising", "12345678"),
    ('{"function":"__gaawe","vtp_measurementIdOverride":"G-ABCD123456"}', "Google Analytics", "G-ABCD123456"),
]


@pytest.mark.parametrize(("url", "vendor", "account"), URLS)
def test_an_account_id_is_read_from_a_request(url, vendor, account):
    assert [(tag.vendor, tag.account_id, tag.seen_in, tag.url) for tag in vendors.tags([url], [])] == [(vendor, account, "request", url)]


@pytest.mark.parametrize(("text", "vendor", "account"), TEXTS)
def test_an_account_id_is_read_from_a_script(text, vendor, account):
    found = vendors.tags([], [("https://shop.example/app.js", text)])

    assert [(tag.vendor, tag.account_id, tag.seen_in, tag.url) for tag in found] == [(vendor, account, "script", "https://shop.example/app.js")]


def test_an_account_id_is_read_from_the_document():
    dom = '<noscript><iframe src="https://www.googletagmanager.com/ns.html?a=1&amp;id=GTM-DOM123"></iframe></noscript><script data-cbid="{}">'
    cbid = "01234567-89ab-cdef-0123-456789abcdef"

    found = vendors.tags([], [], dom.format(cbid))

    assert [(tag.vendor, tag.account_id, tag.seen_in) for tag in found] == [("Cookiebot", cbid, "dom"), ("Google Tag Manager", "GTM-DOM123", "dom")]


def test_two_accounts_of_one_vendor_stay_two():
    found = vendors.tags([], [("", "fbq('init','111111111111111');fbq('init','222222222222222');")])

    assert [tag.account_id for tag in found] == ["111111111111111", "222222222222222"]


def test_an_account_seen_twice_is_told_once_and_by_its_request():
    url = "https://www.facebook.com/tr?id=123456789012345&ev=PageView"

    [tag] = vendors.tags([url, url + "&x=1"], [("", "fbq('init','123456789012345')")])

    assert (tag.seen_in, tag.url) == ("request", url)


@pytest.mark.parametrize(
    "text",
    ["The GTM-code is missing", "var a='G-'+b", "phc_ is a prefix", "hjid:undefined", "fbq('init', pixelId)", "pk_live_", "case'UA-':", "ti:'x'//UET"],
)
def test_what_only_looks_like_an_account_id_is_none(text):
    assert vendors.tags([], [("", text)]) == []


def test_a_parameter_of_another_host_is_no_account_id():
    assert vendors.tags(["https://shop.example/product?id=123456789012345", "https://facebook.com.evil.test/?id=1"], []) == []


def test_a_hostile_page_does_not_fill_the_list():
    text = "".join(f"fbq('init','{number}');" for number in range(10**11, 10**11 + 500))

    assert len(vendors.tags([], [("", text)])) == vendors.TAGS_KEPT


@pytest.mark.parametrize("piece", ["facebook.com/tr?", "facebook.com/tr?&id=", "fbq( 'init' ,", "gtag( 'config'", "data-cf-beacon='{ ", "/tr?" + "a&" * 700])
def test_a_text_made_to_be_slow_is_still_read_to_its_end(piece):
    text = piece * (200_000 // len(piece)) + "';fbq('init','123456789012345')"

    assert [tag.account_id for tag in vendors.tags([], [("", text)], text)] == ["123456789012345"]


def page(url="https://shop.example/", **fields):
    return Observation(url=url, kind="page", outcome=Outcome(status="ok"), **fields)


def request(host, **fields):
    return Request(**{"url": f"https://{host}/x", "method": "GET", "type": "script", "host": host, "party": "third", "outcome": "loaded"} | fields)


def test_third_parties_are_summed_by_registrable_domain():
    script = Script(url="https://js.stripe.com/v3/", sha256="", size=1, inline=False, party="third")
    cookie = Cookie(name="m", domain=".stripe.com", path="/", party="third")
    first = page(requests=[request("js.stripe.com", transfer_size=700), request("shop.example", party="first")], scripts=[script], cookies=[cookie])
    second = page("https://shop.example/checkout", requests=[request("api.stripe.com", transfer_size=None)])

    [stripe] = vendors.third_parties([first, second])

    assert (stripe.domain, stripe.entity, stripe.category) == ("stripe.com", "Stripe", "payment")
    assert stripe.hosts == ["api.stripe.com", "js.stripe.com", "stripe.com"]
    assert stripe.pages == ["https://shop.example/", "https://shop.example/checkout"]
    assert (stripe.requests, stripe.scripts, stripe.cookies, stripe.transfer_size) == (2, 1, 1, 700)


def test_a_domain_that_serves_several_ends_is_told_by_what_matters_most_to_privacy():
    [bing] = vendors.third_parties([page(requests=[request("www.bing.com"), request("bat.bing.com")])])

    assert bing.category == "advertising"


def test_a_third_party_known_only_by_its_socket_is_told():
    socket = WebSocket(url="wss://exfil.test/ws", host="exfil.test", party="third")

    [party] = vendors.third_parties([page(websockets=[socket])])

    assert (party.domain, party.requests, party.category) == ("exfil.test", 0, "unknown")


def test_third_parties_come_in_one_order():
    parties = vendors.third_parties([page(requests=[request("zeta.test"), request("alpha.test")])])

    assert [party.domain for party in parties] == ["alpha.test", "zeta.test"]


def test_every_list_behind_an_answer_is_named_with_its_version():
    assert vendors.data_sets().keys() == {"third-party-web", "tracefox-cmps", "tracefox-vendors", "publicsuffixlist"}
    assert all(vendors.data_sets().values())


def test_the_overlay_speaks_the_products_words():
    overlay = tomllib.loads((vendors.DATA / "vendors.toml").read_text())

    assert {entry["category"] for entry in overlay["vendor"]} <= set(vendors.CATEGORIES)
    hosts = [host for entry in overlay["vendor"] for host in entry.get("hosts", [])]
    assert len(hosts) == len(set(hosts))
    assert all(host == host.lower() and "/" not in host for host in hosts)


def archive(folder, entities):
    path = folder / "third-party-web-9.9.9.tgz"
    files = {"package.json": json.dumps({"version": "9.9.9"}), "LICENSE": "MIT", "dist/entities-nostats.json": json.dumps(entities)}
    with tarfile.open(path, "w:gz") as package:
        for name, text in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text)
            package.addfile(member, io.BytesIO(text.encode()))
    return path


ENTITIES = [
    {"name": "Zeta", "category": "ad", "domains": ["*.zeta.test"], "products": [{"name": "x"}], "averageExecutionTime": 3},
    {"name": "Alpha", "company": "A", "category": "cdn", "domains": ["alpha.test"]},
    {"name": "Nobody", "category": "other", "domains": []},
]


def test_a_release_of_the_base_list_is_taken_with_its_licence(tmp_path):
    answer = call_command("refresh_vendors", package=archive(tmp_path, ENTITIES), into=tmp_path)

    stored = json.loads((tmp_path / "third-party-web.json").read_text())
    assert answer == "Wrote 2 entities of third-party-web 9.9.9."
    assert stored["version"] == "9.9.9"
    assert stored["entities"] == [
        {"name": "Alpha", "company": "A", "category": "cdn", "domains": ["alpha.test"]},
        {"name": "Zeta", "category": "ad", "domains": ["*.zeta.test"]},
    ]
    assert (tmp_path / "third-party-web.LICENSE").read_text() == "MIT"
    assert "9.9.9" in (tmp_path / "third-party-web.NOTICE").read_text()


def test_a_dry_run_writes_nothing(tmp_path):
    answer = call_command("refresh_vendors", package=archive(tmp_path, ENTITIES), into=tmp_path, dry_run=True)

    assert answer == "Would write 2 entities of third-party-web 9.9.9."
    assert not (tmp_path / "third-party-web.json").exists()


def test_an_archive_of_something_else_is_refused(tmp_path):
    (tmp_path / "other.tgz").write_bytes(b"no archive")

    with pytest.raises(CommandError, match=r"is no archive of third-party-web"):
        call_command("refresh_vendors", package=tmp_path / "other.tgz", into=tmp_path)
