"""A change as the comparison gives it, with only what a rule needs spelt out, and its verdict."""

from __future__ import annotations

import json
from typing import Any

from scans.classify import rules, verdicts
from scans.classify.verdicts import Scene, Verdict
from scans.diff.change import Category, Change, Kind

HOME, CHECKOUT = "https://shop.test/", "https://shop.test/checkout"
SHOP = Scene(site_host="www.shop.test", domains_before=frozenset({"googletagmanager.com", "facebook.net", "klaviyo.com"}))
NEW_PARTY = {"host": "cdn.evil.test", "domain": "evil.test", "entity": "evil.test", "vendor_category": "unknown", "party": "third"}
META = {
    "host": "connect.facebook.net",
    "domain": "facebook.net",
    "entity": "Meta",
    "vendor_category": "advertising",
    "party": "third",
    "known_party": True,
    "rotating": True,
}
KLAVIYO = {
    "host": "static.klaviyo.com",
    "domain": "klaviyo.com",
    "entity": "Klaviyo",
    "vendor_category": "email",
    "party": "third",
    "known_party": True,
    "rotating": False,
}
OWN = {"host": "shop.test", "domain": "shop.test", "entity": "shop.test", "vendor_category": "unknown", "party": "first", "known_party": True}


def make(category: Category, kind: Kind, key: str, *, payment: bool = False, before: Any = None, after: Any = None, about: Any = None, **fields: Any) -> Change:
    """On the start page, or on the payment page alone. What differs is read off `before` and `after`."""
    pages = (CHECKOUT,) if payment else (HOME,)
    differs = tuple(fact for fact in after or {} if (before or {}).get(fact) != after[fact]) if kind == "changed" else ()
    defaults: dict[str, Any] = {"name": key, "pages": pages, "payment_pages": pages if payment else (), "differs": differs}
    return Change(category=category, kind=kind, key=key, before=before, after=after, about=about or {}, **defaults | fields)


def judge(change: Change, scene: Scene = SHOP) -> Verdict:
    """The verdict, which can always be stored and read."""
    verdict = verdicts.judge(change, scene)
    json.dumps(dict(verdict.inputs))
    assert verdict.sentence.endswith(".")
    assert "  " not in verdict.sentence
    assert "None" not in verdict.sentence.replace("SameSite=None", "")
    return verdict


def is_given_again(change: Change, verdict: Verdict, scene: Scene) -> bool:
    """Whether the rule applies to a change of which nothing is known but the verdict's inputs."""
    rule = next(rule for rule in rules.of(change.category) if rule.id == verdict.rule)
    if rule.id.endswith(".malicious_host"):
        return verdict.inputs["kind"] != "gone" and verdict.inputs["host"] in verdict.inputs["hosts"] and bool(verdict.inputs["list"])
    known: dict[str, Any] = {"before": {}, "after": {}, "about": {}, "scene": {}}
    for name, value in json.loads(json.dumps(dict(verdict.inputs))).items():
        holder, _, key = name.partition(".")
        if key:
            known[holder][key] = value if value is not None or holder == "scene" else ""
        else:
            known[name] = value
    parts: dict[str, Any] = {"site_host": known["scene"].get("site_host", ""), "domains_before": frozenset(known["scene"].get("domains_before", ()))}
    parts["named_before"] = frozenset(known["scene"].get("named_before", ()))
    lists = {name: tuple(known.get(name, ())) for name in ("payment_pages", "differs")}
    facts = {side: known[side] or None for side in ("before", "after")}
    rest: dict[str, Any] = {"kind": known.get("kind", "changed"), "key": known.get("key", ""), "about": known["about"], **lists, **facts}
    return rule.applies(Change(category=change.category, name="", pages=(), **rest), Scene(**parts))


def check(change: Change, severity: str, rule: str, fragment: str, scene: Scene = SHOP) -> Verdict:
    verdict = judge(change, scene)
    assert (verdict.severity, verdict.rule) == (severity, rule)
    assert fragment in verdict.sentence
    assert is_given_again(change, verdict, scene), f"{rule} looked at more than {sorted(verdict.inputs)}"
    return verdict
