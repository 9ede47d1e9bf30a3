"""Recordings of Chrome's Recorder (DevTools) in, and out again: the same Steps, with names of Test Data where values were typed.

Pure. `from_devtools` refuses what a test cannot do (programs in the page), leaves out what changes nothing, and says what it left out in `notes`. What the form
has no step for (checks, the stop point) travels in steps of the type `customStep`, so that a test that is exported and imported again is the same test. To read
another type of step: its line in `checkout.recorder_form`, and its function in `checkout.recorder_steps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from checkout import cards, place_order, recorder_form, recorder_writing, steps
from checkout.flow import Flow
from checkout.recorder_form import BadRecording
from checkout.recorder_steps import Reading

__all__ = ["BadRecording", "Imported", "RealCardRecorded", "from_devtools", "schema", "to_devtools"]

schema = recorder_form.schema
NO_START = "steps: the recording opens no https:// page. Record it again from the first page of the shop, so that its address is among the steps."
NOTHING = "steps: there is nothing to replay in this recording. Record the way to the order."
NO_ORDER = (
    "No click of the recording looks like the one that places the order, so the test stops after its last step. "
    "If the recording places an order, set the stop point before that click."
)
ORDER = (
    "Step {number} looks like the click that places the order, so the test stops before it. "
    "If another click places the order, set the stop point before that one."
)


class RealCardRecorded(BadRecording, cards.RealCard):
    """The recording holds a number that could be a real payment card."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """`test_data` are the values that were typed, by name; `notes` are sentences for the person who imports."""

    flow: Flow
    test_data: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def from_devtools(recording: Mapping[str, Any]) -> Imported:
    """BadRecording (or BadFlow, for what only the whole test shows) names the place and says what to do."""
    try:
        cards.refuse(recording)
        rows = recorder_form.check(recording)
        reading = Reading(rows=rows, kept=_kept(rows))
        reading.read()
    except cards.RealCard as refused:
        raise RealCardRecorded(str(refused)) from None
    data = _with_stop_point(_whole(recording, reading), reading)
    return Imported(flow=steps.parse(data), test_data=reading.values, notes=reading.notes)


def to_devtools(flow: Flow) -> dict[str, Any]:
    """The form of Chrome's Recorder. Values stay names, `{{shipping.email}}`: nothing of Test Data is in it."""
    rows = [recorder_writing.ours({"test": steps.to_json(flow)}), recorder_writing.viewport(flow.viewport)]
    for step in flow.steps:
        rows += recorder_writing.written(step)
    return {"title": flow.title, "timeout": flow.step_seconds * 1000, "steps": rows}


def _kept(rows: list[Mapping[str, Any]]) -> Flow | None:
    """The test that this recording was exported from."""
    carried = [row.get("parameters") for row in rows if row["type"] == "customStep" and row["name"] == recorder_writing.OURS]
    found = next((each["test"] for each in carried if isinstance(each, Mapping) and "test" in each), None)
    return None if found is None else steps.parse(found)


def _whole(recording: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    """The test without its stop point. What the recording itself cannot say comes from the test that it was exported from."""
    kept = reading.kept
    start = kept.start_url if kept else next((step["url"] for step in reading.steps if step.get("action") == "navigate"), reading.url)
    if not start:
        raise BadRecording(NO_START)
    if not reading.steps:
        raise BadRecording(NOTHING)
    data: dict[str, Any] = steps.to_json(kept) if kept else {"version": steps.VERSION, "conditions": []}
    title = str(recording.get("title") or "").strip()[: steps.LONGEST_TITLE] or "Recorded checkout"
    origins = dict.fromkeys([*(kept.allowed_origins if kept else ()), *reading.origins])
    found = {"title": title, "start_url": start, "allowed_origins": list(origins)[: steps.MOST_ORIGINS], "steps": reading.steps}
    return data | found | ({"viewport": reading.viewport} if _is_new_viewport(reading) else {})


def _is_new_viewport(reading: Reading) -> bool:
    if reading.viewport is None:
        return False
    made = recorder_writing.viewport(reading.kept.viewport) if reading.kept else None
    return made is None or not any(row["type"] == "setViewport" and recorder_writing.is_as_written(row, made) for row in reading.rows)


def _with_stop_point(data: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """Where it was, if the test was exported from here and those steps are still there; else before the click that looks like the order."""
    kept, taken = reading.kept, reading.taken
    if kept and all(index is None or index in taken for index in (kept.stop_after, kept.order_step)):
        where = {"stop_after": kept.stop_after, "order_step": kept.order_step}
        return data | {name: None if index is None else taken[index] for name, index in where.items()}
    last = len(reading.steps) - 1
    order = place_order.find(steps.parse(data | {"stop_after": last, "order_step": None}).steps)
    reading.note(NO_ORDER if order is None else ORDER.format(number=order + 1))
    return data | {"stop_after": last if order is None else order - 1, "order_step": order}
