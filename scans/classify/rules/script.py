"""What a change of a script means. Pure.

A skimmer is a script that was not there, or one that is not what it was (`script_content`). A shop's own scripts change with every deploy: that is recorded
and not told, save on a payment page.
"""

from __future__ import annotations

from scans.classify.rules import expected, inline_script, malicious, phrases, script_content, traits
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change


def _is_external_of_third(change: Change) -> bool:
    return traits.is_third_party(change)


def _never_seen_party_on_payment(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and _is_external_of_third(change) and traits.is_never_seen_party(change) and traits.on_payment_page(change)


def _rotating_party(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and _is_external_of_third(change) and traits.is_rotating(change)


def _rotating_party_on_payment(change: Change, scene: Scene) -> bool:
    """A host that serves anybody's content gets no such trust on a payment page."""
    return _rotating_party(change, scene) and traits.on_payment_page(change) and traits.is_listed_vendor(change)


def _rotating_party_elsewhere(change: Change, scene: Scene) -> bool:
    return _rotating_party(change, scene) and not traits.on_payment_page(change)


def _known_party_on_payment(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and _is_external_of_third(change) and traits.on_payment_page(change)


def _known_on_site(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and traits.is_known_on_site(change) and not traits.on_payment_page(change)


def _listed_vendor(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and _is_external_of_third(change) and traits.is_known_party(change) and traits.is_listed_vendor(change)


def _new_of_third(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and _is_external_of_third(change)


def _own_new_on_payment(change: Change, scene: Scene) -> bool:
    """What a deploy only names anew by its hash has the key that it had: it changed and is not new."""
    return traits.is_new(change) and traits.on_payment_page(change) and not traits.is_known_on_site(change)


def _new_service_worker(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and change.key.startswith("service_worker:") and not traits.is_known_on_site(change)


def _own_new(change: Change, scene: Scene) -> bool:
    return traits.is_new(change)


def _tracker_gone(change: Change, scene: Scene) -> bool:
    return traits.is_gone(change) and _is_external_of_third(change)


PARTY = ("kind", "payment_pages", "about.party", "about.known_party", "about.anybodys")

RULES = (
    malicious.rule("script"),
    *expected.same_code("script"),
    expected.brought("script"),
    *inline_script.RULES,
    *script_content.FIXED,
    Rule(
        id="script.never_seen_party_on_payment_page",
        version=1,
        severity="critical",
        what="New on a payment page, from a party that the site was never in touch with.",
        applies=_never_seen_party_on_payment,
        sentence=lambda change, scene: (
            f"A script from {phrases.party(change)}, {phrases.unknown(change)}, now runs {phrases.where(change)}. It can read what buyers type there."
            f"{phrases.through(change)}"
        ),
        inputs=reads("key", *PARTY),
    ),
    *script_content.REACHES,
    Rule(
        id="script.new_service_worker",
        version=1,
        severity="medium",
        what="A service worker is new: it outlives the page and can answer for the network.",
        applies=_new_service_worker,
        sentence=lambda change, scene: (
            f"A service worker is new {phrases.where(change)}: {phrases.name(change)}. It stays in the visitor's browser and can answer for the site."
        ),
        inputs=reads("key", "kind"),
    ),
    Rule(
        id="script.rotating_party_on_payment_page",
        version=1,
        severity="low",
        what="New on a payment page, from a listed vendor known on the site whose scripts come and go.",
        applies=_rotating_party_on_payment,
        sentence=lambda change, scene: f"{phrases.party(change)}, whose scripts come and go on this site, loads another one {phrases.where(change)}.",
        inputs=reads("key", "about.rotating", "about.vendor_category", *PARTY),
    ),
    Rule(
        id="script.rotating_party",
        version=1,
        severity="info",
        what="New elsewhere, from a party whose scripts come and go (advertising, tests of page variants).",
        applies=_rotating_party_elsewhere,
        sentence=lambda change, scene: f"{phrases.party(change)}, whose scripts come and go on this site, loads another one {phrases.where(change)}.",
        inputs=reads("key", "about.rotating", "about.vendor_category", *PARTY),
    ),
    Rule(
        id="script.known_party_on_payment_page",
        version=1,
        severity="high",
        what="New on a payment page, from a party that the site was in touch with before.",
        applies=_known_party_on_payment,
        sentence=lambda change, scene: (
            f"A new script of {phrases.party(change)} runs {phrases.where(change)}: {phrases.name(change)}. The site knew this vendor, but not this script "
            f"there.{phrases.through(change)}"
        ),
        inputs=reads("key", *PARTY),
    ),
    Rule(
        id="script.known_on_site",
        version=1,
        severity="info",
        what="New on an ordinary page and known from other pages of the site.",
        applies=_known_on_site,
        sentence=lambda change, scene: f"The script {phrases.name(change)}, known from other pages of this site, now also runs {phrases.where(change)}.",
        inputs=reads("key", "kind", "payment_pages", "about.known_on_site"),
    ),
    Rule(
        id="script.new_of_listed_vendor",
        version=1,
        severity="medium",
        what="New on an ordinary page, from a listed vendor that the site used before and that serves only its own scripts.",
        applies=_listed_vendor,
        sentence=lambda change, scene: (
            f"{phrases.party(change)}, which this site uses already, loads a script that was never seen {phrases.where(change)}: {phrases.name(change)}."
            f"{phrases.through(change)}"
        ),
        inputs=reads("key", "about.entity", "about.vendor_category", *PARTY),
        basis="inferred",
    ),
    Rule(
        id="script.new_of_third_party",
        version=1,
        severity="high",
        what="New on an ordinary page, from any other third party.",
        applies=_new_of_third,
        sentence=lambda change, scene: (
            f"A third-party script that was never seen on this site now runs {phrases.where(change)}: {phrases.name(change)} from {phrases.party(change)}."
            f"{phrases.through(change)}"
        ),
        inputs=reads("key", "about.vendor_category", *PARTY),
    ),
    *script_content.RULES,
    Rule(
        id="script.own_new_on_payment_page",
        version=2,
        severity="medium",
        what="The site's own script is new on a payment page and is known from no other page. One that a deploy only names anew by its hash is not new.",
        applies=_own_new_on_payment,
        sentence=lambda change, scene: f"A new script of the site itself runs {phrases.where(change)}: {phrases.name(change)}.",
        inputs=reads("key", "kind", "payment_pages", "about.party", "about.known_on_site"),
    ),
    Rule(
        id="script.own_new",
        version=1,
        severity="low",
        what="The site's own script is new elsewhere, or known from other pages.",
        applies=_own_new,
        sentence=lambda change, scene: f"The site's own script {phrases.name(change)} is new {phrases.where(change)}.",
        inputs=reads("key", "kind", "payment_pages", "about.party"),
    ),
    Rule(
        id="script.third_party_gone",
        version=1,
        severity="low",
        what="A third party's script no longer loads.",
        applies=_tracker_gone,
        sentence=lambda change, scene: f"The script {phrases.name(change)} of {phrases.party(change)} no longer loads {phrases.where(change)}.",
        inputs=reads("kind", "about.party"),
    ),
    Rule(
        id="script.other",
        version=1,
        severity="info",
        what="Anything else about a script.",
        applies=always,
        sentence=lambda change, scene: (
            f"The script {phrases.name(change)} {'is gone' if traits.is_gone(change) else 'loads in another way'} {phrases.where(change)}."
        ),
        inputs=reads("kind", "differs"),
    ),
)
