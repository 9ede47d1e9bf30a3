"""What a change of a script means. Pure.

A skimmer is a script that was not there, or one that is not what it was. A shop's own scripts change with every deploy: that is recorded and not told,
save on a payment page.
"""

from __future__ import annotations

from scans.classify.rules import expected, inline_script, malicious, phrases, traits
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change

EXACT = "exact:"


def _is_external_of_third(change: Change) -> bool:
    return traits.is_third_party(change)


def _other_body_of_an_exact_url(change: Change, scene: Scene) -> bool:
    names_its_content = change.key.startswith(EXACT) or bool(change.about.get("immutable"))
    return names_its_content and traits.is_changed(change, "sha256")


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


def _integrity_dropped(change: Change, scene: Scene) -> bool:
    return traits.is_changed(change, "integrity") and bool(traits.before(change, "integrity")) and not traits.after(change, "integrity")


def _integrity_dropped_on_payment(change: Change, scene: Scene) -> bool:
    return traits.on_payment_page(change) and _integrity_dropped(change, scene)


def _new_version(change: Change, scene: Scene) -> bool:
    return _is_external_of_third(change) and "{ver}" in change.key and traits.is_changed(change, "sha256")


def _new_version_on_payment(change: Change, scene: Scene) -> bool:
    return traits.on_payment_page(change) and _new_version(change, scene)


def _other_body_of_third(change: Change, scene: Scene) -> bool:
    return _is_external_of_third(change) and traits.is_changed(change, "sha256")


def _own_new_on_payment(change: Change, scene: Scene) -> bool:
    """A build names its parts by their content: a part that is new under such a name is a deploy."""
    is_redeploy = "{" in change.key
    return traits.is_new(change) and traits.on_payment_page(change) and not traits.is_known_on_site(change) and not is_redeploy


def _own_new(change: Change, scene: Scene) -> bool:
    return traits.is_new(change)


def _own_other_body(change: Change, scene: Scene) -> bool:
    return not traits.is_third_party(change) and traits.is_changed(change, "sha256")


def _own_other_body_on_payment(change: Change, scene: Scene) -> bool:
    return traits.on_payment_page(change) and _own_other_body(change, scene)


def _tracker_gone(change: Change, scene: Scene) -> bool:
    return traits.is_gone(change) and _is_external_of_third(change)


PARTY = ("kind", "payment_pages", "about.party", "about.known_party")

RULES = (
    malicious.rule("script"),
    *expected.same_code("script"),
    expected.brought("script"),
    *inline_script.RULES,
    Rule(
        id="script.fixed_content_changed",
        version=1,
        severity="critical",
        what="A URL that names its content (a hash or version in it, or an integrity attribute) answers with another content.",
        applies=_other_body_of_an_exact_url,
        sentence=lambda change, scene: (
            f"The file {phrases.name(change)} {phrases.where(change)} has another content under the same address, which names its content and should never "
            "change. Somebody may have tampered with it."
        ),
        inputs=reads("kind", "key", "about.immutable", "differs", "before.sha256", "after.sha256"),
    ),
    Rule(
        id="script.never_seen_party_on_payment_page",
        version=1,
        severity="critical",
        what="New on a payment page, from a party that the site was never in touch with.",
        applies=_never_seen_party_on_payment,
        sentence=lambda change, scene: (
            f"A script from {phrases.party(change)}, which was never seen on this site, now runs {phrases.where(change)}. It can read what buyers type there."
            f"{phrases.through(change)}"
        ),
        inputs=reads("key", *PARTY),
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
        inputs=reads("kind", "payment_pages", "about.known_on_site"),
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
    Rule(
        id="script.integrity_dropped_on_payment_page",
        version=1,
        severity="medium",
        what="On a payment page the integrity attribute is gone, which fixed the content of the script.",
        applies=_integrity_dropped_on_payment,
        sentence=lambda change, scene: (
            f"The script {phrases.name(change)} {phrases.where(change)} is no longer fixed to one content: its integrity attribute is gone."
        ),
        inputs=reads("kind", "payment_pages", "differs", "before.integrity", "after.integrity"),
    ),
    Rule(
        id="script.integrity_dropped",
        version=1,
        severity="low",
        what="Elsewhere the integrity attribute is gone.",
        applies=_integrity_dropped,
        sentence=lambda change, scene: (
            f"The script {phrases.name(change)} {phrases.where(change)} is no longer fixed to one content: its integrity attribute is gone."
        ),
        inputs=reads("kind", "differs", "before.integrity", "after.integrity"),
    ),
    Rule(
        id="script.new_version_on_payment_page",
        version=1,
        severity="medium",
        what="A third party's script on a payment page has another version.",
        applies=_new_version_on_payment,
        sentence=lambda change, scene: f"{phrases.party(change)} runs in another version {phrases.where(change)}: {phrases.name(change)}.",
        inputs=reads("key", "kind", "payment_pages", "about.party", "differs"),
    ),
    Rule(
        id="script.new_version",
        version=1,
        severity="low",
        what="A third party's script elsewhere has another version.",
        applies=_new_version,
        sentence=lambda change, scene: f"{phrases.party(change)} runs in another version {phrases.where(change)}: {phrases.name(change)}.",
        inputs=reads("key", "kind", "about.party", "differs"),
    ),
    Rule(
        id="script.vendor_changed_its_script",
        version=1,
        severity="info",
        what="A third party's script at an address that does not name its content has another content.",
        applies=_other_body_of_third,
        sentence=lambda change, scene: f"{phrases.party(change)} changed its script {phrases.name(change)}, as vendors do, {phrases.where(change)}.",
        inputs=reads("key", "kind", "about.party", "differs"),
    ),
    Rule(
        id="script.own_new_on_payment_page",
        version=1,
        severity="medium",
        what="The site's own script is new on a payment page, is known from no other page, and is no part of a build named by its hash.",
        applies=_own_new_on_payment,
        sentence=lambda change, scene: f"A new script of the site itself runs {phrases.where(change)}: {phrases.name(change)}.",
        inputs=reads("key", "kind", "payment_pages", "about.party", "about.known_on_site"),
    ),
    Rule(
        id="script.own_new",
        version=1,
        severity="low",
        what="The site's own script is new elsewhere, or is part of a build.",
        applies=_own_new,
        sentence=lambda change, scene: f"The site's own script {phrases.name(change)} is new {phrases.where(change)}.",
        inputs=reads("key", "kind", "payment_pages", "about.party"),
    ),
    Rule(
        id="script.own_changed_on_payment_page",
        version=1,
        severity="low",
        what="The site's own script on a payment page has another content.",
        applies=_own_other_body_on_payment,
        sentence=lambda change, scene: f"The site's own script {phrases.name(change)} has another content {phrases.where(change)}, as after a deploy.",
        inputs=reads("kind", "payment_pages", "about.party", "differs"),
    ),
    Rule(
        id="script.own_changed",
        version=1,
        severity="info",
        what="The site's own script elsewhere has another content.",
        applies=_own_other_body,
        sentence=lambda change, scene: f"The site's own script {phrases.name(change)} has another content {phrases.where(change)}, as after a deploy.",
        inputs=reads("kind", "about.party", "differs"),
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
