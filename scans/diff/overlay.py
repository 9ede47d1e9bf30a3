"""What is known of names in URLs: which parameters only break caches, which name accounts, and where a vendor puts the hash of a build.

Pure data. To add a vendor's build hash: a host (and everything below it) with the expressions of the path; what the first group holds is replaced.
Only what the vendor changes with each release belongs here, never what tells one customer from another.
"""

from __future__ import annotations

import re

# Dropped whatever they hold, as long as it is no word.
BUSTERS = frozenset(
    """v ver version vers vs _v _ver rev revision r_v _ t _t ts _ts tstamp timestamp time cb cbust _cb cachebust cachebuster cache_buster cache-buster cache
    nocache no_cache no-cache bust buster hash h5hash chash md5 sha sha1 rnd rand random randint ord build buildid build_id builddate release
    cv sv jsver cssver assetver asset_version mtime modified lastmod lm dc_lm _dc
    """.split()  # noqa: SIM905
)
# Behind these stands an account with some vendor, or the thing that is asked for.
ACCOUNTS = frozenset(
    """id ids tid aid cid account account_id accountid acc acct client client-id client_id clientid site siteid site_id sitekey site_key idsite property
    property_id container container_id containerid measurement_id pixel pixel_id pixelid tag tag_id tagid ti partner partner_id partnerid pid project
    project_id projectid shop shop_id shopid store store_id storeid publisher publisher_id pubid advertiser_id advertiser company company_id companyid org
    org_id orgid hjid wid widget widget_id key api_key apikey api-key app app_id appid cbid sdkid a k render write_key writekey merchant merchant_id
    merchantid merchant-id mid sub_id subid network_id workspace workspace_id campaign_id domain_id customer customer_id customerid token_id public_key
    publickey
    """.split()  # noqa: SIM905
)
# In a path, the word after one of these tells whose it is.
OWNERS = frozenset(
    """account accounts site sites pixel pixels project projects container containers partner partners client clients customer customers shop shops store
    stores merchant merchants company companies org orgs organization publisher publishers property properties widget widgets app apps conversion
    viewthroughconversion user-list config configs tag tags array channel channels form forms
    """.split()  # noqa: SIM905
)
# An account's own form, wherever it stands. A page's own proxy serves them under its own name too.
ACCOUNT = re.compile(
    r"(?:GTM|G|AW|UA|DC|MC|OPT)-[A-Z0-9]{4,14}(?:-\d{1,4})?|GT-[A-Z0-9]{4,14}|phc_[A-Za-z0-9]{20,60}|pk_(?:live|test)_[A-Za-z0-9]{8,120}"
    r"|(?:ca-)?pub-\d{10,20}|6L[\w-]{38}|hotjar-\d{3,10}"
)

_H = r"([0-9a-fA-F]{8,64})"
_FILE = [rf"[-._/]{_H}(?:[-._](?:min|chunk|bundle|module|prod|en|esm|legacy))*\.(?:m?js|css|html|json|wasm)$"]
_OVERLAY: dict[str, list[str]] = {
    "script.hotjar.com": _FILE,
    "js.stripe.com": _FILE,
    "m.stripe.network": _FILE,
    "js.intercomcdn.com": _FILE,
    "static.klaviyo.com": _FILE,
    "static-tracking.klaviyo.com": _FILE,
    "analytics.tiktok.com": [r"/i18n/pixel/static/(?:main|identify|config|library)[._-]([\w-]{5,80})(?:\.\d{1,3})?\.js$"],
    "s.pinimg.com": _FILE,
    "static.zdassets.com": _FILE,
    "client.crisp.chat": _FILE,
    "platform.twitter.com": _FILE,
    "assets.squarespace.com": [r"-([0-9a-f]{16,40})-min\."],
    "cdn.prod.website-files.com": _FILE,
    "assets.calendly.com": _FILE,
    "embed.tawk.to": _FILE,
    "static.parastorage.com": _FILE,
    "siteassets.parastorage.com": _FILE,
    "widgets.trustedshops.com": _FILE,
    "integrations.etrusted.com": _FILE,
    "x.klarnacdn.net": _FILE,
    "www.paypalobjects.com": _FILE,
    "checkoutshopper-live.adyen.com": _FILE,
    "app.usercentrics.eu": _FILE,
    "web.cmp.usercentrics.eu": _FILE,
    "cdn.shopify.com": [
        rf"^/shopifycloud/.*[-._/]{_H}(?:\.min)?\.(?:m?js|css)$",
        r"^/shopifycloud/[\w/-]{1,80}\.([\w-]{8})\.(?:m?js|css)$",
        r"^/shopifycloud/[\w./-]{1,160}_([\w-]{8})\.(?:[\w-]{2,5}\.)?esm\.js$",
        r"^/extensions/([0-9a-f]{8}-[0-9a-f-]{27})/",
        r"^/extensions/[^/]{1,80}/[\w-]{1,80}-(\d{1,6})/",
    ],
    "www.gstatic.com": [r"^/recaptcha/releases/([\w-]{20,32})/"],
    "www.gstatic.cn": [r"^/recaptcha/releases/([\w-]{20,32})/"],
    "www.googletagmanager.com": [r"^/static/service_worker/(\w{3,6})/"],
    "maps.googleapis.com": [r"^/maps-api-v3/api/js/(\d{1,3}/\w{1,4})/", r"^/maps-api-v3/api/js/(\d{1,3}/\d{1,3}\w?)/"],
    "pagead2.googlesyndication.com": [r"/managed/js/\w{1,20}/m(\d{12})/"],
    "securepubads.g.doubleclick.net": [r"/managed/js/\w{1,20}/m(\d{12})/"],
    "tpc.googlesyndication.com": [r"^/sodar/(\w{8})\.js$"],
    "cdn.ampproject.org": [r"^/rtv/(\d{15})/"],
    "www.youtube.com": [r"^/s/player/([0-9a-f]{8})/"],
    "static.xx.fbcdn.net": [r"^/rsrc\.php/v\d/(y\w/(?:[rl]/)(?:[\w,]{1,12}/)*[\w-]{11})\.(?:js|css)$"],
    "static.cloudflareinsights.com": [r"^/beacon\.min\.js/(v[0-9a-f]{32}\d{13})$"],
    "challenges.cloudflare.com": [r"^/turnstile/v\d/[a-z]/([0-9a-f]{8,16})/", r"^/turnstile/v\d/[a-z]/[a-z]/([0-9a-f]{8,16})/"],
    "cdn.userway.org": [r"^/widgetapp/(\d{4}(?:-\d{2}){5})/", r"_(\d{10,13})\.js$"],
    "cdn.segment.com": [
        r"^/next-integrations/.*[-._/]([0-9a-f]{16,40})\.(?:dynamic\.)?js(?:\.gz)?$",
        r"^/analytics-next/bundles/.*\.bundle\.([0-9a-f]{16,40})\.js$",
    ],
}
BUILDS: dict[str, tuple[re.Pattern[str], ...]] = {host: tuple(re.compile(rule) for rule in rules) for host, rules in _OVERLAY.items()}

# Hosts that give the same bytes for ever under `name@1.2.3` or `/name/1.2.3/`.
PACKAGE_HOSTS = frozenset(
    {"cdn.jsdelivr.net", "fastly.jsdelivr.net", "unpkg.com", "www.unpkg.com", "cdnjs.cloudflare.com", "cdn.bootcdn.net", "cdn.staticfile.org"}
)
RELEASE_HOSTS = frozenset(
    """ajax.googleapis.com code.jquery.com maxcdn.bootstrapcdn.com stackpath.bootstrapcdn.com netdna.bootstrapcdn.com use.fontawesome.com ajax.aspnetcdn.com
    code.angularjs.org code.highcharts.com d3js.org cdn.datatables.net www.gstatic.com m.stripe.network www.clarity.ms scripts.clarity.ms
    """.split()  # noqa: SIM905
)
# Under these the name is the hash of a list of files, not of what is in them.
NAMES_A_LIST = re.compile(r"/cache/(?:min|minify)/|/_cache/merged/|/litespeed/|/typo3temp/|/assets/cache/theme-|/combine[d/]|/merged-|/minify/")
