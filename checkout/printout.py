"""A RunResult as plain text for a terminal or a log: each step and condition on its line, then the sentence. The failing step says the most.

Pure. What a shop wrote goes through `scans.printout.line`: control characters would let it write to the terminal of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from checkout import wording
from checkout.flow import Flow
from checkout.result import ConditionResult, RunResult, StepResult
from checkout.steps import to_json
from scans.printout import line

MARKS = {"passed": "ok", "failed": "FAILED", "skipped": "-"}


def of(flow: Flow, result: RunResult) -> str:
    return "\n".join(line(each) for each in _lines(flow, result))


def _lines(flow: Flow, result: RunResult) -> Iterator[str]:
    written = to_json(flow)
    yield flow.title
    for step in result.steps:
        yield from _step(step, wording.of_step(written["steps"][step.index]))
    for condition in result.conditions:
        yield from _condition(condition, wording.of_condition(written["conditions"][condition.index]))
    requests, errors = len(result.network), sum(1 for each in result.console if each.get("counts"))
    yield f"{requests} requests, {errors} script errors, {len(result.artefacts)} files of evidence, {result.total_ms / 1000:.1f} s."
    yield f"{result.status.upper()}{f' ({result.reason})' if result.reason else ''}: {result.sentence}"


def _step(step: StepResult, words: str) -> Iterator[str]:
    took = f"{step.ms / 1000:.1f} s" if step.ms else ""
    yield f"{MARKS[step.status]:>6}  {step.index + 1:>2}. {words}  {took}".rstrip()
    if step.status == "failed":
        yield from _said(expected=step.expected, seen=step.seen, cause=step.cause)


def _condition(condition: ConditionResult, words: str) -> Iterator[str]:
    yield f"{MARKS[condition.status]:>6}  {words}"
    if condition.status == "failed":
        yield from _said(expected=condition.expected, seen=condition.seen)


def _said(**told: str) -> Iterator[str]:
    for name, text in told.items():
        if text:
            yield f"{'':12}{name}: {text}"
