"""The form of a Chrome DevTools recording, as far as Tracefox reads it: its JSON Schema, and the check that names the place and says what to do.

Pure. `docs/devtools-recording.schema.json` is the printed schema. Fields that are not named here may be there, and are not read: the form grows with Chrome.
To read another type of step: a line in TYPES, its reader in `checkout.recorder_steps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checkout import parsing

MOST_ROWS = 1000
LONGEST_VALUE = 2000
REFUSED = {
    "waitForExpression": "runs a program of its own in the page, which Tracefox does not do. Remove it, or wait for an element instead.",
}
_NUMBER = {"type": "number"}
_TEXT = {"type": "string"}
_SELECTORS = {
    "type": "array",
    "minItems": 1,
    "description": "Alternatives; an inner list goes through shadow roots.",
    "items": {"anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}]},
}
_AIMED = {"selectors": _SELECTORS, "frame": {"type": "array", "items": {"type": "integer", "minimum": 0}}}
_ANY = {
    "timeout": {"type": "number", "minimum": 0},
    "target": {"type": "string", "description": "`main`, or the address of the page or frame"},
    "assertedEvents": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"const": "navigation"}, "url": _TEXT, "title": _TEXT},
        },
    },
}
_POINTED = {"offsetX": _NUMBER, "offsetY": _NUMBER, "button": _TEXT, "deviceType": _TEXT, "duration": _NUMBER}

# type: (fields that it needs, all fields that are read)
TYPES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "setViewport": (
        ("width", "height"),
        {"width": _NUMBER, "height": _NUMBER, "deviceScaleFactor": _NUMBER, **{name: {"type": "boolean"} for name in ("isMobile", "hasTouch", "isLandscape")}},
    ),
    "navigate": (("url",), {"url": _TEXT}),
    "click": (("selectors",), _AIMED | _POINTED),
    "doubleClick": (("selectors",), _AIMED | _POINTED),
    "hover": (("selectors",), _AIMED),
    "change": (("selectors", "value"), _AIMED | {"value": {"type": "string", "maxLength": LONGEST_VALUE}}),
    "keyDown": (("key",), {"key": _TEXT}),
    "keyUp": (("key",), {"key": _TEXT}),
    "scroll": ((), _AIMED | {"x": _NUMBER, "y": _NUMBER}),
    "waitForElement": (
        ("selectors",),
        _AIMED | {"operator": {"enum": [">=", "==", "<="]}, "count": {"type": "integer", "minimum": 0}, "visible": {"type": "boolean"}},
    ),
    "emulateNetworkConditions": ((), {}),
    "close": ((), {}),
    "customStep": (("name",), {"name": _TEXT, "parameters": {}}),
}
_WORDS = {"number": "a number", "integer": "a whole number", "string": "a text", "boolean": "true or false", "array": "a list", "object": "an object"}


class BadRecording(parsing.BadFlow):
    """This is no recording that can be read. The message names the place and says what to do."""


def schema() -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Chrome DevTools recording, as Tracefox reads it",
        "type": "object",
        "required": ["steps"],
        "properties": {
            "title": _TEXT,
            "timeout": {"type": "number", "minimum": 0},
            "steps": {"type": "array", "minItems": 1, "maxItems": MOST_ROWS, "items": {"oneOf": [_variant(name) for name in TYPES]}},
        },
    }


def check(recording: object) -> list[Mapping[str, Any]]:
    """The steps of the recording, if it has the form of one."""
    if not isinstance(recording, Mapping) or not isinstance(recording.get("steps"), list):
        raise BadRecording("This is no recording: it has no list of steps. Export it from Chrome's Recorder as JSON, and give all of that file.")
    rows: list[Mapping[str, Any]] = recording["steps"]
    if not 1 <= len(rows) <= MOST_ROWS:
        raise BadRecording(f"steps: a recording has from 1 to {MOST_ROWS} steps; this one has {len(rows)}. Record the way to the order alone.")
    _judge_fields(recording, {"title": _TEXT, "timeout": _ANY["timeout"]}, "")
    for index, row in enumerate(rows):
        _check_row(row, f"steps[{index}]")
    return rows


def _check_row(row: object, place: str) -> None:
    if not isinstance(row, Mapping):
        raise _bad(place, "is no object. Export the recording from Chrome's Recorder again.")
    kind = row.get("type")
    if isinstance(kind, str) and kind in REFUSED:
        raise _bad(place, f"{kind} {REFUSED[kind]}")
    if not isinstance(kind, str) or kind not in TYPES:
        raise _bad(f"{place}.type", f"{parsing.shown(kind)} is a type that Tracefox cannot replay; remove this step. It knows {', '.join(TYPES)}.")
    needed, fields = TYPES[kind]
    for name in needed:
        if name not in row:
            raise _bad(f"{place}.{name}", f"is missing in a step of the type {kind}; record this step again.")
    _judge_fields(row, fields | _ANY, place)


def _judge_fields(value: Mapping[str, Any], fields: Mapping[str, Any], place: str) -> None:
    for name, wanted in fields.items():
        if name in value:
            _judge(value[name], wanted, parsing.below(place, name))


def _judge(value: object, wanted: Mapping[str, Any], place: str) -> None:
    """As far as this form needs JSON Schema: types, choices, limits, lists and objects."""
    if "anyOf" in wanted:
        if not any(_fits(value, each) for each in wanted["anyOf"]):
            raise _bad(place, "must be a selector, or a list of selectors; record this step again.")
        return
    if "const" in wanted and value != wanted["const"]:
        raise _bad(place, f"must be {wanted['const']}; remove it.")
    if "enum" in wanted and value not in wanted["enum"]:
        raise _bad(place, f"must be one of {' '.join(wanted['enum'])}.")
    if "type" in wanted and not _is(value, wanted["type"]):
        raise _bad(place, f"must be {_WORDS[wanted['type']]}.")
    _judge_size(value, wanted, place)
    if isinstance(value, list):
        for index, item in enumerate(value):
            _judge(item, wanted.get("items", {}), f"{place}[{index}]")
    if isinstance(value, Mapping):
        for name in wanted.get("required", ()):
            if name not in value:
                raise _bad(f"{place}.{name}", "is missing; record this step again.")
        _judge_fields(value, wanted.get("properties", {}), place)


def _judge_size(value: object, wanted: Mapping[str, Any], place: str) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool) and value < wanted.get("minimum", value):
        raise _bad(place, f"must not be less than {wanted['minimum']}.")
    if isinstance(value, str) and len(value) > wanted.get("maxLength", len(value)):
        raise _bad(place, f"is {len(value)} characters long; at most {wanted['maxLength']} fit.")
    if isinstance(value, list) and len(value) < wanted.get("minItems", 0):
        raise _bad(place, "is an empty list; record this step again.")


def _fits(value: object, wanted: Mapping[str, Any]) -> bool:
    if isinstance(value, list):
        return wanted["type"] == "array" and bool(value) and all(_fits(each, wanted["items"]) for each in value)
    return wanted["type"] == "string" and isinstance(value, str) and bool(value)


def _is(value: object, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    forms: dict[str, Any] = {"number": int | float, "string": str, "array": list, "object": Mapping}
    if kind == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return kind in forms and isinstance(value, forms[kind])


def _variant(kind: str) -> dict[str, Any]:
    needed, fields = TYPES[kind]
    return {"type": "object", "required": ["type", *needed], "properties": {"type": {"const": kind}} | fields | _ANY}


def _bad(place: str, sentence: str) -> BadRecording:
    return BadRecording(f"{place}: {sentence}")
