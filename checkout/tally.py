"""What the runner tells, added up to a RunResult; and what is known of a run whose runner fell silent.

Pure. A runner that dies, lies or hangs leaves an honest result: what it told before stands, and whether an order may have been placed decides between
`inconclusive` (it cannot have been) and `unknown` (a person must look).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from checkout import steps
from checkout.flow import Flow
from checkout.result import Artefact, ConditionResult, RunResult, StepResult
from checkout.runner.protocol import Garbled

MOST_BYTES = 96 << 20
MOST_ROWS = 3000
SPENT = "limit:"  # a budget of the guard: what fails then fails because of it
UNTOLD = "Whether the order was placed is not known: please look into the shop before this test runs again."


@dataclass
class Tally:
    """`reached` is the last step that was begun, `stop` says that the stop point was passed and the network must be cut now."""

    flow: Flow
    steps: dict[int, StepResult] = field(default_factory=dict)
    conditions: dict[int, ConditionResult] = field(default_factory=dict)
    artefacts: dict[str, Artefact] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reached: int = -1
    size: int = 0
    end: dict[str, Any] | None = None

    def add(self, event: dict[str, Any]) -> None:
        """Raises `Garbled` for what cannot be true of this flow."""
        told = {name: value for name, value in event.items() if name != "type"}
        match event["type"]:
            case "begin":
                self._begin(event["index"])
            case "step":
                self._place(event["index"], len(self.flow.steps))
                self.steps[event["index"]] = StepResult(**told | {"screenshot": event["screenshot"] or None})
            case "condition":
                self._place(event["index"], len(self.flow.conditions))
                self.conditions[event["index"]] = ConditionResult(**told)
            case "artefact":
                self._keep(event["name"], Artefact(kind=event["kind"], data=event["data"]))
            case "end":
                self.end = told

    @property
    def stop(self) -> bool:
        return self.flow.stop_after is not None and self.flow.stop_after in self.steps

    def result(self, *, cut: bool, decisions: list[dict[str, Any]], trouble: str = "", sentence: str = "", total_ms: int = 0) -> RunResult:
        """`trouble` and `sentence`: why the run ended without the runner's own word, or against it."""
        told = self.end or {}
        result = RunResult(
            status=told.get("status", "inconclusive"),
            reason=told.get("reason", "runner-lost"),
            sentence=told.get("sentence", "The runner ended before the test did."),
            steps=[self.steps[index] for index in sorted(self.steps)],
            conditions=[self.conditions[index] for index in sorted(self.conditions)],
            artefacts=self.artefacts,
            network=self.rows.get("network", []),
            console=self.rows.get("console", []),
            stopped_as_defined=bool(told.get("stopped_as_defined")) and cut,
            reached=self.reached,
            cut=cut,
            decisions=decisions,
            total_ms=told.get("total_ms", total_ms),
        )
        return self._judged(result, trouble, sentence)

    def _judged(self, result: RunResult, trouble: str, sentence: str) -> RunResult:
        failed_before = bool(self.end) and result.status == "failed" and not trouble.startswith(SPENT)
        if trouble and not failed_before:
            result = replace(result, status="inconclusive", reason=trouble, sentence=sentence, stopped_as_defined=False)
        if result.status == "passed" and not self._is_whole:
            result = replace(result, status="inconclusive", reason="untold", sentence="The runner did not tell how every step and condition ended.")
        if result.status == "inconclusive" and steps.past_order(self.flow, self.reached):
            result = replace(result, status="unknown", sentence=f"{result.sentence} {UNTOLD}")
        return result

    @property
    def _is_whole(self) -> bool:
        """Nothing passes by being left out."""
        last = len(self.flow.steps) - 1 if self.flow.stop_after is None else self.flow.stop_after
        done = all(index in self.steps and self.steps[index].status == "passed" for index in range(last + 1))
        return done and all(index in self.conditions and self.conditions[index].status == "passed" for index in range(len(self.flow.conditions)))

    def _begin(self, index: int) -> None:
        self._place(index, len(self.flow.steps))
        if index <= self.reached or (self.flow.stop_after is not None and index > self.flow.stop_after):
            raise Garbled("a step out of order")
        self.reached = index

    def _place(self, index: int, most: int) -> None:
        if not 0 <= index < most:
            raise Garbled("a number that is none of this test")

    def _keep(self, name: str, artefact: Artefact) -> None:
        self.size += len(artefact.data)
        if self.size > MOST_BYTES or len(self.artefacts) > 2 * len(self.flow.steps) + 20:
            raise Garbled("more evidence than fits")
        self.artefacts[name] = artefact
        if artefact.kind in ("network", "console"):
            self.rows[artefact.kind] = _rows(artefact.data)


def _rows(data: bytes) -> list[dict[str, Any]]:
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Garbled("a list that cannot be read") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Garbled("a list that is none")
    return rows[:MOST_ROWS]
