"""What was around when a step failed: what lies over the element, whether it is disabled or gone, the page's last script errors, its bad requests.

Read-only, and quick: the page is broken already. `looks_like` is what an element is compared by before anything is done to it.
"""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import ElementHandle, Error, Frame

from checkout.flow import Fingerprint
from checkout.runner.record import Line, Record, Seen

HERE = Path(__file__).parent
RECORDER = HERE.parent / "recorder" / "content"
SCRIPTS_OF_THE_RECORDER = ("elements.js", "names.js")
ANSWER_SECONDS = 2
SHOWN = 3
SHOWN_TEXT = 200


async def looks_like(element: ElementHandle) -> Fingerprint:
    seen = await element.evaluate(_likeness())
    return Fingerprint(**{name: str(seen.get(name, "")) for name in Fingerprint.__dataclass_fields__})


async def around(frame: Frame, element: ElementHandle | None, record: Record) -> dict[str, Any]:
    """What `checkout.cause` wants to know of the page, with page texts through the redactor."""
    seen: dict[str, Any] = {}
    try:
        seen = await asyncio.wait_for(element.evaluate(_facts()) if element else frame.evaluate(_facts()), ANSWER_SECONDS)
    except (Error, TimeoutError):
        seen = {"silent": True}  # a page that does not answer is a fact as well
    return {name: _clean(value, record) for name, value in seen.items() if value}


def of_record(record: Record, *, step: int) -> dict[str, Any]:
    """The last errors and the worst requests of this step; of the one before it too, whose page this may be."""
    errors = [line for line in record.console_errors() if line.step >= step - 1][-SHOWN:]
    requests = record.bad(since=step - 1)[:SHOWN]
    return {"errors": [_error(line, record) for line in errors], "requests": [_request(seen, record) for seen in requests]}


def _error(line: Line, record: Record) -> dict[str, Any]:
    return {"text": record.text(line.text)[:SHOWN_TEXT], "url": record.url(line.url), "kind": line.kind}


def _request(seen: Seen, record: Record) -> dict[str, Any]:
    row = {"url": record.url(seen.url), "method": seen.method, "type": seen.kind, "status": seen.status}
    return row | {"trouble": seen.trouble, "first_party": seen.first_party, "step": seen.step}


def _clean(value: Any, record: Record) -> Any:
    if isinstance(value, dict):
        return {name: record.url(str(item)) if name == "frame" else record.text(str(item))[:SHOWN_TEXT] for name, item in value.items()}
    return value


@cache
def _facts() -> str:
    return (HERE / "facts.js").read_text()


@cache
def _likeness() -> str:
    recorder = "\n".join((RECORDER / name).read_text() for name in SCRIPTS_OF_THE_RECORDER)
    return (HERE / "likeness.js").read_text().replace("/* RECORDER */", recorder)
