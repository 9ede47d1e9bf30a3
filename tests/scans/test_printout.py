from dataclasses import replace

from scans import printout
from scans.snapshot import ConsentState, Finding, Outcome
from tests.scans.sample_snapshot import sample_page, sample_snapshot


def test_a_snapshot_is_told_in_tables():
    text = printout.of(sample_snapshot())

    for word in ("https://shop.example/", "Google Tag Manager", "GTM-ABC1234", "THIRD PARTY", "BANNER", "This scan sent", "of these were delivered."):
        assert word in text


def test_a_page_that_was_not_seen_says_why():
    first, *rest = sample_snapshot().observations
    unseen = replace(first, outcome=Outcome(status="inconclusive", reason="challenge", blocked_by="Cloudflare"))

    assert "challenge" in printout.of(sample_snapshot(observations=[unseen, *rest])).splitlines()[1]


def test_a_page_cannot_write_to_the_readers_terminal():
    first, *rest = sample_snapshot().observations
    hostile = Finding(kind="x", sentence="\x1b]0;owned\x07\x1b[2J\r\nALL IS WELL", url="https://shop.example/\x9b31m")

    text = printout.of(sample_snapshot(observations=[replace(first, findings=[hostile]), *rest]))

    assert [letter for letter in text if not letter.isprintable() and letter != "\n"] == []
    assert "\nALL IS WELL" not in text


def test_nothing_seen_is_told_too():
    empty = sample_snapshot(observations=[], third_parties=[], refusals=[])

    assert printout.of(empty).startswith("This scan sent")


def test_an_answered_banner_is_told():
    clicked = ConsentState(state="rejected", observation=sample_page(), verdict="rejected", button="Reject\x1b[2J all")
    last = printout.of(sample_snapshot(consent_states=[clicked])).splitlines()[-1]
    assert last.startswith("This scan answered the consent banner, as set for the site: rejected")
