"""What a change of a form or of a payment page's frame means: where does what a buyer types go? Pure.

A key is `form:<name>`, `form:<path>|<fields>` for a form without a name, or `frame:<...>` for a frame on a payment page: the domain of a third party, or the
address of one of the site's own.
"""

from __future__ import annotations

import re

from scans.classify import vendors
from scans.classify.hosts import host_of
from scans.classify.rules import malicious, phrases, traits
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change

ASKS_FOR_SECRETS = re.compile(r"card|cvc|cvv|iban|password|passwd|account.?number|expir", re.IGNORECASE)


def _is_frame(change: Change) -> bool:
    return change.key.startswith("frame:")


def _target(change: Change) -> str:
    return "origin" if _is_frame(change) else "action"


def _leaves(change: Change, scene: Scene) -> bool:
    """It goes to another registrable domain than before, and not home."""
    if _is_frame(change):
        return traits.is_changed(change, "origin") and traits.domain_of(traits.before(change, "origin")) != traits.domain_of(traits.after(change, "origin"))
    before, after = (vendors.registrable_domain(side(change, "host") or host_of(side(change, "action"))) for side in (traits.before, traits.after))
    home = vendors.registrable_domain(scene.site_host) if scene.site_host else ""
    return traits.is_changed(change, "host", "action") and after not in ("", before, home)


def _leaves_on_payment(change: Change, scene: Scene) -> bool:
    return _leaves(change, scene) and traits.on_payment_page(change)


def _other_host_on_payment(change: Change, scene: Scene) -> bool:
    """Within one domain another host is the vendor's own, unless anybody can have a host there."""
    return _is_frame(change) and traits.is_changed(change, "origin") and traits.on_payment_page(change) and not traits.is_listed_vendor(change)


def _new_to_never_seen_on_payment(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and traits.is_never_seen_party(change) and traits.on_payment_page(change)


def _new_to_third_on_payment(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and not _is_frame(change) and traits.is_third_party(change) and traits.on_payment_page(change)


def _action_on_payment(change: Change, scene: Scene) -> bool:
    return traits.is_changed(change, "action", "host", "origin", "fields", "method") and traits.on_payment_page(change)


def _asks_for_secrets_on_payment(change: Change, scene: Scene) -> bool:
    asks = bool(ASKS_FOR_SECRETS.search(traits.after(change, "fields")))
    return traits.is_new(change) and traits.on_payment_page(change) and not _is_frame(change) and asks


def _own_frame_gone(change: Change, scene: Scene) -> bool:
    return _is_frame(change) and traits.is_gone(change) and not traits.is_third_party(change)


def _frame_comes_and_goes(change: Change, scene: Scene) -> bool:
    return _is_frame(change) and not traits.is_changed(change) and traits.is_of_tracking_party(change)


def _comes_or_goes_on_payment(change: Change, scene: Scene) -> bool:
    return traits.on_payment_page(change) and not traits.is_changed(change)


def _what(change: Change) -> str:
    return "frame" if _is_frame(change) else "form"


def _differs(change: Change) -> str:
    words = {"action": "where it sends", "host": "to whom it sends", "origin": "where it comes from", "fields": "its fields", "method": "how it sends"}
    return phrases.listed([words.get(fact, fact) for fact in change.differs])


def _from_to(change: Change) -> str:
    fact = "action" if "action" in change.differs else "host" if "host" in change.differs else _target(change)
    return f"{phrases.short(traits.after(change, fact))} instead of {phrases.short(traits.before(change, fact))}"


SIDES = ("before.host", "after.host", "before.action", "after.action", "before.origin", "after.origin")
ACTION = ("key", "kind", "payment_pages", "differs", "scene.site_host", *SIDES)

RULES = (
    malicious.rule("form"),
    Rule(
        id="form.goes_elsewhere_on_payment_page",
        version=2,
        severity="critical",
        what="A form on a payment page sends to another domain, or a frame there comes from another.",
        applies=_leaves_on_payment,
        sentence=lambda change, scene: (
            f"The {phrases.name(change)} {phrases.where(change)} now goes to {_from_to(change)}. What buyers type may go to somebody else."
        ),
        inputs=reads(*ACTION),
    ),
    Rule(
        id="form.frame_from_another_host_on_payment_page",
        version=1,
        severity="critical",
        what="A frame on a payment page comes from another host, on a domain where anybody may have one.",
        applies=_other_host_on_payment,
        sentence=lambda change, scene: (
            f"The {phrases.name(change)} {phrases.where(change)} now comes from {_from_to(change)}. What buyers type may go to somebody else."
        ),
        inputs=reads("about.vendor_category", *ACTION),
    ),
    Rule(
        id="form.new_of_never_seen_party_on_payment_page",
        version=1,
        severity="critical",
        what="A form or frame of a party that the site was never in touch with is new on a payment page.",
        applies=_new_to_never_seen_on_payment,
        sentence=lambda change, scene: (
            f"A {_what(change)} of {phrases.party(change)}, {phrases.unknown(change)}, is new {phrases.where(change)}. What buyers type may go there."
        ),
        inputs=reads("key", "kind", "payment_pages", "about.party", "about.known_party", "about.anybodys"),
    ),
    Rule(
        id="form.goes_elsewhere",
        version=2,
        severity="high",
        what="A form on an ordinary page sends to another domain.",
        applies=_leaves,
        sentence=lambda change, scene: f"The {phrases.name(change)} {phrases.where(change)} now sends to {_from_to(change)}.",
        inputs=reads(*ACTION),
    ),
    Rule(
        id="form.changed_on_payment_page",
        version=1,
        severity="high",
        what="A form or frame on a payment page changed within its domain: its fields, its address, how it sends.",
        applies=_action_on_payment,
        sentence=lambda change, scene: f"The {phrases.name(change)} {phrases.where(change)} changed: {_differs(change)}.",
        inputs=reads(*ACTION, "before.fields", "after.fields", "before.method", "after.method"),
    ),
    Rule(
        id="form.new_to_third_party_on_payment_page",
        version=1,
        severity="high",
        what="A form that sends to a third party, known on the site, is new on a payment page.",
        applies=_new_to_third_on_payment,
        sentence=lambda change, scene: f"A new form {phrases.where(change)} sends to {phrases.party(change)}. What buyers type there leaves the site.",
        inputs=reads("key", "kind", "payment_pages", "about.party"),
    ),
    Rule(
        id="form.asks_for_secrets_on_payment_page",
        version=1,
        severity="high",
        what="A new form on a payment page has fields named like those of a card, an account or a password.",
        applies=_asks_for_secrets_on_payment,
        sentence=lambda change, scene: f"A new form {phrases.where(change)} asks for what looks like card or account data: {phrases.name(change)}.",
        inputs=reads("key", "kind", "payment_pages", "after.fields"),
    ),
    Rule(
        id="form.frame_of_tracker",
        version=1,
        severity="low",
        what="A frame of a known advertising or analytics party comes or goes on a payment page.",
        applies=_frame_comes_and_goes,
        sentence=lambda change, scene: (
            f"A frame of {phrases.party(change)}, probably for {change.about.get('vendor_category')}, {_went(change)} {phrases.where(change)}."
        ),
        inputs=reads("key", "kind", "about.vendor_category"),
        basis="inferred",
    ),
    Rule(
        id="form.own_frame_gone",
        version=1,
        severity="low",
        what="A frame of the site itself is gone from a payment page.",
        applies=_own_frame_gone,
        sentence=lambda change, scene: f"The {phrases.name(change)} of the site itself is gone {phrases.where(change)}.",
        inputs=reads("key", "kind", "about.party"),
    ),
    Rule(
        id="form.comes_or_goes_on_payment_page",
        version=1,
        severity="medium",
        what="Any other form or frame comes or goes on a payment page.",
        applies=_comes_or_goes_on_payment,
        sentence=lambda change, scene: f"The {phrases.name(change)} {_went(change)} {phrases.where(change)}.",
        inputs=reads("key", "kind", "payment_pages"),
    ),
    Rule(
        id="form.other",
        version=1,
        severity="low",
        what="Anything else about a form.",
        applies=always,
        sentence=lambda change, scene: f"The {phrases.name(change)} {_went(change)} {phrases.where(change)}.",
        inputs=reads("kind", "differs"),
    ),
)


def _went(change: Change) -> str:
    return {"new": "is new", "gone": "is gone", "changed": "changed"}[change.kind]
