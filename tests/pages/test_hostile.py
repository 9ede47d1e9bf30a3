from __future__ import annotations

import itertools
import struct
import zlib

import pytest

from demo.web import Hit, Web
from scans.capture.outcome import REASONS
from tests.demo.browsing import open_page
from tests.pages import bombs, hostile
from tests.pages.hostile import BY_ID, PAGES


def ask(path: str, query: str = ""):
    return hostile.sites()[hostile.HOST](Hit(hostile.HOST, "GET", path, query))


def test_there_are_41_hostile_pages_and_a_control():
    assert len(PAGES) == 42
    assert len(BY_ID) == 42
    assert [page.id for page in PAGES] == sorted(BY_ID)
    assert PAGES[0].expected == ("ok",)


def test_every_expected_ending_is_one_that_a_scan_can_have():
    assert {name for page in PAGES for name in page.expected} <= {"ok", *REASONS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_every_page_is_answered(page):
    reply = ask(f"/{page.id}")
    assert reply.status in (200, 302)


def test_a_host_of_the_crowd_answers():
    assert len(hostile.sites()) == 3_001
    assert hostile.sites()["h2999.example.org"](Hit("h2999.example.org", "GET", "/x.png")).status == 200


def test_the_redirects_never_come_back():
    seen = {dict(ask("/H45", str(number)).headers)["Location"] for number in range(50)}
    assert len(seen) == 50


def test_the_gzipped_page_is_a_thousand_times_larger_than_it_looks():
    body = bombs.gzipped().body
    assert isinstance(body, bytes)
    assert len(body) < 1.5 * 1024 * 1024
    reader = zlib.decompressobj(31)
    opened = reader.decompress(body[:20_000], 64 << 20)
    assert opened.startswith(b"<b>boom</b>")
    assert len(opened) > 500 * 20_000


def test_the_huge_picture_is_a_valid_small_file():
    body = bombs.huge_picture().body
    assert isinstance(body, bytes)
    assert len(body) < 500_000
    assert struct.unpack(">II", body[16:24]) == (30_000, 30_000)


def test_endless_bodies_go_on():
    assert len(list(itertools.islice(bombs.drip(), 1_000))) == 1_000
    assert sum(map(len, itertools.islice(bombs.endless(), 1_000))) > 60_000_000


@pytest.mark.browser
def test_the_lying_page_does_lie_and_its_truth_is_the_jar():
    page = BY_ID["H38"]
    with Web(hostile.sites()) as web, open_page(web) as tab:
        told: list[str] = []
        tab.on("console", lambda message: told.append(message.text))
        tab.goto(page.url)
        tab.add_script_tag(content="console.log(document.cookie + document.documentElement.outerHTML + document.scripts.length)")
        assert told == ["fake=1<html><body>nothing here</body></html>0"]
        jar = {(cookie["name"], cookie["domain"], cookie["path"]) for cookie in tab.context.cookies()}
        assert jar == {cookie.key for cookie in page.truth.cookies}
        assert page.truth.compare([(hit.method, hit.url) for hit in web.log]).missing == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["H02", "H21", "H24", "H26", "H27", "H31", "H35", "H47"])
def test_a_page_that_is_only_a_nuisance_loads(name):
    with Web(hostile.sites()) as web, open_page(web) as tab:
        tab.on("dialog", lambda dialog: dialog.dismiss())
        tab.goto(BY_ID[name].url)
        assert tab.inner_text("h1") == "Welcome"
        assert web.failures == []
