"""A scan records everything that the shop's own server logged and that its truth file says: requests, hosts, scripts, cookies, five times in a row."""

from __future__ import annotations

from collections import Counter

import pytest

from demo.shop import truth, url_of
from demo.shop.site import Shop
from demo.trace import Trace
from demo.web import Web
from scans.snapshot import Observation
from tests.scans.capture.seeing import scan

pytestmark = pytest.mark.browser
PAGES = ("home", "checkout")


def page_and_query(url: str) -> str:
    return url.partition("?")[0].partition("#")[0]


@pytest.mark.parametrize("time", range(5))
def test_all_that_was_served_and_all_that_is_true_is_in_the_snapshot(time: int):
    with Web(Shop().sites) as web:
        snapshot = scan(web, *map(url_of, PAGES)).snapshot
        served = Counter((hit.method, f"https://{hit.host}{hit.path}") for hit in web.log)
        assert [hit for hit in web.log if hit.method not in ("GET", "HEAD", "OPTIONS")] == []
        assert web.plain_log == web.udp_log == []
    seen = Counter((r.method, page_and_query(r.url)) for page in snapshot.observations for r in page.requests if r.outcome != "blocked")
    assert snapshot.outcome.status == "ok"
    assert seen == served
    for name, page in zip(PAGES, snapshot.observations, strict=True):
        assert_holds(page, truth.of(name))


def assert_holds(page: Observation, trace: Trace) -> None:
    asked = {(r.method, page_and_query(r.url)) for r in page.requests} | {("WS", page_and_query(socket.url)) for socket in page.websockets}
    wanted = [each for each in trace.requests if each.delivery != "either"]
    assert [each for each in wanted if not any(page_and_query(each.url) == url for method, url in asked if method == each.method)] == []
    assert {r.host for r in page.requests} | {socket.host for socket in page.websockets} >= trace.hosts
    assert {page_and_query(url) for url in trace.scripts} <= {page_and_query(script.url) for script in page.scripts}
    assert sum(script.inline for script in page.scripts) == trace.inline_scripts
    assert [script.url for script in page.scripts if not script.sha256] == []
    assert {(c.name, c.domain, c.host_only, c.path, c.http_only, c.set_by) for c in page.cookies} == {
        (c.name, c.domain.lstrip("."), not c.domain.startswith("."), c.path, c.http_only, c.set_by) for c in trace.cookies
    }
    assert {(k.origin, k.area, k.key) for k in page.storage} >= set(trace.storage)
    assert {tag.account_id for tag in page.tags} >= {account for _, account in trace.tags}
    assert [(call.command, call.signals) for call in page.consent.calls][: len(trace.consent)] == list(trace.consent)
    assert [(r.url, r.duration) for r in page.requests if r.duration is not None and r.duration < 0] == []
    assert page.screenshot is not None
    assert page.truncated == []


def test_cookies_name_the_response_or_the_script_that_set_them():
    with Web(Shop().sites) as web:
        [page] = scan(web, url_of("home")).snapshot.observations
    setters = {(cookie.name, cookie.domain): page_and_query(cookie.set_by_url) for cookie in page.cookies}
    assert setters == {(c.name, c.domain.lstrip(".")): page_and_query(c.set_by_url).rstrip("*") for c in truth.of("home").cookies}
