"""The language of Checkout Tests: Steps, their Targets, Success conditions and the stop point, read from and written to JSON.

Pure. `parse` and `to_json` are inverse; `schema` describes the form for readers outside (`docs/checkout-test.schema.json`, `docs/checkout-tests.md`).
To add an action: one line in ACTIONS, its reader in READERS if it has a new field, its schema in `checkout.flow_schema`, its deed in the runner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from checkout import cards, conditions, flow_schema, parsing, patterns, stop_point, targets
from checkout.flow import Condition, Fingerprint, Flow, FrameMatch, Step, Target, Viewport
from checkout.parsing import BadFlow

__all__ = [
    "BadFlow",
    "Condition",
    "Fingerprint",
    "Flow",
    "FrameMatch",
    "Step",
    "Target",
    "Viewport",
    "match_url",
    "may_repeat",
    "parse",
    "past_order",
    "put_in",
    "read_step",
    "schema",
    "step_to_json",
    "test_data_names",
    "to_json",
    "variables",
]

VERSION = 1
MOST_STEPS, MOST_CONDITIONS, MOST_ORIGINS = 100, 30, 30
LONGEST_TITLE, LONGEST_LABEL, LONGEST_VALUE = 200, 200, 2000
BUILT_IN = ("unique.email", "unique.id", "now.date")  # made anew for each Test Run; all other names are Test Data
DEVICES, ANALYTICS = ("desktop", "phone", "tablet"), ("blocked", "tagged", "left")
TOP = (
    *("version", "title", "start_url", "viewport", "allowed_origins", "analytics"),
    *("stop_after", "order_step", "step_seconds", "run_seconds", "steps", "conditions"),
)
MUST_SAY_WHERE_TO_STOP = "say where the run stops: the index of the last Step that may act, or null for a test that goes past 'place order'."

# action: (fields that it needs, fields that it may have)
ACTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "navigate": (("url",), ()),
    "click": (("target",), ()),
    "hover": (("target",), ()),
    "check": (("target",), ()),
    "uncheck": (("target",), ()),
    "fill": (("target", "value"), ()),
    "select": (("target", "value"), ()),
    "press": (("key",), ("target",)),
    "scroll": (("x", "y"), ("target",)),
    "wait_for_element": (("target",), ("state",)),
    "wait_for_url": (("url",), ()),
    "wait_for_quiet": ((), ()),
    "assert": (("condition",), ()),
}

match_url = patterns.match_url
past_order = stop_point.past_order
may_repeat = stop_point.may_repeat
put_in = parsing.put_in


def parse(data: object) -> Flow:
    """The Checkout Test in this JSON. BadFlow names the place and says what to do; it is raised for a real card number too, and never repeats that."""
    try:
        cards.refuse(data)
    except cards.RealCard as refused:
        raise BadFlow(str(refused)) from None
    whole = parsing.mapping(data, "", what="A Checkout Test")
    parsing.only(whole, TOP, "", what="a Checkout Test")
    if whole.get("version", VERSION) != VERSION:
        raise parsing.bad("version", f"must be {VERSION}, the only version there is.")
    if "stop_after" not in whole:
        raise parsing.bad("stop_after", MUST_SAY_WHERE_TO_STOP)
    start_url = parsing.address(whole, "start_url", "", variables=False)
    rows = parsing.items(whole, "steps", "", least=1, most=MOST_STEPS, what="steps")
    flow = Flow(
        title=parsing.text(whole, "title", "", longest=LONGEST_TITLE),
        start_url=start_url,
        steps=tuple(read_step(row, f"steps[{index}]") for index, row in enumerate(rows)),
        allowed_origins=_origins(whole, start_url),
        conditions=tuple(_conditions(whole)),
        viewport=_viewport(whole.get("viewport")),
        analytics=parsing.choice(whole, "analytics", "", of=ANALYTICS, default="blocked"),  # type: ignore[arg-type]
        stop_after=_index(whole, "stop_after", len(rows)),
        order_step=_index(whole, "order_step", len(rows)),
        step_seconds=parsing.whole(whole, "step_seconds", "", least=1, most=60, default=10),
        run_seconds=parsing.whole(whole, "run_seconds", "", least=10, most=600, default=120),
    )
    _stay_inside(flow)
    stop_point.judge(flow)
    return flow


def to_json(flow: Flow) -> dict[str, Any]:
    view = flow.viewport
    return {
        "version": flow.version,
        "title": flow.title,
        "start_url": flow.start_url,
        "viewport": {"width": view.width, "height": view.height, "device": view.device, "scale": view.scale, "touch": view.touch},
        "allowed_origins": list(flow.allowed_origins),
        "analytics": flow.analytics,
        "stop_after": flow.stop_after,
        "order_step": flow.order_step,
        "step_seconds": flow.step_seconds,
        "run_seconds": flow.run_seconds,
        "steps": [step_to_json(step) for step in flow.steps],
        "conditions": [conditions.to_json(condition) for condition in flow.conditions],
    }


def step_to_json(step: Step) -> dict[str, Any]:
    needed, optional = ACTIONS[step.action]
    data: dict[str, Any] = {"action": step.action}
    for name in (*needed, *optional):
        value = getattr(step, name)
        if name in needed or value:
            data[name] = _field_to_json(value)
    if step.label:
        data["label"] = step.label
    if step.seconds is not None:
        data["seconds"] = step.seconds
    return data


def variables(flow: Flow) -> list[str]:
    """Every name in double braces, once, in the order of its first use: Test Data and what is made anew for each run (BUILT_IN)."""
    return list(dict.fromkeys(name for text in _texts(flow) for name in parsing.names_in(text)))


def test_data_names(flow: Flow) -> list[str]:
    """The names that need a value in Test Data."""
    return [name for name in variables(flow) if name not in BUILT_IN]


def schema() -> dict[str, Any]:
    """JSON Schema of the form. What it cannot say (the stop point, allowed origins) only `parse` judges."""
    return flow_schema.build(actions=ACTIONS, top=TOP)


def _texts(flow: Flow) -> Iterator[str]:
    for step in flow.steps:
        yield from (step.url, step.value)
        if step.condition:
            yield from (step.condition.url, step.condition.text)
    for condition in flow.conditions:
        yield from (condition.url, condition.text)


def read_step(value: object, place: str) -> Step:
    data = parsing.mapping(value, place, what="a step")
    action = parsing.choice(data, "action", place, of=ACTIONS)
    needed, optional = ACTIONS[action]
    parsing.only(data, ("action", *needed, *optional, "label", "seconds"), place, what=f"the step {action}")
    readers = READERS | {"url": _address if action == "navigate" else parsing.pattern}
    found = {name: readers[name](data, name, place) for name in needed}
    found |= {name: readers[name](data, name, place) for name in optional if data.get(name) not in (None, "")}
    seconds = None if data.get("seconds") is None else parsing.whole(data, "seconds", place, least=1, most=60)
    return Step(action=action, label=parsing.text(data, "label", place, longest=LONGEST_LABEL, default=""), seconds=seconds, **found)


def _field_to_json(value: object) -> Any:
    if isinstance(value, Target):
        return targets.to_json(value)
    return conditions.to_json(value) if isinstance(value, Condition) else value


def _conditions(whole: Mapping[str, Any]) -> Iterator[Condition]:
    for index, row in enumerate(parsing.items(whole, "conditions", "", most=MOST_CONDITIONS, what="conditions")):
        yield conditions.read(row, f"conditions[{index}]")


def _origins(whole: Mapping[str, Any], start_url: str) -> tuple[str, ...]:
    """The origin of the start first: it is always allowed."""
    rows = parsing.items(whole, "allowed_origins", "", most=MOST_ORIGINS, what="origins")
    named = [parsing.bare_origin(row, f"allowed_origins[{index}]") for index, row in enumerate(rows)]
    start = parsing.origin_of(start_url, "start_url")
    return tuple(dict.fromkeys(named if start in named else [start, *named]))


def _viewport(value: object) -> Viewport:
    if value is None:
        return Viewport()
    data = parsing.mapping(value, "viewport", what="a viewport")
    parsing.only(data, Viewport.__dataclass_fields__, "viewport", what="a viewport")
    scale, touch = data.get("scale", 1), data.get("touch", False)
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0.5 <= scale <= 4:
        raise parsing.bad("viewport.scale", "must be a number from 0.5 to 4.")
    if not isinstance(touch, bool):
        raise parsing.bad("viewport.touch", "must be true or false.")
    return Viewport(
        width=parsing.whole(data, "width", "viewport", least=240, most=3840, default=1280),
        height=parsing.whole(data, "height", "viewport", least=240, most=3840, default=800),
        device=parsing.choice(data, "device", "viewport", of=DEVICES, default="desktop"),  # type: ignore[arg-type]
        scale=scale,
        touch=touch,
    )


def _index(whole: Mapping[str, Any], name: str, steps: int) -> int | None:
    found = whole.get(name)
    if found is None:
        return None
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < steps:
        raise parsing.bad(name, f"must be the index of a step, from 0 to {steps - 1}, or null.")
    return found


def _stay_inside(flow: Flow) -> None:
    for index, step in enumerate(flow.steps):
        if step.action == "navigate" and (origin := parsing.origin_of(step.url, "")) not in flow.allowed_origins:
            raise parsing.bad(f"steps[{index}].url", f"leads to {origin}, where this test may not go; add it to allowed_origins, or change the address.")


def _address(data: Mapping[str, Any], name: str, place: str) -> str:
    return parsing.address(data, name, place)


def _value(data: Mapping[str, Any], name: str, place: str) -> str:
    """What is typed or chosen; an empty text empties the field."""
    if data.get(name) is None:
        raise parsing.bad(parsing.below(place, name), "is missing; give the text, or the name of Test Data such as {{shipping.email}}.")
    return parsing.text(data, name, place, longest=LONGEST_VALUE, default="", variables=True)


def _key(data: Mapping[str, Any], name: str, place: str) -> str:
    found = parsing.text(data, name, place, longest=40)
    if any(letter.isspace() for letter in found):
        raise parsing.bad(parsing.below(place, name), "must name one key, such as Enter, Tab, ArrowDown or Control+A.")
    return found


def _pixels(data: Mapping[str, Any], name: str, place: str) -> int:
    return parsing.whole(data, name, place, least=-100_000, most=100_000)


def _state(data: Mapping[str, Any], name: str, place: str) -> str:
    return parsing.choice(data, name, place, of=("visible", "hidden"), default="visible")


READERS: dict[str, Callable[[Mapping[str, Any], str, str], Any]] = {
    "target": targets.read,
    "value": _value,
    "key": _key,
    "x": _pixels,
    "y": _pixels,
    "state": _state,
    "condition": lambda data, name, place: conditions.read(data.get(name), parsing.below(place, name)),
}
