from typing import Any

import pytest

from tests.scans.classify.rules.judging import check, make

TEXTS: dict[str, Any] = {"before": {"text": "a" * 64}, "after": {"text": "b" * 64}, "pages": ("https://shop.test/privacy",)}
WEIGHTY = [{"kind": "processor", "change": "added", "text": "Klaviyo"}, {"kind": "period", "change": "removed", "text": "30 days"}]

CASES = [
    (make("policy", "changed", "k", about={"weighty": WEIGHTY}, **TEXTS), "high", "policy.changed_materially", "the processor Klaviyo was added"),
    (make("policy", "changed", "k", about={"weighty": []}, **TEXTS), "medium", "policy.changed", "/privacy changed"),
    (make("policy", "changed", "k", **TEXTS), "medium", "policy.changed", "/privacy changed"),
    (make("policy", "gone", "k", pages=TEXTS["pages"]), "low", "policy.other", "is gone"),
]


@pytest.mark.parametrize(("change", "severity", "rule", "fragment"), CASES)
def test_a_policy_is_judged(change, severity, rule, fragment):
    check(change, severity, rule, fragment)
