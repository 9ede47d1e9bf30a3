"""Every way in which a page is no page ends in a name and a sentence, and nothing hangs."""

from __future__ import annotations

import pytest

from demo.web import Fault, Hit, Reply, Web
from scans.capture.outcome import REASONS
from tests.scans.capture.seeing import html, one_page, scan, see, settings_for

pytestmark = pytest.mark.browser
HOST = "www.shop.test"
URL = f"https://{HOST}/"


def ends(site, **limits):
    with Web({HOST: site, "other.shop.test": one_page("")}) as web:
        return see(web, URL, **limits)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500, 502, 503])
def test_an_error_status_is_inconclusive_and_named(status):
    page = ends(one_page("", status=status))
    assert (page.outcome.status, page.outcome.reason, page.outcome.blocked_by, page.status) == ("inconclusive", "http-error", f"HTTP {status}", status)


@pytest.mark.parametrize(
    ("media_type", "disposition", "reason"),
    [
        ("application/pdf", "inline", {"download", "not-html"}),
        ("application/zip", "attachment", {"download"}),
        ("application/json", "inline", {"not-html"}),
        ("image/png", "inline", {"not-html"}),
    ],
)
def test_what_is_not_a_page_is_said_to_be_something_else(media_type, disposition, reason):
    page = ends(lambda hit: Reply(body=b"{}", headers=[("Content-Type", media_type), ("Content-Disposition", f"{disposition}; filename=x")]))
    assert page.outcome.status == "inconclusive"
    assert page.outcome.reason in reason


def test_an_empty_page_is_inconclusive():
    assert ends(lambda hit: html("")).outcome.reason == "empty-page"


def test_a_name_that_does_not_resolve_fails():
    with Web({HOST: one_page("")}) as web:
        page = see(web, "https://nowhere.invalid/")
    assert (page.outcome.status, page.outcome.reason) == ("failed", "private-address")  # .invalid never leads anywhere public


def test_a_server_that_does_not_listen_fails():
    with Web({HOST: one_page("")}) as web:
        settings = settings_for(web)
    from scans import capture

    snapshot = capture.visit([capture.Target(URL)], settings=settings).snapshot
    assert (snapshot.outcome.status, snapshot.outcome.reason) == ("failed", "refused")


def test_a_private_address_is_not_visited():
    with Web({HOST: one_page("")}) as web:
        snapshot = scan(web, "https://127.0.0.1/").snapshot
    assert (snapshot.outcome.status, snapshot.outcome.reason) == ("failed", "private-address")
    assert [refusal.host for refusal in snapshot.refusals] == ["127.0.0.1"]


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.OLD_PROTOCOL])
def test_a_wrong_certificate_fails_and_is_described(fault):
    with Web({HOST: one_page("")}, faults={HOST: fault}) as web:
        page = see(web, URL)
    assert (page.outcome.status, page.outcome.reason) == ("failed", "tls")
    assert "certificate" in page.outcome.sentence
    assert page.requests[0].outcome == "failed"


def test_a_server_without_safe_tls_fails():
    with Web({HOST: one_page("")}, faults={HOST: Fault.OLD_PROTOCOL}) as web:
        page = see(web, URL)
    assert (page.outcome.status, page.outcome.reason) in [("failed", "tls"), ("failed", "no-answer")]  # with an alert, or without a word


def test_a_redirect_to_plain_text_is_refused_and_told():
    page = ends(lambda hit: Reply(status=302, headers=[("Location", "http://www.shop.test/insecure")]))
    assert (page.outcome.status, page.outcome.reason) == ("failed", "plain-text")
    assert [(finding.kind, finding.url) for finding in page.findings] == [("plain-text", "http://www.shop.test/insecure")]


def test_redirects_without_end_are_given_up():
    page = ends(lambda hit: Reply(status=302, headers=[("Location", f"/again?{hit.query}x")]))
    assert (page.outcome.status, page.outcome.reason) == ("failed", "too-many-redirects")


def test_redirects_that_end_are_followed_and_kept():
    def site(hit: Hit) -> Reply:
        return Reply(status=301, headers=[("Location", "https://other.shop.test/")])

    page = ends(site)
    assert page.outcome.status == "ok"
    assert page.final_url == "https://other.shop.test/"
    assert [(hop.status, hop.location) for hop in page.redirects] == [(301, "https://other.shop.test/")]


def test_a_challenge_is_never_taken_for_the_site():
    page = ends(lambda hit: html("<title>Just a moment...</title>", status=403, headers=[("cf-mitigated", "challenge")]))
    assert (page.outcome.status, page.outcome.reason, page.outcome.blocked_by) == ("inconclusive", "blocked", "Cloudflare's challenge")


def test_a_server_that_never_answers_fails_in_time():
    page = ends(lambda hit: Reply(delay=60), navigation_seconds=2)
    assert (page.outcome.status, page.outcome.reason) == ("failed", "nav-timeout")


def test_a_page_that_never_finishes_is_seen_in_part():
    def site(hit: Hit) -> Reply:
        return Reply(delay=60) if hit.path == "/slow.png" else one_page("<img src=/slow.png>")(hit)

    page = ends(site, load_seconds=2)
    assert (page.outcome.status, page.outcome.reason) == ("inconclusive", "partial")
    assert page.dom.title == "A page"


def test_a_body_without_end_meets_the_limit():
    def endless():
        while True:
            yield b"x" * 65536

    def site(hit: Hit) -> Reply:
        return Reply(body=endless()) if hit.path == "/big" else one_page("<script>fetch('/big').then(r => r.text())</script>")(hit)

    page = ends(site)
    assert (page.outcome.status, page.outcome.reason) == ("inconclusive", "limit:max-down")


def test_one_bad_page_among_good_ones_makes_the_scan_inconclusive():
    def site(hit: Hit) -> Reply:
        return Reply(status=500) if hit.path == "/broken" else one_page("")(hit)

    with Web({HOST: site}) as web:
        snapshot = scan(web, URL, f"{URL}broken").snapshot
    assert [page.outcome.status for page in snapshot.observations] == ["ok", "inconclusive"]
    assert snapshot.outcome.status == "inconclusive"
    assert "1 of 2 pages" in snapshot.outcome.sentence


def test_a_missing_browser_is_a_sentence_that_says_what_to_install():
    from dataclasses import replace

    from scans import capture

    with Web({HOST: one_page("")}) as web:
        settings = replace(settings_for(web), binary="/nowhere/chromium")
    outcome = capture.visit([capture.Target(URL)], settings=settings).snapshot.outcome
    assert (outcome.status, outcome.reason) == ("failed", "browser-missing")
    assert "apt-get install chromium-headless-shell" in outcome.sentence


def test_every_sentence_can_be_said():
    for status, sentence in REASONS.values():
        assert status in ("failed", "inconclusive")
        assert sentence.format(host="h", detail="d", seconds=1)
