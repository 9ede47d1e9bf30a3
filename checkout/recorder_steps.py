"""Steps of a DevTools recording read into Steps of a Checkout Test, one after the other.

Pure. What was typed gets a name among the Test Data, addresses become patterns, frames are told by address. A row that is still as `recorder_writing` made
it is the step that it was made from, with everything that the form cannot say. To read a type of step: a function, and its line in READ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from checkout import cards, field_names, parsing, recorder_names, recorder_writing, steps
from checkout.flow import Flow
from checkout.recorder_form import BadRecording

Row = Mapping[str, Any]
KEYS = {"\r": "Enter", "\n": "Enter", " ": "Space", "NumpadEnter": "Enter"}
PRESSED = frozenset({"Enter", "Tab", "Escape", "Space", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"})
FARTHEST = 100_000
LEFT_OUT = {"emulateNetworkConditions": "The slower network of the recording was left out.", "close": ""}


@dataclass
class Reading:
    """What was read so far. `taken` says which step of the kept test became which; `url` is where the recording is."""

    rows: list[Row]
    kept: Flow | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)
    taken: dict[int, int] = field(default_factory=dict)
    viewport: dict[str, Any] | None = None
    url: str = ""
    at: int = 0

    def read(self) -> None:
        waiting = [(index, recorder_writing.written(step)) for index, step in enumerate(self.kept.steps)] if self.kept else []
        while self.at < len(self.rows):
            if count := self._take_kept(waiting):
                self.at += count
                continue
            row, before = self.rows[self.at], len(self.steps)
            READ[row["type"]](self, row)
            self._follow(row, acted=len(self.steps) > before)
            self.at += 1

    def add(self, action: str, row: Row, **more: Any) -> None:
        timeout = row.get("timeout")
        limit = {"seconds": min(60, max(1, math.ceil(timeout / 1000)))} if timeout and math.isfinite(timeout) else {}
        self.steps.append({"action": action, **more, **limit})

    def note(self, sentence: str) -> None:
        if sentence and sentence not in self.notes:
            self.notes.append(sentence)

    def visit(self, url: str) -> None:
        self.url = url
        self.include(parsing.origin_of(url, f"steps[{self.at}].url"))

    def include(self, origin: str) -> None:
        if origin and origin not in self.origins:
            self.origins.append(origin)

    def aim(self, row: Row) -> dict[str, Any]:
        aim, note = recorder_names.target(row, origin=parsing.origin_of(self.url, "") if self.url else "https://*")
        self.note(note and f"Step {len(self.steps) + 1} {note}")
        self.include(recorder_names.frame_origin(aim))
        return aim

    def _take_kept(self, waiting: list[tuple[int, list[dict[str, Any]]]]) -> int:
        """How many rows are still as they were written for one of the steps that come next; none: read the row anew."""
        for place, (index, made) in enumerate(waiting):
            here = self.rows[self.at : self.at + len(made)]
            if self.kept and len(here) == len(made) and all(map(recorder_writing.is_as_written, here, made)):
                step = self.kept.steps[index]
                self.taken[index] = len(self.steps)
                self.steps.append(steps.step_to_json(step))
                if step.action == "navigate":
                    self.visit(step.url)
                del waiting[: place + 1]
                return len(made)
        return 0

    def _follow(self, row: Row, *, acted: bool) -> None:
        """Where the step led: its address is waited for, without what changes from visit to visit."""
        for event in row.get("assertedEvents") or []:
            url = recorder_names.secure(event.get("url") or "")
            if not url.startswith("https://"):
                continue
            led = recorder_names.pattern(url)
            self.visit(url)
            last = self.steps[-1] if self.steps else {}
            is_there = last.get("action") in ("navigate", "wait_for_url") and recorder_names.pattern(last["url"]) == led
            if acted and not is_there:
                self.steps.append({"action": "wait_for_url", "url": led})


def _navigate(reading: Reading, row: Row) -> None:
    told = row["url"].strip()
    url = recorder_names.secure(told)
    if not url.lower().startswith("https://"):
        reading.note(f"Opening {parsing.shown(told)} was left out: a Checkout Test visits https:// addresses only." if reading.steps else "")
        return
    if url != told:
        reading.note(f"{parsing.shown(told)} was recorded without https. The test uses https.")
    reading.visit(url)
    reading.add("navigate", row, url=url)


def _click(reading: Reading, row: Row) -> None:
    if row.get("button") not in (None, "primary"):
        reading.note(f"A click with another mouse button, behind step {len(reading.steps)}, was left out.")
        return
    reading.add("click", row, target=reading.aim(row))


def _double_click(reading: Reading, row: Row) -> None:
    reading.note(f"Step {len(reading.steps) + 1} was a double click, and is two clicks now.")
    _click(reading, row)
    _click(reading, row)


def _hover(reading: Reading, row: Row) -> None:
    reading.add("hover", row, target=reading.aim(row))


def _change(reading: Reading, row: Row) -> None:
    aim = reading.aim(row)
    _forget_what_was_there(reading, aim)
    reading.add("select" if recorder_names.is_choice(aim) else "fill", row, target=aim, value=_named(reading, row["value"], aim))


def _named(reading: Reading, value: str, aim: dict[str, Any]) -> str:
    """The name that stands for what was typed. A text that already is names stays; an empty one empties the field."""
    if not value or _is_names(value):
        return value
    name = field_names.propose(recorder_names.labels(aim), recorder_names.names(aim))
    if cards.is_test_number(value):
        name = "card.number"
    elif name.startswith("field.") and "password" in str(aim["selectors"]).lower():
        name = "login.password"
    cards.refuse({name: value}, where=f"steps[{reading.at}]")
    name = field_names.free(name, value, reading.values)
    reading.values[name] = value
    return f"{{{{{name}}}}}"


def _is_names(value: str) -> bool:
    try:
        return bool(parsing.names_in(value))
    except parsing.BadFlow:
        return False


def _forget_what_was_there(reading: Reading, aim: dict[str, Any]) -> None:
    """A field that is typed into twice in a row holds what was typed last."""
    last = reading.steps[-1] if reading.steps else {}
    if last.get("action") not in ("fill", "select") or last["target"] != aim or len(reading.steps) - 1 in reading.taken.values():
        return
    reading.steps.pop()
    still_used = {name for step in reading.steps for name in parsing.names_in(step.get("value", ""))}
    for name in parsing.names_in(last["value"]):
        if name not in still_used:
            reading.values.pop(name, None)


def _key_down(reading: Reading, row: Row) -> None:
    """Keys that typed a value are already in it; letters that went elsewhere may be anything, and are not kept."""
    key = KEYS.get(row["key"], row["key"])
    typing = _beside_a_change(reading)
    if key in PRESSED and not (typing and key in ("Tab", "Space")):
        reading.add("press", row, key=key)
    elif not typing:
        reading.note(f"Keys that were typed outside of a field, behind step {len(reading.steps)}, were left out.")


def _beside_a_change(reading: Reading) -> bool:
    keys = ("keyDown", "keyUp")
    before = next((row["type"] for row in reversed(reading.rows[: reading.at]) if row["type"] not in keys), "")
    after = next((row["type"] for row in reading.rows[reading.at :] if row["type"] not in keys), "")
    return "change" in (before, after)


def _key_up(reading: Reading, row: Row) -> None:
    """Each key that goes up went down before."""


def _scroll(reading: Reading, row: Row) -> None:
    place = {name: round(max(-FARTHEST, min(FARTHEST, row.get(name) or 0))) for name in ("x", "y")}
    reading.add("scroll", row, **place, **({"target": reading.aim(row)} if row.get("selectors") else {}))


def _wait(reading: Reading, row: Row) -> None:
    operator, count, aim = row.get("operator") or ">=", int(row.get("count", 1)), reading.aim(row)
    if row.get("properties") or row.get("attributes"):
        reading.note(f"Step {len(reading.steps) + 1} waits for the element only; what the recording asks of its attributes was left out.")
    if row.get("visible") is False or (count == 0 and operator != ">="):
        reading.add("wait_for_element", row, target=aim, state="hidden")
    elif operator == "==" and count > 1:
        reading.add("assert", row, condition={"kind": "element_count", "target": aim, "count": count})
    elif operator == "<=":
        reading.note(f"Waiting for at most {count} elements, behind step {len(reading.steps)}, was left out.")
    else:
        reading.add("wait_for_element", row, target=aim)


def _viewport(reading: Reading, row: Row) -> None:
    if reading.viewport is not None:
        reading.note("The window changes its size in the recording. The test keeps the first size.")
        return
    width, height = (_within(row[name], 240, 3840) for name in ("width", "height"))
    device = "desktop" if not row.get("isMobile") else "phone" if min(width, height) < 600 else "tablet"
    scale = row.get("deviceScaleFactor") or 1
    touch = bool(row.get("hasTouch"))
    reading.viewport = {"width": width, "height": height, "device": device, "scale": min(4, max(0.5, scale)), "touch": touch}


def _within(value: float, least: int, most: int) -> int:
    return round(min(most, max(least, value)))


def _custom(reading: Reading, row: Row) -> None:
    """One of ours that was changed, or that came without its test; `steps.parse` judges it."""
    parameters = row.get("parameters")
    if row["name"] != recorder_writing.OURS or not isinstance(parameters, Mapping) or not {"step", "test"} & set(parameters):
        raise BadRecording(f"steps[{reading.at}]: {parsing.shown(row['name'])} is a step of another program. Remove it: Tracefox cannot know what it does.")
    if "step" in parameters:
        step = steps.read_step(parameters["step"], f"steps[{reading.at}].parameters.step")
        reading.steps.append(steps.step_to_json(step))


def _leave_out(reading: Reading, row: Row) -> None:
    reading.note(LEFT_OUT[row["type"]])


READ: dict[str, Callable[[Reading, Row], None]] = {
    "setViewport": _viewport,
    "navigate": _navigate,
    "click": _click,
    "doubleClick": _double_click,
    "hover": _hover,
    "change": _change,
    "keyDown": _key_down,
    "keyUp": _key_up,
    "scroll": _scroll,
    "waitForElement": _wait,
    "customStep": _custom,
    **dict.fromkeys(LEFT_OUT, _leave_out),
}
