"""A step and a success condition as people say them: 'Click “Add to cart”', 'The total is 12.00'.

Pure. Reads the JSON form of a flow (`checkout.steps`). What a page wrote is cut short here; it becomes text in a page by the template, which escapes it.
To name a new action or kind: a line in its table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST = 80
ACTIONS = {
    "navigate": "Open",
    "click": "Click",
    "hover": "Point at",
    "check": "Tick",
    "uncheck": "Untick",
    "fill": "Fill",
    "select": "Choose",
    "press": "Press",
    "scroll": "Scroll",
    "wait_for_element": "Wait for",
    "wait_for_url": "Wait for the address",
    "wait_for_quiet": "Wait until the network is quiet",
    "assert": "Check",
}
CONDITIONS = {
    "element_visible": "Something can be seen",
    "element_gone": "Something cannot be seen",
    "element_count": "There are so many of something",
    "text": "A text is on the page",
    "url": "The address is",
    "no_console_error": "No script error of the page itself",
    "no_server_error": "No answer of 500 or above from the shop",
    "total": "The total is",
    "total_is_zero": "The total is zero",
    "discount": "The discount is still applied",
    "tag": "A tag was sent",
}


def of_step(step: Mapping[str, Any]) -> str:
    """Its label, or what it does."""
    if step.get("label"):
        return _cut(step["label"])
    action, words = str(step["action"]), ACTIONS.get(step["action"], "Do")
    aim = of_target(step.get("target"))
    match action:
        case "navigate" | "wait_for_url":
            return f"{words} {_bare(step.get('url', ''))}"
        case "fill" | "select":
            return f"{words} {aim}"
        case "press":
            return f"{words} {_cut(step.get('key', ''))}" + (f" in {aim}" if step.get("target") else "")
        case "scroll":
            return f"{words} to {aim}" if step.get("target") else f"{words} by {step.get('x', 0)}, {step.get('y', 0)}"
        case "wait_for_element":
            return f"Wait until {aim} {'is gone' if step.get('state') == 'hidden' else 'can be seen'}"
        case "wait_for_quiet":
            return words
        case "assert":
            return f"{words}: {_lower(of_condition(step.get('condition') or {}))}"
    return f"{words} {aim}"


def of_condition(condition: Mapping[str, Any]) -> str:
    kind, aim = str(condition.get("kind", "")), of_target(condition.get("target"))
    match kind:
        case "element_visible":
            return f"{_upper(aim)} can be seen"
        case "element_gone":
            return f"{_upper(aim)} cannot be seen"
        case "element_count":
            return f"{_upper(aim)} is there {_times(condition.get('count', 0))}"
        case "text":
            return f"“{_cut(condition.get('text', ''))}” stands " + (f"in {aim}" if condition.get("target") else "on the page")
        case "url":
            return f"The address is {_bare(condition.get('url', ''))}"
        case "total":
            return f"The total in {aim} is {_cut(condition.get('equals', ''))}"
        case "total_is_zero":
            return f"The total in {aim} is zero"
        case "discount":
            return "The discount is still applied" + (f", “{_cut(condition['text'])}”" if condition.get("text") else "")
        case "tag":
            return f"{_cut(condition.get('vendor', 'A tag'))} was sent" + (f" to {_cut(condition['account_id'])}" if condition.get("account_id") else "")
    return CONDITIONS.get(kind, kind)


def of_target(target: Mapping[str, Any] | None) -> str:
    """What it aims at: the recorded name and role, or else the first selector."""
    if not target:
        return "the page"
    known = target.get("fingerprint") or {}
    name, role = known.get("text") or known.get("name") or "", known.get("role") or known.get("tag") or ""
    if name:
        return f"“{_cut(name)}”"
    first: list[str] = next(iter(target.get("selectors") or []), [])
    selector = first[-1] if first else ""
    for prefix in ("aria/", "text/"):
        if selector.startswith(prefix):
            return f"“{_cut(selector.removeprefix(prefix).partition('[')[0])}”"
    return _cut(selector) or role or "an element"


def selectors(target: Mapping[str, Any] | None) -> list[str]:
    """Each alternative as one line; ` >>> ` steps into a shadow root."""
    return [" >>> ".join(" ".join(part.splitlines()) for part in chain) for chain in (target or {}).get("selectors") or []]


def frames(target: Mapping[str, Any] | None) -> list[str]:
    """Each frame as one line, the outermost first."""
    lines = [(frame.get("url", ""), frame.get("name", "")) for frame in (target or {}).get("frame") or []]
    return [" ".join(part for part in (url, f"name={name}" if name else "") if part) for url, name in lines]


def _cut(text: Any) -> str:
    words = " ".join(str(text).split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _bare(url: str) -> str:
    return _cut(url.removeprefix("https://").removesuffix("/")) or "…"


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
