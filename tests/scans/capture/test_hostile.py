"""Hostile pages end by themselves, with a name; their processes and files are gone, and the worker goes on as if nothing had been."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path

import pytest

from demo.web import Web
from scans import capture
from scans.snapshot import Observation
from tests.pages import hostile
from tests.pages.hostile import BY_ID, PAGES, Hostile
from tests.scans.capture.seeing import settings_for
from tracefox.browser import limits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SHORT = {"page_seconds": 10, "navigation_seconds": 4, "load_seconds": 4, "memory_bytes": 1 << 30}


@pytest.fixture(scope="module")
def web():
    with Web(hostile.sites()) as serving:
        yield serving


@pytest.fixture
def room(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def visited(web: Web, page: Hostile) -> tuple[Observation, set[int]]:
    """The page's observation, and every process of the browser that was there on the way."""
    before, seen, done = set(limits.tree(os.getpid())), set(), threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            seen.update(set(limits.tree(os.getpid())) - before)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        captured = capture.visit([capture.Target(page.url)], settings=settings_for(web, **SHORT))
    finally:
        done.set()
        watching.join()
    return captured.snapshot.observations[0], {process for process in seen if is_browser(process)}


def is_browser(process: int) -> bool:
    try:
        return b"chromium" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def all_gone(processes: set[int]) -> bool:
    """A killed process takes a moment to be gone."""
    for _ in range(250):
        if not any(is_browser(process) for process in processes):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_a_hostile_page_ends_with_a_name_and_leaves_nothing(web, room, page):
    seen, processes = visited(web, page)
    slow_machine = set() if page.expected == ("ok",) and page.id == "H00" else {"deadline", "unresponsive"}
    assert (seen.outcome.reason or "ok") in {*page.expected, *slow_machine}, (page.title, seen.outcome)
    assert all_gone(processes)
    assert list(room.iterdir()) == []


def test_a_page_that_lies_about_itself_is_seen_as_it_is(web):
    page = BY_ID["H38"]
    seen, _ = visited(web, page)
    assert page.truth.compare([(request.method, request.url) for request in seen.requests]).missing == []
    assert {cookie.key for cookie in page.truth.cookies} <= {(cookie.name, cookie.domain, cookie.path) for cookie in seen.cookies}
