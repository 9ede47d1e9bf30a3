"""A snapshot as large as a heavy shop gives: as many requests, third parties, cookies and pages as asked for, drawn from a fixed seed.

`large_captured(requests=1000)` is the same every time. It is made for pages and lists; `sample_snapshot` is made by hand and has every kind of record.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

from scans import snapshot as form
from scans.snapshot import Captured, EvidenceRef, Initiator, Request, Snapshot, ThirdParty
from tests.scans import sample_snapshot as sample

PARTIES = [
    ("googletagmanager.com", "Google Tag Manager", "tag-manager"),
    ("google-analytics.com", "Google Analytics", "analytics"),
    ("doubleclick.net", "Google Ads", "advertising"),
    ("facebook.net", "Meta", "advertising"),
    ("facebook.com", "Meta", "advertising"),
    ("tiktok.com", "TikTok", "advertising"),
    ("hotjar.com", "Hotjar", "analytics"),
    ("clarity.ms", "Microsoft Clarity", "analytics"),
    ("klaviyo.com", "Klaviyo", "email"),
    ("cookiebot.com", "Cookiebot", "consent"),
    ("stripe.com", "Stripe", "payment"),
    ("paypal.com", "PayPal", "payment"),
    ("klarna.com", "Klarna", "payment"),
    ("cloudflare.com", "Cloudflare", "cdn"),
    ("jsdelivr.net", "jsDelivr", "cdn"),
    ("shopify.com", "Shopify", "hosting"),
    ("zendesk.com", "Zendesk", "chat"),
    ("intercom.io", "Intercom", "chat"),
    ("youtube.com", "YouTube", "video"),
    ("trustpilot.com", "Trustpilot", "reviews"),
    ("sentry.io", "Sentry", "other"),
    ("pinterest.com", "Pinterest", "social"),
    ("criteo.com", "Criteo", "advertising"),
    ("unknown-vendor.io", "", "unknown"),
]
TYPES = ["script", "image", "image", "image", "stylesheet", "font", "xhr", "fetch", "ping"]
ENDINGS = {"script": "js", "image": "webp", "stylesheet": "css", "font": "woff2"}


def large_captured(*, requests: int = 1000, seed: int = 7, parties: int = len(PARTIES), evidence: dict[str, tuple[str, str, bytes]] | None = None) -> Captured:
    """`evidence` adds bodies by name: kind, media type, bytes. The first screenshot among them is the start page's."""
    draw = random.Random(seed)
    document = sample.sample_snapshot()
    chosen = PARTIES[:parties]
    bodies = sample.sample_evidence()
    refs = list(document.evidence)
    screenshot = document.observations[0].screenshot
    for kind, media_type, body in (evidence or {}).values():
        name = hashlib.sha256(body).hexdigest()
        bodies[name] = body
        refs.append(EvidenceRef(sha256=name, kind=kind, media_type=media_type, size=len(body)))  # type: ignore[arg-type]
        if kind == "screenshot":
            screenshot = form.Screenshot(sha256=name, width=1280, height=800)
    made = _requests(draw, requests, chosen)
    page = replace(
        document.observations[0], requests=made, cookies=_cookies(draw, chosen), scripts=_scripts(draw, made), screenshot=screenshot, timing=_timing()
    )
    page = replace(page, writes=page.writes * 6, tags=page.tags)
    large = replace(document, observations=[page, *document.observations[1:]], third_parties=_third_parties(made, chosen), evidence=refs)
    return Captured(snapshot=_counted(large), evidence=bodies)


def _requests(draw: random.Random, count: int, parties: list[tuple[str, str, str]]) -> list[Request]:
    made = [sample.sample_page().requests[0]]
    for number in range(1, count):
        third = draw.random() < 0.65 and bool(parties)
        host = f"cdn{number % 3}.{draw.choice(parties)[0]}" if third else "shop.example"
        kind = draw.choice(TYPES)
        start = draw.betavariate(1.3, 3) * 6800
        blocked, failed = kind == "ping", draw.random() < 0.015
        size = int(draw.lognormvariate(9, 1.4))
        made.append(
            Request(
                url=f"https://{host}/assets/{draw.choice(['theme', 'vendor', 'media', 'v3'])}/{draw.randbytes(6).hex()}.{ENDINGS.get(kind, 'json')}?v={number}",
                method="POST" if blocked else "GET",
                type=kind,
                host=host,
                party="third" if third else "first",
                outcome="blocked" if blocked else "failed" if failed else "loaded",
                status=None if blocked or failed else draw.choices([200, 204, 302, 404], [94, 2, 2, 2])[0],
                media_type={"script": "text/javascript", "image": "image/webp", "stylesheet": "text/css", "font": "font/woff2"}.get(kind, "application/json"),
                transfer_size=None if blocked or failed else size,
                body_size=None if blocked or failed else size * 3,
                start=round(start, 1),
                duration=round(draw.lognormvariate(4.6, 0.8), 1),
                protocol="h2",
                error="write: answered locally" if blocked else "net::ERR_CONNECTION_RESET" if failed else "",
                frame=sample.SHOP,
                initiator=Initiator(kind="script", chain=[sample.GTM_JS, sample.SHOP]) if third else Initiator(kind="parser", chain=[sample.SHOP]),
            )
        )
    return sorted(made, key=lambda request: request.start)


def _cookies(draw: random.Random, parties: list[tuple[str, str, str]]) -> list[form.Cookie]:
    extra = [
        form.Cookie(
            name=f"_{name.split('.')[0]}_id",
            domain=name,
            path="/",
            party="third",
            expires_in=draw.choice([None, 86_400, 7_776_000, 34_000_000]),
            value_size=32,
        )
        for name, _, _ in parties[::2]
    ]
    return sample.sample_page().cookies + extra


def _scripts(draw: random.Random, requests: list[Request]) -> list[form.Script]:
    loaded = [
        form.Script(
            url=request.url, sha256=draw.randbytes(32).hex(), size=request.body_size or 0, inline=False, party=request.party, initiator=request.initiator
        )
        for request in requests
        if request.type == "script" and request.outcome == "loaded"
    ]
    return sample.sample_page().scripts + loaded


def _third_parties(requests: list[Request], parties: list[tuple[str, str, str]]) -> list[ThirdParty]:
    found = []
    for domain, entity, category in parties:
        mine = [request for request in requests if request.host.endswith(domain)]
        if mine:
            found.append(
                ThirdParty(
                    domain=domain,
                    entity=entity,
                    category=category,
                    hosts=sorted({request.host for request in mine}),
                    pages=[sample.SHOP],
                    requests=len(mine),
                    scripts=sum(request.type == "script" for request in mine),
                    cookies=len(mine) % 4,
                    transfer_size=sum(request.transfer_size or 0 for request in mine),
                )
            )
    return found


def _timing() -> form.Timing:
    return form.Timing(first_byte=184.0, dom_content_loaded=1_410.0, load=4_620.0, settled=7_130.0)


def _counted(document: Snapshot) -> Snapshot:
    sent = sum(request.outcome != "blocked" for page in document.observations for request in page.requests)
    down = sum(request.transfer_size or 0 for page in document.observations for request in page.requests)
    writes = sum(len(page.writes) for page in document.observations)
    return replace(
        document, conduct=replace(document.conduct, requests_sent=sent, methods={"GET": sent}, bytes_down=down, writes_attempted=writes, connections=48)
    )
