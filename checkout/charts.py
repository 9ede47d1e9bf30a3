"""Charts of checkout testing as numbers: the strip of thirty days, the strip of the last runs, how long each step took.

Pure. A template writes the numbers into SVG attributes, colours come from the style sheet by class (`scans.charts` says more). To add a chart: a function from
rows to frozen dataclasses, and a template that draws them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from checkout import editor, wording
from scans.charts import Bar

DAYS = 30
# How a status is coloured, the gravest first: the classes are those of a scan's outcome.
TONES = {"failed": "failed", "unknown": "inconclusive", "inconclusive": "inconclusive", "running": "running", "queued": "queued", "passed": "ok"}
WORDS = {"failed": "with a failed run", "unknown": "with a run whose end is unknown", "inconclusive": "with an inconclusive run", "passed": "passed"}


def tone(status: str) -> str:
    """The class that colours a run's status."""
    return TONES.get(status, "none")


# --- thirty days, a mark for each -------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Day:
    """One day: a bar that is split when runs ended differently."""

    date: date
    bars: list[Bar]


@dataclass(frozen=True)
class Days:
    days: list[Day]
    width: float
    height: float
    words: str


def days(counts: Mapping[date, Mapping[str, int]], *, today: date, height: float = 22, step: float = 6, gap: float = 2) -> Days:
    """The last thirty days, today at the right. `counts`: how many runs of each status a day had."""
    shown = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    drawn = [Day(day, _day_bars(counts.get(day, {}), x=place * step, width=step - gap, height=height)) for place, day in enumerate(shown)]
    return Days(drawn, DAYS * step - gap, height, _days_words([counts.get(day, {}) for day in shown]))


def _day_bars(counts: Mapping[str, int], *, x: float, width: float, height: float) -> list[Bar]:
    ended = {tone(status): 0 for status in TONES if counts.get(status)}
    for status, count in counts.items():
        if count:
            ended[tone(status)] = ended.get(tone(status), 0) + count
    if not ended:
        return [Bar(x, height - 2, width, 2, "none")]
    total, bars, bottom = sum(ended.values()), list[Bar](), height
    for css, count in ended.items():  # the gravest stands at the bottom and is never too small to be seen
        tall = round(max(count / total * height, min(5.0, height / len(ended))), 1) if len(ended) > 1 else height
        tall = min(tall, bottom)
        bars.append(Bar(x, round(bottom - tall, 1), width, tall, css))
        bottom = round(bottom - tall, 1)
    if bottom > 0:
        last = bars[-1]
        bars[-1] = Bar(last.x, 0, last.width, round(last.height + bottom, 1), last.css)
    return bars


def _days_words(counted: Sequence[Mapping[str, int]]) -> str:
    kinds = Counter(next((status for status in WORDS if counts.get(status)), "") for counts in counted)
    if not any(kinds[status] for status in WORDS):
        return "No run in the last 30 days"
    parts = [f"{kinds[status]} {WORDS[status]}" for status in reversed(WORDS) if kinds[status]]
    parts += [f"{kinds['']} without a run"] if kinds[""] else []
    return f"Last {DAYS} days: " + ", ".join(parts)


# --- the last runs, a bar for each ------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class RunBar:
    run: Mapping[str, Any]
    bar: Bar


@dataclass(frozen=True)
class Runs:
    """`longest` is what the tallest bar stands for, in milliseconds."""

    bars: list[RunBar]
    empty: list[Bar]
    width: float
    height: float
    longest: int


def runs(rows: Sequence[Mapping[str, Any]], *, slots: int, height: float = 64, step: float = 12, gap: float = 3) -> Runs:
    """Newest at the right, as tall as it took. `rows`: newest first, with `status` and `total_ms`."""
    shown = list(reversed(rows[:slots]))
    longest = max((row["total_ms"] or 0 for row in shown), default=0)
    first = slots - len(shown)
    bars = []
    for place, row in enumerate(shown, start=first):
        tall = round(max((row["total_ms"] or 0) / (longest or 1) * height, 4.0), 1)
        bars.append(RunBar(row, Bar(place * step, round(height - tall, 1), step - gap, tall, tone(row["status"]))))
    return Runs(bars, [Bar(place * step, height - 2, step - gap, 2, "none") for place in range(first)], slots * step - gap, height, longest)


# --- how long each step took, over the last runs ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Timing:
    """One step: a bar for each run that did it, against the slowest."""

    number: int
    name: str
    bars: list[Bar]
    usual: float
    newest: int
    slowest: int
    slower: bool

    @property
    def words(self) -> str:
        return f"{self.name}: usually {self.usual:.0f} ms, last {self.newest} ms, slowest {self.slowest} ms"


def timings(
    flow: Mapping[str, Any], past: Sequence[Mapping[str, Any]], *, slots: int = 30, height: float = 24, step: float = 7, gap: float = 2
) -> list[Timing]:
    """A line for each step of the flow. A step is known again by what it does, so that moving it keeps its past and changing it begins a new one.

    `past`: newest first, each with its own `steps` and the `results` of those that were begun.
    """
    newest_last = list(reversed(past[:slots]))
    measured = [_measured(run) for run in newest_last]
    lines = []
    for number, (key, one) in enumerate(zip(editor.keys(dict(flow)), flow["steps"], strict=True), start=1):
        took = [(slots - len(measured) + place, *run[key]) for place, run in enumerate(measured) if key in run]
        if not took:
            continue
        slowest, newest = max(ms for _, ms, _ in took), took[-1][1]
        usual = median(ms for _, ms, _ in took)
        bars = [_timing_bar(place, ms, status, slowest=slowest, height=height, step=step, gap=gap) for place, ms, status in took]
        is_slower = len(took) >= 5 and newest > 2 * usual and newest - usual > 500
        lines.append(Timing(number, wording.of_step(one), bars, usual, newest, slowest, is_slower))
    return lines


def _measured(run: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    names = editor.keys({"steps": run["steps"] or []})
    results = {result["index"]: result for result in run["results"] or [] if result.get("status") != "skipped"}
    return {name: (int(results[place].get("ms") or 0), results[place]["status"]) for place, name in enumerate(names) if place in results}


def _timing_bar(place: int, ms: int, status: str, *, slowest: int, height: float, step: float, gap: float) -> Bar:
    tall = round(max(ms / (slowest or 1) * height, 2.0), 1)
    return Bar(place * step, round(height - tall, 1), step - gap, tall, "failed" if status == "failed" else "took")
