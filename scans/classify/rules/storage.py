"""What a change of a key in the browser's storage means. Pure. Purposes come from lists and are said as `probably`."""

from __future__ import annotations

from scans.classify.rules import expected, malicious, phrases, traits
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change


def _familiar(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and traits.is_familiar(change)


def _tracks(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and traits.is_tracking(change)


def _new(change: Change, scene: Scene) -> bool:
    return traits.is_new(change)


RULES = (
    malicious.rule("storage"),
    expected.brought("storage"),
    Rule(
        id="storage.familiar",
        version=1,
        severity="info",
        what="New on an ordinary page and known from other pages, or of a party whose things come and go.",
        applies=_familiar,
        sentence=lambda change, scene: f"The storage key {phrases.name(change)}, of a kind known from this site, is now kept {phrases.where(change)} too.",
        inputs=reads("kind", "payment_pages", "about.known_on_site", "about.rotating"),
    ),
    Rule(
        id="storage.tracks_before_consent",
        version=1,
        severity="medium",
        what="New, serves advertising or analytics by our lists, and was kept without an answer to a banner.",
        applies=_tracks,
        sentence=lambda change, scene: (
            f"The storage key {phrases.name(change)} of {phrases.vendor(change)}, probably for {change.about.get('purpose')}, is now kept before a visitor has "
            f"consented to anything, {phrases.where(change)}."
        ),
        inputs=reads("kind", "about.purpose", "about.vendor"),
        basis="inferred",
    ),
    Rule(
        id="storage.new",
        version=1,
        severity="low",
        what="New, of a purpose that nobody knows.",
        applies=_new,
        sentence=lambda change, scene: f"The storage key {phrases.name(change)} is new {phrases.where(change)}.",
        inputs=reads("kind", "about.purpose"),
    ),
    Rule(
        id="storage.other",
        version=1,
        severity="info",
        what="Anything else about a key in storage.",
        applies=always,
        sentence=lambda change, scene: f"The storage key {phrases.name(change)} is no longer kept {phrases.where(change)}.",
        inputs=reads("kind"),
    ),
)
