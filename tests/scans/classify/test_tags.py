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
    ("https://tags.tiqcdn.com/utag/acme/main/prod/utag.js", "Tealium", "acme/main"),
    ("https://assets.adobedtm.com/abc123def456/789abc/launch-EN0123456789abcdef.min.js", "Adobe Tag Manager", "EN0123456789abcdef"),
    ("https://nexus.ensighten.com/acme/prod/Bootstrap.js", "Ensighten", "acme/prod"),
    ("https://jssdkcdns.mparticle.com/js/v2/us1-0123456789abcdef0123456789abcdef/mparticle.js", "mParticle", "us1-0123456789abcdef0123456789abcdef"),
    ("https://mc.yandex.ru/watch/12345678?wmode=7", "Yandex Metrica", "12345678"),
    ("https://acme.sc.omtrdc.net/b/ss/acmeprod/1/JS-2.22.0/s123", "Adobe Analytics", "acmeprod"),
    ("https://acme.containers.piwik.pro/01234567-89ab-cdef-0123-456789abcdef.js", "Piwik PRO", "01234567-89ab-cdef-0123-456789abcdef"),
    ("https://acme.webtrekk.net/123456789012345/wt?p=441", "Webtrekk", "123456789012345"),
    ("https://logs1406.xiti.com/hit.xiti?s=612345&idclient=x", "AT Internet", "612345"),
    ("https://script.crazyegg.com/pages/scripts/0012/3456.js?1", "Crazy Egg", "0012/3456"),
    ("https://tools.luckyorange.com/core/lo.js?site-id=01ab23cd", "Lucky Orange", "01ab23cd"),
    ("https://t.contentsquare.net/uxa/0123456789abc.js", "Contentsquare", "0123456789abc"),
    ("https://cdn.heapanalytics.com/js/heap-1234567890.js", "Heap", "1234567890"),
    ("https://cdn.us.heap-api.com/config/1234567890/heap_config.js", "Heap", "1234567890"),
    ("https://cdn.pendo.io/agent/static/01234567-89ab-cdef-0123-456789abcdef/pendo.js", "Pendo", "01234567-89ab-cdef-0123-456789abcdef"),
    ("https://cdn.quantummetric.com/qscripts/quantum-acme.js", "Quantum Metric", "acme"),
    ("https://acme.goatcounter.com/count?p=/", "GoatCounter", "acme"),
    ("https://in.getclicky.com/in.php?site_id=101234567&type=pageview", "Clicky", "101234567"),
    ("https://cdn.parsely.com/keys/acme.example/p.js", "Parse.ly", "acme.example"),
    ("https://sc.lfeeder.com/lftracker_v1_Abc123Def456Ghi7.js", "Dealfront", "Abc123Def456Ghi7"),
    ("https://j.6sc.co/j/01234567-89ab-cdef-0123-456789abcdef.js", "6sense", "01234567-89ab-cdef-0123-456789abcdef"),
    ("https://ws.zoominfo.com/pixel/0123456789abcdef01234567", "ZoomInfo", "0123456789abcdef01234567"),
    ("https://pixel.wp.com/g.gif?v=ext&blog=123456&post=1", "Automattic", "123456"),
    ("https://bam.nr-data.net/1/0123456789?a=1&v=1", "New Relic", "0123456789"),
    ("https://bam.eu01.nr-data.net/events/1/NRJS-0123456789abcdef012?a=1", "New Relic", "NRJS-0123456789abcdef012"),
    ("https://usage.trackjs.com/usage.gif?token=0123456789abcdef0123456789abcdef", "TrackJS", "0123456789abcdef0123456789abcdef"),
    ("https://tr.outbrain.com/pixel?marketerId=000123456789abcdef0123456789abcdef&name=PAGE_VIEW", "Outbrain", "000123456789abcdef0123456789abcdef"),
    ("https://s.adroll.com/j/ABCDEFGHIJKLMNOPQRSTUV/roundtrip.js", "Adroll", "ABCDEFGHIJKLMNOPQRSTUV"),
    ("https://insight.adsrvr.org/track/up?adv=abc12de&ref=x", "The Trade Desk", "abc12de"),
    ("https://us.creativecdn.com/tags?id=pr_AbCdEfGhIjKlMnOpQrSt&type=iframe", "RTB House", "pr_AbCdEfGhIjKlMnOpQrSt"),
    ("https://track.adform.net/serving/scripts/trackpoint/async/?pm=123456", "Adform", "123456"),
    ("https://dx.mountain.com/spx?dxver=4&shaid=31234", "MNTN", "31234"),
    ("https://utt.impactcdn.com/A123456-01234567-89ab-cdef-0123-456789abcdef1.js", "Impact", "A123456-01234567-89ab-cdef-0123-456789abcdef1"),
    ("https://tag.rmp.rakuten.com/123456.ct.js", "Rakuten Advertising", "123456"),
    ("https://www.shareasale-analytics.com/a/12345.js", "ShareASale", "12345"),
    ("https://www.mczbf.com/tags/1234567890/tag.js", "CJ Affiliate", "1234567890"),
    ("https://cdn.refersion.com/tracker/v3/pub_0123456789abcdef0123.js", "Refersion", "pub_0123456789abcdef0123"),
    ("https://s.skimresources.com/js/12345X1234567.skimlinks.js", "Skimlinks", "12345X1234567"),
    ("https://acme.tt.omtrdc.net/m2/acme/mbox/json", "Adobe Target", "acme"),
    ("https://app.launchdarkly.com/sdk/evalx/0123456789abcdef01234567/contexts/x", "LaunchDarkly", "0123456789abcdef01234567"),
    ("https://cdn.growthbook.io/api/features/sdk-AbCdEf123456", "GrowthBook", "sdk-AbCdEf123456"),
    ("https://widget.sezzle.com/v1/javascript/price-widget?uuid=01234567-89ab-cdef-0123-456789abcdef", "Sezzle", "01234567-89ab-cdef-0123-456789abcdef"),
    ("https://acme.chargebee.com/pages/v3/plan", "Chargebee", "acme"),
    ("https://beacon.riskified.com/?shop=shop.example&sid=1", "Riskified", "shop.example"),
    ("https://code.tidio.co/abcdefghijklmnopqrstuvwxyz012345.js", "Tidio", "abcdefghijklmnopqrstuvwxyz012345"),
    ("https://code.jivosite.com/widget/AbCdEf1234", "JivoChat", "AbCdEf1234"),
    ("https://sdk.postscript.io/sdk.bundle.js?shopId=12345", "Postscript", "12345"),
    ("https://tag.getdrip.com/1234567.js", "Drip", "1234567"),
    ("https://onesignal.com/api/v1/sync/01234567-89ab-cdef-0123-456789abcdef/web?callback=x", "OneSignal", "01234567-89ab-cdef-0123-456789abcdef"),
    ("https://123-ABC-456.mktoresp.com/webevents/visitWebPage", "Marketo", "123-ABC-456"),
    ("https://pi.pardot.com/analytics?conly=true&account_id=123456", "Pardot", "123456"),
    ("https://123456789.collect.igodigital.com/collect.js", "Salesforce Marketing Cloud", "123456789"),
    ("https://cdn.scarabresearch.com/js/0123456789ABCDEF/scarab-v2.js", "Emarsys", "0123456789ABCDEF"),
    ("https://wisepops.net/loader.js?v=2&h=AbCdEf1234", "Wisepops", "AbCdEf1234"),
    ("https://sleeknotecustomerscripts.sleeknote.com/12345.js", "Sleeknote", "12345"),
    ("https://my.hellobar.com/012345670123456789abcdef0123456789abcdef.js", "Hello Bar", "012345670123456789abcdef0123456789abcdef"),
    ("https://acme.disqus.com/embed.js", "Disqus", "acme"),
    ("https://players.brightcove.net/1234567890001/default_default/index.min.js", "Brightcove", "1234567890001"),
    ("https://res.cloudinary.com/acme/image/upload/a.jpg", "Cloudinary", "acme"),
    ("https://cdn11.bigcommerce.com/s-abc123def4/stencil/a.js", "BigCommerce", "abc123def4"),
    ("https://app.ecwid.com/script.js?12345678&data_platform=code", "Ecwid", "12345678"),
    ("https://connect.nosto.com/include/script/shopify-12345678.js", "Nosto", "shopify-12345678"),
    ("https://abc123.a.searchspring.io/api/search", "Searchspring", "abc123"),
    ("https://client.perimeterx.net/PXabcdEF12/main.min.js", "HUMAN", "PXabcdEF12"),
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
    ('rudderanalytics.load("AbCdEfGhIjKlMnOpQrStUvWxYz0", "https://data.example");', "RudderStack", "AbCdEfGhIjKlMnOpQrStUvWxYz0"),
    ('ym(12345678, "init", {clickmap:true});', "Yandex Metrica", "12345678"),
    ("window.__lo_site_id = 123456;", "Lucky Orange", "123456"),
    ("__insp.push(['wid', 1234567890]);", "Inspectlet", "1234567890"),
    ("smartlook('init', '012345670123456789abcdef0123456789abcdef');", "Smartlook", "012345670123456789abcdef0123456789abcdef"),
    ("LogRocket.init('abc123/acme-shop');", "LogRocket", "abc123/acme-shop"),
    ("var sc_project=12345678;", "Statcounter", "12345678"),
    ("Bugsnag.start({ apiKey: '0123456789abcdef0123456789abcdef' })", "Bugsnag", "0123456789abcdef0123456789abcdef"),
    (
        'connectionString: "InstrumentationKey=01234567-89ab-cdef-0123-456789abcdef;IngestionEndpoint=x"',
        "Azure Application Insights",
        "01234567-89ab-cdef-0123-456789abcdef",
    ),
    ("qp('init', '0123456789abcdef0123456789abcdef');", "Quora Ads", "0123456789abcdef0123456789abcdef"),
    ("var OB_ADV_ID = '000123456789abcdef0123456789abcdef';", "Outbrain", "000123456789abcdef0123456789abcdef"),
    ('adroll_adv_id = "ABCDEFGHIJKLMNOPQRSTUV";', "Adroll", "ABCDEFGHIJKLMNOPQRSTUV"),
    ('_affirm_config = { public_api_key: "ABCDEFGH12345678" }', "Affirm", "ABCDEFGH12345678"),
    ("Paddle.Initialize({ token: 'live_0123456789abcdef0123456789a' });", "Paddle", "live_0123456789abcdef0123456789a"),
    ("Paddle.Setup({ vendor: 12345 });", "Paddle", "12345"),
    ("key: 'rzp_live_AbCdEf12345678'", "Razorpay", "rzp_live_AbCdEf12345678"),
    ("drift.load('abcdef123456');", "Drift", "abcdef123456"),
    ("window.__lc.license = 12345678;", "LiveChat", "12345678"),
    ("olark.identify('1234-567-89-0123');", "Olark", "1234-567-89-0123"),
    ("window.Beacon('init', '01234567-89ab-cdef-0123-456789abcdef')", "Help Scout", "01234567-89ab-cdef-0123-456789abcdef"),
    ("_smartsupp.key = '012345670123456789abcdef0123456789abcdef';", "Smartsupp", "012345670123456789abcdef0123456789abcdef"),
    ("ml('account', '123456');", "MailerLite", "123456"),
    ('var _ctct_m = "0123456789abcdef0123456789abcdef";', "Constant Contact", "0123456789abcdef0123456789abcdef"),
    ("Munchkin.init('123-ABC-456');", "Marketo", "123-ABC-456"),
    ("piAId = '123456'; piCId = '1';", "Pardot", "123456"),
    ("_elqQ.push(['elqSetSiteId', '123456789']);", "Eloqua", "123456789"),
    ("var klevu_apiKey = 'klevu-123456789012345';", "Klevu", "klevu-123456789012345"),
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


ELSEWHERE = [
    "https://shop.example/pixel?marketerId=1&adv=abcdef&pm=12345&shop=shop.example",
    "https://shop.example/loader.js?h=AbCdEf1234",
    "https://shop.example/main.min.js",
    "https://shop.example/wt/123456789012345/wt",
    "https://shop.example/image/upload/cloud.jpg",
    "https://www.disqus.com/by/embed",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_an_address_that_only_resembles_a_vendors_names_no_account(url):
    assert tags.read([url], []) == []


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
    'ym(counterId, "init", {})',
    "qp('init', 'YOUR_PIXEL_ID');",
    "drift.load('YOUR_ID')",
    "Paddle.Initialize({ token: token });",
    "Munchkin.init(munchkinId);",
    "olark.identify(id)",
    "LogRocket.init('app/id');",
    "html('account', '123456');",
    "licenseKey: 'not-a-key'",
    "klevu-search",
    "__insp.push(['wid', wid]);",
]


@pytest.mark.parametrize(("text", "vendor", "account"), UNSEEN)
def test_calls_found_in_the_wild_are_read(text, vendor, account):
    assert [(tag.vendor, tag.account_id) for tag in tags.read([], [("", text)])] == [(vendor, account)]


@pytest.mark.parametrize("text", NO_ACCOUNT)
def test_placeholders_found_in_the_wild_are_no_accounts(text):
    assert tags.read([], [("", text)]) == []


ASKED = ["https://www.facebook.com/tr/?id=999999999999999&ev=PageView"]
OLD, NEW = "fbq('init', '123456789012345');", "fbq('init', '999999999999999');"


@pytest.mark.parametrize("text", [f"{NEW}/* {OLD} */", f"{NEW}\n// {OLD}\n", f"/* {OLD} */ {NEW}"])
@pytest.mark.parametrize("as_html", [False, True])
def test_a_comment_keeps_no_account_alive_whose_place_another_took(text, as_html):
    scripts, dom = ([], f"<html><script async>{text}</script><p>Text") if as_html else ([("", text)], "")
    assert [tag.account_id for tag in tags.read(ASKED, scripts, dom)] == ["999999999999999"]
    assert [tag.account_id for tag in tags.read([], scripts, dom)] == ["123456789012345", "999999999999999"]


def test_an_account_in_code_counts_beside_one_that_is_asked_for():
    assert [(tag.account_id, tag.seen_in) for tag in tags.read(ASKED, [("", f"{NEW} if (eu) {OLD}")])] == [
        ("123456789012345", "script"),
        ("999999999999999", "request"),
    ]


@pytest.mark.parametrize("hostile", ["<script" * 60_000, "<script>" * 60_000, ">" * 200_000, "</script" * 60_000])
def test_no_document_makes_reading_accounts_slow(hostile):
    assert [tag.account_id for tag in tags.read(ASKED, [], f"{hostile}<script>{OLD}")][-1:] == ["999999999999999"]
