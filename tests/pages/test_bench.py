from __future__ import annotations

import time

import pytest

from demo.web import Hit, Web
from tests.demo.browsing import asked_for, open_page
from tests.pages import bench
from tests.pages.plan import Plan, build


def bytes_of(name: str) -> int:
    """What a load transfers, bodies only."""
    page = bench.PAGES[name]
    total = 0
    for expected in page.truth.delivered:
        reply = page.sites[expected.host](Hit(expected.host, "GET", expected.url.partition(expected.host)[2]))
        assert reply.status == 200, expected.url
        assert isinstance(reply.body, str | bytes)
        total += len(reply.body.encode() if isinstance(reply.body, str) else reply.body)
    return total


@pytest.mark.parametrize(
    ("name", "requests", "hosts", "cookies", "scripts", "size"),
    [("light", 5, 1, 0, 1, 60_000), ("home", 70, 27, 20, 20, 1_500_000), ("heavy", 250, 43, 36, 70, 6_000_000), ("frames", 17, 4, 0, 3, 37_000)],
)
def test_a_page_weighs_what_it_says(name, requests, hosts, cookies, scripts, size):
    truth = bench.PAGES[name].truth
    assert (len(truth.requests), len(truth.hosts), len(truth.cookies), len(truth.scripts)) == (requests, hosts, cookies, scripts)
    assert len({(each.method, each.url) for each in truth.requests}) == requests
    assert len({cookie.key for cookie in truth.cookies}) == cookies
    assert bytes_of(name) == pytest.approx(size, rel=0.03)


def test_a_page_is_the_same_every_time():
    again = build(Plan(name="light", scripts=1, images=1, timed=1, elements=60, size=60_000))
    assert again == bench.LIGHT


@pytest.mark.browser
@pytest.mark.parametrize("name", bench.PAGES)
def test_a_browser_asks_for_exactly_what_the_truth_says(name):
    page = bench.PAGES[name]
    with Web(bench.sites()) as web, open_page(web) as tab:
        tab.goto(page.url)
        patience = time.monotonic() + 30
        while page.truth.compare(asked_for(web.log)).missing and time.monotonic() < patience:
            tab.wait_for_timeout(100)
        tab.wait_for_timeout(300)
        difference = page.truth.compare(asked_for(web.log))
        assert difference.missing == []
        assert difference.unexpected == []
        jar = {(cookie["name"], cookie["domain"], cookie["path"]) for cookie in tab.context.cookies()}
        assert jar == {cookie.key for cookie in page.truth.cookies}
        if page.elements:
            assert tab.evaluate("document.querySelectorAll('*').length") == page.elements
        keys = {key for _, area, key in page.truth.storage if area == "local"}
        assert set(tab.evaluate("Object.keys(localStorage)")) == keys
        assert sorted(frame.url for frame in tab.frames) == sorted(frame.url for frame in page.truth.frames)
        assert web.failures == []
        assert web.unknown_hosts == []
