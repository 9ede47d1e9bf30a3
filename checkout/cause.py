"""The likely cause of a failed Step or Success condition, as one sentence for people.

Pure. A cause is a guess out of what was seen around the failure, the surest first: the order of CAUSES. Texts of the page come in redacted, and are cut here.
To add a cause: a function that gives a sentence or nothing, at its place in CAUSES, and a line in the test's table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

SHOWN_TEXT, SHOWN_URL = 100, 160
SERVER_ERROR = 500
PAYERS = ("stripe", "paypal", "adyen", "braintree", "klarna", "mollie", "checkout.com", "squareup", "worldpay", "payment", "card")


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """What lies over another element, or over the page."""

    tag: str = ""
    id: str = ""
    classes: str = ""
    role: str = ""
    text: str = ""
    frame: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScriptError:
    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request that went wrong: `status` is what it was answered, `trouble` the browser's word if it was not answered."""

    url: str
    method: str = "GET"
    type: str = ""
    status: int = 0
    trouble: str = ""
    first_party: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What was seen around a failure. `kind` is the trouble: missing, drifted, detached, covered, disabled, moving, hidden, not-taken, no-option, no-answer,
    bad-answer, wrong-url, not-quiet, still-there, page-lost, no-effect, run-limit, new-frame-origin, or `assert-` and a kind of Success condition
    (`assert-total-is-zero`)."""

    kind: str
    drift: str = ""
    expected: str = ""
    seen: str = ""
    frame: str = ""
    frame_missing: bool = False
    origin: str = ""
    detached: bool = False
    hidden: bool = False
    disabled: bool = False
    silent: bool = False
    covered_by: Element | None = None
    overlay: Element | None = None
    errors: tuple[ScriptError, ...] = field(default_factory=tuple)
    requests: tuple[Request, ...] = field(default_factory=tuple)


def read(data: Mapping[str, Any]) -> Facts:
    """The facts as they travel in JSON. What is not known here is left out."""
    known = _known(data, Facts)
    for name in ("covered_by", "overlay"):
        known[name] = Element(**_known(known[name], Element)) if known.get(name) else None
    known["errors"] = tuple(ScriptError(**_known(each, ScriptError)) for each in known.get("errors", ()))
    known["requests"] = tuple(Request(**_known(each, Request)) for each in known.get("requests", ()))
    return Facts(**known)


def likely(facts: Facts) -> str:
    """One sentence, or two when the page was covered after something else went wrong. Empty: nothing tells why."""
    return next((sentence for cause in CAUSES if (sentence := cause(facts))), "")


def _lost(facts: Facts) -> str:
    return "The page crashed or closed itself." if facts.kind == "page-lost" else ""


def _drifted(facts: Facts) -> str:
    return f"The element drifted: it is now {_cut(facts.drift, 200)}." if facts.drift or facts.kind == "drifted" else ""


def _new_origin(facts: Facts) -> str:
    if facts.kind != "new-frame-origin":
        return ""
    whose = _cut(facts.origin, SHOWN_URL) or "an origin"
    return f"The field now belongs to {whose}, which this test does not name: another payment provider, or somebody who collects what buyers type."


def _not_answered(facts: Facts) -> str:
    if facts.kind not in ("no-answer", "bad-answer"):
        return ""
    page = next((request for request in facts.requests if request.type == "document"), None)
    return f"The page could not be loaded: {_answer(page)}." if page else "The page could not be loaded: the shop gave no good answer."


def _coupon(facts: Facts) -> str:
    if facts.kind == "assert-discount":
        return _with_reason("The coupon no longer applies", facts)
    if facts.kind == "assert-total-is-zero":
        return _with_reason("The total is not zero: the coupon no longer applies, or no longer covers everything", facts)
    return ""


def _total(facts: Facts) -> str:
    return _with_reason("The total changed: a price, the shipping, a tax or a discount is another one", facts) if facts.kind == "assert-total" else ""


def _tag(facts: Facts) -> str:
    return "The tag was removed, has another account id, or waits for a consent that the test does not give." if facts.kind == "assert-tag" else ""


def _covered(facts: Facts) -> str:
    if not facts.covered_by:
        return _with_reason("Something lies over the element", facts) if facts.kind == "covered" else ""
    return _with_reason(f"The element is covered by {_element(facts.covered_by)}", facts)


def _server(facts: Facts) -> str:
    broken = [request for request in facts.requests if request.first_party and _matters(request) and (request.status >= SERVER_ERROR or request.trouble)]
    return f"A request to the shop failed: {_answer(broken[0])}." if broken else ""


def _script_gone(facts: Facts) -> str:
    found = next((request for request in facts.requests if request.type == "script"), None)
    if found is None:
        return ""
    whose = "payment script" if any(name in found.url.lower() for name in PAYERS) else "script"
    return f"A {whose} did not load: {_answer(found)}."


def _script_error(facts: Facts) -> str:
    if not facts.errors:
        return ""
    error = facts.errors[-1]
    where = f" in {_cut(error.url, SHOWN_URL)}" if error.url else ""
    return f'A script of the page failed{where}: "{_cut(error.text, SHOWN_TEXT)}".'


def _refused(facts: Facts) -> str:
    """What the shop, or somebody it asks, refused: a form that was not accepted, a payment service that is down."""
    found = next((request for request in facts.requests if _matters(request)), None)
    return f"{'A request to the shop' if found.first_party else 'A request to another party'} failed: {_answer(found)}." if found else ""


def _frame(facts: Facts) -> str:
    if not facts.frame_missing:
        return ""
    where = f" ({_cut(facts.frame, SHOWN_URL)})" if facts.frame else ""
    return f"The frame that holds the element{where} is not on the page."


def _disabled(facts: Facts) -> str:
    if not facts.disabled and facts.kind != "disabled":
        return ""
    return "The element is disabled: the page waits for something, such as a field that it has not accepted."


def _overlay(facts: Facts) -> str:
    return f"Most of the page is covered by {_element(facts.overlay)}." if facts.overlay else ""


def _unquiet(facts: Facts) -> str:
    return "The page never stops loading." if facts.kind in ("not-quiet", "still-there") or facts.silent else ""


def _hidden(facts: Facts) -> str:
    return "The element is in the page but cannot be seen." if facts.hidden or facts.kind == "hidden" else ""


def _moving(facts: Facts) -> str:
    return "The element keeps moving: an animation does not end." if facts.kind == "moving" else ""


def _detached(facts: Facts) -> str:
    return "The page keeps replacing the element while it is used." if facts.detached or facts.kind == "detached" else ""


def _field(facts: Facts) -> str:
    if facts.kind == "no-option":
        return "The choice is no longer offered, or has another name."
    return "The page changes what is typed, or does not take it." if facts.kind == "not-taken" else ""


def _renamed(facts: Facts) -> str:
    if facts.kind == "missing":
        return "The element was renamed or removed: no recorded selector finds it."
    return "The page stayed where it was, or led somewhere else." if facts.kind in ("wrong-url", "assert-url") else ""


CAUSES: tuple[Callable[[Facts], str], ...] = (
    *(_lost, _drifted, _new_origin, _not_answered, _coupon, _total, _tag, _covered, _server, _script_gone, _script_error, _refused),
    *(_frame, _disabled, _overlay, _moving, _detached, _field, _unquiet, _hidden, _renamed),
)


def _with_reason(sentence: str, facts: Facts) -> str:
    """The request or script behind it, if one went wrong too."""
    behind = _server(facts) or _script_gone(facts) or _script_error(facts)
    return f"{sentence}. {behind}" if behind else f"{sentence}."


def _matters(request: Request) -> bool:
    """A picture that is not there stops nobody."""
    return request.type in ("", "document", "xhr", "fetch")


def _answer(request: Request) -> str:
    told = f"answered {request.status}" if request.status else "not answered"
    if not request.status and request.trouble:
        told += f" ({request.trouble.removeprefix('net::')[:60]})"
    return f"{request.method} {_cut(request.url, SHOWN_URL)} was {told}"


def _element(element: Element | None) -> str:
    if element is None:
        return "something"
    name = f"#{element.id}" if element.id else "".join(f".{each}" for each in element.classes.split()[:2])
    kind = "a frame" if element.tag == "iframe" else f"<{element.tag or 'div'}>"
    if element.tag == "dialog" or element.role in ("dialog", "alertdialog"):
        kind = "a dialog"
    told = f"{kind} {_cut(name, 60)}".strip()
    if element.frame:
        return f"{told} from {_cut(element.frame, SHOWN_URL)}"
    return f'{told} that says "{_cut(element.text, 60)}"' if element.text else told


def _cut(text: str, longest: int) -> str:
    tidy = " ".join(text.split())
    return tidy if len(tidy) <= longest else tidy[: longest - 1] + "…"


def _known(data: Mapping[str, Any], form: Any) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name in form.__dataclass_fields__}
