import pytest

from scans.classify import tags

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
    assert [(tag.vendor, tag.account_id, tag.seen_in, tag.url) for tag in tags.read([url], [])] == [(vendor, account, "request", url)]


@pytest.mark.parametrize(("text", "vendor", "account"), TEXTS)
def test_an_account_id_is_read_from_a_script(text, vendor, account):
    found = tags.read([], [("https://shop.example/app.js", text)])

    assert [(tag.vendor, tag.account_id, tag.seen_in, tag.url) for tag in found] == [(vendor, account, "script", "https://shop.example/app.js")]


def test_an_account_id_is_read_from_the_document():
    dom = '<noscript><iframe src="https://www.googletagmanager.com/ns.html?a=1&amp;id=GTM-DOM123"></iframe></noscript><script data-cbid="{}">'
    cbid = "01234567-89ab-cdef-0123-456789abcdef"

    found = tags.read([], [], dom.format(cbid))

    assert [(tag.vendor, tag.account_id, tag.seen_in) for tag in found] == [("Cookiebot", cbid, "dom"), ("Google Tag Manager", "GTM-DOM123", "dom")]


def test_two_accounts_of_one_vendor_stay_two():
    found = tags.read([], [("", "fbq('init','111111111111111');fbq('init','222222222222222');")])

    assert [tag.account_id for tag in found] == ["111111111111111", "222222222222222"]


def test_an_account_seen_twice_is_told_once_and_by_its_request():
    url = "https://www.facebook.com/tr?id=123456789012345&ev=PageView"

    [tag] = tags.read([url, url + "&x=1"], [("", "fbq('init','123456789012345')")])

    assert (tag.seen_in, tag.url) == ("request", url)


@pytest.mark.parametrize(
    "text",
    ["The GTM-code is missing", "var a='G-'+b", "phc_ is a prefix", "hjid:undefined", "fbq('init', pixelId)", "pk_live_", "case'UA-':", "ti:'x'//UET"],
)
def test_what_only_looks_like_an_account_id_is_none(text):
    assert tags.read([], [("", text)]) == []


def test_a_parameter_of_another_host_is_no_account_id():
    assert tags.read(["https://shop.example/product?id=123456789012345", "https://facebook.com.evil.test/?id=1"], []) == []


def test_a_hostile_page_does_not_fill_the_list():
    text = "".join(f"fbq('init','{number}');" for number in range(10**11, 10**11 + 500))

    assert len(tags.read([], [("", text)])) == tags.KEPT


@pytest.mark.parametrize("piece", ["facebook.com/tr?", "facebook.com/tr?&id=", "fbq( 'init' ,", "gtag( 'config'", "data-cf-beacon='{ ", "/tr?" + "a&" * 700])
def test_a_text_made_to_be_slow_is_still_read_to_its_end(piece):
    text = piece * (200_000 // len(piece)) + "';fbq('init','123456789012345')"

    assert [tag.account_id for tag in tags.read([], [("", text)], text)] == ["123456789012345"]


def test_an_id_in_a_comment_of_the_document_does_not_count():
    dom = "<!-- fbq('init', '111111111111111') --><script>fbq('init', '222222222222222')</script><!-- fbq('init', '333333333333333')"

    assert [tag.account_id for tag in tags.read([], [], dom)] == ["222222222222222"]


def test_the_same_text_is_told_for_each_script_that_holds_it():
    text = "fbq('init', '444444444444444')"

    for url in ("https://one.example/a.js", "https://two.example/a.js"):
        assert [(tag.account_id, tag.url) for tag in tags.read([], [(url, text)])] == [("444444444444444", url)]


# Written down from public pages after the rules were made, each shortened to its call.
UNSEEN = [
    ("window.fbq('init', '768943895896997');", "Meta", "768943895896997"),
    ("(window as any).fbq('init', '465227594038012');", "Meta", "465227594038012"),
    ("h._hjSettings={hjid:1914694,hjsv:6};", "Hotjar", "1914694"),
    ('})(window, document, "clarity", "script", "win4k5tt8k");', "Microsoft Clarity", "win4k5tt8k"),
    ("_linkedin_partner_id = '8136212';", "LinkedIn Ads", "8136212"),
    ("})(window, document, 'script', 'dataLayer', 'GTM-K8DL43');", "Google Tag Manager", "GTM-K8DL43"),
    ("posthog.init('phc_7wp4oncP8awCSty0gk6GEEOFxIWYYh3cebSCIXSL1QP', {api_host: 'x'})", "PostHog", "phc_7wp4oncP8awCSty0gk6GEEOFxIWYYh3cebSCIXSL1QP"),
    ('analytics._writeKey="bRXNRn318aULtnU6nP0XiGOmwp1c5HoP";', "Segment", "bRXNRn318aULtnU6nP0XiGOmwp1c5HoP"),
    ("ttq.load('D5AHHTRC77U7I26540JG');", "TikTok Ads", "D5AHHTRC77U7I26540JG"),
    ("gtag('js',new Date()); gtag('config', 'UA-151366195-1');", "Google Analytics", "UA-151366195-1"),
    ("window.gtag('config', 'G-W86HGMF6X2', {page_path: p})", "Google Analytics", "G-W86HGMF6X2"),
    ("script.setAttribute('data-cbid', '4374aa58-93f7-4e6a-8be7-928cdb524a9c');", "Cookiebot", "4374aa58-93f7-4e6a-8be7-928cdb524a9c"),
    ('window.intercomSettings = { api_base: "https://api-iam.intercom.io", app_id: "fnubgeik" };', "Intercom", "fnubgeik"),
]
NO_ACCOUNT = [
    "fbq('init', 'YOUR_PIXEL_ID');",
    "fbq('init', `${pixelId}`)",
    "h._hjSettings={hjid:YOUR_HOTJAR_ID,hjsv:6};",
    '(window, document, "clarity", "script", "RATCHET_MONEY_PROJECT_ID")',
    "ttq.load('VOTRE_PIXEL_ID');",
    "gtag('config', 'GA_MEASUREMENT_ID');",
    "posthog.init(env.NEXT_PUBLIC_POSTHOG_KEY, {})",
    "s.src='https://widget.intercom.io/widget/' + intercomId;",
    "analytics.load(key, options)",
]


@pytest.mark.parametrize(("text", "vendor", "account"), UNSEEN)
def test_calls_found_in_the_wild_are_read(text, vendor, account):
    assert [(tag.vendor, tag.account_id) for tag in tags.read([], [("", text)])] == [(vendor, account)]


@pytest.mark.parametrize("text", NO_ACCOUNT)
def test_placeholders_found_in_the_wild_are_no_accounts(text):
    assert tags.read([], [("", text)]) == []
