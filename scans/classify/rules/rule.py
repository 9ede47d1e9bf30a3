"""What a rule is, what it may know, and what it says. Pure.

A rule is data: its name and version, how grave, when it applies, the sentence that people read, and what it looked at. Its file lists it in `RULES`.
`what` says in a few words when it applies; `docs/rules.md` is made of it. A rule whose meaning changes gets the next version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from scans.diff.change import Change

Severity = Literal["info", "low", "medium", "high", "critical"]
Basis = Literal["observed", "inferred"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What rules may know beside the change: how the site stood in this load and before it.

    `domains_before` are the registrable domains of third parties seen in the window before this load, `named_before` the hosts that the site's scripts named in
    it, whoever was asked. `malicious` says for a host which list calls it malicious, or nothing.
    """

    site_host: str = ""
    domains_before: frozenset[str] = frozenset()
    cmp: str = ""
    banner_visible: bool | None = None
    named_before: frozenset[str] = frozenset()
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


Applies = Callable[[Change, Scene], bool]
Says = Callable[[Change, Scene], str]
Inputs = Callable[[Change, Scene], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`basis` is `inferred` when it rests on what a list says of a vendor or a purpose, and `observed` when the load alone shows it."""

    id: str
    version: int
    severity: Severity
    what: str
    applies: Applies
    sentence: Says
    inputs: Inputs
    basis: Basis = "observed"


def reads(*names: str) -> Inputs:
    """What a rule looked at, by name: a field of the change (`kind`), of its mappings (`about.party`, `after.value`) or of the scene (`scene.cmp`)."""
    return lambda change, scene: {name: _plain(_read(name, change, scene)) for name in names}


def always(change: Change, scene: Scene) -> bool:
    return True


def _read(name: str, change: Change, scene: Scene) -> Any:
    holder, _, key = name.partition(".")
    if holder == "scene":
        return getattr(scene, key)
    value = getattr(change, holder)
    return (value or {}).get(key) if key else value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(_plain(one) for one in value)
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
