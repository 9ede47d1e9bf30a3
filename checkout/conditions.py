"""Reads Success conditions: what must hold for a Test Run to pass, and what a Step of the kind `assert` asks in between.

Pure. To add a kind: one line in KINDS, its sentence in `words`, its check in the runner, and its paragraph in `docs/checkout-tests.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from checkout import parsing, targets
from checkout.flow import Condition

# kind: (fields that it needs, fields that it may have)
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "element_visible": (("target",), ()),
    "element_gone": (("target",), ()),
    "element_count": (("target", "count"), ()),
    "text": (("text",), ("target",)),
    "url": (("url",), ()),
    "no_console_error": ((), ()),
    "no_server_error": ((), ()),
    "total": (("target", "equals"), ()),
    "total_is_zero": (("target",), ()),
    "discount": (("target",), ("text",)),
    "tag": (("vendor",), ("account_id",)),
}
MOST_ELEMENTS = 10_000
_AMOUNT = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,3})?")


def read(value: object, place: str) -> Condition:
    data = parsing.mapping(value, place, what="a condition")
    kind = parsing.choice(data, "kind", place, of=KINDS)
    needed, optional = KINDS[kind]
    parsing.only(data, ("kind", *needed, *optional), place, what=f"the condition {kind}")
    found = {name: READERS[name](data, name, place) for name in needed}
    found |= {name: READERS[name](data, name, place) for name in optional if data.get(name) not in (None, "")}
    return Condition(kind=kind, **found)


def to_json(condition: Condition) -> dict[str, Any]:
    needed, optional = KINDS[condition.kind]
    data: dict[str, Any] = {"kind": condition.kind}
    for name in (*needed, *optional):
        value = getattr(condition, name)
        if name in needed or value:
            data[name] = targets.to_json(value) if name == "target" else value
    return data


def words(condition: Condition) -> str:
    """What must hold, as people say it: 'the total at "#total" is zero'."""
    element = targets.words(condition.target) if condition.target else "the page"
    return {
        "element_visible": f"{element} can be seen",
        "element_gone": f"{element} is gone",
        "element_count": f"there are {condition.count} of {element}",
        "text": f"{element} shows {parsing.shown(condition.text)}",
        "url": f"the address is {condition.url[:120]}",
        "no_console_error": "no script of the page reports an error",
        "no_server_error": "no request to the shop is answered with a server error",
        "total": f"the total at {element} is {condition.equals}",
        "total_is_zero": f"the total at {element} is zero",
        "discount": f"the discount at {element} is applied",
        "tag": f"the tag of {condition.vendor} fires" + (f" with the account id {condition.account_id}" if condition.account_id else ""),
    }[condition.kind]


def _amount(data: Mapping[str, Any], name: str, place: str) -> str:
    found = parsing.text(data, name, place, longest=20)
    if not _AMOUNT.fullmatch(found):
        raise parsing.bad(parsing.below(place, name), f"{parsing.shown(found)} is no amount; write it with a point and without currency, such as 12.00.")
    return str(Decimal(found))


def _count(data: Mapping[str, Any], name: str, place: str) -> int:
    return parsing.whole(data, name, place, least=0, most=MOST_ELEMENTS)


def _text(data: Mapping[str, Any], name: str, place: str) -> str:
    return parsing.text(data, name, place, variables=True)


def _short(data: Mapping[str, Any], name: str, place: str) -> str:
    return parsing.text(data, name, place, longest=80)


READERS: dict[str, Callable[[Mapping[str, Any], str, str], Any]] = {
    "target": targets.read,
    "count": _count,
    "text": _text,
    "url": parsing.pattern,
    "equals": _amount,
    "vendor": _short,
    "account_id": _short,
}
