"""Steps of a Checkout Test in the form of Chrome's Recorder. Where that has no such step, a `customStep` called OURS carries ours.

Pure. To write an action as a step that Chrome can play: its line in WRITE.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from checkout import steps
from checkout.flow import Step, Target, Viewport

OURS = "tracefox"
_POINT = {"offsetX": 1, "offsetY": 1}


def written(step: Step) -> list[dict[str, Any]]:
    if step.action not in WRITE or (step.action == "press" and (step.target or "+" in step.key)):
        return [ours({"step": steps.step_to_json(step)})]
    limit = {"timeout": step.seconds * 1000} if step.seconds is not None else {}
    return [row | limit for row in WRITE[step.action](step)]


def ours(parameters: dict[str, Any]) -> dict[str, Any]:
    return {"type": "customStep", "name": OURS, "parameters": parameters}


def viewport(view: Viewport) -> dict[str, Any]:
    size = {"width": view.width, "height": view.height, "deviceScaleFactor": view.scale}
    return {"type": "setViewport", **size, "isMobile": view.device != "desktop", "hasTouch": view.touch, "isLandscape": view.width > view.height}


def is_as_written(row: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    """Chrome may add fields to what it imported, and changes none."""
    return all(row.get(name) == value for name, value in made.items())


def _aimed(target: Target | None) -> dict[str, Any]:
    """Frames have addresses here and places there: the innermost address stands as the step's `target`, as Chrome has it for frames of other sites."""
    if target is None:
        return {"target": "main"}
    selectors = [list(chain) for chain in target.selectors]
    inner = target.frame[-1].url if target.frame else ""
    if inner.startswith("https://"):
        return {"target": inner, "selectors": selectors}
    return {"target": "main", "selectors": selectors} | ({"frame": [0] * len(target.frame)} if target.frame else {})


def _click(step: Step) -> list[dict[str, Any]]:
    return [{"type": "click", **_POINT, **_aimed(step.target)}]


def _change(step: Step) -> list[dict[str, Any]]:
    return [{"type": "change", "value": step.value, **_aimed(step.target)}]


def _press(step: Step) -> list[dict[str, Any]]:
    return [{"type": kind, "target": "main", "key": step.key} for kind in ("keyDown", "keyUp")]


def _wait(step: Step) -> list[dict[str, Any]]:
    found = {"operator": ">=", "count": 1, "visible": True} if step.state == "visible" else {"operator": "==", "count": 0}
    return [{"type": "waitForElement", **found, **_aimed(step.target)}]


WRITE: dict[str, Callable[[Step], list[dict[str, Any]]]] = {
    "navigate": lambda step: [{"type": "navigate", "url": step.url}],
    "click": _click,
    "check": _click,
    "uncheck": _click,
    "hover": lambda step: [{"type": "hover", **_aimed(step.target)}],
    "fill": _change,
    "select": _change,
    "press": _press,
    "scroll": lambda step: [{"type": "scroll", "x": step.x, "y": step.y, **_aimed(step.target)}],
    "wait_for_element": _wait,
}
