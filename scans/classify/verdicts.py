"""What a change means: its severity, the rule that gave it, and a sentence for people. Pure.

The first rule that applies decides. The rules of a category are one file in `scans/classify/rules/`, `RULES` there in the order in which they are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Severity = Literal["info", "low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)  # from least to most
TOLD_FROM: Severity = "medium"
Basis = Literal["observed", "inferred"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What rules may know beside the change: how the site stood in this load and before it.

    `domains_before` are the registrable domains of third parties seen in the window before this load. `consent_defaults` maps a Consent Mode signal to
    `granted` or `denied`, as set by default in this load. `malicious` says for a host which list calls it malicious, or nothing.
    """

    site_host: str = ""
    domains_before: frozenset[str] = frozenset()
    cmp: str = ""
    banner_visible: bool | None = None
    consent_defaults: Mapping[str, str] = field(default_factory=dict)
    malicious: Callable[[str], str] = lambda host: ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`rule` and `version` name what decided, `inputs` what it looked at (plain data): enough to explain the verdict and to give it again."""

    severity: Severity
    rule: str
    version: int
    sentence: str
    basis: Basis = "observed"
    inputs: Mapping[str, Any] = field(default_factory=dict)
