"""The rules asked right after the malicious hosts: known code from another address, and what comes along with advertising that the site knows. Pure.

Neither is said on trust: the first holds only where every body is one that the page ran before, the second on ordinary pages only.
`same_code(category)` and `brought(category)` give them under that category's name.
"""

from __future__ import annotations

from scans.classify.rules import phrases, traits
from scans.classify.rules.rule import Rule, Scene, reads
from scans.diff.change import Category, Change


def same_code(category: Category) -> tuple[Rule, Rule]:
    """On a payment page somebody looks at it: an address that says the same today may say something else tomorrow."""
    return (
        Rule(
            id=f"{category}.same_code_elsewhere_on_payment_page",
            version=1,
            severity="medium",
            what="New on a payment page, and nothing but scripts whose bodies the page ran before: the same code from another address.",
            applies=lambda change, scene: _is_known_code(change, scene) and traits.on_payment_page(change),
            sentence=lambda change, scene: (
                f"{phrases.name(change)} {phrases.where(change)} is code that the page ran before, now from another address, whose owner may change it."
            ),
            inputs=reads("kind", "about.same_body", "about.url", "payment_pages"),
        ),
        Rule(
            id=f"{category}.same_code_elsewhere",
            version=1,
            severity="low",
            what="New, and nothing but scripts whose bodies the page ran before: the same code from another address.",
            applies=_is_known_code,
            sentence=lambda change, scene: f"{phrases.name(change)} {phrases.where(change)} is code that the page ran before, now from another address.",
            inputs=reads("kind", "about.same_body", "about.url"),
        ),
    )


def brought(category: Category) -> Rule:
    return Rule(
        id=f"{category}.brought_by_advertising",
        version=1,
        severity="info",
        what="New, and brought along by advertising or an A/B test that the site knows; not on a payment page.",
        applies=_is_brought,
        sentence=lambda change, scene: f"{phrases.name(change)} came along with {change.about.get('brought_by')} {phrases.where(change)}, as advertising does.",
        inputs=reads("kind", "about.brought_by", "about.vendor_category", "payment_pages"),
        basis="inferred",
    )


def _is_known_code(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and bool(change.about.get("same_body"))


def _is_brought(change: Change, scene: Scene) -> bool:
    return traits.is_new(change) and bool(change.about.get("brought_by")) and not traits.on_payment_page(change)
