from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, sync_playwright

from demo.web import Hit, Web
from tests.demo.browsing import open_page
from tests.pages import writes
from tests.pages.writes import BY_ID, CHANNELS, CONTROLS, SIDE_EFFECT, Channel

# This browser sends neither: it has no Reporting API. Full Chromium does, which is why the channels stay.
TOOTHLESS = {"W31", "W32"}
ARRIVING = [channel for channel in CHANNELS if channel.id not in TOOTHLESS | {SIDE_EFFECT}]


def test_there_are_at_least_38_channels_numbered_in_order():
    assert len(CHANNELS) >= 38
    assert [channel.id for channel in CHANNELS] == [f"W{number:02d}" for number in range(1, len(CHANNELS) + 1)]
    assert len({channel.title for channel in CHANNELS}) == len(CHANNELS)


@pytest.mark.parametrize("channel", [*CHANNELS, *CONTROLS], ids=lambda channel: channel.id)
def test_a_channels_page_is_filled_in(channel):
    page = writes.sites()[writes.HOST](Hit(writes.HOST, "GET", f"/w/{channel.id}"))
    text = str(page.body) + str(page.headers)
    assert page.status == 200
    assert not re.search(r"\b(SINK|FOREIGN|HERE|ACT)\b", text)


def test_the_oracle_knows_a_write_from_a_look():
    looks = [Hit(writes.HOST, method, "/sink/W08") for method in ("GET", "HEAD", "OPTIONS")]
    others = [Hit(writes.HOST, method, "/sink/W08") for method in ("POST", "patch", "BREW")]
    others += [Hit(writes.HOST, "GET", "/sink/W22", protocol="websocket"), Hit("", "UDP", "/", protocol="udp"), Hit("", "PLAIN", "/", protocol="plain")]
    with Web(writes.sites()) as web:
        web.log += looks + others
        assert writes.delivered(web) == others
    assert writes.ids(others) == {"W08", "W22"}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


def visit(channel: Channel, playwright: Playwright) -> Web:
    """Open the channel's page, leave it if it writes then, and wait for something that it sends."""
    with Web(writes.sites()) as web, open_page(web, playwright=playwright) as page:
        page.goto(channel.url, wait_until="commit")
        if channel.late:
            page.wait_for_load_state()
            page.goto("about:blank")
        patience = time.monotonic() + 20
        while time.monotonic() < patience and not (writes.delivered(web) or any(_arrived(hit) for hit in web.log)):
            page.wait_for_timeout(20)
        return web


def _arrived(hit: Hit) -> bool:
    """A preflight is only asking for leave."""
    return hit.method != "OPTIONS" and hit.path.startswith(("/sink/", "/cart/"))


@pytest.mark.browser
@pytest.mark.parametrize("channel", ARRIVING, ids=lambda channel: channel.id)
def test_a_write_gets_through_when_nothing_stops_it(playwright, channel):
    assert len(ARRIVING) >= 25
    written = writes.delivered(visit(channel, playwright))
    assert written
    assert writes.ids(written) <= {channel.id}


@pytest.mark.browser
@pytest.mark.parametrize("channel", [*CONTROLS, BY_ID[SIDE_EFFECT]], ids=lambda channel: channel.id)
def test_a_look_is_no_write_however_it_is_dressed(playwright, channel):
    web = visit(channel, playwright)
    assert writes.delivered(web) == []
    assert channel.id in {hit.url[-3:] for hit in web.log[1:]}


@pytest.mark.browser
def test_one_page_may_try_them_all(playwright):
    with Web(writes.sites()) as web, open_page(web, playwright=playwright) as page:
        page.goto(writes.ALL, wait_until="commit")
        patience = time.monotonic() + 30
        while len(writes.ids(writes.delivered(web))) < 30 and time.monotonic() < patience:
            page.wait_for_timeout(50)
        page.goto("about:blank")
        assert len(writes.ids(writes.delivered(web))) >= 30
