"""A whole hand-made snapshot: a shop with a start page and a privacy policy, every kind of record filled at least once, evidence included.

`sample_snapshot(**changes)` is the document, `sample_evidence()` the bodies that it names, `sample_captured(**changes)` both. All fixed: the same every time.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import replace
from typing import Any

from scans import snapshot as form
from scans.snapshot import Captured, EvidenceRef, Initiator, Observation, Snapshot

SHOP = "https://shop.example/"
POLICY = "https://shop.example/privacy"
MAIN_JS = "https://shop.example/assets/main.8f3a2c1d.js"
GTM_JS = "https://www.googletagmanager.com/gtm.js?id=GTM-ABC1234"
GTAG_JS = "https://www.googletagmanager.com/gtag/js?id=G-1A2B3C4D5E"
PIXEL_JS = "https://connect.facebook.net/en_US/fbevents.js"
STRIPE_JS = "https://js.stripe.com/v3/"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Tracefox/1.0 (+https://tracefox.co/bot)"

RAW_DOM = b'<!DOCTYPE html><html><head><title>Shop Example</title></head><body><h1>Tea</h1><a href="/cart">Cart</a><b class="price">EUR 12.00</b></body></html>'
NORMALISED_DOM = b"title Shop Example\nh1 Tea\na href=/cart Cart\nprice EUR 12.00"
POLICY_TEXT = b"Privacy\nWe use cookies to count visits. You may refuse them at any time."
MAIN_SCRIPT = b"document.cookie = 'cart=empty; path=/'; localStorage.setItem('theme', 'light');"
INLINE_SCRIPT = b"gtag('consent', 'default', {ad_storage: 'denied', analytics_storage: 'denied'});"
GTM_SCRIPT = b"(function(){var container='GTM-ABC1234';})();"
PIXEL_SCRIPT = b"fbq('init', '123456789012345'); fbq('track', 'PageView');"


def sample_snapshot(**changes: Any) -> Snapshot:
    document = Snapshot(
        version=form.VERSION,
        started_at="2026-03-02T06:00:00Z",
        finished_at="2026-03-02T06:00:07Z",
        outcome=form.Outcome(status="ok"),
        browser=form.Browser(
            product="Chrome/156.0.8078.79", user_agent=AGENT, viewport_width=1280, viewport_height=800, wait_policy="load+network-quiet:500ms"
        ),
        observations=[sample_page(), sample_policy_page()],
        third_parties=_third_parties(),
        refusals=[form.Refusal(host="10.0.0.5", port=443, reason="private-address", address="10.0.0.5", times=2)],
        conduct=form.Conduct(
            requests_sent=7,
            bytes_down=412_388,
            bytes_up=6_120,
            connections=5,
            methods={"GET": 7},
            writes_attempted=1,
            writes_delivered=0,
            forms_filled=0,
            clicks=0,
        ),
        evidence=_references(),
        data_sets={"third-party-web": "0.30.0", "vendors": "1"},
        consent_states=[
            form.ConsentState(
                state="rejected",
                observation=sample_page(),
                verdict="rejected",
                cmp="Cookiebot",
                button="#CybotCookiebotDialogBodyButtonDecline",
                signals={"ad_storage": "denied", "analytics_storage": "denied"},
            )
        ],
    )
    return replace(document, **changes)


def sample_evidence() -> dict[str, bytes]:
    return {_sha256(body): body for _, _, body in _bodies()}


def sample_captured(**changes: Any) -> Captured:
    return Captured(snapshot=sample_snapshot(**changes), evidence=sample_evidence())


def sample_page(**changes: Any) -> Observation:
    page = Observation(
        url=SHOP,
        kind="page",
        outcome=form.Outcome(status="ok"),
        final_url=SHOP,
        status=200,
        media_type="text/html",
        captured_at="2026-03-02T06:00:04Z",
        redirects=[form.Redirect(url="https://www.shop.example/", status=301, location=SHOP)],
        tls=form.Tls(
            protocol="TLS 1.3",
            cipher="AES_128_GCM",
            issuer="Example CA R1",
            subject="shop.example",
            valid_from="2026-01-01T00:00:00Z",
            valid_to="2026-04-01T00:00:00Z",
        ),
        timing=form.Timing(first_byte=84.0, dom_content_loaded=410.5, load=1_220.0, settled=1_930.0),
        headers={"content-security-policy": "default-src 'self' https:", "strict-transport-security": "max-age=31536000", "server": "nginx"},
        requests=_requests(),
        scripts=_scripts(),
        cookies=_cookies(),
        storage=[form.StorageKey(origin="https://shop.example", area="local", key="theme", value_size=5)],
        tags=[
            form.Tag(vendor="Google Tag Manager", account_id="GTM-ABC1234", seen_in="request", url=GTM_JS),
            form.Tag(vendor="Google Analytics", account_id="G-1A2B3C4D5E", seen_in="request", url=GTAG_JS),
            form.Tag(vendor="Meta Pixel", account_id="123456789012345", seen_in="script", url=PIXEL_JS),
        ],
        consent=form.Consent(
            cmp="Cookiebot",
            banner_visible=True,
            calls=[form.ConsentCall(command="default", signals={"ad_storage": "denied", "analytics_storage": "denied"}, region=["DE", "AT"], at=120.0)],
        ),
        frames=[form.Frame(url="https://js.stripe.com/v3/m-outer.html", parent=SHOP, party="third", sandboxed=True)],
        forms=[form.Form(action="https://shop.example/newsletter", method="post", name="newsletter", fields=["email address", "submit"])],
        workers=[form.Worker(url="https://shop.example/worker.js", kind="service", outcome="blocked")],
        websockets=[form.WebSocket(url="wss://chat.vendor.example/socket", host="chat.vendor.example", party="third", initiator=_by(MAIN_JS))],
        console=[form.ConsoleEntry(level="error", text="Failed to load resource: net::ERR_BLOCKED_BY_CLIENT", url=GTM_JS, line=12)],
        writes=[
            form.Write(
                channel="beacon",
                method="POST",
                url="https://www.google-analytics.com/g/collect?v=2&tid=G-1A2B3C4D5E",
                host="www.google-analytics.com",
                party="third",
            )
        ],
        dom=form.Dom(raw_sha256=_sha256(RAW_DOM), normalised_sha256=_sha256(NORMALISED_DOM), nodes=9, size=len(RAW_DOM), title="Shop Example"),
        screenshot=form.Screenshot(
            sha256=_sha256(screenshot_png()), width=1280, height=800, moving=[form.Box(x=0, y=96, width=1280, height=420, why="carousel")]
        ),
        findings=[form.Finding(kind="internal-address", sentence="The page tried to reach 10.0.0.5, an internal address.", url="https://10.0.0.5/")],
        truncated=[form.Truncation(what="console", kept=200, seen=431, url=SHOP)],
    )
    return replace(page, **changes)


def sample_policy_page(**changes: Any) -> Observation:
    page = Observation(
        url=POLICY,
        kind="policy",
        outcome=form.Outcome(status="ok"),
        final_url=POLICY,
        status=200,
        media_type="text/html",
        captured_at="2026-03-02T06:00:06Z",
        requests=[_request(POLICY, type="document", party="first", transfer_size=3_100, body_size=9_200)],
        policy=form.Policy(text_sha256=_sha256(POLICY_TEXT), words=len(POLICY_TEXT.split())),
    )
    return replace(page, **changes)


def screenshot_png(*, width: int = 1280, height: int = 800) -> bytes:
    """A white picture, as a viewport would be."""
    lines = zlib.compress((b"\0" + b"\xff" * ((width + 7) // 8)) * height, 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", lines) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _requests() -> list[form.Request]:
    return [
        _request(SHOP, type="document", party="first", transfer_size=5_210, body_size=18_400),
        _request(MAIN_JS, type="script", party="first", transfer_size=8_112, body_size=31_004, initiator=Initiator(kind="parser", chain=[SHOP])),
        _request(GTM_JS, type="script", party="third", transfer_size=94_120, body_size=301_233, initiator=_by(SHOP)),
        _request(GTAG_JS, type="script", party="third", transfer_size=101_500, body_size=330_100, initiator=_by(GTM_JS, SHOP)),
        _request(PIXEL_JS, type="script", party="third", transfer_size=61_000, body_size=190_000, initiator=_by(GTM_JS, SHOP)),
        _request(STRIPE_JS, type="script", party="third", transfer_size=140_000, body_size=520_000, initiator=Initiator(kind="parser", chain=[SHOP])),
        _request(
            "https://www.google-analytics.com/g/collect?v=2&tid=G-1A2B3C4D5E&cid={redacted}",
            type="ping",
            party="third",
            method="POST",
            outcome="blocked",
            status=None,
            media_type="",
            error="write: answered locally",
            initiator=_by(GTAG_JS, GTM_JS, SHOP),
        ),
        _request("https://shop.example/missing.png", type="image", party="first", status=404, transfer_size=310, body_size=120, redirected_to=""),
    ]


def _request(url: str, *, type: str, party: form.Party, **fields: Any) -> form.Request:
    usual: dict[str, Any] = {"method": "GET", "outcome": "loaded", "status": 200, "start": 12.5, "duration": 80.25, "protocol": "h2", "frame": SHOP}
    media_type = {"document": "text/html", "script": "text/javascript"}.get(type, "")
    return form.Request(url=url, type=type, party=party, host=url.split("/")[2], **usual | {"media_type": media_type} | fields)


def _by(*chain: str) -> Initiator:
    return Initiator(kind="script", chain=list(chain))


def _scripts() -> list[form.Script]:
    return [
        _script(
            MAIN_JS, MAIN_SCRIPT, party="first", kind="module", integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6", initiator=Initiator(kind="parser", chain=[SHOP])
        ),
        _script(
            "",
            INLINE_SCRIPT,
            party="first",
            inline=True,
            normalised_sha256=_sha256(INLINE_SCRIPT),
            shape=_sha256(b"gtag(,,{ad_storage:,analytics_storage:});"),
            nonce=True,
            position=1,
        ),
        _script(GTM_JS, GTM_SCRIPT, party="third", is_async=True, position=2, initiator=_by(SHOP)),
        _script(PIXEL_JS, PIXEL_SCRIPT, party="third", is_async=True, position=3, initiator=_by(GTM_JS, SHOP)),
        form.Script(url=STRIPE_JS, sha256="", size=0, inline=False, party="third", defer=True, frame=SHOP, position=4),
    ]


def _script(url: str, body: bytes, *, party: form.Party, inline: bool = False, **fields: Any) -> form.Script:
    return form.Script(url=url, sha256=_sha256(body), size=len(body), inline=inline, party=party, frame=SHOP, **fields)


def _cookies() -> list[form.Cookie]:
    return [
        form.Cookie(
            name="cart",
            domain="shop.example",
            path="/",
            party="first",
            same_site="Lax",
            secure=True,
            http_only=True,
            host_only=True,
            value_size=5,
            set_by="header",
            set_by_url=SHOP,
        ),
        form.Cookie(name="_ga", domain="shop.example", path="/", party="first", expires_in=34_560_000, value_size=27, set_by="script", set_by_url=GTAG_JS),
        form.Cookie(name="_fbp", domain="shop.example", path="/", party="first", expires_in=7_776_000, value_size=29, set_by="script", set_by_url=PIXEL_JS),
        form.Cookie(
            name="m", domain="m.stripe.com", path="/", party="third", expires_in=63_072_000, same_site="None", secure=True, partitioned=True, value_size=72
        ),
    ]


def _third_parties() -> list[form.ThirdParty]:
    return [
        _third_party("googletagmanager.com", "Google Tag Manager", "tag-manager", ["www.googletagmanager.com"], requests=2, scripts=1, transfer_size=195_620),
        _third_party("google-analytics.com", "Google Analytics", "analytics", ["www.google-analytics.com"], requests=1),
        _third_party("facebook.net", "Meta", "advertising", ["connect.facebook.net"], requests=1, scripts=1, transfer_size=61_000),
        _third_party("stripe.com", "Stripe", "payment", ["js.stripe.com", "m.stripe.com"], requests=1, scripts=1, cookies=1, transfer_size=140_000),
    ]


def _third_party(domain: str, entity: str, category: str, hosts: list[str], **counts: int) -> form.ThirdParty:
    return form.ThirdParty(
        domain=domain, entity=entity, category=category, hosts=hosts, pages=[SHOP], **{"requests": 0, "scripts": 0, "cookies": 0, "transfer_size": 0} | counts
    )


def _bodies() -> list[tuple[Any, str, bytes]]:
    return [
        ("screenshot", "image/png", screenshot_png()),
        ("dom_raw", "text/html", RAW_DOM),
        ("dom_normalised", "text/plain", NORMALISED_DOM),
        ("script", "text/javascript", MAIN_SCRIPT),
        ("script", "text/javascript", INLINE_SCRIPT),
        ("script", "text/javascript", GTM_SCRIPT),
        ("script", "text/javascript", PIXEL_SCRIPT),
        ("policy_text", "text/plain", POLICY_TEXT),
    ]


def _references() -> list[EvidenceRef]:
    return [EvidenceRef(sha256=_sha256(body), kind=kind, media_type=media_type, size=len(body)) for kind, media_type, body in _bodies()]


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
