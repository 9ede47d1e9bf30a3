import json
import tomllib

import pytest

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
        ("www.facebook.com", "Meta", "advertising"),
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
        ("tags.tiqcdn.com", "Tealium", "tag-manager"),
        ("mc.yandex.ru", "Yandex Metrica", "analytics"),
        ("t.contentsquare.net", "Contentsquare", "analytics"),
        ("cdn.lr-ingest.io", "LogRocket", "analytics"),
        ("bam.nr-data.net", "New Relic", "other"),
        ("utt.impactcdn.com", "Impact", "advertising"),
        ("www.shareasale.com", "ShareASale", "advertising"),
        ("dpm.demdex.net", "Adobe Audience Manager", "advertising"),
        ("acme.tt.omtrdc.net", "Adobe Target", "ab-test"),
        ("acme.sc.omtrdc.net", "Adobe Analytics", "analytics"),
        ("app.launchdarkly.com", "LaunchDarkly", "ab-test"),
        ("cdn.paddle.com", "Paddle", "payment"),
        ("songbird.cardinalcommerce.com", "Cardinal Commerce", "payment"),
        ("code.tidio.co", "Tidio", "chat"),
        ("cdn.livechatinc.com", "LiveChat", "chat"),
        ("munchkin.marketo.net", "Marketo", "email"),
        ("cdn.onesignal.com", "OneSignal", "email"),
        ("cdn-static.okendo.io", "Okendo", "reviews"),
        ("players.brightcove.net", "Brightcove", "video"),
        ("api.maptiler.com", "MapTiler", "maps"),
        ("x.fastly.net", "Fastly", "cdn"),
        ("cdn11.bigcommerce.com", "BigCommerce", "hosting"),
        ("embed.typeform.com", "Typeform", "other"),
        ("client.perimeterx.net", "HUMAN", "other"),
        ("apps.elfsight.com", "Elfsight", "other"),
        ("acme.disqus.com", "Disqus", "social"),
        ("cdn.polyfill.io", "Polyfill.io", "unknown"),
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
    assert vendors.entity_of("googleads.g.doubleclick.net").entity == "Google Ads"
    assert vendors.entity_of("stats.g.doubleclick.net").entity == "Google/Doubleclick Ads"
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
    assert vendors.data_sets().keys() == {"third-party-web", "tracefox-cmps", "tracefox-cookies", "tracefox-vendors", "publicsuffixlist"}
    assert all(vendors.data_sets().values())


def test_whatever_the_base_calls_facebook_is_meta():
    base = json.loads((vendors.DATA / "third-party-web.json").read_text())
    [facebook] = [entity for entity in base["entities"] if entity["name"] == "Facebook"]

    assert {vendors.entity_of(domain.removeprefix("*.")).entity for domain in facebook["domains"]} == {"Meta"}


def test_the_overlay_speaks_the_products_words():
    overlay = tomllib.loads((vendors.DATA / "vendors.toml").read_text())

    assert {entry["category"] for entry in overlay["vendor"]} <= set(vendors.CATEGORIES)
    hosts = [host for entry in overlay["vendor"] for host in entry.get("hosts", [])]
    assert len(hosts) == len(set(hosts))
    assert all(host == host.lower() and "/" not in host for host in hosts)


def test_the_overlay_knows_the_vendors_that_agencies_meet_and_names_each_once():
    entities = [entry["entity"] for entry in tomllib.loads((vendors.DATA / "vendors.toml").read_text())["vendor"]]

    assert len(entities) == len(set(entities)) >= 160
