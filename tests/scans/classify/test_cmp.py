import json
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from scans.classify import cmp, vendors

BROWSER = "/usr/lib/chromium/chromium-headless-shell"
NAMES = [platform.name for platform in cmp.table()]


def index(name):
    return next(number for number, (platform, _selector) in enumerate(cmp.selectors()) if platform == name)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://cdn.cookielaw.org/scripttemplates/otSDKStub.js", "OneTrust"),
        ("https://consent.cookiebot.com/uc.js", "Cookiebot"),
        ("https://app.usercentrics.eu/browser-ui/latest/loader.js", "Usercentrics"),
        ("https://sdk.privacy-center.org/x/loader.js", "Didomi"),
        ("https://shop.example/wp-content/plugins/complianz-gdpr/cookiebanner/js/complianz.min.js", "Complianz"),
        ("https://cdn-cookieyes.com/client_data/x/script.js", "CookieYes"),
        ("https://shop.example/wp-content/plugins/borlabs-cookie/assets/borlabs.min.js", "Borlabs Cookie"),
        ("https://cdn.shopify.com/shopifycloud/privacy-banner/storefront-banner.js", "Shopify"),
        ("https://cdn.kiprotect.com/klaro/v0.7/klaro.js", "Klaro"),
        ("https://cmp.inmobi.com/choice/x/choice.js", "InMobi Choice"),
        ("https://cdn.privacy-mgmt.com/unified/wrapperMessagingWithoutDetection.js", "Sourcepoint"),
        ("https://user:pass@consent.cookiefirst.com:8443/banner.js", "CookieFirst"),
        ("https://cdn.shopify.com/s/files/theme.js", ""),
        ("https://notcookiebot.com/uc.js", ""),
        ("https://shop.example/", ""),
        ("data:text/javascript,1", ""),
    ],
)
def test_a_platform_is_known_by_its_script(url, name):
    assert cmp.by_url(url) == name


def test_a_visible_banner_names_the_platform():
    assert cmp.recognise([], [[index("Cookiebot"), True]]) == ("Cookiebot", True)


def test_a_hidden_banner_is_told_as_hidden():
    assert cmp.recognise([], [[index("Cookiebot"), False]]) == ("Cookiebot", False)


def test_a_platform_that_loaded_without_a_banner_shows_none():
    assert cmp.recognise(["https://cdn.cookielaw.org/x.js", "https://shop.example/"], []) == ("OneTrust", False)


def test_a_visible_banner_says_more_than_another_platforms_script():
    assert cmp.recognise(["https://cdn.cookielaw.org/x.js"], [[index("Klaro"), True]]) == ("Klaro", True)


def test_between_two_hidden_banners_the_one_whose_script_ran_is_told():
    seen = [[index("Cookiebot"), False], [index("Osano"), False]]

    assert cmp.recognise(["https://cmp.osano.com/x/osano.js"], seen) == ("Osano", False)


def test_a_banner_made_by_hand_is_not_guessed():
    assert cmp.recognise(["https://shop.example/app.js"], []) == ("", None)


def test_an_answer_out_of_range_is_ignored():
    assert cmp.recognise([], [[9999, True], ["x", True], [-1, True]]) == ("", None)


def test_every_platform_has_a_banner_and_a_way_to_be_known():
    assert len(NAMES) == len(set(NAMES)) >= 30
    assert all(platform.banner and (platform.hosts or platform.paths) for platform in cmp.table())


def test_the_platforms_hosts_count_as_consent():
    vendor_of = {host: vendors.entity_of(host.removeprefix("*.")) for platform in cmp.table() for host in platform.hosts}

    assert {host: vendor.entity for host, vendor in vendor_of.items() if vendor.category != "consent"} == {}
    assert vendor_of["*.cookielaw.org"].entity == "OneTrust"


PAGE = """
<style>.off {{ transform: translateY(200vh); }}</style>
<div id=onetrust-banner-sdk style="position:fixed;bottom:0;width:100%;height:90px">We use cookies</div>
<div id=CybotCookiebotDialog style="display:none">x</div>
<div id=cmpbox class=off style="position:fixed;bottom:0;height:50px;width:50px">x</div>
<div id=usercentrics-root></div>
<div id=didomi-notice style="opacity:0;height:9px">x</div>
<div id=cookiefirst-root><p style="position:fixed;top:0">We use cookies</p></div>
<script>
  const root = document.getElementById("usercentrics-root").attachShadow({{ mode: "open" }});
  root.innerHTML = '<div data-testid=uc-container style="position:fixed;top:10px">We use cookies</div>';
</script>
"""


@pytest.mark.browser
def test_the_probe_sees_what_a_visitor_sees():
    known = [selector for _name, selector in cmp.selectors()]
    assert Path(BROWSER).exists()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content(PAGE.format())
        seen = page.evaluate(f"({cmp.probe()})({json.dumps(known)})")
        browser.close()

    assert {(cmp.selectors()[number][0], visible) for number, visible in seen} == {
        ("OneTrust", True),
        ("Cookiebot", False),
        ("consentmanager", False),
        ("Usercentrics", True),
        ("Didomi", False),
        ("CookieFirst", True),
    }
