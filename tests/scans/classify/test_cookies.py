import tomllib

import pytest

from scans.classify import book, cmp, cookies, vendors

SHOP = "shop.example"
# Told by their name alone, on the shop's own domain and whoever set them.
BY_NAME = [
    ("_ga", "analytics", "Google Analytics"),
    ("_ga_ABC123XYZ", "analytics", "Google Analytics"),
    ("_gid", "analytics", "Google Analytics"),
    ("_gat_gtag_UA_12345_6", "analytics", "Google Analytics"),
    ("__utmz", "analytics", "Google Analytics"),
    ("_gcl_au", "advertising", "Google Ads"),
    ("_gac_UA-12345-6", "advertising", "Google Ads"),
    ("__gads", "advertising", "Google/Doubleclick Ads"),
    ("_GRECAPTCHA", "necessary", "Google reCAPTCHA"),
    ("_clck", "analytics", "Microsoft Clarity"),
    ("_uetsid", "advertising", "Microsoft Advertising"),
    ("_uetvid", "advertising", "Microsoft Advertising"),
    ("_fbp", "advertising", "Meta"),
    ("_fbc", "advertising", "Meta"),
    ("_ttp", "advertising", "TikTok Ads"),
    ("_tt_enable_cookie", "advertising", "TikTok Ads"),
    ("_pin_unauth", "advertising", "Pinterest Ads"),
    ("_scid", "advertising", "Snapchat Ads"),
    ("li_fat_id", "advertising", "LinkedIn Ads"),
    ("_rdt_uuid", "advertising", "Reddit Ads"),
    ("cto_bundle", "advertising", "Criteo"),
    ("_aw_m_12345", "advertising", "Awin"),
    ("AMCV_1234%40AdobeOrg", "analytics", "Adobe Analytics"),
    ("s_cc", "analytics", "Adobe Analytics"),
    ("_hjSessionUser_1234567", "analytics", "Hotjar"),
    ("_pk_id.1.1fff", "analytics", "Matomo"),
    ("mtm_consent", "consent", "Matomo"),
    ("ph_phc_abc_posthog", "analytics", "PostHog"),
    ("mp_0123456789abcdef_mixpanel", "analytics", "Mixpanel"),
    ("ajs_anonymous_id", "analytics", "Segment"),
    ("_ym_uid", "analytics", "Yandex Metrica"),
    ("optimizelyEndUserId", "functional", "Optimizely"),
    ("_vwo_uuid_v2", "functional", "VWO"),
    ("_vis_opt_s", "functional", "VWO"),
    ("OptanonConsent", "consent", "OneTrust"),
    ("OptanonAlertBoxClosed", "consent", "OneTrust"),
    ("euconsent-v2", "consent", "IAB TCF"),
    ("cmplz_marketing", "consent", "Complianz"),
    ("borlabs-cookie", "consent", "Borlabs Cookie"),
    ("didomi_token", "consent", "Didomi"),
    ("CookieConsent", "consent", ""),
    ("__stripe_mid", "necessary", "Stripe"),
    ("__stripe_sid", "necessary", "Stripe"),
    ("intercom-id-ab12cd34", "functional", "Intercom"),
    ("hubspotutk", "analytics", "HubSpot"),
    ("__hstc", "analytics", "HubSpot"),
    ("__kla_id", "advertising", "Klaviyo"),
    ("_shopify_y", "analytics", "Shopify"),
    ("_shopify_essential", "necessary", "Shopify"),
    ("__cf_bm", "necessary", "Cloudflare"),
    ("cf_clearance", "necessary", "Cloudflare"),
    ("_cfuvid", "necessary", "Cloudflare"),
    ("AWSALB", "necessary", "Amazon Web Services"),
    ("visid_incap_12345", "necessary", "Imperva"),
    ("utag_main_v_id", "analytics", "Tealium"),
    ("sbjs_current", "analytics", "Sourcebuster"),
    ("_pubcid", "advertising", "Prebid"),
    ("matomo_ignore", "consent", "Matomo"),
    ("_hjOptOut", "consent", "Hotjar"),
    ("optimizelyOptOut", "consent", "Optimizely"),
    ("FCCDCF", "consent", "Google Funding Choices"),
    ("cc_cookie", "consent", "vanilla-cookieconsent"),
]
# Told by the domain they lie in.
BY_DOMAIN = [
    ("IDE", ".doubleclick.net", "advertising", "Google/Doubleclick Ads"),
    ("test_cookie", ".doubleclick.net", "advertising", "Google/Doubleclick Ads"),
    ("NID", ".google.com", "advertising", "Google"),
    ("YSC", ".youtube.com", "functional", "YouTube"),
    ("MUID", ".bing.com", "advertising", "Microsoft Advertising"),
    ("MUID", ".clarity.ms", "advertising", "Microsoft Clarity"),
    ("ANONCHK", ".c.clarity.ms", "advertising", "Microsoft Clarity"),
    ("fr", ".facebook.com", "advertising", "Meta"),
    ("datr", ".facebook.com", "functional", "Meta"),
    ("bcookie", ".linkedin.com", "advertising", "LinkedIn Ads"),
    ("lidc", ".linkedin.com", "functional", "LinkedIn Ads"),
    ("personalization_id", ".twitter.com", "advertising", "X Ads"),
    ("guest_id", ".x.com", "advertising", "X Ads"),
    ("vuid", ".vimeo.com", "analytics", "Vimeo"),
    ("anything", ".adnxs.com", "advertising", "AppNexus"),
    ("t_gid", ".taboola.com", "advertising", "Taboola"),
    ("obuid", ".outbrain.com", "advertising", "Outbrain"),
    ("TD_UNIQUE_IMP", ".tradedoubler.com", "advertising", "Tradedoubler"),
    ("m", "m.stripe.com", "necessary", "Stripe"),
]
GENERIC = [
    "id",
    "uid",
    "lang",
    "cart",
    "token",
    "sessionid",
    "session",
    "user",
    "test_cookie",
    "IDE",
    "NID",
    "fr",
    "YSC",
    "_y",
    "_s",
    "m",
    "uuid2",
    "FPID",
    "C",
    "",
]


def purpose(name, domain=SHOP, **fields):
    return cookies.purpose_of(name, domain, **{"first_party": SHOP} | fields)


@pytest.mark.parametrize(("name", "expected", "vendor"), BY_NAME)
def test_a_name_with_a_vendors_own_mark_tells_its_purpose(name, expected, vendor):
    answer = purpose(name)

    assert (answer.purpose, answer.vendor) == (expected, vendor)


@pytest.mark.parametrize(("name", "domain", "expected", "vendor"), BY_DOMAIN)
def test_in_a_vendors_domain_a_plain_name_tells_its_purpose(name, domain, expected, vendor):
    answer = purpose(name, domain)

    assert (answer.purpose, answer.vendor) == (expected, vendor)


@pytest.mark.parametrize("name", GENERIC)
def test_a_plain_name_on_the_shops_own_domain_stays_unknown(name):
    answer = purpose(name, set_by=f"https://{SHOP}/app.js")

    assert (answer.purpose, answer.vendor) == ("unknown", "")


@pytest.mark.parametrize("name", ["IDE", "sessionid", "t_gid", "fr"])
def test_a_plain_name_in_a_strangers_domain_stays_unknown(name):
    assert purpose(name, ".never-seen.example").purpose == "unknown"


def test_a_domain_that_only_ends_like_a_vendors_is_not_the_vendors():
    assert purpose("IDE", "notdoubleclick.net").purpose == "unknown"
    assert purpose("IDE", "doubleclick.net.evil.example").purpose == "unknown"


def test_a_plain_name_counts_when_a_host_of_the_vendor_set_it():
    assert purpose("_y", set_by="https://cdn.shopify.com/s/trekkie.js?v=1").vendor == "Shopify"
    assert purpose("CookieConsent", set_by="https://consent.cookiebot.com/uc.js").vendor == "Cookiebot"
    assert purpose("_y", set_by="cdn.shopify.com.evil.example").purpose == "unknown"


def test_that_a_vendor_set_it_says_nothing_about_a_name_nobody_documented():
    assert purpose("mine", set_by="https://cdn.taboola.com/libtrc/loader.js").purpose == "unknown"


@pytest.mark.parametrize(
    "name", ["PHPSESSID", "JSESSIONID", "laravel_session", "XSRF-TOKEN", "csrftoken", "wp_woocommerce_session_0a1b", "woocommerce_cart_hash"]
)
def test_a_frameworks_cookie_is_necessary_on_the_site_itself_only(name):
    assert purpose(name, f"www.{SHOP}").purpose == "necessary"
    assert purpose(name, ".never-seen.example").purpose == "unknown"
    assert purpose(name, set_by="https://never-seen.example/x.js").purpose == "unknown"
    assert purpose(name, set_by=f"https://static.{SHOP}/x.js").purpose == "necessary"


def test_a_name_with_more_of_a_mark_wins_over_everything_in_the_domain():
    assert purpose("__cf_bm", ".adnxs.com").purpose == "necessary"


def test_how_a_domain_is_written_does_not_matter():
    assert purpose("IDE", ".DoubleClick.net") == purpose("IDE", "doubleclick.net")
    assert cookies.purpose_of("PHPSESSID", "www.shop.example", first_party="https://www.shop.example/").purpose == "necessary"


@pytest.mark.parametrize("name", ["_gab", "x_ga", "_GA", "_fbpx", "OptanonConsent2", "mp_mixpanel", "xintercom-id-1", "visitor_id-has"])
def test_a_name_that_only_resembles_a_template_is_unknown(name):
    assert purpose(name).purpose == "unknown"


def test_every_answer_names_the_data_set_and_its_version():
    source = f"tracefox-cookies {vendors.data_sets()['tracefox-cookies']}"

    assert {purpose(name).source for name in ("_ga", "never seen", "PHPSESSID")} == {source}


def test_a_name_made_to_be_long_is_still_read():
    assert purpose("_pk_" * 100_000).purpose == "unknown"


def test_the_file_speaks_the_products_words_and_names_no_cookie_twice():
    document = tomllib.loads((vendors.DATA / "cookies.toml").read_text())
    by_name: list[str] = []
    for entry in (*document["vendor"], *document["framework"]):
        by_host = [name for names in entry.get("by_host", {}).values() for name in names]
        assert len(by_host) == len(set(by_host)), entry["name"]
        assert {*entry.get("by_name", {}), *entry.get("by_host", {})} <= set(cookies.PURPOSES) - {"unknown"}
        by_name += [name for names in entry.get("by_name", {}).values() for name in names]
    assert len(by_name) == len(set(by_name)) >= 150
    assert all(name.count("*") <= 1 and (len(name.strip("*_")) > 1) for name in by_name)


# They serve nothing themselves: what writes these cookies is part of other scripts.
WITHOUT_A_HOST = {"", "IAB TCF", "PixelYourSite", "Prebid", "Sourcebuster"}


def test_a_vendor_is_called_as_the_other_lists_call_it():
    lists = book.opened()
    known = {vendor.entity for hosts in (lists.exact, lists.below) for vendor in hosts.values()} | {platform.name for platform in cmp.table()}

    assert {entry["name"] for entry in book.toml("cookies")["vendor"]} - known == WITHOUT_A_HOST
