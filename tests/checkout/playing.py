"""The twin of `child.replay`: plays a flow without a browser, tells the same events in the same order, and adds them up with the same `Tally`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from checkout import steps
from checkout.flow import Flow, Step
from checkout.result import RunResult
from checkout.runner.protocol import Job
from checkout.tally import Tally

PNG = b"\x89PNG not really"
OK = {"reason": "", "sentence": ""}


@dataclass
class Player:
    """Passes, unless `fails_at` names a step. `trouble` ends the run after its last step as if the runner were gone. `meanwhile` is called in each step.
    `placed` counts the orders: the step that places it was begun, and the parent had agreed."""

    fails_at: int | None = None
    trouble: str = ""
    meanwhile: Callable[[int], None] | None = None
    jobs: list[Job] = field(default_factory=list)
    placed: int = 0

    def __call__(self, job: Job, *, settings: Any, on_event: Callable[[dict[str, Any]], None], give_up: threading.Event | None = None) -> RunResult:
        self.jobs.append(job)
        flow = steps.parse(job.flow)
        tally = Tally(flow)

        def tell(event: dict[str, Any]) -> None:
            tally.add(event)
            on_event(event)

        tell({"type": "ready"})
        for index, step in enumerate(flow.steps if flow.stop_after is None else flow.steps[: flow.stop_after + 1]):
            self._step(flow, index, step, tell)
            if give_up and give_up.is_set():
                return tally.result(cut=False, decisions=[], trouble="given-up", sentence="The run was ended before the test was through.")
            if index == self.fails_at:
                break
        if self.trouble:
            return tally.result(cut=False, decisions=[], trouble=self.trouble, sentence="The runner ended before the test did.")
        if self.fails_at is None:
            for index, condition in enumerate(flow.conditions):
                tell({"type": "condition", "index": index, "kind": condition.kind, "status": "passed", "expected": "", "seen": ""})
        status = "passed" if self.fails_at is None else "failed"
        words = {"reason": "", "sentence": ""} if self.fails_at is None else {"reason": "step", "sentence": f"Step {self.fails_at + 1} failed."}
        stopped = status == "passed" and flow.stop_after is not None
        tell({"type": "end", "status": status, "stopped_as_defined": stopped, "total_ms": 1234} | words)
        return tally.result(cut=flow.stop_after is not None, decisions=[])

    def _step(self, flow: Flow, index: int, step: Step, tell: Callable[[dict[str, Any]], None]) -> None:
        commits = flow.places_order and index == flow.order_step
        tell({"type": "begin", "index": index, "commits": commits})
        self.placed += commits
        if self.meanwhile:
            self.meanwhile(index)
        name = f"step-{index}.png"
        tell({"type": "artefact", "name": name, "kind": "screenshot", "size": len(PNG), "data": PNG + bytes([index])})
        seen = {"expected": "", "seen": "", "cause": "", "facts": {}, "screenshot": name}
        status = "failed" if index == self.fails_at else "passed"
        tell({"type": "step", "index": index, "action": step.action, "label": step.label, "status": status, "ms": 100 + index} | seen)
