"""The rules that say what a change means, one file per category. Pure.

`BY_CATEGORY` is the whole list, in the order in which the rules are asked: the first that applies decides, the last of a category always applies.

To add a rule: a `Rule` in its category's file with the next free place in `RULES`, a row in that category's test, then write `docs/rules.md` anew with
`catalogue()`. A rule whose meaning changes gets the next version. To add a category: a file with `RULES` and a line here.
"""

from __future__ import annotations

from collections.abc import Mapping

from scans.classify.rules import (
    availability,
    consent,
    cookie,
    dom,
    form,
    policy,
    request,
    script,
    security_header,
    storage,
    tag,
    third_party,
    visual,
)
from scans.classify.rules.rule import Rule
from scans.diff.change import Category

BY_CATEGORY: Mapping[Category, tuple[Rule, ...]] = {
    "script": script.RULES,
    "third_party": third_party.RULES,
    "tag": tag.RULES,
    "cookie": cookie.RULES,
    "storage": storage.RULES,
    "request": request.RULES,
    "consent": consent.RULES,
    "policy": policy.RULES,
    "security_header": security_header.RULES,
    "dom": dom.RULES,
    "form": form.RULES,
    "visual": visual.RULES,
    "availability": availability.RULES,
}


def of(category: Category) -> tuple[Rule, ...]:
    return BY_CATEGORY[category]


def catalogue() -> str:
    """Every rule as a page for people: the text of `docs/rules.md`."""
    lines = [
        "# Rules",
        "",
        "Each change is judged by the rules of its category, from top to bottom; the first that applies decides. From `medium` up it waits in the inbox,",
        "from `high` up an alert tells of it.",
        "`inferred` rests on what a list says of a vendor or a purpose, `observed` on the scan alone. A change keeps the name and version of its rule and what",
        "the rule looked at. A finding is a Potential Risk: it may require review.",
    ]
    for category, rules in BY_CATEGORY.items():
        lines += ["", f"## {category}", "", "| Rule | Version | Severity | Basis | When |", "|---|---|---|---|---|"]
        lines += [f"| `{rule.id}` | {rule.version} | {rule.severity} | {rule.basis} | {rule.what} |" for rule in rules]
    return "\n".join(lines) + "\n"
