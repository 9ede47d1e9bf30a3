"""How a Checkout Test stands after its last Test Runs, and whether that is news.

Pure. Only runs that passed or failed count: one that was blocked, or whose end nobody knows, says nothing about the shop. A test whose results keep changing
is flapping, and tells nothing more until they have been the same for a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Name = Literal["unknown", "passing", "failing", "flapping"]
News = Literal["", "failing", "recovered"]

WINDOW = 6  # of the last results that count
FLAPPING_CHANGES = 3  # so many changes between them
STEADY = 3  # so many equal results end the flapping


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """`news` is what an alert is raised for; empty: there is nothing new to tell."""

    name: Name
    news: News = ""


def after(previous: str, results: Sequence[str]) -> State:
    """`results` are the statuses of the finished runs, the oldest first."""
    known = [result for result in results if result in ("passed", "failed")][-WINDOW:]
    if not known:
        return State(name="unknown")
    name = _name(previous, known)
    return State(name=name, news=_news(previous, name, last=known[-1]))


def _name(previous: str, known: list[str]) -> Name:
    now: Name = "passing" if known[-1] == "passed" else "failing"
    if previous == "flapping":
        return now if len(known) >= STEADY and len(set(known[-STEADY:])) == 1 else "flapping"
    changes = sum(one != other for one, other in pairwise(known))
    # A test that just left flapping still has its changes in the window: only a new change counts again.
    changed_now = len(known) > 1 and known[-1] != known[-2]
    return "flapping" if changed_now and changes >= FLAPPING_CHANGES else now


def _news(previous: str, name: Name, *, last: str) -> News:
    if name == previous:
        return ""
    if name == "failing" or (name == "flapping" and last == "failed" and previous != "failing"):
        return "failing"
    return "recovered" if name == "passing" and previous in ("failing", "flapping") else ""
