"""What a scan costs beside a bare page load: CPU, wall time and memory, as ratios, interleaved in one run; and scans per minute with all cores busy.

    python -m benchmarks.scan [--rounds N] [--pages light,home,heavy] [--throughput SECONDS]

`bare` is a page load over DevTools in a running headless shell: navigate, load event, nothing captured, nothing guarded; its CPU is the browser's and the
client's. `scan` is everything: fresh browser, namespace, egress guard, read-only layer, capture, redaction, sealing into memory; its CPU is this process's
(with the guard), the Playwright driver's and the browser tree's. The page's own server runs in another process and is not counted.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.processes import cpu_of, own_cpu, pss_of
from scans import capture, snapshot
from scans.capture.configuration import CaptureSettings, Target, key_pins
from tests.pages import bench
from tracefox import browser, vault
from tracefox.browser import flags, limits
from tracefox.egress.hosts import HostMap

BINARY = os.environ.get("TRACEFOX_BROWSER", "/usr/lib/chromium/chromium-headless-shell")


@dataclass
class Cost:
    cpu: float
    wall: float
    pss: int = 0


class Bare:
    """A running headless shell on a pipe that loads pages and keeps nothing. Its network goes straight to the fixture's port."""

    def __init__(self, settings: CaptureSettings, port: int) -> None:
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        rules = f"--host-resolver-rules=MAP * 127.0.0.1:{port}"
        pins = f"--ignore-certificate-errors-spki-list={','.join(settings.trusted_key_pins)}"
        self._profile = tempfile.TemporaryDirectory()
        arguments = [
            BINARY, "--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--hide-scrollbars", "--mute-audio", f"--user-data-dir={self._profile.name}", rules, pins,
            "--disable-features=" + ",".join(flags.DISABLED_FEATURES), *(["--no-sandbox"] if os.getuid() == 0 else []), "about:blank",
        ]  # fmt: skip

        def take_pipe() -> None:
            spare = fcntl.fcntl(from_browser, fcntl.F_DUPFD, 64)
            os.dup2(to_browser, 3)
            os.dup2(spare, 4)

        self.process = subprocess.Popen(
            arguments,
            close_fds=False,
            preexec_fn=take_pipe,  # noqa: PLW1509
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._heard, self._number = bytearray(), 0

    def load(self, url: str) -> Cost:
        context = self._ask("Target.createBrowserContext")["browserContextId"]
        target = self._ask("Target.createTarget", {"url": "about:blank", "browserContextId": context})["targetId"]
        session = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self._ask("Page.enable", session=session)
        before, started = self._cpu(), time.perf_counter()
        self._ask("Page.navigate", {"url": url}, session=session)
        self._until(lambda message: message.get("method") == "Page.loadEventFired")
        wall = time.perf_counter() - started
        time.sleep(2.0)  # what the page still does after its load event belongs to the page
        pss = pss_of(limits.tree(self.process.pid))
        cost = Cost(self._cpu() - before, wall, pss)
        self._ask("Target.disposeBrowserContext", {"browserContextId": context})
        return cost

    def close(self) -> None:
        limits.end(limits.tree(self.process.pid))
        self.process.wait()
        os.close(self._write)
        os.close(self._read)
        self._profile.cleanup()

    def _cpu(self) -> float:
        return cpu_of(limits.tree(self.process.pid)) + own_cpu()

    def _ask(self, method: str, params: dict[str, Any] | None = None, session: str = "") -> dict[str, Any]:
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": params or {}} | ({"sessionId": session} if session else {})
        os.write(self._write, json.dumps(message).encode() + b"\0")
        return dict(self._until(lambda heard: heard.get("id") == number).get("result", {}))

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            while (end := self._heard.find(b"\0")) >= 0:
                message = json.loads(self._heard[:end])
                del self._heard[: end + 1]
                if wanted(message):
                    return dict(message)
            data = os.read(self._read, 1 << 20)
            if not data:
                raise SystemExit("The bare browser ended.")
            self._heard += data


class Watch:
    """Reads the CPU and memory of what is below this process while a scan runs: a tree that is gone cannot be asked any more."""

    def __init__(self, leave_out: int) -> None:
        self._leave_out = leave_out
        self._seen: dict[int, float] = {}
        self.peak_pss = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._before = {process: cpu_of([process]) for process in self._below()}
        self._own = own_cpu()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def cpu(self) -> float:
        children = sum(seconds - self._before.get(process, 0.0) for process, seconds in self._seen.items())
        return children + own_cpu() - self._own - self._cost

    def _below(self) -> list[int]:
        return [process for process in limits.tree(os.getpid())[1:] if process != self._leave_out]

    def _run(self) -> None:
        self._cost, ticks = 0.0, 0
        while not self._stop.wait(0.05):
            started = time.thread_time()
            below = self._below()
            for process in below:
                self._seen[process] = max(self._seen.get(process, 0.0), cpu_of([process]))
            if (ticks := ticks + 1) % 10 == 0:
                self.peak_pss = max(self.peak_pss, pss_of(below))
            self._cost += time.thread_time() - started


def scan(url: str, settings: CaptureSettings, key: vault.DataKey, server: int) -> tuple[Cost, snapshot.Captured]:
    started = time.perf_counter()
    with Watch(server) as watch:
        captured = capture.visit([Target(url)], settings=settings)
        for name, body in {"snapshot": snapshot.to_bytes(captured.snapshot), **captured.evidence}.items():
            vault.seal(body, key=key, context=f"benchmark/{name}")
    return Cost(watch.cpu, time.perf_counter() - started, watch.peak_pss), captured


def compare(pages: list[str], rounds: int, settings: CaptureSettings, web: subprocess.Popen[str], port: int) -> None:
    key = vault.DataKey(uuid4(), os.urandom(32))
    bare = Bare(settings, port)
    scan(bench.PAGES[pages[0]].url, settings, key, web.pid)  # the driver starts once per process
    print(f"{'page':8}{'bare CPU s':>12}{'scan CPU s':>12}{'ratio':>8}{'after load s':>14}{'peak PSS MB':>13}{'complete':>10}")
    try:
        for name in pages:
            page = bench.PAGES[name]
            costs: list[tuple[Cost, Cost, bool, float]] = []
            for _ in range(rounds):
                plain = bare.load(page.url)
                cost, captured = scan(page.url, settings, key, web.pid)
                seen = captured.snapshot.observations[0]
                asked = [(request.method, request.url) for request in seen.requests]
                complete = not page.truth.compare(asked).missing and {c.key for c in page.truth.cookies} <= {(c.name, c.domain, c.path) for c in seen.cookies}
                costs.append((plain, cost, complete, ((seen.timing.settled or 0) - (seen.timing.load or 0)) / 1000))
            f, s = statistics.median(c[0].cpu for c in costs), statistics.median(c[1].cpu for c in costs)
            ratio = statistics.median(c[1].cpu / c[0].cpu for c in costs)
            after, pss = statistics.median(c[3] for c in costs), statistics.median(c[1].pss for c in costs) / 2**20
            print(f"{name:8}{f:12.2f}{s:12.2f}{ratio:8.2f}{after:14.2f}{pss:13.0f}{sum(c[2] for c in costs):>6} / {rounds}", flush=True)
    finally:
        bare.close()


def throughput(seconds: float, settings: CaptureSettings, at_once: int, bare_cpu: float) -> None:
    """Scans per minute of the home page, `at_once` at a time in this process, against cores x 60 / CPU-seconds of the bare load."""
    key = vault.DataKey(uuid4(), os.urandom(32))
    ends, count = time.monotonic() + seconds, 0
    lock = threading.Lock()

    def keep_scanning() -> None:
        nonlocal count
        while time.monotonic() < ends:
            captured = capture.visit([Target(bench.PAGES["home"].url)], settings=settings)
            vault.seal(snapshot.to_bytes(captured.snapshot), key=key, context="benchmark")
            with lock:
                count += captured.snapshot.outcome.status == "ok"

    started = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda _: keep_scanning(), range(at_once)))
    per_minute = count * 60 / (time.monotonic() - started)
    ceiling = (os.cpu_count() or 1) * 60 / bare_cpu
    print(f"throughput: {per_minute:.0f} scans/min, {at_once} at once; ceiling {ceiling:.0f} (cores x 60 / bare CPU); ratio {per_minute / ceiling:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", default="light,home,heavy")
    parser.add_argument("--throughput", type=float, default=30)
    parser.add_argument("--at-once", type=int, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        web = subprocess.Popen([sys.executable, "-m", "benchmarks.fixture", folder], stdout=subprocess.PIPE, text=True)
        try:
            assert web.stdout is not None
            port = int(web.stdout.readline().split()[1])
            settings = CaptureSettings(binary=BINARY, hosts=HostMap.read(Path(folder, "hosts")), trusted_key_pins=key_pins(Path(folder, "ca.pem")))
            compare(given.pages.split(","), given.rounds, settings, web, port)
            if given.throughput:
                bare = Bare(settings, port)
                home = statistics.median(bare.load(bench.PAGES["home"].url).cpu for _ in range(3))
                bare.close()
                throughput(given.throughput, settings, given.at_once, home)
        finally:
            web.terminate()
            web.wait()
            browser.engine().stop()


if __name__ == "__main__":
    main()
