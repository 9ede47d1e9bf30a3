"""The rule that every category with addresses asks first: is a host in it on a list of malicious hosts? Pure.

`rule(category)` gives it under that category's name.
"""

from __future__ import annotations

from typing import Any

from scans.classify.rules import phrases, traits
from scans.classify.rules.rule import Rule, Scene
from scans.diff.change import Category, Change


def rule(category: Category) -> Rule:
    return Rule(
        id=f"{category}.malicious_host",
        version=1,
        severity="critical",
        what="New or changed, and a host in it is on a list of malicious hosts.",
        applies=_applies,
        sentence=_sentence,
        inputs=_inputs,
        basis="inferred",
    )


def _found(change: Change, scene: Scene) -> tuple[str, str]:
    """The first host that a list calls malicious, and that list."""
    return next(((host, found) for host in traits.hosts(change) if (found := scene.malicious(host))), ("", ""))


def _applies(change: Change, scene: Scene) -> bool:
    return not traits.is_gone(change) and bool(_found(change, scene)[0])


def _sentence(change: Change, scene: Scene) -> str:
    host, found = _found(change, scene)
    shown = phrases.short(host)
    return f"{phrases.name(change)} {phrases.where(change)} involves {shown}, which the list {found} calls malicious. It is probably an attack: act at once."


def _inputs(change: Change, scene: Scene) -> dict[str, Any]:
    host, found = _found(change, scene)
    return {"kind": change.kind, "hosts": traits.hosts(change), "host": host, "list": found}
