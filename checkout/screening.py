"""What the page of a run shows: its steps as a filmstrip, what failed, what was asked of the network and said in the console.

Pure. Reads the stored result of a run (`checkout.result`) beside the flow that it was run with; texts of a page stay text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checkout import wording
from scans.charts import WIDTH, Bar


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A step of the run with what came of it; or the stop point (`is_stop`). `status` is empty for a step that was not begun."""

    is_stop: bool = False
    number: int = 0
    words: str = ""
    selector: str = ""
    status: str = ""
    ms: int | None = None
    expected: str = ""
    seen: str = ""
    cause: str = ""
    screenshot: str = ""
    bar: Bar | None = None


@dataclass(frozen=True, kw_only=True)
class Held:
    """A success condition with what came of it."""

    words: str
    status: str = ""
    expected: str = ""
    seen: str = ""


@dataclass(frozen=True)
class Failure:
    place: str
    words: str
    cause: str
    expected: str
    seen: str
    selector: str
    screenshot: str


@dataclass(frozen=True, kw_only=True)
class Call:
    answer: str
    method: str
    url: str
    ms: int | None
    is_bad: bool
    first_party: bool


def film(flow: Mapping[str, Any], result: Mapping[str, Any], *, pictures: Iterable[str]) -> list[Frame]:
    """`pictures`: the names of the screenshots that were kept."""
    told = {step["index"]: step for step in result.get("steps", [])}
    kept, longest = set(pictures), max((step.get("ms") or 0 for step in told.values()), default=0)
    frames = []
    for index, step in enumerate(flow["steps"]):
        frames.append(_frame(index, step, told.get(index), kept=kept, longest=longest))
        if index == flow["stop_after"]:
            frames.append(Frame(is_stop=True))
    return frames


def failure(frames: Iterable[Frame], conditions: Iterable[Held]) -> Failure | None:
    """What failed: a step, or else a success condition, which is shown with the last picture that there is."""
    shown = list(frames)
    if frame := next((frame for frame in shown if frame.status == "failed"), None):
        place = f"Step {frame.number} of {sum(not one.is_stop for one in shown)}"
        return Failure(place, frame.words, frame.cause, frame.expected, frame.seen, frame.selector, frame.screenshot)
    picture = next((frame.screenshot for frame in reversed(shown) if frame.screenshot), "")
    one = next((one for one in conditions if one.status == "failed"), None)
    return Failure("Success condition", one.words, "", one.expected, one.seen, "", picture) if one else None


def held(flow: Mapping[str, Any], result: Mapping[str, Any]) -> list[Held]:
    told = {one["index"]: one for one in result.get("conditions", [])}
    rows = []
    for index, condition in enumerate(flow["conditions"]):
        one = told.get(index, {})
        rows.append(Held(words=wording.of_condition(condition), status=one.get("status", ""), expected=one.get("expected", ""), seen=one.get("seen", "")))
    return rows


def calls(result: Mapping[str, Any]) -> list[Call]:
    """The requests: what went wrong first, the shop's own before others', then in their order."""
    rows = [
        Call(
            answer=_answer(row),
            method=str(row.get("method", "")),
            url=str(row.get("url", "")),
            ms=row.get("ms") or None,
            is_bad=_is_bad(row),
            first_party=bool(row.get("first_party")),
        )
        for row in result.get("network", [])
    ]
    return sorted(rows, key=lambda row: (not row.is_bad, row.is_bad and not row.first_party))


def _frame(index: int, step: Mapping[str, Any], told: Mapping[str, Any] | None, *, kept: set[str], longest: int) -> Frame:
    lines = wording.selectors(step.get("target") or (step.get("condition") or {}).get("target"))
    plain: dict[str, Any] = {"number": index + 1, "words": wording.of_step(step), "selector": lines[0] if lines else ""}
    if told is None or told["status"] == "skipped":
        return Frame(**plain)
    ms, picture = int(told.get("ms") or 0), told.get("screenshot") or ""
    return Frame(
        **plain,
        status=told["status"],
        ms=ms,
        expected=told.get("expected", ""),
        seen=told.get("seen", ""),
        cause=told.get("cause", ""),
        screenshot=picture if picture in kept else "",
        bar=Bar(0, 0, round(max(ms / (longest or 1) * WIDTH, 6.0), 1), 4, "failed" if told["status"] == "failed" else "took"),
    )


def _answer(row: Mapping[str, Any]) -> str:
    return str(row.get("trouble") or row.get("status") or "no answer").removeprefix("net::")


def _is_bad(row: Mapping[str, Any]) -> bool:
    """What we kept away ourselves is none of the shop's faults."""
    return row.get("trouble") != "kept away" and (int(row.get("status") or 0) >= 400 or bool(row.get("trouble")))
