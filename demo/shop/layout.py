"""What every page of the shop has around its own part: head, tags, header, footer. Pure."""

from __future__ import annotations

import json

from demo.shop import release, vendors
from demo.shop.variant import Variant
from demo.shop.vendor import CONSENT_GROUP, CONTAINER, integrity

STATIC = "https://static.kesselhaus-demo.shop"
SIGNALS = ("ad_storage", "analytics_storage", "ad_user_data", "ad_personalization")


def page(*, title: str, main: str, variant: Variant, tags: bool = True, experiment: bool = False, before: str = "", after: str = "") -> str:
    """`tags`: does the container run here? `before` stands above the main part, `after` holds the page's own scripts."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title} · Kesselhaus Coffee Roastery</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Coffee roasted in an old boiler house, in small batches, and sent to you within the week.">
<link rel="icon" href="/assets/logo.svg" type="image/svg+xml">
<link rel="preconnect" href="https://fonts.gstatic.com" crossorigin>
<link rel="stylesheet" href="{vendors.FONT_URL.replace("&", "&amp;")}">
<link rel="stylesheet" href="/assets/shop.css{variant.version}">
<meta name="csrf-token" content="{variant.token("csrf")}">
{_head_scripts(variant, tags=tags, experiment=experiment)}
</head>
<body>
<div class="bar" data-ribbon>Free shipping from €39</div>
<header><img src="/assets/logo.svg" alt="" width="48" height="48"><b>Kesselhaus</b>
<nav><a href="/">Coffee</a><a href="/#story">Our story</a><a href="/cart">Basket <span class="count" data-basket>0</span></a></nav></header>
{before}<main>
{main}
</main>
<footer><div><span>Kesselhaus Coffee Roastery · an invented shop for demonstration, as of {variant.date}</span>
<a href="/privacy">Privacy</a><a href="/cookies">Cookies</a><a href="/terms">Terms</a></div></footer>
{after}
<script src="{release.path(variant)}" defer></script>
<script src="/assets/shop.js{variant.version}" defer></script>
</body>
</html>
"""


def _head_scripts(variant: Variant, *, tags: bool, experiment: bool) -> str:
    nonce = variant.token("nonce")
    parts = [f'<script nonce="{nonce}">{consent_default(variant)}</script>']
    if variant.banner:
        parts.append(f'<script src="{vendors.CONSENT_URL}" data-cbid="{CONSENT_GROUP}"></script>')
    if experiment:
        parts.append(f'<script src="{vendors.EXPERIMENT_URL}"></script>')
    if tags:
        parts.append(f'<script nonce="{nonce}">{bring_container(variant)}</script>')
    return "\n".join(parts)


def consent_default(variant: Variant) -> str:
    state = "granted" if variant.granted_by_default else "denied"
    signals = json.dumps({**dict.fromkeys(SIGNALS, state), "wait_for_update": 500})
    return f"window.dataLayer = window.dataLayer || []; function gtag() {{ dataLayer.push(arguments); }} gtag('consent', 'default', {signals});"


def bring_container(variant: Variant) -> str:
    page = f"dataLayer.push({{event: 'page', id: '{CONTAINER}', request: '{variant.token('request')}'}});"
    return f"{page} document.head.append(Object.assign(document.createElement('script'), {{async: true, src: '{vendors.CONTAINER_URL}'}}));"


def carousel() -> str:
    return f'<script src="{vendors.CAROUSEL_URL}" integrity="{integrity("carousel")}" crossorigin="anonymous" defer></script>'


def app() -> str:
    return '<script type="module" src="/assets/app.js"></script>'
