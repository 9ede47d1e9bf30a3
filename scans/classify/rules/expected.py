"""The rules asked right after the malicious hosts: what comes along with advertising that the site knows, and known code from another address. Pure.

Neither is said on trust: the first holds on ordinary pages only, the second only where every body is one that the page ran before.

`rules(category)` gives them under that category's name.
"""

from __future__ import annotations

from scans.classify.rules import phrases, traits
from scans.classify.rules.rule import Rule, Scene, reads
from scans.diff.change import Category, Change


def rules(category: Category) -> tuple[Rule, ...]:
    return (
        Rule(
            id=f"{category}.same_code_elsewhere",
            version=1,
            severity="low",
            what="New, and nothing but scripts whose bodies the page ran before: the same code from another address.",
            applies=_is_known_code,
            sentence=lambda change, scene: f"{phrases.name(change)} {phrases.where(change)} is code that the page ran before, now from another address.",
            inputs=reads("kind", "about.same_body", "about.url"),
        ),
        Rule(
            id=f"{category}.brought_by_advertising",
            version=1,
            severity="info",
            what="New, and brought along by advertising or an A/B test that the site knows; not on a payment page.",
            applies=_is_brought,
            sentence=lambda change, scene: (
                f"{phrases.name(change)} came along with {change.about.get('brought_by')} {phrases.where(change)}, as advertising does."
            ),
            inputs=reads("kind", "about.brought_by", "about.vendor_category", "payment_pages"),
            basis="inferred",
        ),
    )


def _is_known_code(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and bool(change.about.get("same_body"))


def _is_brought(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and bool(change.about.get("brought_by")) and not traits.on_payment_page(change)
