"""What a hostile address, name, redirect or page may try, to make the browser reach what is not the public web: U, D, R and P, one row each.

Pure data. `stage` serves it and says where to navigate; `test_browser_battery` drives it. In pages and redirects `@T` stands for the origin of the target,
`@W` for the same as a WebSocket's, `@H` for its host, `@C` for the canary's `host:port`; each page is tried once per variant of `stage.VARIANTS`.

To add an attempt: one row. It needs no expectation: the expectation of all of them is that nothing is delivered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PUBLIC = "93.184.215.14"
PRIVATE = "10.0.0.5"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """`url`: navigate there. `location`: our site redirects there. `html`: our site serves that. `answers`: what DNS says for the host of `url`, in turn."""

    id: str
    title: str
    url: str = ""
    answers: tuple[tuple[str, ...] | None, ...] = ()
    status: int = 302
    location: str = ""
    html: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "text/html"
    alone: bool = False  # must be the top document, not a frame among others


def address(id: str, title: str, url: str) -> Attempt:
    return Attempt(id=id, title=title, url=url)


def name(id: str, title: str, url: str, *answers: tuple[str, ...] | None) -> Attempt:
    return Attempt(id=id, title=title, url=url, answers=answers)


def redirect(id: str, title: str, location: str, status: int = 302) -> Attempt:
    return Attempt(id=id, title=title, location=location, status=status)


def page(id: str, title: str, html: str, *headers: tuple[str, str], alone: bool = False, media_type: str = "text/html") -> Attempt:
    return Attempt(id=id, title=title, html=html, headers=headers, alone=alone, media_type=media_type)


def script(id: str, title: str, code: str, *, alone: bool = False) -> Attempt:
    return page(id, title, f"<script>{code}</script>", alone=alone)


def in_worker(code: str) -> str:
    """JavaScript that runs `code` in a worker made of a blob."""
    return f"const code = {code!r}; new Worker(URL.createObjectURL(new Blob([code])))"


ADDRESSES: Sequence[Attempt] = (
    address("U01", "loopback literal", "http://127.0.0.1/"),
    address("U02", "localhost", "http://localhost/"),
    address("U03", "localhost, case and dot", "http://LOCALHOST./"),
    address("U04", "short IPv4", "http://127.1/"),
    address("U05", "decimal IPv4", "http://2130706433/"),
    address("U06", "hex IPv4", "http://0x7f000001/"),
    address("U07", "octal IPv4", "http://0177.0.0.1/"),
    address("U08", "mixed hex octets", "http://0x7f.0.0.0x1/"),
    address("U09", "0.0.0.0", "http://0.0.0.0/"),
    address("U10", "zero", "http://0/"),
    address("U11", "IPv6 loopback", "http://[::1]/"),
    address("U12", "IPv6 unspecified", "http://[::]/"),
    address("U13", "v4-mapped, dotted", "http://[::ffff:127.0.0.1]/"),
    address("U14", "v4-mapped, hex", "http://[::ffff:7f00:1]/"),
    address("U15", "v4-mapped metadata", "http://[::ffff:169.254.169.254]/latest/"),
    address("U16", "metadata", "http://169.254.169.254/latest/meta-data/"),
    address("U17", "metadata, decimal", "http://2852039166/"),
    address("U18", "metadata, hex", "http://0xA9FEA9FE/"),
    address("U19", "metadata, octal", "http://0251.0376.0251.0376/"),
    address("U20", "AWS metadata over IPv6", "http://[fd00:ec2::254]/"),
    address("U21", "10/8", "http://10.0.0.5/"),
    address("U22", "172.16/12", "http://172.16.0.1/"),
    address("U23", "192.168/16", "http://192.168.1.1/"),
    address("U24", "carrier-grade NAT", "http://100.64.0.1/"),
    address("U25", "Alibaba's metadata", "http://100.100.100.200/"),
    address("U26", "Oracle's metadata", "http://192.0.0.192/"),
    address("U27", "Azure's wire server", "http://168.63.129.16/"),
    address("U28", "benchmark network", "http://198.18.0.1/"),
    address("U29", "unique local", "http://[fd00::1]/"),
    address("U30", "NAT64", "http://[64:ff9b::a00:5]/"),
    address("U31", "6to4", "http://[2002:a00:5::1]/"),
    address("U32", "v4-compatible", "http://[::10.0.0.5]/"),
    address("U33", "circled digits", "http://①②⑦.⓪.⓪.①/"),
    address("U34", "ideographic full stop", "http://127。0。0。1/"),
    address("U35", "percent-encoded host", "http://%31%32%37.0.0.1/"),
    address("U36", "full-width digits", "http://１２７.0.0.1/"),
    address("U37", "private with a port", "http://127.0.0.1:6379/"),
    address("U38", "public host, Redis port", "http://site.shopsite.com:6379/"),
    address("U39", "public host, SSH port", "http://site.shopsite.com:22/"),
    address("U40", "public host, port not on the list", "http://site.shopsite.com:8080/"),
    address("U41", "userinfo", "http://site.shopsite.com@127.0.0.1/"),
    address("U42", "backslash", "http://127.0.0.1\\@site.shopsite.com/"),
    address("U43", "fragment", "http://127.0.0.1#@site.shopsite.com/"),
    address("U44", "tab in the host", "http://127.0.\t0.1/"),
    address("U45", "file", "file:///etc/passwd"),
    address("U46", "file on localhost", "file://localhost/etc/passwd"),
    address("U47", "view-source of a file", "view-source:file:///etc/passwd"),
    address("U48", "view-source of a private address", "view-source:http://127.0.0.1/"),
    address("U49", "ftp", "ftp://127.0.0.1/"),
    address("U50", "gopher", "gopher://127.0.0.1:6379/_INFO"),
    address("U51", "the browser's own pages", "chrome://net-export/"),
    address("U52", "javascript", 'javascript:location="http://127.0.0.1/"'),
    address("U53", "data", "data:text/html,<img src=http://127.0.0.1/x>"),
    address("U54", "blob of a file", "blob:file:///etc/passwd"),
    address("U55", "Google's metadata by name", "http://metadata.google.internal/"),
    address("U56", "single label", "http://redis:6379/"),
    address("U57", ".local", "http://intern.local/"),
    address("U58", "DevTools port", "http://127.0.0.1:9222/json/version"),
    address("U59", "IPv6 zone", "http://[fe80::1%25lo]/"),
    address("U60", "https private", "https://10.0.0.5/"),
    address("U61", "the canary itself", "http://@C/"),
)

NAMES: Sequence[Attempt] = (
    name("D01", "10/8", "http://priv10.evil.com/", (PRIVATE,)),
    name("D02", "metadata", "http://meta.evil.com/", ("169.254.169.254",)),
    name("D03", "loopback", "http://loop.evil.com/", ("127.0.0.1",)),
    name("D04", "0.0.0.0", "http://zero.evil.com/", ("0.0.0.0",)),
    name("D05", "::1", "http://v6loop.evil.com/", ("::1",)),
    name("D06", "v4-mapped", "http://v6map.evil.com/", ("::ffff:10.0.0.5",)),
    name("D07", "unique local", "http://ula.evil.com/", ("fd00::1",)),
    name("D08", "NAT64", "http://nat64.evil.com/", ("64:ff9b::a00:5",)),
    name("D09", "public and private", "http://mixed.evil.com/", (PUBLIC, PRIVATE)),
    name("D10", "public, and ::1", "http://mixed6.evil.com/", (PUBLIC, "::1")),
    name("D11", "an alias of something internal", "http://cname.evil.com/", (PRIVATE,)),
    name("D12", "carrier-grade NAT", "http://cgnat.evil.com/", ("100.64.0.1",)),
    name("D13", "sixty public, one private", "http://many.evil.com/", (PUBLIC,) * 60 + (PRIVATE,)),
    name("D14", "address in the name", "http://127.0.0.1.nip.shopsite.com/", ("127.0.0.1",)),
    name("D15", "https to a private name", "https://priv15.evil.com/", (PRIVATE,)),
    name("D16", "rebinding between navigations", "http://r16.rebind.evil.com/", (PUBLIC,), (PRIVATE,)),
    name("D17", "rebinding inside a page", "http://r17.rebind.evil.com/rebind", (PUBLIC,), (PRIVATE,)),
    name("D18", "a resolver that never answers", "http://slow.evil.com/", None),
)

REDIRECTS: Sequence[Attempt] = (
    redirect("R01", "302 to 10/8", "http://10.0.0.5/"),
    redirect("R02", "302 to metadata", "http://169.254.169.254/"),
    redirect("R03", "307 to private", "http://10.0.0.5/", 307),
    redirect("R04", "301 to localhost", "http://localhost/", 301),
    redirect("R05", "two hops", "/go/R01/plain"),
    redirect("R06", "302 to a private name", "http://priv10.evil.com/"),
    redirect("R07", "302 to a file", "file:///etc/passwd"),
    redirect("R08", "302 to data", "data:text/html,<img src=http://127.0.0.1/x>"),
    page("R09", "Refresh header", "refresh", ("Refresh", "0;url=@T/x")),
    redirect("R10", "302 to private https", "https://10.0.0.5/"),
    redirect("R11", "302 to a hex host", "http://0x7f000001/"),
    redirect("R12", "302 to another port", "http://site.shopsite.com:8080/"),
    page("R13", "meta refresh", '<meta http-equiv=refresh content="0;url=@T/x">'),
    script("R14", "location=", 'location = "@T/x"'),
    page("R15", "image, redirected", '<img src="/to?@T/x">'),
    script("R16", "fetch, redirected", 'fetch("/to?@T/x", {mode: "no-cors"})'),
    page("R17", "script, redirected", '<script src="/to?@T/x"></script>'),
    page("R18", "frame, redirected", '<iframe src="/to?@T/x"></iframe>'),
    script("R19", "location=file", 'location = "file:///etc/passwd"'),
)

STUN = (
    'const peer = new RTCPeerConnection({iceServers: [{urls: "%s", username: "a", credential: "b"}]}); peer.createDataChannel("x"); '
    "peer.createOffer().then(offer => peer.setLocalDescription(offer))"
)
IMPORT_MAP = '<script type=importmap>{"imports": {"x": "@T/x.mjs"}}</script><script type=module>import "x"</script>'
RELOADED = (
    "if (!sessionStorage.seen) { sessionStorage.seen = 1; history.pushState(0, 0, location); setTimeout(() => location.reload(), 100) } else fetch('@T/x')"
)

PAGES: Sequence[Attempt] = (
    page("P01", "frame", '<iframe src="@T/x"></iframe>'),
    page("P02", "image", '<img src="@T/x">'),
    page("P03", "script", '<script src="@T/x"></script>'),
    page("P04", "style sheet", '<link rel=stylesheet href="@T/x">'),
    page("P05", "font", '<style>@font-face{font-family:f;src:url("@T/x.woff")}p{font-family:f}</style><p>text'),
    script("P06", "fetch without CORS", 'fetch("@T/x", {mode: "no-cors"})'),
    script("P07", "XHR", 'const x = new XMLHttpRequest; x.open("GET", "@T/x"); x.send()'),
    script("P08", "beacon", 'navigator.sendBeacon("@T/x", "a")'),
    script("P09", "WebSocket", 'new WebSocket("@W/x")'),
    script("P10", "WebSocket to the Redis port", 'new WebSocket("ws://@H:6379/x")'),
    script("P11", "EventSource", 'new EventSource("@T/x")'),
    page("P12", "prefetch", '<link rel=prefetch href="@T/x">'),
    page("P13", "preconnect", '<link rel=preconnect href="@T">'),
    page("P14", "DNS prefetch", '<link rel=dns-prefetch href="@T">'),
    page("P15", "preload", '<link rel=preload as=image href="@T/x">'),
    page("P16", "module preload", '<link rel=modulepreload href="@T/x">'),
    script("P17", "dynamic import", 'import("@T/x")'),
    page("P18", "video", '<video src="@T/x" preload=auto></video>'),
    page("P19", "audio", '<audio src="@T/x" preload=auto></audio>'),
    page("P20", "object", '<object data="@T/x"></object>'),
    page("P21", "embed", '<embed src="@T/x">'),
    page("P22", "form, GET", '<form action="@T/x"></form><script>document.forms[0].submit()</script>'),
    page("P23", "form, POST", '<form action="@T/x" method=post><input name=a value=b></form><script>document.forms[0].submit()</script>'),
    page("P24", "ping of a link", '<a href="#" ping="@T/x">a</a><script>document.links[0].click()</script>'),
    script("P25", "window.open", 'open("@T/x")', alone=True),
    script("P26", "importScripts in a worker", in_worker('importScripts("@T/x")')),
    script("P27", "fetch in a worker", in_worker('fetch("@T/x", {mode: "no-cors"})')),
    script("P28", "fetch in a shared worker", 'new SharedWorker("/worker.js#@T/x")'),
    script("P29", "fetch in a service worker", 'navigator.serviceWorker.register("/worker.js?@T/x")'),
    page("P30", "CSS import", '<style>@import "@T/x";</style>'),
    page("P31", "CSS background", '<p style="background: url(@T/x)">text'),
    page("P32", "SVG image", '<svg><image href="@T/x" width=9 height=9 /></svg>'),
    page("P33", "SVG use", '<svg><use href="@T/x#a" /></svg>'),
    page("P34", "speculative prefetch", '<script type=speculationrules>{"prefetch": [{"urls": ["@T/x"], "eagerness": "immediate"}]}</script>', alone=True),
    page("P35", "speculative prerender", '<script type=speculationrules>{"prerender": [{"urls": ["@T/x"], "eagerness": "immediate"}]}</script>', alone=True),
    script("P36", "WebRTC by STUN, UDP", STUN % "stun:@C"),
    script("P37", "WebRTC by TURN, TCP", STUN % "turn:@C?transport=tcp"),
    script("P38", "WebRTC by STUN to a public address", STUN % f"stun:{PUBLIC}:3478"),
    script("P39", "WebTransport", 'new WebTransport("https://@C/x")'),
    page("P40", "report of a content policy", '<img src="/no">', ("Content-Security-Policy", "img-src 'none'; report-uri @T/x")),
    page(
        "P41",
        "reporting endpoint",
        '<img src="/no">',
        ("Reporting-Endpoints", 'here="@T/x"'),
        ("Content-Security-Policy", "img-src 'none'; report-to here"),
    ),
    page(
        "P42",
        "network error log",
        '<img src="/broken">',
        ("Report-To", '{"group":"n","max_age":99,"endpoints":[{"url":"@T/x"}]}'),
        ("NEL", '{"report_to":"n","max_age":99,"success_fraction":1.0}'),
    ),
    page("P43", "manifest", '<link rel=manifest href="@T/x">', alone=True),
    page("P44", "icon", '<link rel=icon href="@T/x">', alone=True),
    script("P45", "keep-alive fetch at the end", 'addEventListener("pagehide", () => fetch("@T/x", {keepalive: true, mode: "no-cors", method: "POST"}))'),
    script("P46", "beacon at the end", 'addEventListener("pagehide", () => navigator.sendBeacon("@T/x", "a"))'),
    page("P47", "picture", '<picture><source srcset="@T/x 1x"><img src="/no"></picture>'),
    page("P48", "frame of its own source", """<iframe srcdoc='<img src="@T/x">'></iframe>"""),
    page("P49", "sandboxed frame", '<iframe sandbox src="@T/x"></iframe>'),
    page("P50", "track", '<video><track default kind=captions src="@T/x"></video><script>document.querySelector("track").track.mode = "showing"</script>'),
    page("P51", "download", '<a href="@T/x" download>a</a><script>document.links[0].click()</script>'),
    script("P52", "custom protocol", 'location = "ssh://@H"'),
    page("P53", "preload by header", "preload", ("Link", "<@T/x>; rel=preload; as=image")),
    page("P54", "preconnect by header", "preconnect", ("Link", "<@T>; rel=preconnect")),
    page("P55", "alternative service", '<script>setTimeout(() => fetch("/again"), 200)</script>', ("Alt-Svc", 'h3="@C"; ma=60, h2="@C"; ma=60')),
    page("P56", "frame to a file", '<iframe src="file:///etc/passwd"></iframe>'),
    page("P57", "frame to a source view", '<iframe src="view-source:@T/x"></iframe>'),
    page("P58", "style sheet of XML", '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="@T/x"?><a/>', media_type="text/xml"),
    page("P59", "frame by a private name", '<iframe src="https://priv15.evil.com/x"></iframe>'),
    script("P60", "fetch of private https", 'fetch("https://10.0.0.5/x", {mode: "no-cors"})'),
    script("P61", "private wss", 'new WebSocket("wss://10.0.0.5/x")'),
    script("P62", "port scan by fetch", '[22, 80, 443, 5432, 6379].forEach(p => fetch("http://127.0.0.1:" + p)); fetch("http://@C/", {mode: "no-cors"})'),
    page("P63", "localhost by images", '<img src="http://localhost:5432/"><img src="http://@C/"><img src="https://localhost/">'),
    page("P64", "prerender by link", '<link rel=prerender href="@T/x">', alone=True),
    script("P65", "fetch with a named address space", 'fetch("@T/x", {mode: "no-cors", targetAddressSpace: "local"})'),
    page("P66", "frame of data", """<iframe src='data:text/html,<img src="@T/x">'></iframe>"""),
    script("P67", "WebSocket in a worker", in_worker('new WebSocket("@W/x")')),
    script("P68", "popup, then navigate", 'const w = open("about:blank"); if (w) w.location = "@T/x"', alone=True),
    script("P69", "history and reload", RELOADED, alone=True),
    page("P70", "import map", IMPORT_MAP),
)

ALL = (*ADDRESSES, *NAMES, *REDIRECTS, *PAGES)
