"""What a change of the organisations behind a page means: one that comes, one that goes. Pure.

A third party is known by its registrable domain. Advertising brings parties that come and go; a payment page should meet none for the first time.
"""

from __future__ import annotations

from scans.classify.rules import expected, malicious, phrases, traits
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change


def _never_seen_on_payment(change: Change, scene: Scene) -> bool:
    return _never_seen(change, scene) and traits.on_payment_page(change)


def _never_seen(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and not traits.is_known_party(change)


def _rotating_without_scripts(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and traits.is_rotating(change) and not (traits.on_payment_page(change) and change.about.get("scripts"))


def _rotating_scripts_on_payment(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and traits.is_rotating(change) and traits.on_payment_page(change)


def _scripts_on_payment(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and traits.on_payment_page(change) and bool(change.about.get("scripts"))


def _on_payment(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and traits.on_payment_page(change)


def _on_another_page(change: Change, scene: Scene) -> bool:
    return traits.is_new(change)


def _tracker_gone(change: Change, scene: Scene) -> bool:
    return traits.is_gone(change) and traits.is_of_tracking_party(change)


KNOWN = ("kind", "key", "payment_pages", "about.known_party")

RULES = (
    malicious.rule("third_party"),
    *expected.same_code("third_party"),
    expected.brought("third_party"),
    Rule(
        id="third_party.new_on_payment_page",
        version=1,
        severity="high",
        what="Never seen on the site, and in touch with a payment page.",
        applies=_never_seen_on_payment,
        sentence=lambda change, scene: (
            f"{phrases.party(change)}, never seen on this site before, is now contacted {phrases.where(change)}.{phrases.through(change)}"
        ),
        inputs=reads(*KNOWN),
    ),
    Rule(
        id="third_party.new",
        version=1,
        severity="high",
        what="Never seen on the site, and in touch with ordinary pages.",
        applies=_never_seen,
        sentence=lambda change, scene: (
            f"{phrases.party(change)}, never seen on this site before, is now contacted {phrases.where(change)}.{phrases.through(change)}"
        ),
        inputs=reads(*KNOWN),
    ),
    Rule(
        id="third_party.rotating",
        version=1,
        severity="info",
        what="Known on the site, of the kind that comes and goes, and new on a page; no scripts on a payment page.",
        applies=_rotating_without_scripts,
        sentence=lambda change, scene: f"{phrases.party(change)}, which comes and goes on this site, was contacted {phrases.where(change)}.",
        inputs=reads("about.rotating", "about.vendor_category", "about.scripts", *KNOWN),
    ),
    Rule(
        id="third_party.rotating_scripts_on_payment_page",
        version=1,
        severity="medium",
        what="Known on the site, of the kind that comes and goes, and new with scripts on a payment page.",
        applies=_rotating_scripts_on_payment,
        sentence=lambda change, scene: f"{phrases.party(change)}, known from this site, now runs scripts {phrases.where(change)} too.{phrases.through(change)}",
        inputs=reads("about.rotating", "about.vendor_category", "about.scripts", *KNOWN),
    ),
    Rule(
        id="third_party.scripts_on_payment_page",
        version=1,
        severity="high",
        what="Known on the site, and new with scripts on a payment page.",
        applies=_scripts_on_payment,
        sentence=lambda change, scene: f"{phrases.party(change)}, known from this site, now runs scripts {phrases.where(change)} too.{phrases.through(change)}",
        inputs=reads("about.scripts", *KNOWN),
    ),
    Rule(
        id="third_party.known_on_payment_page",
        version=1,
        severity="medium",
        what="Known on the site, and new on a payment page, without scripts.",
        applies=_on_payment,
        sentence=lambda change, scene: f"{phrases.party(change)}, known from this site, is now contacted {phrases.where(change)} too.{phrases.through(change)}",
        inputs=reads("about.scripts", *KNOWN),
    ),
    Rule(
        id="third_party.known_on_site",
        version=1,
        severity="info",
        what="Known on the site, and new on an ordinary page.",
        applies=_on_another_page,
        sentence=lambda change, scene: f"{phrases.party(change)}, known from this site, is now contacted {phrases.where(change)} too.",
        inputs=reads(*KNOWN),
    ),
    Rule(
        id="third_party.tracker_gone",
        version=1,
        severity="low",
        what="One that tracks, by our lists, is no longer contacted.",
        applies=_tracker_gone,
        sentence=lambda change, scene: f"{phrases.party(change)}, probably a tracker, is no longer contacted {phrases.where(change)}.",
        inputs=reads("kind", "about.vendor_category"),
        basis="inferred",
    ),
    Rule(
        id="third_party.other",
        version=1,
        severity="low",
        what="Anything else about a third party, such as one that is no longer contacted.",
        applies=always,
        sentence=lambda change, scene: (
            f"{phrases.party(change)} is {'no longer contacted' if traits.is_gone(change) else 'used in another way'} {phrases.where(change)}."
        ),
        inputs=reads("kind"),
    ),
)
