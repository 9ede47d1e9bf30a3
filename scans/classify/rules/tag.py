"""What a change of a vendor's tag means: its account id says whose numbers and whose money it is. Pure."""

from __future__ import annotations

from scans.classify import vendors
from scans.classify.rules import malicious, phrases, traits
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change


def _swapped(change: Change, scene: Scene) -> bool:
    return traits.is_changed(change, "account_id")


def _known_on_site(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and traits.is_known_on_site(change) and not traits.on_payment_page(change)


def _vendor_was_there(change: Change, scene: Scene) -> bool:
    """Whether a domain of the tag's vendor was in touch with the site before."""
    url = traits.domain_of(str(change.about.get("url", "")))
    return url in scene.domains_before or any(vendors.entity_of(domain).entity == change.about.get("vendor") for domain in scene.domains_before)


def _of_new_vendor(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and not traits.is_known_on_site(change) and not _vendor_was_there(change, scene)


def _is_new(change: Change, scene: Scene) -> bool:
    return traits.is_new(change)


def _silenced(change: Change, scene: Scene) -> bool:
    """Its id stands in the page still, in dead code perhaps, and nothing asks for it any more."""
    return traits.is_changed(change, "seen_in") and traits.before(change, "seen_in") == "request" and traits.after(change, "seen_in") != "request"


def _is_gone(change: Change, scene: Scene) -> bool:
    return traits.is_gone(change)


def _account(change: Change) -> str:
    return phrases.short(str(change.about.get("account_id", "")))


TAG = ("kind", "about.vendor", "about.account_id")

RULES = (
    malicious.rule("tag"),
    Rule(
        id="tag.account_swapped",
        version=1,
        severity="critical",
        what="A tag reports to another account than before.",
        applies=_swapped,
        sentence=lambda change, scene: (
            f"The {phrases.vendor(change)} tag {phrases.where(change)} now reports to the account {phrases.became(change, 'account_id')} instead of "
            f"{phrases.was(change, 'account_id')}. If nobody changed it on purpose, its data goes to somebody else."
        ),
        inputs=reads("kind", "differs", "about.vendor", "before.account_id", "after.account_id"),
    ),
    Rule(
        id="tag.known_on_site",
        version=1,
        severity="info",
        what="New on an ordinary page and known from other pages of the site.",
        applies=_known_on_site,
        sentence=lambda change, scene: (
            f"The {phrases.vendor(change)} tag {_account(change)}, known from other pages of this site, is now also {phrases.where(change)}."
        ),
        inputs=reads("payment_pages", "about.known_on_site", *TAG),
    ),
    Rule(
        id="tag.new_of_new_vendor",
        version=1,
        severity="high",
        what="New, of a vendor that the site was not in touch with before.",
        applies=_of_new_vendor,
        sentence=lambda change, scene: (
            f"A tag of {phrases.vendor(change)}, probably a vendor that this site did not use before, is new "
            f"{phrases.where(change)}: account {_account(change)}."
        ),
        inputs=reads("about.known_on_site", "about.url", "scene.domains_before", *TAG),
        basis="inferred",
    ),
    Rule(
        id="tag.new",
        version=1,
        severity="medium",
        what="New, of a vendor that the site used before.",
        applies=_is_new,
        sentence=lambda change, scene: f"A new {phrases.vendor(change)} tag is {phrases.where(change)}: account {_account(change)}.",
        inputs=reads("payment_pages", "about.known_on_site", *TAG),
    ),
    Rule(
        id="tag.silenced",
        version=1,
        severity="medium",
        what="Still named in the page, and no longer asked for: another account may have taken its place.",
        applies=_silenced,
        sentence=lambda change, scene: (
            f"The {phrases.vendor(change)} tag {_account(change)} is still named {phrases.where(change)}, but no request is made for it any more."
        ),
        inputs=reads("differs", "before.seen_in", "after.seen_in", *TAG),
    ),
    Rule(
        id="tag.gone",
        version=1,
        severity="medium",
        what="No longer there.",
        applies=_is_gone,
        sentence=lambda change, scene: (
            f"The {phrases.vendor(change)} tag {_account(change)} is gone {phrases.where(change)}: it measures nothing there any more."
        ),
        inputs=reads(*TAG),
    ),
    Rule(
        id="tag.other",
        version=1,
        severity="low",
        what="Anything else about a tag.",
        applies=always,
        sentence=lambda change, scene: f"The {phrases.vendor(change)} tag {_account(change)} changed {phrases.where(change)}.",
        inputs=reads("kind", "differs"),
    ),
)
