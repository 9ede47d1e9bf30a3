"""The JSON Schema of a Checkout Test, built from the tables that the parser reads by, so that the two cannot part.

Pure. `docs/checkout-test.schema.json` is its printed form. To add a field: one line in FIELDS.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from checkout import conditions, parsing, targets

Needs = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]


def _text(longest: int, *, least: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest, **({"minLength": least} if least else {}), **more}


def _whole(least: int, most: int, **more: Any) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most, **more}


def _index(description: str) -> dict[str, Any]:
    return {"type": ["integer", "null"], "minimum": 0, "maximum": 99, "description": description}


_SELECTOR = _text(targets.LONGEST_SELECTOR, least=1)
_TARGET = {
    "type": "object",
    "additionalProperties": False,
    "required": ["selectors"],
    "properties": {
        "selectors": {
            "type": "array",
            "minItems": 1,
            "maxItems": targets.MOST_SELECTORS,
            "description": "Alternatives that race. An inner list goes through shadow roots. CSS, or one of the prefixes " + " ".join(targets.PREFIXES),
            "items": {"anyOf": [_SELECTOR, {"type": "array", "minItems": 1, "maxItems": targets.MOST_ROOTS, "items": _SELECTOR}]},
        },
        "frame": {
            "type": "array",
            "maxItems": targets.MOST_FRAMES,
            "description": "The frames around the element, outermost first. None: the page itself.",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"url": _text(parsing.LONGEST_URL), "name": _text(targets.LONGEST_FINGERPRINT)},
            },
        },
        "fingerprint": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "description": "What the element looked like when it was recorded. Empty: not known.",
            "properties": {name: _text(targets.LONGEST_FINGERPRINT) for name in targets.FINGERPRINT},
        },
    },
}
FIELDS: dict[str, dict[str, Any]] = {
    "url": _text(parsing.LONGEST_URL, least=1, description="An https address, or a pattern in which * stands for anything."),
    "target": {"$ref": "#/$defs/target"},
    "value": _text(2000, description="A text, or the name of Test Data such as {{shipping.email}}."),
    "key": _text(40, least=1),
    "x": _whole(-100_000, 100_000),
    "y": _whole(-100_000, 100_000),
    "state": {"enum": ["visible", "hidden"]},
    "condition": {"$ref": "#/$defs/condition"},
    "label": _text(200),
    "seconds": _whole(1, 60, description="The time limit of this step."),
    "text": _text(parsing.LONGEST_TEXT, least=1),
    "count": _whole(0, conditions.MOST_ELEMENTS),
    "equals": _text(20, pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,3})?$"),
    "vendor": _text(80, least=1),
    "account_id": _text(80),
}
_TOP: dict[str, dict[str, Any]] = {
    "version": {"const": 1},
    "title": _text(200, least=1),
    "start_url": _text(parsing.LONGEST_URL, least=9, pattern="^[Hh][Tt][Tt][Pp][Ss]://"),
    "viewport": {
        "type": ["object", "null"],
        "additionalProperties": False,
        "description": "The size of the window. A phone or tablet is an emulation in Chromium.",
        "properties": {
            "width": _whole(240, 3840),
            "height": _whole(240, 3840),
            "device": {"enum": ["desktop", "phone", "tablet"]},
            "scale": {"type": "number", "minimum": 0.5, "maximum": 4},
            "touch": {"type": "boolean"},
        },
    },
    "allowed_origins": {"type": "array", "maxItems": 30, "items": _text(parsing.LONGEST_URL, least=9), "description": "That of start_url is always allowed."},
    "analytics": {"enum": ["blocked", "tagged", "left"]},
    "stop_after": _index("The last step that may act; null goes past 'place order', which order_step must name."),
    "order_step": _index("The click that places the order."),
    "step_seconds": _whole(1, 60),
    "run_seconds": _whole(10, 600),
    "steps": {"type": "array", "minItems": 1, "maxItems": 100, "items": {"$ref": "#/$defs/step"}},
    "conditions": {"type": "array", "maxItems": 30, "items": {"$ref": "#/$defs/condition"}},
}


def build(*, actions: Needs, top: Iterable[str]) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tracefox Checkout Test",
        "type": "object",
        "additionalProperties": False,
        "required": ["title", "start_url", "stop_after", "steps"],
        "properties": {name: _TOP[name] for name in top},
        "$defs": {
            "target": _TARGET,
            "step": {"oneOf": _variants("action", actions, also=("label", "seconds"))},
            "condition": {"oneOf": _variants("kind", conditions.KINDS)},
        },
    }


def _variants(name: str, needs: Needs, *, also: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [
        {
            "type": "object",
            "additionalProperties": False,
            "required": [name, *needed],
            "properties": {name: {"const": value}} | {field: FIELDS[field] for field in (*needed, *optional, *also)},
        }
        for value, (needed, optional) in needs.items()
    ]
