"""Edit the steps of a Checkout Test: put one in, move it, take it out, move the stop point.

Pure. A flow is edited in its JSON form and comes back as a new one; whether it is a good flow is said by `checkout.steps.parse`. The stop point is an entry of
the list like the steps are, and what is moved changes places with its neighbour only: no step comes to act because another one was moved.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Flow = dict[str, Any]


class CannotEdit(Exception):
    """This change makes no sense; the text says why, for people."""


@dataclass(eq=False)
class _Entry:
    """A step, or the stop point, which has none."""

    step: dict[str, Any] | None = None
    places_order: bool = False


def insert(flow: Flow, step: dict[str, Any], *, at: int, past_stop: bool = False) -> Flow:
    """Put a step before the one at `at`. Where that is the stop point, it runs before it, unless `past_stop`."""

    def put(entries: list[_Entry]) -> None:
        place = next((place for place, entry in enumerate(entries) if entry.step is not None and _number(entries, entry) == at), len(entries))
        before = place - 1
        if before >= 0 and entries[before].step is None and not past_stop:
            place = before
        entries.insert(place, _Entry(step))

    return _edited(flow, put)


def replace(flow: Flow, step: dict[str, Any], *, index: int) -> Flow:
    return _edited(flow, lambda entries: setattr(_at(entries, index), "step", step))


def remove(flow: Flow, index: int) -> Flow:
    """Without this step. Without the step that places the order there is no way past it: the stop point comes back, at the end."""

    def take(entries: list[_Entry]) -> None:
        entry = _at(entries, index)
        if len(flow["steps"]) == 1:
            raise CannotEdit("A test needs at least one step. Change this one instead of removing it.")
        if entry.places_order and all(other.step is not None for other in entries):
            entries.append(_Entry())
        entries.remove(entry)

    return _edited(flow, take)


def move(flow: Flow, index: int, *, by: int) -> Flow:
    """One place up (-1) or down (+1). The stop point counts as a place."""
    return _edited(flow, lambda entries: _swap(entries, _at(entries, index), by))


def move_stop(flow: Flow, *, by: int) -> Flow:
    def shift(entries: list[_Entry]) -> None:
        stop = next((entry for entry in entries if entry.step is None), None)
        if stop is None:
            raise CannotEdit("This test goes past the order and has no stop point. Set one first.")
        _swap(entries, stop, by)

    return _edited(flow, shift)


def stop_after(flow: Flow, index: int | None) -> Flow:
    """Put the stop point below this step; None takes it away, so that every step acts."""

    def put(entries: list[_Entry]) -> None:
        entries[:] = [entry for entry in entries if entry.step is not None]
        if index is not None:
            entries.insert(entries.index(_at(entries, index)) + 1, _Entry())

    return _edited(flow, put)


def mark_order(flow: Flow, index: int | None) -> Flow:
    """Say which step places the order; None: none does."""

    def mark(entries: list[_Entry]) -> None:
        for entry in entries:
            entry.places_order = False
        if index is not None:
            _at(entries, index).places_order = True
        elif all(entry.step is not None for entry in entries):
            entries.append(_Entry())

    return _edited(flow, mark)


def put_condition(flow: Flow, condition: dict[str, Any], *, at: int | None = None) -> Flow:
    """A success condition in the place of another, or after the last."""
    conditions = list(flow["conditions"])
    if at is None:
        conditions.append(condition)
    elif 0 <= at < len(conditions):
        conditions[at] = condition
    else:
        raise CannotEdit("This success condition is not there any more.")
    return copy.deepcopy(flow | {"conditions": conditions})


def remove_condition(flow: Flow, index: int) -> Flow:
    if not 0 <= index < len(flow["conditions"]):
        raise CannotEdit("This success condition is not there any more.")
    return copy.deepcopy(flow | {"conditions": [one for place, one in enumerate(flow["conditions"]) if place != index]})


def mark(part: dict[str, Any]) -> str:
    """Says whether a step or a condition is still the one that somebody saw."""
    return hashlib.blake2b(json.dumps(part, sort_keys=True).encode(), digest_size=5).hexdigest()


def keys(flow: Flow) -> list[str]:
    """A name for each step that goes with it when it is moved: a page knows by it where the focus was."""
    seen: Counter[str] = Counter()
    names = []
    for step in flow["steps"]:
        name = mark(step)
        seen[name] += 1
        names.append(f"{name}-{seen[name]}")
    return names


def _edited(flow: Flow, change: Callable[[list[_Entry]], object]) -> Flow:
    flow = copy.deepcopy(flow)
    entries = [_Entry(step, places_order=index == flow.get("order_step")) for index, step in enumerate(flow["steps"])]
    if flow.get("stop_after") is not None:
        entries.insert(flow["stop_after"] + 1, _Entry())
    change(entries)
    stop = next((place for place, entry in enumerate(entries) if entry.step is None), None)
    if stop == 0:
        raise CannotEdit("The stop point comes after a step: without any, a run would do nothing.")
    steps = [entry for entry in entries if entry.step is not None]
    order = next((place for place, entry in enumerate(steps) if entry.places_order), None)
    if stop is not None and order is not None and order < stop:
        raise CannotEdit("The step that places the order stays below the stop point. An owner or admin can let the test place the order.")
    return flow | {"steps": [entry.step for entry in steps], "stop_after": None if stop is None else stop - 1, "order_step": order}


def _at(entries: list[_Entry], index: int) -> _Entry:
    steps = [entry for entry in entries if entry.step is not None]
    if not 0 <= index < len(steps):
        raise CannotEdit("This step is not there any more.")
    return steps[index]


def _number(entries: list[_Entry], wanted: _Entry) -> int:
    return next(number for number, entry in enumerate(entry for entry in entries if entry.step is not None) if entry is wanted)


def _swap(entries: list[_Entry], entry: _Entry, by: int) -> None:
    place = entries.index(entry)
    other = place + by
    if not 0 <= other < len(entries):
        raise CannotEdit("It cannot be moved any further.")
    entries[place], entries[other] = entries[other], entries[place]
