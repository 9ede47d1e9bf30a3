"""Every way in which a page can write: one page per channel, and the oracle that says what got through.

Each channel is a page at `https://writes.example.com/w/<id>` that sends something to `/sink/<id>` as soon as it is open, or when it is left. `delivered`
looks at what arrived, whatever it was: any method but GET, HEAD and OPTIONS, any WebSocket, bytes that are no TLS, datagrams. `ALL` is a page that opens all
the others in frames. `W36` is the limit of what can be told by method: a GET that writes. `CONTROLS` look like writes and are none; they must arrive.

To add a channel: a line in `CHANNELS` with the next id, and its id in the list of the test that shows which of them deliver when nothing stops them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.web import Hit, Web
from demo.wire import Reply, Site
from tests.pages import write_scripts as js

HOST = "writes.example.com"
THIRD = "sink.example.net"
ORIGIN = f"https://{HOST}"
ALL = f"{ORIGIN}/all"
SIDE_EFFECT = "W36"


@dataclass(frozen=True, slots=True)
class Channel:
    """`late`: it writes when the page is left. `body` may hold `SINK`, a URL of this channel, and `FOREIGN`, the same on another site."""

    id: str
    title: str
    body: str
    headers: tuple[tuple[str, str], ...] = ()
    late: bool = False
    scripts: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"{ORIGIN}/w/{self.id}"

    def fill(self, text: str) -> str:
        return text.replace("SINK", f"{ORIGIN}/sink/{self.id}").replace("FOREIGN", f"https://{THIRD}/sink/{self.id}").replace("HERE", self.url)

    def page(self) -> Reply:
        text = f"<!doctype html><meta charset=utf-8><title>{self.id} {self.title}</title><body>{self.body}"
        return Reply(self.fill(text), headers=[(name, self.fill(value)) for name, value in self.headers])


def _run(script: str) -> str:
    return f"<script>{script}</script>"


def _at(event: str, script: str, *, target: str = "window") -> str:
    return _run(f"{target}.addEventListener('{event}', () => {{ {script} }});")


def _worker(script: str) -> str:
    return _run(f"new Worker(URL.createObjectURL(new Blob([`{script}`])));")


def _shared(script: str) -> str:
    return _run(f"new SharedWorker(URL.createObjectURL(new Blob([`{script}`]))).port.start();")


FORM = "<form method=post action='SINK'><input name=a value=1></form>"
SUBMIT = "document.forms[0].submit()"
POST = "fetch('SINK', {method: 'POST', body: 'a=1'})"
SOCKET = "const s = new WebSocket('SINK'.replace('https', 'wss')); s.onopen = () => s.send('a=1');"
BEACON = "navigator.sendBeacon('SINK', 'a=1');"

CHANNELS = (
    Channel("W01", "form, submitted by script", FORM + _run(SUBMIT)),
    Channel("W02", "form in a frame", f'<iframe srcdoc="{FORM}{_run(SUBMIT)}"></iframe>'),
    Channel("W03", "form in a sandboxed frame", f'<iframe sandbox="allow-scripts allow-forms" srcdoc="{FORM}{_run(SUBMIT)}"></iframe>'),
    Channel("W04", "form into a new window", FORM.replace("<form", "<form target=_blank") + _run(SUBMIT)),
    Channel("W05", "form written into an opened window", _run(js.FORM_IN_WINDOW)),
    Channel("W06", "form in a shadow tree", _run(js.FORM_IN_SHADOW)),
    Channel("W07", "form whose button says post", js.FORM_BY_BUTTON),
    Channel("W08", "fetch POST", _run(POST)),
    Channel("W09", "fetch PUT", _run("fetch('SINK', {method: 'PUT', body: 'a=1'})")),
    Channel("W10", "fetch DELETE to another site, after a preflight", _run("fetch('FOREIGN', {method: 'DELETE'})")),
    Channel("W11", "fetch with the method patch in lower case", _run("fetch('SINK', {method: 'patch', body: 'a=1'})")),
    Channel("W12", "fetch POST to another site without CORS", _run("fetch('FOREIGN', {method: 'POST', mode: 'no-cors', body: 'a=1'})")),
    Channel("W13", "fetch POST that outlives the page", _run("fetch('SINK', {method: 'POST', keepalive: true, body: 'a=1'})")),
    Channel("W14", "the same when the page is left", _at("pagehide", "fetch('SINK', {method: 'POST', keepalive: true, body: 'a=1'})"), late=True),
    Channel("W15", "XMLHttpRequest POST", _run("const x = new XMLHttpRequest(); x.open('POST', 'SINK'); x.send('a=1');")),
    Channel("W16", "XMLHttpRequest POST that blocks", _run("const x = new XMLHttpRequest(); x.open('POST', 'SINK', false); x.send('a=1');")),
    Channel("W17", "beacon", _run(BEACON)),
    Channel("W18", "beacon at pagehide", _at("pagehide", BEACON), late=True),
    Channel("W19", "beacon at visibilitychange", _at("visibilitychange", BEACON, target="document"), late=True),
    Channel("W20", "beacon at beforeunload and unload", _at("beforeunload", BEACON) + _at("unload", BEACON), late=True),
    Channel("W21", "link with a ping", "<a href='#x' ping='SINK'>x</a>" + _run("document.querySelector('a').click()")),
    Channel("W22", "WebSocket", _run(SOCKET)),
    Channel("W23", "WebSocket in a worker", _worker(SOCKET)),
    Channel("W24", "WebSocket in a shared worker", _shared(SOCKET)),
    Channel("W25", "fetch POST in a worker", _worker(POST)),
    Channel("W26", "fetch POST in a shared worker", _shared(POST)),
    Channel("W27", "fetch POST in a service worker", _run("navigator.serviceWorker.register('HERE/sw.js')"), scripts={"sw.js": js.SERVICE_WORKER}),
    Channel("W28", "fetch POST in a worker of a worker", _run("new Worker('HERE/outer.js')"), scripts=js.WORKER_IN_WORKER | {"inner.js": POST}),
    Channel("W29", "fetch POST in a worker made of a data URL", _run(js.DATA_WORKER)),
    Channel("W30", "policy violation report", "<img src='/x.png'>", (("Content-Security-Policy", "img-src 'none'; report-uri SINK"),)),
    Channel("W31", "policy violation report to an endpoint", "<img src='/x.png'>", js.REPORT_TO_ENDPOINT),
    Channel("W32", "network error log", _run("fetch('HERE/seen')"), js.NETWORK_ERROR_LOG, scripts={"seen": "1"}),
    Channel("W33", "fetchLater", _run("window.fetchLater?.('SINK', {method: 'POST', body: 'a=1', activateAfter: 0})")),
    Channel("W34", "WebTransport", _run("const t = new WebTransport('SINK'); t.ready.catch(() => {}); t.closed.catch(() => {});")),
    Channel("W35", "WebRTC through a relay", _run(js.RELAY)),
    Channel(SIDE_EFFECT, "GET that writes", _run("fetch('/cart/add?id=W36')")),
    Channel("W37", "beacon from a frame that is removed", _run(js.REMOVED_FRAME.replace("ACT", "frame.contentWindow.navigator.sendBeacon('SINK', 'a=1')"))),
    Channel("W38", "fetch that outlives the frame it came from", _run(js.REMOVED_FRAME.replace("ACT", js.KEPT_ALIVE))),
    Channel("W39", "fetch POST from a frame without a URL", _run(js.BLANK_FRAME)),
    Channel("W40", "fetch POST from a frame made of a data URL", js.DATA_FRAME),
    Channel("W41", "fetch POST from an opened window", _run("window.open('about:blank').fetch('SINK', {method: 'POST', body: 'a=1'})")),
    Channel("W42", "WebSocket in a sandboxed frame", f'<iframe sandbox="allow-scripts" srcdoc="{_run(SOCKET)}"></iframe>'),
    Channel("W43", "form that a link of another frame submits", js.FORM_INTO_FRAME),
    Channel("W44", "fetch POST sent on by a redirect that keeps the method", _run("fetch('HERE/on', {method: 'POST', body: 'a=1'})")),
)

CONTROLS = (
    Channel("C01", "event stream", _run("new EventSource('SINK')")),
    Channel("C02", "preflight", _run("fetch('FOREIGN', {headers: {'x-a': '1'}})")),
    Channel("C03", "script imported by a worker", _worker("importScripts('SINK')")),
    Channel("C04", "refresh", "<meta http-equiv=refresh content='0;url=SINK'>"),
    Channel("C05", "form that gets", "<form action='SINK'></form>" + _run(SUBMIT)),
)
BY_ID = {channel.id: channel for channel in (*CHANNELS, *CONTROLS)}


def sites() -> dict[str, Site]:
    return {HOST: _answer, THIRD: _answer}


def delivered(web: Web) -> list[Hit]:
    """Whatever arrived that could have changed something. A read-only visit leaves this empty."""
    return web.writes


def ids(hits: list[Hit]) -> set[str]:
    """The channels that these hits came through, for those that say so."""
    return {hit.path.rpartition("/")[2] for hit in hits if hit.path.startswith("/sink/")}


def _answer(hit: Hit) -> Reply:
    if hit.path.startswith("/sink/"):
        return _sink(hit)
    if hit.path == "/all":
        frames = "".join(f"<iframe src='{channel.url}'></iframe>" for channel in CHANNELS)
        return Reply(f"<!doctype html><meta charset=utf-8><title>all</title>{frames}")
    _, _, name, file = (hit.path + "///").split("/")[:4]
    channel = BY_ID.get(name)
    if channel is None or hit.host != HOST:
        return Reply(status=404)
    if file == "on":
        return Reply(status=307, headers=[("Location", f"/sink/{name}")])
    if file in channel.scripts:
        return Reply(channel.fill(channel.scripts[file]), media_type="text/javascript")
    return channel.page() if not file else Reply(status=404)


def _sink(hit: Hit) -> Reply:
    origin = hit.headers.get("origin", "*")
    allowed = [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Methods", "DELETE, PUT, PATCH"),
        ("Access-Control-Allow-Headers", "x-a, content-type"),
    ]
    if hit.method == "OPTIONS":
        return Reply(status=204, headers=allowed)
    if hit.headers.get("sec-fetch-dest") == "script":
        return Reply("0", media_type="text/javascript", headers=allowed)
    return Reply("<!doctype html><title>sink</title>taken", headers=allowed)
