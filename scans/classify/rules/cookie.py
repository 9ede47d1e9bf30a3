"""What a change of a cookie means. Pure.

A scan answers no banner, so a cookie that tracks was set before anybody consented. Purposes come from lists and are said as `probably`.
"""

from __future__ import annotations

import re

from scans.classify.rules import expected, malicious, phrases, traits
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change

LONGER_THAN_ALLOWED = "13 months+"
NAMED_LIKE_A_SESSION = re.compile(r"sess|auth|token|login|csrf|xsrf|(^|[_.-])sid\b|^sid", re.IGNORECASE)


def _became_third_party(change: Change, scene: Scene) -> bool:
    return traits.is_changed(change, "party") and traits.before(change, "party") == "first" and traits.after(change, "party") == "third"


def _of_never_seen_party(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and traits.is_never_seen_party(change) and not traits.is_rotating(change)


def _familiar(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and (traits.is_familiar(change) or (traits.is_third_party(change) and traits.is_rotating(change)))


def _tracks_before_consent(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and traits.is_tracking(change)


def _expected(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and change.about.get("purpose") in ("necessary", "consent")


def _of_vendor(change: Change, scene: Scene) -> bool:
    by_list = bool(change.about.get("vendor")) or (traits.is_third_party(change) and traits.is_listed_vendor(change))
    return traits.is_new(change) and by_list


def _new(change: Change, scene: Scene) -> bool:
    return traits.is_new(change)


def _lives_longer(change: Change, scene: Scene) -> bool:
    return traits.is_changed(change, "expiry") and traits.after(change, "expiry") == LONGER_THAN_ALLOWED


def _loosened(change: Change) -> list[str]:
    flags = [
        words
        for fact, words in (("secure", "Secure"), ("http_only", "HttpOnly"))
        if traits.before(change, fact) == "yes" and traits.after(change, fact) == "no"
    ]
    same_site = traits.before(change, "same_site") in ("Strict", "Lax") and traits.after(change, "same_site") == "None"
    return [*flags, "SameSite"] if same_site else flags


def _is_loosened(change: Change, scene: Scene) -> bool:
    return traits.is_changed(change, "secure", "http_only", "same_site") and bool(_loosened(change))


def _session_is_loosened(change: Change, scene: Scene) -> bool:
    flags = _loosened(change) if _is_loosened(change, scene) else []
    return ("Secure" in flags or "HttpOnly" in flags) and bool(NAMED_LIKE_A_SESSION.search(change.key.partition("|")[0]))


def _tracker_gone(change: Change, scene: Scene) -> bool:
    return traits.is_gone(change) and traits.is_tracking(change)


def _vendor(change: Change) -> str:
    return f" of {phrases.vendor(change)}" if change.about.get("vendor") or change.about.get("entity") else ""


FLAGS = ("before.secure", "after.secure", "before.http_only", "after.http_only", "before.same_site", "after.same_site")

RULES = (
    malicious.rule("cookie"),
    expected.brought("cookie"),
    Rule(
        id="cookie.became_third_party",
        version=2,
        severity="high",
        what="One of this name was set for the site itself, and now only a third party sets it.",
        applies=_became_third_party,
        sentence=lambda change, scene: (
            f"The cookie {phrases.name(change)} was the site's own and is now set by the third party {phrases.party(change)} alone, {phrases.where(change)}."
        ),
        inputs=reads("kind", "differs", "before.party", "after.party"),
    ),
    Rule(
        id="cookie.of_never_seen_party",
        version=1,
        severity="high",
        what="New, and it belongs to a third party that the site was never in touch with.",
        applies=_of_never_seen_party,
        sentence=lambda change, scene: (
            f"The cookie {phrases.name(change)} is new {phrases.where(change)} and belongs to {phrases.party(change)}, {phrases.unknown(change)}."
            f"{phrases.through(change)}"
        ),
        inputs=reads("kind", "payment_pages", "about.party", "about.known_party", "about.anybodys", "about.rotating"),
    ),
    Rule(
        id="cookie.familiar",
        version=1,
        severity="info",
        what="New on an ordinary page and known from other pages, or of a party whose cookies come and go.",
        applies=_familiar,
        sentence=lambda change, scene: (
            f"The cookie {phrases.name(change)}{_vendor(change)}, of a kind known from this site, is now set {phrases.where(change)} too."
        ),
        inputs=reads("kind", "payment_pages", "about.known_on_site", "about.rotating", "about.known_party", "about.party"),
    ),
    Rule(
        id="cookie.tracks_before_consent",
        version=1,
        severity="high",
        what="New, serves advertising or analytics by our lists, and was set without an answer to a banner.",
        applies=_tracks_before_consent,
        sentence=lambda change, scene: (
            f"The cookie {phrases.name(change)}{_vendor(change)}, probably for {change.about.get('purpose')}, is now set before a visitor has consented to "
            f"anything, {phrases.where(change)}."
        ),
        inputs=reads("kind", "about.purpose", "about.vendor", "about.source", "scene.cmp", "scene.banner_visible"),
        basis="inferred",
    ),
    Rule(
        id="cookie.new_expected",
        version=1,
        severity="low",
        what="New, and by our lists necessary or the memory of a consent.",
        applies=_expected,
        sentence=lambda change, scene: (
            f"The cookie {phrases.name(change)}{_vendor(change)} is new {phrases.where(change)}; it probably serves the site's own working."
        ),
        inputs=reads("kind", "about.purpose", "about.vendor", "about.source"),
        basis="inferred",
    ),
    Rule(
        id="cookie.new_of_vendor",
        version=1,
        severity="medium",
        what="New, of a vendor that our lists know.",
        applies=_of_vendor,
        sentence=lambda change, scene: f"The cookie {phrases.name(change)} is new {phrases.where(change)}, probably{_vendor(change)}.",
        inputs=reads("kind", "about.party", "about.purpose", "about.vendor", "about.vendor_category", "about.source"),
        basis="inferred",
    ),
    Rule(
        id="cookie.new",
        version=1,
        severity="low",
        what="New, of a purpose that nobody knows.",
        applies=_new,
        sentence=lambda change, scene: f"The cookie {phrases.name(change)} is new {phrases.where(change)}. What it is for is not known.",
        inputs=reads("kind", "about.party", "about.purpose", "about.vendor"),
    ),
    Rule(
        id="cookie.lives_longer",
        version=1,
        severity="medium",
        what="It now lives longer than 13 months.",
        applies=_lives_longer,
        sentence=lambda change, scene: (
            f"The cookie {phrases.name(change)} now lives longer than 13 months {phrases.where(change)}; before, it lived for {_life(change)}."
        ),
        inputs=reads("kind", "differs", "before.expiry", "after.expiry"),
    ),
    Rule(
        id="cookie.session_loosened",
        version=1,
        severity="medium",
        what="A cookie named like one of a session lost its Secure or HttpOnly flag.",
        applies=_session_is_loosened,
        sentence=lambda change, scene: (
            f"The cookie {phrases.name(change)}, by its name one of a session, lost its protection {phrases.listed(_loosened(change))} {phrases.where(change)}."
        ),
        inputs=reads("key", "kind", "differs", *FLAGS),
    ),
    Rule(
        id="cookie.loosened",
        version=1,
        severity="low",
        what="Any other cookie lost a flag that protects it.",
        applies=_is_loosened,
        sentence=lambda change, scene: f"The cookie {phrases.name(change)} lost its protection {phrases.listed(_loosened(change))} {phrases.where(change)}.",
        inputs=reads("kind", "differs", *FLAGS),
    ),
    Rule(
        id="cookie.tracker_gone",
        version=1,
        severity="low",
        what="One for advertising or analytics, by our lists, is no longer set.",
        applies=_tracker_gone,
        sentence=lambda change, scene: (
            f"The cookie {phrases.name(change)}{_vendor(change)}, probably for {change.about.get('purpose')}, is no longer set {phrases.where(change)}."
        ),
        inputs=reads("kind", "about.purpose"),
        basis="inferred",
    ),
    Rule(
        id="cookie.other",
        version=1,
        severity="info",
        what="Anything else about a cookie.",
        applies=always,
        sentence=lambda change, scene: (
            f"The cookie {phrases.name(change)} {'is no longer set' if traits.is_gone(change) else 'has other attributes'} {phrases.where(change)}."
        ),
        inputs=reads("kind", "differs"),
    ),
)


def _life(change: Change) -> str:
    life = traits.before(change, "expiry")
    return {"session": "the visit", "day": "up to two days", "month": "up to a month", "year": "up to a year"}.get(life, life or "a shorter time")
