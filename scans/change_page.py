"""What the page of one change shows: its facts before and after, why it has its severity, and the stored evidence side by side.

Bodies are looked for among the evidence of the site by hash, newest first. One that is missing or does not open becomes a sentence, never an error. To show
evidence of one more category: a function in `_EVIDENCE` that gives `Sides`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from scans import reading, store
from scans.classify import rules
from scans.classify.rules.rule import Rule
from scans.diff import policy, text
from scans.diff.rows import Row
from scans.models import Change, Evidence

log = structlog.get_logger(__name__)

LONGEST_BODY = 400_000  # characters; longer ones are offered for download, not compared
_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")  # a fact may hold several values
FACTS = {
    "sha256": "SHA-256",
    "integrity": "Subresource Integrity",
    "loading": "Loading",
    "reaches": "Reaches",
    "expiry": "Kept for",
    "same_site": "SameSite",
    "secure": "Secure",
    "http_only": "HttpOnly",
    "party": "Party",
    "text": "Text, SHA-256",
    "normalised": "Document, SHA-256",
    "screenshot": "Screenshot, SHA-256",
    "account_id": "Account",
    "host": "Sends to",
    "seen_in": "Seen in",
}
INPUTS = {
    "kind": "What happened",
    "key": "Identity",
    "differs": "What differs",
    "payment_pages": "Payment pages concerned",
    "about.party": "Whose it is",
    "about.vendor_category": "What its vendor does",
    "about.vendor": "Vendor of the tag",
    "about.entity": "Vendor",
    "about.purpose": "Purpose",
    "about.known_on_site": "Seen on another page of the site before",
    "about.known_party": "Its domain was in touch with the site before",
    "about.rotating": "Its party's things come and go",
    "about.same_body": "Same content as before, under another address",
    "about.anybodys": "On a host where anybody can put files",
    "about.scripts": "Scripts from there",
    "about.brought_by": "Brought by",
    "about.url": "Address",
    "about.host": "Host",
    "about.source": "Where it was seen",
    "about.share": "Share of the picture that differs",
    "about.weighty": "Sentences that weigh most",
    "about.verdict": "What answering the banner did",
    "about.cmp": "Consent platform",
    "scene.site_host": "Host of the site",
    "scene.domains_before": "Domains in touch with the site before",
    "scene.cmp": "Consent platform of the page",
    "scene.banner_visible": "The consent banner was visible",
}
PARTIES = {"first": "the site's own", "third": "a third party's"}
SIDES = {"before": "before", "after": "now"}


@dataclass(frozen=True)
class Fact:
    name: str
    before: str | None
    after: str | None
    differs: bool


@dataclass(frozen=True)
class Body:
    """A stored body, or one sentence that says why there is none."""

    evidence: Evidence | None = None
    content: bytes | None = None
    sentence: str = ""


@dataclass(frozen=True)
class Sides:
    """Both sides of the evidence of a change. `what` chooses how the page shows them: `text` or `picture`."""

    what: str
    before: Body
    after: Body
    lines: list[Row] = field(default_factory=list)
    note: str = ""
    weighty: list[policy.Weighty] = field(default_factory=list)
    regions: list[dict[str, int]] = field(default_factory=list)


def facts(change: Change) -> list[Fact]:
    before, after = change.before, change.after
    names = list(dict.fromkeys([*change.differs, *(before or {}), *(after or {})]))
    return [Fact(FACTS.get(name) or _plain(name), _word(before, name), _word(after, name), name in change.differs or None in (before, after)) for name in names]


def chain(change: Change) -> list[str]:
    """From the document down to the thing."""
    steps = list(reversed(change.chain))
    own = str(change.about.get("url", ""))
    return steps if not own or own in steps else [*steps, own]


def inputs(change: Change) -> list[tuple[str, str]]:
    """What the rule looked at, in words for people."""
    return [(_input(name), _value(name, value)) for name, value in sorted(change.inputs.items())]


def rule(change: Change) -> Rule | None:
    """The rule that gave the severity, as it stands in the book. None if the book has another version by now: its words are not those that decided."""
    known = rules.BY_CATEGORY.get(change.category, ())  # type: ignore[call-overload]
    return next((one for one in known if (one.id, one.version) == (change.rule, change.rule_version)), None)


def _input(name: str) -> str:
    holder, _, fact = name.partition(".")
    if name in INPUTS or holder not in SIDES:
        return INPUTS.get(name) or _plain(fact or name)
    return f"{FACTS.get(fact) or _plain(fact)}, {SIDES[holder]}"


def _value(name: str, value: Any) -> str:
    if name == "differs" and isinstance(value, list):
        return _text([FACTS.get(one) or _plain(str(one)) for one in value])
    return PARTIES.get(str(value), _text(value)) if name.endswith(".party") else _text(value)


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()


def evidence(change: Change) -> Sides | None:
    """None where a change of this category has no bodies behind it."""
    show = _EVIDENCE.get(change.category)
    return show(change) if show else None


def _script(change: Change) -> Sides | None:
    names = (_hash(change.before, "sha256", change.about.get("body_before")), _hash(change.after, "sha256", change.about.get("body")))
    if not any(names):
        return None
    before, after = (_body(change, "script", sha256) for sha256 in names)
    return _texts(before, after, text.compare)


def _policy(change: Change) -> Sides | None:
    names = (_hash(change.before, "text"), _hash(change.after, "text"))
    if not any(names):
        return None
    before, after = (_body(change, "policy_text", sha256) for sha256 in names)
    found: list[policy.Weighty] = []

    def compare(one: str, other: str) -> list[Row]:
        compared = policy.compare(one, other)
        found.extend(compared.weighty)
        return compared.rows

    return _texts(before, after, compare, weighty=found)


def _visual(change: Change) -> Sides | None:
    names = (_hash(change.before, "screenshot"), _hash(change.after, "screenshot"))
    if not any(names):
        return None
    before, after = (_body(change, "screenshot", sha256, opened=False) for sha256 in names)
    return Sides("picture", before, after, regions=_regions(change.about.get("regions")))


_EVIDENCE: dict[str, Callable[[Change], Sides | None]] = {"script": _script, "policy": _policy, "visual": _visual}


def _texts(before: Body, after: Body, compare: Callable[[str, str], list[Row]], *, weighty: list[policy.Weighty] | None = None) -> Sides:
    one, other = (None if body.content is None else body.content.decode("utf-8", "replace") for body in (before, after))
    if max(len(one or ""), len(other or "")) > LONGEST_BODY:
        return Sides("text", before, after, note="These bodies are too long to be compared on a page. Download both to compare them.")
    if one is None and other is None:
        return Sides("text", before, after)
    return Sides("text", before, after, compare(one or "", other or ""), weighty=weighty or [])


def _body(change: Change, kind: str, sha256: str, *, opened: bool = True) -> Body:
    if not sha256:
        return Body()
    stored = Evidence.objects.for_workspace(change.workspace_id).filter(snapshot__scan__site=change.site_id, kind=kind, sha256=sha256)
    row = stored.select_related("snapshot__scan__site").order_by("-snapshot__captured_at").first()
    if row is None:
        return Body(sentence="This body was not kept.")
    if not opened:
        return Body(row)
    try:
        return Body(row, store.evidence(row))
    except reading.LATER as error:
        log.warning("evidence_out_of_reach", evidence=str(row.pk), error=str(error))
        return Body(row, sentence="The storage that holds this body does not answer right now. Nothing is lost; please try again in a minute.")
    except reading.NEVER as error:
        log.error("evidence_does_not_open", evidence=str(row.pk), error=str(error))
        return Body(row, sentence="This body cannot be opened any more.")


def _hash(facts: dict[str, Any] | None, name: str, instead: Any = None) -> str:
    """The evidence's hash: what the comparison noted beside the facts goes first, for a fact may be the hash of a normalised text."""
    if facts is None:
        return ""
    named = _SHA256.search(str(instead or facts.get(name) or ""))
    return named[0] if named else ""


def _regions(found: Any) -> list[dict[str, int]]:
    names = ("x", "y", "width", "height")
    known = [region for region in found if isinstance(region, dict)] if isinstance(found, list) else []
    return [{name: int(region[name]) for name in names} for region in known if all(isinstance(region.get(name), int | float) for name in names)]


def _word(facts: dict[str, Any] | None, name: str) -> str | None:
    return None if facts is None or name not in facts else _text(facts[name])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(one)}" for name, one in value.items())
    return "" if value is None else str(value)
