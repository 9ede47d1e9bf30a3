"""Which URLs are one thing on a site, and which are two."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scans.diff import urls

SHOP = "shop.test"


def key(url: str, **given) -> str:
    return urls.key(url, first_party=SHOP, **given)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://shop.test/a.js", "http://www.shop.test/a.js#top"),
        ("https://shop.test/a.js", "https://SHOP.test:443/a.js?"),
        ("https://shop.test", "https://shop.test/"),
        ("https://shop.test/a?x=1&y=2", "https://shop.test/a?y=2&x=1"),
        ("https://shop.test/%7ea", "https://shop.test/~a"),
        ("https://shop.test/static/version1699999999/frontend/a.js", "https://shop.test/static/version1712345678/frontend/a.js"),
        ("https://shop.test/app.3f2a1b9c.js", "https://shop.test/app.91bd02ef.js"),
        ("https://shop.test/assets/index-DhXk3_aB.js", "https://shop.test/assets/index-BkZ3xY9q.js"),
        ("https://shop.test/_next/static/AbC12dEf34GhI56jKlMn7/_buildManifest.js", "https://shop.test/_next/static/x9Y8z7W6v5U4t3S2r1Q0p/_buildManifest.js"),
        ("https://shop.test/autoptimize_0123456789abcdef0123456789abcdef.css", "https://shop.test/autoptimize_fedcba98765432100123456789abcdef.css"),
        ("https://shop.test/js/app.js?id=8f3a9c1d2b7e6f508f3a", "https://shop.test/js/app.js?id=11aa22bb33cc44dd55ee"),
        ("https://shop.test/_next/static/chunks/page-0a1b2c3d4e5f6071.js", "https://shop.test/_next/static/chunks/page-fedcba9876543210.js"),
        ("https://shop.test/build/chunk-7ZQ5XKLO.js", "https://shop.test/build/chunk-K3QOXL5M.js"),
        (
            "https://shop.test/js/js_AbC12dEf34GhI56jKlMn7x9Y8z7W6v5_4t3S2r1Q0pX.js",
            "https://shop.test/js/js_Zx9Y8w7V6u5T4s3R2q1P0-nM8l7K6j5H4g3F2d1S0aQ.js",
        ),
        ("https://shop.test/jquery-3.7.1.min.js", "https://shop.test/jquery-3.6.0.min.js"),
        ("https://shop.test/plugins/a/8.2.1/a.js?ver=8.2.1", "https://shop.test/plugins/a/8.3.0/a.js?ver=8.3.0"),
        ("https://shop.test/a.js?1699999999", "https://shop.test/a.js?1712345678"),
        ("https://shop.test/a.js?v={redacted}", "https://shop.test/a.js?v=12"),
        ("https://shop.test/e/0a1b2c3d-0000-4000-8000-00000000000a", "https://shop.test/e/ffffffff-0000-4000-8000-00000000000b"),
        ("https://shop.test/a?sid=8f3a9c1d2b7e6f50", "https://shop.test/a?sid=11aa22bb33cc44dd"),
        ("https://cdn.jsdelivr.net/npm/vue@3.4.21/dist/vue.js", "https://cdn.jsdelivr.net/npm/vue@3.5.0/dist/vue.js"),
        ("https://code.jquery.test/jquery-3.7.1.min.js", "https://code.jquery.test/jquery-3.6.0.min.js"),
        ("https://www.clarity.ms/s/0.7.49/clarity.js", "https://www.clarity.ms/s/0.7.50/clarity.js"),
        ("https://ads.test/p?ev=view&at=1699999999123", "https://ads.test/p?ev=view&at=1712345678901"),
        ("https://stats.shop.test/matomo.php?idsite=1&rand=123451", "https://stats.shop.test/matomo.php?idsite=1&rand=998811"),
        ("https://ads.test/p/1699999999/x.js", "https://ads.test/p/1712345678/x.js"),
        ("https://script.hotjar.com/modules.3f2a1b9c8d7e6f5a4b3c.js", "https://script.hotjar.com/modules.00000b9c8d7e6f5a4b3d.js"),
        ("https://cdn.shopify.com/s/files/1/0123/t/5/assets/theme.js?v=16999999991", "https://cdn.shopify.com/s/files/1/0123/t/5/assets/theme.js?v=27"),
    ],
)
def test_what_machines_put_there_makes_no_other_thing(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.facebook.com/tr?id=123456789012345", "https://www.facebook.com/tr?id=123456789012346"),
        ("https://static.hotjar.com/c/hotjar-1234567.js", "https://static.hotjar.com/c/hotjar-1234568.js"),
        ("https://www.googletagmanager.com/gtm.js?id=GTM-ABC123", "https://www.googletagmanager.com/gtm.js?id=GTM-ABC124"),
        ("https://www.googletagmanager.com/gtag/js?id=AW-1712345678", "https://www.googletagmanager.com/gtag/js?id=AW-1712345679"),
        ("https://sgtm.shop.test/gtm.js?id=GTM-ABC123", "https://sgtm.shop.test/gtm.js?id=GTM-ABC124"),
        ("https://t.shop.test/array/phc_AbCdEf0123456789AbCdEf/config.js", "https://t.shop.test/array/phc_ZbCdEf0123456789AbCdEf/config.js"),
        ("https://static.klaviyo.com/onsite/js/AbC123/klaviyo.js", "https://static.klaviyo.com/onsite/js/AbC124/klaviyo.js"),
        ("https://cdn.shopify.com/s/files/1/0123/4567/t/5/a.js", "https://cdn.shopify.com/s/files/1/0123/4568/t/5/a.js"),
        ("https://www.googleadservices.com/pagead/conversion/1712345678/", "https://www.googleadservices.com/pagead/conversion/1712345679/"),
        ("https://chat.test/site/1712345678/load.js", "https://chat.test/site/1712345679/load.js"),
        ("https://js.sentry-cdn.com/0123456789abcdef0123456789abcdef.min.js", "https://js.sentry-cdn.com/fedcba98765432100123456789abcdef.min.js"),
        ("https://ads.test/b.js?t=pageview", "https://ads.test/b.js?t=purchase"),
        ("https://vendor.test/a/3f2a1b9c/x.js", "https://vendor.test/a/91bd02ef/x.js"),
        ("https://shop.test/a.js", "https://shop.test.evil.test/a.js"),
        ("https://shop.test/a.js", "https://cdn.shop.test/a.js"),
        ("https://shop.test/main-Checkout.js", "https://shop.test/main-HomePage.js"),
        ("https://shop.test/_next/static/chunks/page-0a1b2c3d4e5f6071.js", "https://shop.test/_next/static/chunks/layout-0a1b2c3d4e5f6071.js"),
        ("https://shop.test/_next/static/chunks/1234-0a1b2c3d4e5f6071.js", "https://shop.test/_next/static/chunks/1235-0a1b2c3d4e5f6071.js"),
        ("https://shop.test/p/iphone15promax256gbblack", "https://shop.test/p/iphone14promax128gbwhite"),
        ("https://shop.test/icons-sprite2x.svg", "https://shop.test/icons-banner2x.svg"),
        ("https://shop.test/a-LazyHTML.js", "https://shop.test/a-LazyJSON.js"),
        ("https://shop.test/i-DSC0123A.jpg", "https://shop.test/i-DSC0124B.jpg"),
        ("https://shop.test/p/12345678", "https://shop.test/p/12345679"),
        ("https://shop.test/p/a1234567", "https://shop.test/p/b1234567"),
        ("https://shop.test/p?id=1", "https://shop.test/p?id=2"),
        ("https://shop.test:8443/a", "https://shop.test/a"),
        ("https://shop.test/wp-content/plugins/one/a.js", "https://shop.test/wp-content/plugins/two/a.js"),
        ("https://unpkg.com/vue@2/x.js", "https://unpkg.com/vue@3/x.js"),
        ("https://unpkg.com/vue@3.1.0/x.js", "https://unpkg.com/vux@3.1.0/x.js"),
    ],
)
def test_another_account_file_or_host_is_another_thing(one, other):
    assert key(one) != key(other)


def test_a_number_is_a_moment_only_in_the_years_that_a_page_can_mean():
    assert "{ts}" in key("https://ads.test/p/1699999999/x.js")
    assert "{ts}" in key("https://ads.test/p/1699999999123/x.js")
    assert "{ts}" not in key("https://ads.test/p/1199999999/x.js")
    assert "{ts}" not in key("https://ads.test/p/2099999999/x.js")


def test_what_nobody_can_read_stays_as_it_is():
    assert key("data:text/javascript,{redacted}") == "data:text/javascript,{redacted}"
    assert key("") == ""


def test_a_host_before_an_at_sign_is_not_the_host():
    assert key("https://shop.test@evil.test/a.js") == "evil.test/a.js"


@pytest.mark.parametrize(
    ("url", "names_its_content"),
    [
        ("https://cdn.jsdelivr.net/npm/vue@3.4.21/dist/vue.js", True),
        ("https://cdn.jsdelivr.net/npm/vue@3/dist/vue.js", False),
        ("https://cdn.jsdelivr.net/npm/vue@latest/dist/vue.js", False),
        ("https://cdn.jsdelivr.net/combine/npm/a@1.2.3/a.js,npm/b@2/b.js", False),
        ("https://unpkg.com/vue@3.4.21", True),
        ("https://cdnjs.cloudflare.com/ajax/libs/jquery/3.7.1/jquery.min.js", True),
        ("https://code.jquery.com/jquery-3.7.1.min.js", True),
        ("https://shop.test/app.3f2a1b9c.js", True),
        ("https://shop.test/assets/index-DhXk3_aB.js", True),
        ("https://shop.test/app.js?ver=3f2a1b9c", False),
        ("https://shop.test/wp-content/cache/min/1/0123456789abcdef0123456789abcdef.js", False),
        ("https://js.sentry-cdn.com/0123456789abcdef0123456789abcdef.min.js", False),
        ("https://cdn.amplitude.com/script/0123456789abcdef0123456789abcdef.js", False),
        ("https://www.googletagmanager.com/gtag/js?id=G-ABCDEF1234", False),
        ("https://js.stripe.com/v3/", False),
        ("https://static.hotjar.com/c/hotjar-12345678.js", False),
        ("nonsense", False),
    ],
)
def test_which_urls_name_their_content(url, names_its_content):
    assert urls.is_immutable(url) is names_its_content


def test_integrity_names_the_content_of_any_url():
    assert urls.is_immutable("https://a.test/a.js", integrity=f"sha384-{'A' * 64}")
    assert not urls.is_immutable("https://a.test/a.js", integrity="yes")


def test_what_differs_between_two_loads_is_learnt_and_left_out():
    one = ["https://ads.test/p?slot=7&sess=48291", "https://ads.test/q?a=b"]
    other = ["https://ads.test/p?slot=7&sess=90412", "https://ads.test/q?a=b"]
    learnt = urls.learn_volatile(one, other, first_party=SHOP)
    assert learnt == {("ads.test", "/p", "sess")}
    assert key(one[0], volatile=learnt) == key(other[0], volatile=learnt)
    assert key("https://ads.test/p?slot=8&sess=1", volatile=learnt) != key(one[0], volatile=learnt)


def test_accounts_and_words_are_never_learnt():
    one = ["https://ads.test/p?id=123456", "https://ads.test/e?event=add", "https://ads.test/g?x=GTM-ABC123"]
    other = ["https://ads.test/p?id=123457", "https://ads.test/e?event=buy", "https://ads.test/g?x=GTM-ABC124"]
    assert urls.learn_volatile(one, other, first_party=SHOP) == frozenset()


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_key_and_its_key_is_its_own(text):
    url = f"https://{text}"
    assert key(url) == key(url)
    assert isinstance(urls.is_immutable(url), bool)
