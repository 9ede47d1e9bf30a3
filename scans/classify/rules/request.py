"""What a change of a page's requests means. Pure.

Who is asked for the first time is told as a third party; here it counts where something is sent, or a channel is opened, from a payment page.
"""

from __future__ import annotations

from scans.classify.rules import expected, malicious, phrases, traits
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change

FAILS = ("4xx", "5xx", "failed")


def _sends(change: Change) -> bool:
    return change.key.startswith(("WRITE ", "GET websocket "))


def _sends_from_payment_to_never_seen(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and _sends(change) and traits.is_never_seen_party(change) and traits.on_payment_page(change)


def _to_never_seen(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and traits.is_never_seen_party(change)


def _own(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and not traits.is_third_party(change) and not traits.is_known_on_site(change)


def _fails(change: Change, scene: Scene) -> bool:
    return traits.is_changed(change, "status") and traits.after(change, "status") in FAILS and traits.before(change, "status") not in FAILS


RULES = (
    malicious.rule("request"),
    expected.brought("request"),
    Rule(
        id="request.sends_to_never_seen_party_from_payment_page",
        version=1,
        severity="high",
        what="A payment page tries to send something, or opens a channel, to a party that the site was never in touch with.",
        applies=_sends_from_payment_to_never_seen,
        sentence=lambda change, scene: (
            f"The page tries to send data to {phrases.party(change)}, {phrases.unknown(change)}, {phrases.where(change)}.{phrases.through(change)}"
        ),
        inputs=reads("key", "kind", "payment_pages", "about.party", "about.known_party", "about.anybodys"),
    ),
    Rule(
        id="request.to_never_seen_party",
        version=1,
        severity="low",
        what="New, to a party that the site was never in touch with (which is told as a third party).",
        applies=_to_never_seen,
        sentence=lambda change, scene: f"{phrases.party(change)}, {phrases.unknown(change)}, is asked for {phrases.name(change)} {phrases.where(change)}.",
        inputs=reads("key", "kind", "payment_pages", "about.party", "about.known_party", "about.anybodys"),
    ),
    Rule(
        id="request.own",
        version=1,
        severity="info",
        what="New, to the site itself.",
        applies=_own,
        sentence=lambda change, scene: f"The site asks itself for {phrases.name(change)}, new {phrases.where(change)}.",
        inputs=reads("kind", "about.party", "about.known_on_site"),
    ),
    Rule(
        id="request.fails",
        version=1,
        severity="low",
        what="What was answered before now fails.",
        applies=_fails,
        sentence=lambda change, scene: f"{phrases.name(change)} was answered before and now fails ({traits.after(change, 'status')}) {phrases.where(change)}.",
        inputs=reads("kind", "differs", "before.status", "after.status"),
    ),
    Rule(
        id="request.other",
        version=1,
        severity="info",
        what="Anything else about a request of a known party.",
        applies=always,
        sentence=lambda change, scene: f"{phrases.name(change)} is {_said(change)} {phrases.where(change)}.",
        inputs=reads("kind", "differs"),
    ),
)


def _said(change: Change) -> str:
    return {"new": "asked for anew", "gone": "no longer asked for", "changed": "answered in another way"}[change.kind]
