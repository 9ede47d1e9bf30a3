"""The attempts of `attempts.py`, in a real Chromium behind a real guard.

First the door alone: the browser as the product starts it, driven by bare DevTools, with nothing of the capture between it and the guard. Then the product:
`capture.visit` given the worst addresses as if a customer had typed them. An attempt is delivered when anything but the stage's one public address was
dialled, when the canary on loopback heard anything, or when a local file was read. What the guard refused shows that the attempt had teeth.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from django.conf import settings

from scans.capture.configuration import CaptureSettings, Limits, Target, key_pins
from scans.capture.visit import visit
from tests.tracefox.egress import attempts, stage
from tests.tracefox.egress.attempts import Attempt
from tests.tracefox.egress.stage import Stage
from tracefox import browser
from tracefox.egress.hosts import HostMap
from tracefox.egress.ledger import Budget, Decision
from tracefox.egress.proxy import Guard

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

ROOMY = Budget(max_connections=20_000, max_hosts=5_000, max_wall=300, lookup=0.5)
WEB_ADDRESSES = [attempt for attempt in attempts.ADDRESSES if attempt.url.startswith("http")]
OTHER_ADDRESSES = [attempt for attempt in attempts.ADDRESSES if not attempt.url.startswith("http")]
TOP = [attempt for attempt in (*attempts.REDIRECTS, *attempts.PAGES) if attempt.alone or attempt.location]
FRAMED = [attempt for attempt in (*attempts.REDIRECTS, *attempts.PAGES) if not attempt.alone and not attempt.location]
NEAR = [attempt for attempt in attempts.PAGES if "@C" in attempt.html or any("@C" in value for _, value in attempt.headers)]


@dataclass
class Played:
    """`refused` counts tries that the guard saw and refused; the others never left the browser."""

    tried: int = 0
    refused: int = 0
    files: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    controls: int = 0


class Tab:
    """One tab, driven without the capture."""

    def __init__(self, session: browser.Session, guard: Guard) -> None:
        self._session = session
        self._guard = guard

    async def go(self, url: str, *, stay: float = 0.0) -> str:
        """Navigate, stay at least that long, and until the guard has heard nothing new for a moment. Gives the URL of the document."""
        with suppress(TimeoutError, browser.DevToolsError):
            await self._session.send("Page.navigate", {"url": url}, timeout=5)
        await asyncio.sleep(stay)
        await self._quiet()
        frames = (await self._session.send("Page.getFrameTree", timeout=5))["frameTree"]
        return " ".join(_urls(frames))

    async def _quiet(self) -> None:
        heard = -1
        for _ in range(20):
            if (now := self._guard.counters.connections) == heard:
                return
            heard = now
            await asyncio.sleep(0.05)


def _urls(tree: dict) -> list[str]:
    return [tree["frame"]["url"], *(url for child in tree.get("childFrames", []) for url in _urls(child))]


@asynccontextmanager
async def tab_behind_the_guard(lab: Stage, isolation: str) -> AsyncIterator[tuple[Tab, Guard]]:
    guard = Guard(budget=ROOMY, resolve=lab.names, dial=lab.dial)
    pins = key_pins(lab.web.ca_file)
    try:
        async with browser.opened(binary=settings.BROWSER, serve=guard.serve, cut=guard.cut, isolation=isolation, trusted_key_pins=pins) as chromium:
            root = await chromium.devtools.attach_to_browser()
            created = await root.send("Target.createTarget", {"url": "about:blank"})
            attached = await root.send("Target.attachToTarget", {"targetId": created["targetId"], "flatten": True})
            yield Tab(chromium.devtools.sessions[attached["sessionId"]], guard), guard
    finally:
        await guard.close()


async def play(lab: Stage, *, isolation: str, straight: Sequence[Attempt], top: Sequence[Attempt], framed: Sequence[Attempt]) -> Played:
    played = Played()
    async with tab_behind_the_guard(lab, isolation) as (tab, guard):
        await _control(tab, lab, played)
        for attempt in straight:
            for url in lab.addresses(attempt):
                await _try(tab, guard, url, played)
        for attempt in top:
            for url in lab.documents(attempt):
                await _try(tab, guard, url, played, stay=0.4 if attempt.alone else 0.0)
        batches = lab.batches(framed)
        for url in batches:
            await _look_for_files(await tab.go(url, stay=2.5), played)
        played.tried += len(framed) * len(stage.VARIANTS)
        await _control(tab, lab, played)
        played.decisions = list(guard.decisions)
        assert guard.exceeded == ""
    refused = {decision.host for decision in played.decisions if decision.verdict != "allowed"}
    played.refused += sum(stage.target(attempt, variant) in refused for attempt in framed for variant in stage.VARIANTS)
    played.names = set(lab.names.asked)
    return played


async def _try(tab: Tab, guard: Guard, url: str, played: Played, *, stay: float = 0.0) -> None:
    before = len(guard.decisions)
    await _look_for_files(await tab.go(url, stay=stay), played)
    played.tried += 1
    played.refused += any(decision.verdict != "allowed" for decision in guard.decisions[before:])


async def _look_for_files(urls: str, played: Played) -> None:
    if "file:" in urls:
        played.files.append(urls)


async def _control(tab: Tab, lab: Stage, played: Played) -> None:
    """The public site must load, or nothing else means anything."""
    lab.web.forget()
    await tab.go(f"https://{stage.SITE}/control")
    played.controls += any(hit.path == "/control" for hit in lab.web.log)


@pytest.fixture(scope="module")
def lab():
    with Stage() as opened:
        yield opened


def test_nothing_private_is_reached_whatever_an_address_a_name_or_a_page_tries(lab, capsys):
    straight = [*WEB_ADDRESSES, *attempts.NAMES]
    played = browser.engine().run(play(lab, isolation="netns", straight=straight, top=TOP, framed=FRAMED))
    delivered = len(lab.breaches()) + lab.canary.heard() + len(played.files)
    with capsys.disabled():
        print(f"\negress battery: {played.tried} tried, {delivered} delivered ({played.refused} reached the guard and were refused)")
    assert played.controls == 2
    assert (lab.breaches(), played.files, lab.web.plain_log, lab.web.udp_log) == ([], [], [], [])
    assert delivered == 0
    assert played.tried >= 300
    assert played.refused >= played.tried * 0.7
    assert played.names <= {decision.host for decision in played.decisions}


def test_flags_alone_keep_pages_off_this_machine_where_there_is_no_namespace(lab, capsys):
    lab.dials.clear()
    near = [attempt for attempt in WEB_ADDRESSES if attempt.id in ("U01", "U02", "U11", "U37", "U58", "U61")]
    played = browser.engine().run(play(lab, isolation="proxy-only", straight=near, top=(), framed=NEAR))
    delivered = len(lab.breaches()) + lab.canary.heard() + len(played.files)
    with capsys.disabled():
        print(f"\negress battery without a namespace: {played.tried} tried, {delivered} delivered")
    assert played.controls == 2
    assert (delivered, lab.web.plain_log, lab.web.udp_log) == (0, [], [])
    assert played.tried >= 30


def test_a_scan_given_the_worst_addresses_reads_no_file_and_reaches_nobody(lab, capsys):
    lab.web.forget()
    [page] = lab.batches(FRAMED, variants=("literal",), size=len(FRAMED))
    addresses = [lab.addresses(attempt)[0] for attempt in (*OTHER_ADDRESSES, *WEB_ADDRESSES[:8])]
    captured = visit([Target(page), *map(Target, addresses)], settings=_as_the_product(lab))
    first, *others = captured.snapshot.observations
    files = [digest for digest, body in captured.evidence.items() if b"root:x:0" in body]
    delivered = lab.canary.heard() + len(lab.web.writes) + len(files)
    with capsys.disabled():
        print(f"\negress battery through a scan: {len(FRAMED) + len(others)} tried, {delivered} delivered")
    assert first.outcome.status in ("ok", "inconclusive"), first.outcome
    assert [hit.path for hit in lab.web.log].count(page.removeprefix(f"https://{stage.LAB}")) == 1
    assert [observation.url for observation in others if observation.url.startswith(("file:", "view-source:")) and observation.dom.size] == []
    assert (delivered, lab.web.writes) == (0, [])
    assert sum(refusal.host.startswith("10.66.1.") for refusal in captured.snapshot.refusals) >= 20, first.outcome


def _as_the_product(lab: Stage) -> CaptureSettings:
    hosts = HostMap(dict.fromkeys((stage.LAB, stage.SITE), ("127.0.0.1", lab.web.port)))
    patient = Limits(navigation_seconds=60, load_seconds=80, page_seconds=120)  # a slow machine must not make the battery smaller
    return CaptureSettings(binary=settings.BROWSER, hosts=hosts, trusted_key_pins=key_pins(lab.web.ca_file), limits=patient)
