"""The values that a run types: Test Data, opened, and what is made anew for each run. Which of them are secrets: all that was Test Data."""

from __future__ import annotations

import base64
import datetime
import secrets

from checkout import sealing, steps
from checkout.flow import Flow
from checkout.runner import unsealing
from checkout.runner.protocol import Job


class Missing(Exception):
    """The test types Test Data that it has not."""


def of(job: Job, flow: Flow) -> tuple[dict[str, str], list[str]]:
    """(values by name, the secret ones among them). Raises `Missing` and `unsealing.Unreadable`."""
    opened = {name: _open(job, name) for name in job.sealed} | dict(job.plain)
    if missing := [name for name in steps.test_data_names(flow) if name not in opened]:
        raise Missing(", ".join(missing))
    return opened | _anew(), [value for value in opened.values() if value]


def _open(job: Job, name: str) -> str:
    context = sealing.context(job.context, name=name, version=job.versions[name])
    return unsealing.unseal(base64.b64decode(job.sealed[name]), private_key=base64.b64decode(job.private_key), context=context)


def _anew() -> dict[str, str]:
    mark = secrets.token_hex(5)
    return {
        "unique.email": f"checkout-test-{mark}@example.com",
        "unique.id": mark,
        "now.date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
