import pytest

from scans.classify import cmp, vendors

NAMES = [platform.name for platform in cmp.table()]


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
    assert cmp.recognise([], [("Cookiebot", True)]) == ("Cookiebot", True)


def test_a_hidden_banner_is_told_as_hidden():
    assert cmp.recognise([], [("Cookiebot", False)]) == ("Cookiebot", False)


def test_a_platform_that_loaded_without_a_banner_shows_none():
    assert cmp.recognise(["https://cdn.cookielaw.org/x.js", "https://shop.example/"], []) == ("OneTrust", False)


def test_a_visible_banner_says_more_than_another_platforms_script():
    assert cmp.recognise(["https://cdn.cookielaw.org/x.js"], [("Klaro", True)]) == ("Klaro", True)


def test_between_two_hidden_banners_the_one_whose_script_ran_is_told():
    seen = [("Cookiebot", False), ("Osano", False)]

    assert cmp.recognise(["https://cmp.osano.com/x/osano.js"], seen) == ("Osano", False)


def test_a_banner_made_by_hand_is_not_guessed():
    assert cmp.recognise(["https://shop.example/app.js"], []) == ("", None)


def test_a_name_that_no_platform_has_is_ignored():
    assert cmp.recognise([], [("Nobody", True)]) == ("", None)


def test_every_platform_has_a_banner_and_a_way_to_be_known():
    assert len(NAMES) == len(set(NAMES)) >= 30
    assert all(platform.banner and (platform.hosts or platform.paths) for platform in cmp.table())


def test_the_platforms_hosts_count_as_consent():
    vendor_of = {host: vendors.entity_of(host.removeprefix("*.")) for platform in cmp.table() for host in platform.hosts}

    assert {host: vendor.entity for host, vendor in vendor_of.items() if vendor.category != "consent"} == {}
    assert vendor_of["*.cookielaw.org"].entity == "OneTrust"


def test_selectors_are_plain_css_for_any_root():
    assert {name for name, _selector in cmp.selectors()} == set(NAMES)
    assert not [selector for _name, selector in cmp.selectors() if ">>>" in selector or "," in selector]
