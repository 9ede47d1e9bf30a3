"""New Checkout Tests out of what a person or a program brings: a start page, a Chrome DevTools recording, or a test that was exported here.

What the recording typed goes sealed into Test Data, in the same transaction: either the test is there with its values, or nothing is. To read another form:
a case in `_read`; to write one, a line in `written`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from checkout import cards, recording, runner_keys, steps, test_data, tests
from checkout.models import CheckoutTest
from scans.models import Site

NO_STEPS = "This JSON is neither a recording of Chrome’s Recorder nor a Tracefox test: it has no list of steps. Export the recording as JSON and use that."
LATER = (runner_keys.KeyNotReady,)


class Refused(ValueError):
    """What was brought makes no test. The text names the place and says what to do; it never repeats a card number."""


@dataclass(frozen=True)
class Added:
    """`notes` say what of the recording was left out or changed."""

    test: CheckoutTest
    notes: list[str] = field(default_factory=list)


@sensitive_variables("text")
def from_text(text: str) -> dict[str, Any]:
    """The JSON that somebody pasted."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused(f"Line {error.lineno}, column {error.colno} is no JSON any more. Copy the whole exported file again.") from error
    except RecursionError as error:
        raise Refused(NO_STEPS) from error
    if not isinstance(data, dict):
        raise Refused(NO_STEPS)
    return data


def from_start(*, site: Site, title: str, start_url: str = "") -> dict[str, Any]:
    """A test of one step, which opens the page where the shopper begins."""
    url = start_url or site.url
    return {"version": 1, "title": title, "start_url": url, "stop_after": 0, "steps": [{"action": "navigate", "url": url}], "conditions": []}


@sensitive_variables("data", "values")
@transaction.atomic
def add(site: Site, *, data: Mapping[str, Any], by: User | None, now: datetime, title: str = "", program: str = "") -> Added:
    """A new test from any of the forms. `Refused` says what is wrong with it; `runner_keys.KeyNotReady` that its values cannot be sealed just now."""
    try:
        cards.refuse(data, where="The recording")
        flow, values, notes = _read(data)
        test = tests.add(site, flow=flow | {"title": title} if title else flow, by=by, now=now, program=program)
        if values:
            test_data.put_many(test, values=values, by=by, now=now, program=program)
    except (steps.BadFlow, cards.RealCard, tests.TestRefused, test_data.BadTestData) as refusal:
        raise Refused(str(refusal)) from refusal
    return Added(test, notes)


def written(test: CheckoutTest, form: str) -> dict[str, Any]:
    """The test as a file: `devtools` for Chrome's Recorder, `tracefox` for us. Without Test Data. KeyError for any other form."""
    flow = steps.parse(test.flow)
    return {"devtools": recording.to_devtools, "tracefox": steps.to_json}[form](flow)


def _read(data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    rows = data.get("steps")
    if not isinstance(rows, list):
        raise Refused(NO_STEPS)
    if any(isinstance(row, dict) and "type" in row and "action" not in row for row in rows):
        found = recording.from_devtools(dict(data))
        return steps.to_json(found.flow), found.test_data, list(found.notes)
    return dict(data), {}, []
