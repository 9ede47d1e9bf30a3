"""What a Test Run found: per Step and per Success condition what was expected and seen, and the evidence.

Pure. `to_json` and `from_json` are inverse, but for the bytes of the artefacts, which travel beside the JSON: it names each with kind, size and sha256.
To add a field: give it a default, so that stored results still open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["passed", "failed", "unknown", "inconclusive"]
StepStatus = Literal["passed", "failed", "skipped"]
ArtefactKind = Literal["screenshot", "video", "network", "console"]


@dataclass(frozen=True, slots=True)
class Artefact:
    kind: ArtefactKind
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class StepResult:
    """`screenshot` is the name of an artefact. `facts` are what the cause was told from."""

    index: int
    action: str
    status: StepStatus
    label: str = ""
    ms: int = 0
    expected: str = ""
    seen: str = ""
    cause: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    screenshot: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionResult:
    index: int
    kind: str
    status: StepStatus
    expected: str = ""
    seen: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunResult:
    """`reached` is the index of the last Step that was begun, -1 for none; `cut` says that the network was cut at the stop point."""

    status: Status
    reason: str = ""
    sentence: str = ""
    steps: list[StepResult] = field(default_factory=list)
    conditions: list[ConditionResult] = field(default_factory=list)
    artefacts: dict[str, Artefact] = field(default_factory=dict)
    network: list[dict[str, Any]] = field(default_factory=list)
    console: list[dict[str, Any]] = field(default_factory=list)
    stopped_as_defined: bool = False
    reached: int = -1
    cut: bool = False
    decisions: list[dict[str, Any]] = field(default_factory=list)
    total_ms: int = 0

    @property
    def failed_step(self) -> StepResult | None:
        return next((step for step in self.steps if step.status == "failed"), None)

    @property
    def failed_condition(self) -> ConditionResult | None:
        return next((condition for condition in self.conditions if condition.status == "failed"), None)


def to_json(result: RunResult) -> dict[str, Any]:
    """The result without the bytes of its artefacts."""
    kept = {name: getattr(result, name) for name in RunResult.__dataclass_fields__ if name not in ("steps", "conditions", "artefacts")}
    return kept | {
        "steps": [asdict(step) for step in result.steps],
        "conditions": [asdict(condition) for condition in result.conditions],
        "artefacts": {name: _listed(artefact) for name, artefact in result.artefacts.items()},
    }


def from_json(data: Mapping[str, Any], *, bodies: Mapping[str, bytes] | None = None) -> RunResult:
    """The result again, with those artefacts whose bytes are given. Bytes that are not those of the run are a ValueError."""
    known = {name: value for name, value in data.items() if name in RunResult.__dataclass_fields__}
    artefacts = {}
    for name, body in (bodies or {}).items():
        artefact = Artefact(kind=data["artefacts"][name]["kind"], data=body)
        if _listed(artefact) != data["artefacts"][name]:
            raise ValueError(f"The bytes given for {name} are not those of this Test Run.")
        artefacts[name] = artefact
    return RunResult(
        **known
        | {
            "steps": [StepResult(**_known(step, StepResult)) for step in data.get("steps", [])],
            "conditions": [ConditionResult(**_known(condition, ConditionResult)) for condition in data.get("conditions", [])],
            "artefacts": artefacts,
        }
    )


def _listed(artefact: Artefact) -> dict[str, Any]:
    return {"kind": artefact.kind, "size": len(artefact.data), "sha256": hashlib.sha256(artefact.data).hexdigest()}


def _known(data: Mapping[str, Any], form: Any) -> dict[str, Any]:
    """A result that a later version stored may have fields that this one does not know."""
    return {name: value for name, value in data.items() if name in form.__dataclass_fields__}
