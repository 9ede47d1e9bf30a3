"""How far a run is, in words for people.

Pure. The `token` changes whenever the words or the bar would: a page that has shown it need not be told again.
"""

from __future__ import annotations

from dataclasses import dataclass

from checkout import wording
from checkout.models import TestRun


@dataclass(frozen=True)
class Progress:
    words: str
    done: int
    total: int
    token: str


def of(run: TestRun) -> Progress:
    """`reached` is the step that is being done."""
    steps, stop = run.flow["steps"], run.flow["stop_after"]
    total = len(steps) if stop is None else stop + 1
    done = min(max(run.reached, 0), total)
    return Progress(_words(run, total), done, total, f"{run.status} {run.reached}/{total} {run.stage}")


@dataclass(frozen=True)
class Todo:
    """A step of the run: `done`, `now`, or empty while it waits."""

    number: int
    words: str
    state: str


def todo(run: TestRun) -> list[Todo]:
    """The steps that this run is to do."""
    steps, stop = run.flow["steps"], run.flow["stop_after"]
    now = run.reached if run.status == TestRun.Status.RUNNING else -1
    listed = steps if stop is None else steps[: stop + 1]
    return [Todo(place + 1, wording.of_step(step), "done" if place < now else "now" if place == now else "") for place, step in enumerate(listed)]


def _words(run: TestRun, total: int) -> str:
    if run.status == TestRun.Status.QUEUED:
        return "Waiting for a free runner" if run.attempts == 0 else "Waiting to be tried again"
    if run.reached < 0:
        return run.stage or "Starting the browser"
    return f"Step {run.reached + 1} of {total}: {wording.of_step(run.flow['steps'][run.reached])}"
