"""What a change of a policy page's text means. Pure.

`about.weighty` names what matters in it, where both texts were at hand: dates, e-mail addresses, processors, periods.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scans.classify.rules import phrases, traits
from scans.classify.rules.rule import Rule, Scene, always, reads
from scans.diff.change import Change

KINDS = {"date": "the date", "email": "the e-mail address", "processor": "the processor", "period": "the period"}


def _weighty(change: Change, scene: Scene) -> bool:
    return traits.is_changed(change) and bool(change.about.get("weighty"))


def _changed(change: Change, scene: Scene) -> bool:
    return traits.is_changed(change)


def _matters(change: Change) -> str:
    found = change.about.get("weighty", [])
    return phrases.listed([_one(one) if isinstance(one, Mapping) else str(one) for one in found])


def _one(one: Mapping[str, Any]) -> str:
    return f"{KINDS.get(str(one.get('kind')), str(one.get('kind')))} {one.get('text', '')} was {one.get('change', 'changed')}"


RULES = (
    Rule(
        id="policy.changed_materially",
        version=1,
        severity="high",
        what="The text changed in something weighty: a date, an e-mail address, a processor, a period.",
        applies=_weighty,
        sentence=lambda change, scene: f"The text of the policy page {phrases.path(change.pages[0])} changed: {_matters(change)}.",
        inputs=reads("kind", "differs", "about.weighty", "before.text", "after.text"),
    ),
    Rule(
        id="policy.changed",
        version=1,
        severity="medium",
        what="The text changed in something else.",
        applies=_changed,
        sentence=lambda change, scene: f"The text of the policy page {phrases.path(change.pages[0])} changed.",
        inputs=reads("kind", "differs", "about.weighty", "before.text", "after.text"),
    ),
    Rule(
        id="policy.other",
        version=1,
        severity="low",
        what="Anything else about a policy page.",
        applies=always,
        sentence=lambda change, scene: f"The policy page {phrases.path(change.pages[0])} {'is gone' if traits.is_gone(change) else 'is new'}.",
        inputs=reads("kind"),
    ),
)
