"""The shop's third parties.

The hosts are those of real vendors, so that they are recognised as such; everything served under them is written here and imitates the kind of thing that such
a tag does. In the traces, values of a query that a careful reader may hide are stars. To add a vendor: a function that gives a `Vendor`, its script in
`scripts/`, and its name in `everyone`; a page or the container loads it.
"""

from __future__ import annotations

import json
from functools import cache

from demo.shop import ORIGIN, SHOP, font
from demo.shop.payment import payment
from demo.shop.variant import Variant
from demo.shop.vendor import (
    ANY_ORIGIN,
    CONSENT_GROUP,
    CONTAINER,
    MEASUREMENT,
    Vendor,
    frame,
    gif,
    header_cookie,
    redirect,
    script,
    script_cookie,
)
from demo.trace import Expected, ExpectedFrame, Trace, attempt
from demo.wire import Reply

FONT_URL = "https://fonts.googleapis.com/css2?family=Kessel+Ornament&display=swap"
FONT_FILE = "https://fonts.gstatic.com/s/kesselornament/v1/bean.ttf"
CONSENT_URL = "https://consent.cookiebot.com/uc.js"
CONSENT_CONFIGURATION = f"https://consent.cookiebot.com/{CONSENT_GROUP}/cc.js?renew=*&culture=*"
EXPERIMENT_URL = "https://cdn.optimizely.com/js/26580001.js"
CAROUSEL_URL = "https://cdn.jsdelivr.net/npm/carousel-of-beans@2.1.0/dist/carousel.min.js"
CONTAINER_URL = f"https://www.googletagmanager.com/gtm.js?id={CONTAINER}"
ANALYTICS_URL = f"https://www.googletagmanager.com/gtag/js?id={MEASUREMENT}"
PIXEL_URL = "https://connect.facebook.net/en_US/fbevents.js"
REPLAY_URL = "https://static.hotjar.com/c/hotjar-3141592.js?sv=6"
INSIGHT_URL = "https://snap.licdn.com/li.lms-analytics/insight.min.js"
CHAT_URL = "https://widget.intercom.io/widget/kslhs"
NEW_TRACKER_URL = "https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=CKSLHS77Q5&lib=ttq"
SKIMMER_URL = "https://metrics.example.net/m.js"


def fonts(_: Variant) -> Vendor:
    css = f"@font-face{{font-family:'Kessel Ornament';font-display:swap;src:url({FONT_FILE}) format('truetype');unicode-range:U+2766}}"
    return Vendor(
        {
            "fonts.googleapis.com": {"/css2": Reply(css, media_type="text/css")},
            "fonts.gstatic.com": {"/s/kesselornament/v1/bean.ttf": Reply(font.bean(), headers=[ANY_ORIGIN], media_type="font/ttf")},
        },
        Trace(requests=(Expected(FONT_URL), Expected(FONT_FILE))),
    )


def consent(_: Variant) -> Vendor:
    answers = {"/uc.js": script("consent"), f"/{CONSENT_GROUP}/cc.js": script("consent_configuration")}
    return Vendor(
        {"consent.cookiebot.com": answers},
        Trace(
            requests=(Expected(CONSENT_URL), Expected(CONSENT_CONFIGURATION)),
            scripts=(CONSENT_URL, CONSENT_CONFIGURATION),
            consent=(("update", {"functionality_storage": "granted", "security_storage": "granted"}),),
        ),
    )


def experiment(variant: Variant) -> Vendor:
    return Vendor(
        {"cdn.optimizely.com": {"/js/26580001.js": script("experiment", before=f"const ARM = {json.dumps(variant.arm)};\n")}, "logx.optimizely.com": {}},
        Trace(
            requests=(Expected(EXPERIMENT_URL), attempt("https://logx.optimizely.com/v1/events")),
            scripts=(EXPERIMENT_URL,),
            cookies=(script_cookie("optimizelyEndUserId", EXPERIMENT_URL),),
            storage=((ORIGIN, "local", "optimizely_data$$visitor_profile"),),
        ),
    )


def carousel(_: Variant) -> Vendor:
    answers = {"/npm/carousel-of-beans@2.1.0/dist/carousel.min.js": script("carousel")}
    return Vendor({"cdn.jsdelivr.net": answers}, Trace(requests=(Expected(CAROUSEL_URL),), scripts=(CAROUSEL_URL,)))


def tag_manager(variant: Variant) -> Vendor:
    """The container. `after` is milliseconds after the load event; None is at once."""
    tags: list[tuple[str, int | None]] = [(ANALYTICS_URL, None), (PIXEL_URL, None), (REPLAY_URL, 150), (INSIGHT_URL, 300), (CHAT_URL, 900)]
    if variant.new_tracker:
        tags.append((NEW_TRACKER_URL, 500))
    container = json.dumps({"id": CONTAINER, "tags": [{"url": url, "after": after} for url, after in tags]})
    return Vendor(
        {"www.googletagmanager.com": {"/gtm.js": script("tag_manager", before=f"const CONTAINER = {container};\n")}},
        Trace(requests=(Expected(CONTAINER_URL),), scripts=(CONTAINER_URL,), tags=(("Google Tag Manager", CONTAINER),)),
    )


def analytics(_: Variant) -> Vendor:
    return Vendor(
        {
            "www.googletagmanager.com": {"/gtag/js": script("analytics")},
            "www.google-analytics.com": {"/g/collect": Reply(status=204)},
            "region1.google-analytics.com": {},
        },
        Trace(
            requests=(
                Expected(ANALYTICS_URL),
                Expected(f"https://www.google-analytics.com/g/collect?v=2&tid={MEASUREMENT}&*&en=page_view&*", collector=True),
                attempt(f"https://region1.google-analytics.com/g/collect?v=2&tid={MEASUREMENT}&*&en=user_engagement&*"),
            ),
            scripts=(ANALYTICS_URL,),
            cookies=(script_cookie("_ga", ANALYTICS_URL), script_cookie(f"_ga_{MEASUREMENT[2:]}", ANALYTICS_URL)),
            tags=(("Google Analytics", MEASUREMENT),),
        ),
    )


def pixel(variant: Variant) -> Vendor:
    configuration = f"https://connect.facebook.net/signals/config/{variant.pixel_id}?v=*&r=*"
    image = f"https://www.facebook.com/tr/?id={variant.pixel_id}&ev=PageView&*"
    answers = {
        "/en_US/fbevents.js": script("pixel", before=f"const PIXEL = {json.dumps(variant.pixel_id)};\n"),
        f"/signals/config/{variant.pixel_id}": script("pixel_configuration"),
    }
    browser_id = "fr=0AbCdEf; Domain=.facebook.com; Path=/; Max-Age=7776000; Secure; HttpOnly; SameSite=None"
    return Vendor(
        {
            "connect.facebook.net": answers,
            "www.facebook.com": {"/tr/": gif(browser_id)},
        },
        Trace(
            requests=(Expected(PIXEL_URL), Expected(configuration), Expected(image, collector=True)),
            scripts=(PIXEL_URL, configuration),
            cookies=(script_cookie("_fbp", PIXEL_URL), header_cookie("fr", image, domain=".facebook.com")),
            tags=(("Meta Pixel", variant.pixel_id),),
        ),
    )


def replay(_: Variant) -> Vendor:
    recorder = "https://script.hotjar.com/modules.5f0d1c2b9a.js"
    return Vendor(
        {
            "static.hotjar.com": {"/c/hotjar-3141592.js": script("replay")},
            "script.hotjar.com": {"/modules.5f0d1c2b9a.js": script("replay_recorder")},
            "ws.hotjar.com": {"/api/v2/client/ws": Reply()},
            "in.hotjar.com": {},
        },
        Trace(
            requests=(
                Expected(REPLAY_URL),
                Expected(recorder),
                attempt("wss://ws.hotjar.com/api/v2/client/ws?v=7", "WS"),
                attempt("https://in.hotjar.com/api/v2/sites/3141592/events"),
            ),
            scripts=(REPLAY_URL, recorder),
            cookies=tuple(script_cookie(f"{name}_3141592", REPLAY_URL, domain=SHOP, same_site="None") for name in ("_hjSessionUser", "_hjSession")),
            storage=((ORIGIN, "local", "hjViewportId"), (ORIGIN, "session", "hjActiveViewportIds")),
            tags=(("Hotjar", "3141592"),),
        ),
    )


def insight(variant: Variant) -> Vendor:
    """Its pixel goes from host to host, and each of them sets a cookie on the way."""
    early = variant.early_cookie
    attributes = "Domain=.linkedin.com; Path=/; Max-Age=31536000; Secure; SameSite=None"
    sync = "https://www.linkedin.com/px/li_sync?redirect="
    back = "https://px.ads.linkedin.com/synced?liSync=true"
    first = "https://px.ads.linkedin.com/collect?v=2&fmt=js&pid=7031224&*"
    return Vendor(
        {
            "snap.licdn.com": {"/li.lms-analytics/insight.min.js": script("insight", before=f"const EARLY = {json.dumps(early)};\n")},
            "px.ads.linkedin.com": {"/collect": redirect(f"{sync}collect", f"li_sugr=b1; {attributes}"), "/synced": gif(f"lidc=b3; {attributes}")},
            "www.linkedin.com": {"/px/li_sync": redirect(back, f"bcookie=b2; {attributes}")},
        },
        Trace(
            requests=(Expected(INSIGHT_URL), Expected(first, collector=True), Expected(f"{sync}*"), Expected(back)),
            scripts=(INSIGHT_URL,),
            cookies=tuple(
                header_cookie(name, url, domain=".linkedin.com", http_only=False) for name, url in (("li_sugr", first), ("bcookie", f"{sync}*"), ("lidc", back))
            )
            + ((script_cookie("li_fat_id", INSIGHT_URL),) if early else ()),
            tags=(("LinkedIn Insight", "7031224"),),
        ),
    )


def chat(_: Variant) -> Vendor:
    """A frame, with a frame of yet another host in it."""
    outer, inner = "https://widget.intercom.io/frame/kslhs", "https://js.intercomcdn.com/launcher.html"
    look = "<style>body{margin:0;background:#7a3b1d}iframe{border:0;width:64px;height:64px}</style>"
    bubble = "<style>body{margin:0;display:grid;place-items:center;height:64px;font:28px serif;color:#f6ede0;background:#7a3b1d}</style>&#9749;"
    launcher = frame(title="Launcher", body=f"{bubble}<script>sessionStorage.setItem('launcher','ready')</script>")
    session = "intercom-session-kslhs=s1; Path=/; Max-Age=604800; Secure; HttpOnly; SameSite=None"
    return Vendor(
        {
            "widget.intercom.io": {
                "/widget/kslhs": script("chat"),
                "/frame/kslhs": frame(title="Chat", body=f'{look}<iframe src="{inner}" title="Launcher"></iframe>', cookies=(session,)),
            },
            "js.intercomcdn.com": {"/launcher.html": launcher},
            "nexus-websocket-a.intercom.io": {"/pubsub/5-kslhs": Reply()},
            "api-iam.intercom.io": {},
        },
        Trace(
            requests=(
                Expected(CHAT_URL),
                Expected(outer),
                Expected(inner),
                attempt("wss://nexus-websocket-a.intercom.io/pubsub/5-kslhs", "WS"),
                attempt("https://api-iam.intercom.io/messenger/web/ping"),
            ),
            scripts=(CHAT_URL,),
            cookies=(script_cookie("intercom-id-kslhs", CHAT_URL), header_cookie("intercom-session-kslhs", outer, domain="widget.intercom.io")),
            storage=(("https://js.intercomcdn.com", "session", "launcher"),),
            frames=(ExpectedFrame(url=outer), ExpectedFrame(url=inner, inline_scripts=1)),
        ),
    )


def new_tracker(_: Variant) -> Vendor:
    return Vendor(
        {"analytics.tiktok.com": {"/i18n/pixel/events.js": script("new_tracker")}},
        Trace(
            requests=(Expected(NEW_TRACKER_URL), attempt("https://analytics.tiktok.com/api/v2/pixel")),
            scripts=(NEW_TRACKER_URL,),
            cookies=(script_cookie("_ttp", NEW_TRACKER_URL),),
            tags=(("TikTok Pixel", "CKSLHS77Q5"),),
        ),
    )


def skimmer(_: Variant) -> Vendor:
    return Vendor(
        {"metrics.example.net": {"/m.js": script("skimmer")}},
        Trace(requests=(Expected(SKIMMER_URL), attempt("https://metrics.example.net/m")), scripts=(SKIMMER_URL,)),
    )


@cache
def everyone(variant: Variant) -> list[Vendor]:
    makers = (fonts, consent, experiment, carousel, tag_manager, analytics, pixel, replay, insight, chat, new_tracker, skimmer, payment)
    return [make(variant) for make in makers]


def in_container(variant: Variant) -> Trace:
    """What the container brings along, itself included."""
    makers = [tag_manager, analytics, pixel, replay, insight, chat]
    if variant.new_tracker:
        makers.append(new_tracker)
    return sum((make(variant).trace for make in makers), Trace())
