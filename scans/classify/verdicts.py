"""What a change means: its severity, the rule that gave it, and a sentence for people. Pure.

The first rule that applies decides. The rules of a category are one file in `scans/classify/rules/`, `RULES` there in the order in which they are asked;
the last of them always applies. To add a rule: see `scans.classify.rules`.
"""

from __future__ import annotations

from typing import get_args

from scans.classify import rules
from scans.classify.rules.rule import Basis, Rule, Scene, Severity, Verdict
from scans.diff.change import Change

__all__ = ["ALERT_FROM", "SEVERITIES", "TOLD_FROM", "Basis", "Rule", "Scene", "Severity", "Verdict", "judge", "rank"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)  # from least to most
TOLD_FROM: Severity = "medium"  # what waits in the inbox
ALERT_FROM: Severity = "high"  # what somebody is called for


def judge(change: Change, scene: Scene) -> Verdict:
    rule = next(rule for rule in rules.of(change.category) if rule.applies(change, scene))
    return Verdict(
        severity=rule.severity,
        rule=rule.id,
        version=rule.version,
        sentence=rule.sentence(change, scene),
        basis=rule.basis,
        inputs=rule.inputs(change, scene),
    )


def rank(severity: Severity) -> int:
    """1 for the least to 5 for the most, as it is stored."""
    return SEVERITIES.index(severity) + 1
