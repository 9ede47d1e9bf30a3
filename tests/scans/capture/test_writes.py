"""The read-only promise, channel by channel: whatever a page tries to send, nothing of it reaches a server, and what could be seen of it is recorded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from demo.web import Web
from scans import capture
from scans.snapshot import Conduct, Observation
from tests.pages import writes
from tests.scans.capture.seeing import settings_for

pytestmark = pytest.mark.browser
# Nothing is there to be seen: reports are switched off, a service worker is never started, a window is closed before its page runs.
UNSEEN = {"W04", "W05", "W27", "W31", "W32", "W33", "W41"}
AT_ONCE = 4


@pytest.fixture(scope="module")
def battery() -> tuple[list[Observation], Web, list[Conduct]]:
    """Every channel's page by itself, then all of them on one page; in a few scans that run beside each other."""
    with Web(writes.sites()) as web:
        targets = [capture.Target(channel.url) for channel in writes.CHANNELS] + [capture.Target(writes.ALL)]
        shares = [targets[start::AT_ONCE] for start in range(AT_ONCE)]
        patient = settings_for(web, page_seconds=90, load_seconds=60)  # all channels on one page take their time on a busy machine
        with ThreadPoolExecutor(AT_ONCE) as pool:
            snapshots = [captured.snapshot for captured in pool.map(lambda share: capture.visit(share, settings=patient), shares)]
    return [page for snapshot in snapshots for page in snapshot.observations], web, [snapshot.conduct for snapshot in snapshots]


def test_no_channel_delivers_anything(battery, capsys):
    _, web, conducts = battery
    delivered = [f"{hit.method} {hit.host}{hit.path}" for hit in writes.delivered(web)]
    with capsys.disabled():
        print(f"\nwrite battery: {len(writes.CHANNELS)} tried, {len(delivered)} delivered")
    assert delivered == []
    assert web.plain_log == web.udp_log == []
    assert [conduct.writes_delivered for conduct in conducts] == [0] * AT_ONCE
    assert {method for conduct in conducts for method in conduct.methods} <= {"GET", "HEAD", "OPTIONS"}


def test_every_page_of_the_battery_was_really_loaded(battery):
    pages, _, _ = battery
    assert {page.url: page.outcome.reason for page in pages if page.outcome.status != "ok"} == {}


@pytest.mark.parametrize("channel", [c for c in writes.CHANNELS if not c.late and c.id not in UNSEEN | {writes.SIDE_EFFECT}], ids=lambda c: c.id)
def test_an_attempt_is_recorded(battery, channel):
    pages, _, _ = battery
    page = next(page for page in pages if page.url == channel.url)
    assert page.writes, channel.title


def test_a_get_that_writes_cannot_be_told_apart_and_is_counted_among_the_requests(battery):
    pages, _, _ = battery
    page = next(page for page in pages if page.url.endswith(writes.SIDE_EFFECT))
    assert [request.url for request in page.requests if "/cart/add" in request.url]
