"""The steps of a Checkout Test as its page lists them: each with its words and its buttons, and the stop point between them.

Pure. Reads the JSON form of a flow; which button may be pressed follows `checkout.editor`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checkout import editor, wording


@dataclass(frozen=True, kw_only=True)
class Row:
    """A step, or the stop point (`is_stop`). `key` goes with the step when it is moved."""

    is_stop: bool = False
    index: int = 0
    key: str = ""
    words: str = ""
    selector: str = ""
    others: int = 0
    frame: str = ""
    value: str = ""
    places_order: bool = False
    acts: bool = True
    may_rise: bool = True
    may_sink: bool = True

    @property
    def number(self) -> int:
        return self.index + 1


def rows(flow: Mapping[str, Any]) -> list[Row]:
    """Every step in its order, with the stop point where it stands."""
    steps, stop = flow["steps"], flow.get("stop_after")
    names = editor.keys(dict(flow))
    listed = []
    for index, step in enumerate(steps):
        lines = wording.selectors(step.get("target") or (step.get("condition") or {}).get("target"))
        is_last = index == len(steps) - 1 and (stop is None or stop < index)
        listed.append(
            Row(
                index=index,
                key=names[index],
                words=wording.of_step(step),
                selector=lines[0] if lines else "",
                others=max(len(lines) - 1, 0),
                frame=", ".join(wording.frames(step.get("target"))),
                value=step.get("value", ""),
                places_order=index == flow.get("order_step"),
                acts=stop is None or index <= stop,
                may_rise=index > 0,
                may_sink=not is_last,
            )
        )
        if index == stop:
            listed.append(Row(is_stop=True, index=index, key="stop", may_rise=index > 0, may_sink=index < len(steps) - 1))
    return listed
