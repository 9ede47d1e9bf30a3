"""Past the stop point nothing leaves, whatever the page, the runner or a kill does: the shop counts its orders."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from checkout import child, steps
from checkout.child import ChildSettings, _Run
from checkout.gate import Gate
from tests.checkout.pages import shop
from tracefox.browser import limits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

# Each way in which a page may send an order by itself, later than the last step.
CHANNELS = {
    "fetch": "fetch('/order?by=fetch')",
    "keepalive": "fetch('/order?by=keepalive', {method: 'POST', keepalive: true, body: 'mug'})",
    "beacon": "navigator.sendBeacon('/order?by=beacon', 'mug')",
    "xhr": "(() => { const x = new XMLHttpRequest(); x.open('POST', '/order?by=xhr'); x.send('mug') })()",
    "image": "new Image().src = '/order?by=image&' + Math.random()",
    "frame": "document.body.append(Object.assign(document.createElement('iframe'), {src: '/order?by=frame'}))",
    "script": "document.body.append(Object.assign(document.createElement('script'), {src: '/order?by=script'}))",
    "events": "new EventSource('/order?by=events')",
    "socket": "new WebSocket('wss://' + location.host + '/order?by=socket')",
    "worker": "new Worker(URL.createObjectURL(new Blob([`fetch('https://${location.host}/order?by=worker')`])))",
    "form": "(() => { const f = document.createElement('form'); f.action = '/order'; f.method = 'post'; f.target = 'other'; "
    "f.innerHTML = '<input name=by value=form>'; document.body.append(f); f.submit() })()",
    "prefetch": "document.head.append(Object.assign(document.createElement('link'), {rel: 'preload', as: 'fetch', href: '/order?by=prefetch'}))",
}
LATER = 2500
EAGER = f"""<h1>Pay</h1><label>Code <input id="code"></label><iframe name="other"></iframe><script>
const all = () => {{ {"; ".join(f"try {{ {each} }} catch (error) {{ console.log(error) }}" for each in CHANNELS.values())} }};
code.oninput = () => {{ setTimeout(() => {{ all(); setInterval(all, 1000) }}, {LATER}) }};
for (const kind of ['pagehide', 'beforeunload', 'unload', 'visibilitychange', 'freeze'])
  addEventListener(kind, () => navigator.sendBeacon('/order?by=' + kind, 'mug'));
</script>"""


def eager_flow(**changes) -> dict:
    """Types a code, after which the page places orders by itself; the conditions that never hold keep the run at it for a while."""
    never = {"kind": "element_visible", "target": shop.target("#never")}
    rows = [{"action": "navigate", "url": f"https://{shop.SHOP}/pay"}, shop.fill("1234", "#code")]
    return {"steps": rows, "stop_after": 1, "order_step": None, "conditions": [never] * 3} | changes


def ways(site: shop.Shop, *, since: float) -> set[str]:
    return {hit.parameter("by") or "form" for hit in site.web.log if hit.path == "/order" and hit.at > since}


def test_a_page_that_orders_by_itself_after_the_stop_point_orders_nothing():
    with shop.opened(pages={"/pay": EAGER}) as site:
        stopped_at = []

        def note(event):
            if event["type"] == "step" and event["index"] == 1:
                stopped_at.append(time.time())

        result = child.replay(shop.job(**eager_flow()), settings=site.settings(), on_event=note)
        assert result.cut
        assert result.status == "failed", result.sentence  # by the conditions that never hold
        assert ways(site, since=stopped_at[0]) == set()


def test_without_a_stop_point_the_same_page_orders_in_every_way():
    with shop.opened(pages={"/pay": EAGER}) as site:
        waiting = [{"action": "wait_for_element", "target": shop.target("#never"), "seconds": 5}, shop.click("#code")]
        rows = eager_flow()["steps"] + waiting
        child.replay(shop.job(**eager_flow(steps=rows, stop_after=None, order_step=3)), settings=site.settings(), on_event=lambda event: None)
        assert ways(site, since=0) >= set(CHANNELS)


@pytest.mark.parametrize("moment", [2, 9, 17, 23, 31, 38, 41, 44])
def test_a_run_that_is_ended_anywhere_has_placed_no_order(moment):
    with shop.opened() as site:
        give_up, heard = threading.Event(), []

        def hear(event):
            heard.append(event["type"])
            if len(heard) == moment:
                give_up.set()

        result = child.replay(shop.job(), settings=site.settings(), on_event=hear, give_up=give_up)
        assert result.status in ("inconclusive", "passed")
        assert site.orders == []


class Lying:
    """Stands for a runner that was taken over: it says what it likes, never asks for the cut, and sends an order whenever it can."""

    def __init__(self, gate: Gate, told: list[dict]) -> None:
        self.gate, self.told, self.answers = gate, told, list[str]()
        self.listening = socket.create_server(("127.0.0.1", 0))

    def listener(self, look):
        self.address = self.listening.getsockname()
        return self.listening

    def tell(self, line):
        return None

    def memory_exceeded(self):
        return False

    def events(self, look):
        for event in self.told:
            yield event
            if event["type"] == "step":
                self.answers.append(self.order())

    def order(self) -> str:
        with contextlib.suppress(ConnectionError), socket.create_connection(self.address, 5) as way:
            way.sendall(f"CONNECT {shop.SHOP}:443 HTTP/1.1\r\nHost: {shop.SHOP}:443\r\n\r\n".encode())
            return way.recv(64).decode().split("\r\n")[0]
        return ""


def test_the_barrier_holds_when_the_runner_never_asks():
    with shop.opened() as site, contextlib.closing(Gate(steps.parse(shop.flow()), hosts=site.settings().hosts, extra_deny=())) as gate:
        step = {
            "type": "step",
            "action": "fill",
            "label": "",
            "status": "passed",
            "ms": 1,
            "expected": "",
            "seen": "",
            "cause": "",
            "facts": {},
            "screenshot": "",
        }
        end = {"type": "end", "status": "passed", "reason": "", "sentence": "", "stopped_as_defined": True, "total_ms": 1}
        told = [event for index in range(14) for event in ({"type": "begin", "index": index, "commits": False}, step | {"index": index})]
        runner, cut_when_heard = Lying(gate, [*told, end]), dict[int, bool]()

        def note(event):
            if event["type"] == "step":
                cut_when_heard[event["index"]] = gate.is_cut

        job = shop.job()
        result = _Run(job, steps.parse(job.flow), gate=gate, runner=runner, on_event=note, give_up=threading.Event()).play()  # type: ignore[arg-type]
        assert runner.answers[:13] == ["HTTP/1.1 200 Connection established"] * 13
        assert runner.answers[13] == ""
        assert cut_when_heard[12] is False
        assert cut_when_heard[13] is True
        assert result.status == "inconclusive"  # the conditions were never told: nothing passes by being left out


def test_with_its_parent_the_whole_tree_of_the_runner_is_gone(tmp_path):
    """Killed outright, so that nobody can tidy up."""
    with shop.opened(pages={"/cart": "<h1>Cart</h1>"}) as site:
        program = (
            "import json, sys; from tests.checkout.pages import shop; from checkout import child; from scans.capture import configuration; "
            "from tracefox.egress.hosts import HostMap; from pathlib import Path; hosts, authority = sys.argv[1:]; "
            "settings = child.ChildSettings(hosts=HostMap.read(hosts), trusted_key_pins=configuration.key_pins(Path(authority))); "
            "child.replay(shop.job(step_seconds=30), settings=settings, on_event=lambda event: print(event['type'], event.get('index'), flush=True))"
        )
        arguments = [sys.executable, "-c", program, str(site.web.hosts_file), str(site.web.ca_file)]
        parent = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2], env=os.environ | {"PYTHONPATH": "."})
        assert parent.stdout is not None
        for line in parent.stdout:
            if line.split() == ["begin", "2"]:
                break
        family = {member: limits.born_at(member) for member in limits.tree(parent.pid)}
        assert len(family) > 5
        os.kill(parent.pid, signal.SIGKILL)
        parent.communicate()
        ends = time.monotonic() + 20
        while (left := [member for member, born in family.items() if limits.born_at(member) == born and not _is_zombie(member)]) and time.monotonic() < ends:
            time.sleep(0.1)
        assert left == []


def _is_zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_runner_that_runs_out_of_memory_or_time_is_ended_with_everything():
    with shop.opened() as site:
        settings: ChildSettings = replace(site.settings(), memory_bytes=1 << 20)
        result = child.replay(shop.job(), settings=settings, on_event=lambda event: None)
        assert (result.status, result.reason) == ("inconclusive", "memory")
