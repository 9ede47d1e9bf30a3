"""Pages that know how they are looked at, and try to hide, to lie, to make the capture fall over, or to write past it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright._impl._driver import compute_driver_executable

from demo.authority import Authority
from demo.web import Reply, Web
from scans.capture.configuration import CaptureSettings, Target, key_pins
from scans.capture.visit import visit
from tests.scans.capture.seeing import one_page, see
from tracefox.egress.hosts import HostMap

pytestmark = pytest.mark.browser
HOST = "www.shop.test"
URL = f"https://{HOST}/"
SERVER = Path(__file__).with_name("h2_server.js")


def seen(body, **limits):
    with Web({HOST: one_page(body)}) as web:
        return see(web, URL, **limits)


def test_a_script_that_learns_our_name_cannot_hide_behind_it():
    page = seen("""<script>
      let name; document.cookie = {toString() { name = (new Error().stack.match(/tfx[0-9a-f]{16}/) || [])[0]; return "a=b"; }};
      (0, eval)("window.stolen = 1\\n//# sourceURL=" + name);
    </script>""")
    assert [(script.kind, script.inline, script.url) for script in page.scripts] == [("classic", True, ""), ("eval", False, "")]


@pytest.mark.parametrize(
    "trick",
    [
        "try { new WebTransport('https://['); } catch (e) {}",
        "try { new RTCPeerConnection({iceServers: [{urls: 'https://[:::'}]}); } catch (e) {}",
        "Object.prototype.toJSON = () => [['cookie', 'forged']]; document.cookie = 'a=b';",
        "Object.prototype.toJSON = () => { let deep = []; for (let i = 0; i < 5000; i++) deep = [deep]; return deep; }; document.cookie = 'a=b';",
        "Error.prepareStackTrace = () => ({toString() { throw 1; }}); document.cookie = 'a=b';",
        "for (let i = 0; i < 50; i++) console.log('x'.repeat(1e6));",
        "for (let i = 0; i < 20; i++) fetch('data:text/plain,' + 'x'.repeat(1e6)).catch(() => 0);",
        "history.pushState(0, '', '/' + 'x'.repeat(1e5)); fetch('/' + 'y'.repeat(1e4)).catch(() => 0);",
    ],
)
def test_a_trick_costs_the_page_nothing_of_its_snapshot(trick):
    page = seen(f"<script>{trick}</script><script>window.last = 1</script>")
    assert page.outcome.status == "ok"
    assert len([script for script in page.scripts if script.inline]) == 2
    assert {cookie.name for cookie in page.cookies} <= {"a"}
    assert max(len(request.url) for request in page.requests) <= 2048
    assert max((len(entry.text) for entry in page.console), default=0) <= 1000


@pytest.fixture
def h2(tmp_path):
    """A server that speaks HTTP/2 and offers to carry WebSockets in its streams (RFC 8441). Gives its directory; its log is the file `log`."""
    authority = Authority.open(tmp_path)
    identity = authority.identity(HOST).to_pem()
    (tmp_path / "key.pem").write_bytes(identity)
    (tmp_path / "cert.pem").write_bytes(identity[identity.index(b"-----BEGIN CERTIFICATE") :] + authority.ca_file.read_bytes())
    node, _ = compute_driver_executable()
    server = subprocess.Popen([str(node), str(SERVER), str(tmp_path)], stdout=subprocess.PIPE, text=True, env={"PATH": os.environ["PATH"]})
    assert server.stdout is not None
    port = int(server.stdout.readline())
    yield tmp_path, port, authority.ca_file
    server.terminate()
    server.wait()
    server.stdout.close()


@pytest.mark.parametrize(
    "way",
    [
        f"new WebSocketStream('wss://{HOST}/ws').opened.then((s) => s.writable.getWriter().write('x')).catch(() => 0);",
        f"const s = new WebSocket('wss://{HOST}/ws'); s.onopen = () => s.send('x');",
        f"const w = window.open('about:blank'); const s = new w.WebSocket('wss://{HOST}/ws'); s.onopen = () => s.send('x');",
        f"new Worker(URL.createObjectURL(new Blob([`const s = new WebSocket('wss://{HOST}/ws'); s.onopen = () => s.send('x')`])));",
    ],
)
def test_no_websocket_rides_on_an_open_connection(h2, way):
    folder, port, authority = h2
    (folder / "page.html").write_text(f"<!doctype html><title>h2</title><h1>Shop</h1><script>fetch('/warm').then(() => {{ {way} }});</script>")
    configured = CaptureSettings(binary=settings.BROWSER, hosts=HostMap({HOST: ("127.0.0.1", port)}), trusted_key_pins=key_pins(authority))
    page = visit([Target(URL)], settings=configured).snapshot.observations[0]
    log = [json.loads(line) for line in (folder / "log").read_text().splitlines()]
    assert page.requests[0].protocol == "h2"
    assert [entry["path"] for entry in log if entry["path"] == "/warm"] == ["/warm"]
    assert [entry for entry in log if entry["method"] not in ("GET", "HEAD")] == []


FORGED = """<script>
  const brings = (host, name) => (0, eval)("const s = document.createElement('script'); s.src = 'https://" + host + "/x.js'; document.head.append(s)"
    + "\\n//# sourceURL=" + name);
  brings("cdn.evil.test", "https://securepubads.g.doubleclick.net/tag/js/gpt.js");
  brings("cdn2.evil.test", "https://[evil");
  (0, eval)("document.cookie = 'a=b'\\n//# sourceURL=https://securepubads.g.doubleclick.net/tag/js/gpt.js");
</script>
<script>
  const own = document.createElement("script"); own.src = "https://cdn3.evil.test/x.js"; document.head.append(own);
  //# sourceURL=https://securepubads.g.doubleclick.net/tag/js/gpt.js
</script>"""


def test_a_script_cannot_name_another_as_its_cause():
    def served(hit):
        return Reply(body=b"window.z = 1", headers=[("Content-Type", "text/javascript")])

    others = {f"cdn{number}.evil.test": served for number in ("", "2", "3")}
    with Web({HOST: one_page(FORGED), **others}) as web:
        page = see(web, URL)
    everything: list[Any] = [*page.requests, *page.scripts]
    brought = [one for one in everything if "evil.test" in one.url]
    assert len(brought) == 6
    assert {tuple(one.initiator.chain) for one in brought} == {(URL,)}
    assert [cookie.set_by_url for cookie in page.cookies] == [URL]


def test_a_script_that_is_too_long_to_keep_is_known_by_its_hash():
    def loaded(text):
        def site(hit):
            if hit.path == "/long.js":
                return Reply(body=f"window.long = '{text}'".encode(), headers=[("Content-Type", "text/javascript")])
            return one_page("<script src='/long.js'></script>")(hit)

        with Web({HOST: site}) as web:
            return next(script for script in see(web, URL, script_bytes=1000).scripts if script.url)

    one, again, other = loaded("a" * 2000), loaded("a" * 2000), loaded("b" * 2000)
    assert (one.sha256, one.reaches) == ("", [])
    assert len(one.normalised_sha256) == 64
    assert one.normalised_sha256 == again.normalised_sha256 != other.normalised_sha256


def test_a_file_says_whom_it_names():
    def site(hit):
        if hit.path == "/own.js":
            return Reply(body=b"const f = () => fetch('https://collect.evil.test/x')", headers=[("Content-Type", "text/javascript")])
        return one_page("<script src='/own.js'></script>")(hit)

    with Web({HOST: site}) as web:
        [script] = [script for script in see(web, URL).scripts if script.url]
    assert (script.reaches, script.normalised_sha256, len(script.sha256)) == (["collect.evil.test"], "", 64)
