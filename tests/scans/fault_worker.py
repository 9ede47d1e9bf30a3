"""The real Celery app, for workers that tests start and kill: everything is as in production but the visit, which waits for a gate instead of a web site.

    celery -A tests.scans.fault_worker worker -Q scan -P threads

GATE names a file: no visit ends before it exists. VISITS names a file that gets one line per visit begun.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import django

from tracefox.celery import app  # names the settings

django.setup()

from scans import tasks  # noqa: E402 - needs the apps
from scans.snapshot import Captured  # noqa: E402
from tests.scans.sample_snapshot import sample_captured  # noqa: E402


def visit(targets, /, *, settings, progress) -> Captured:
    with Path(os.environ["VISITS"]).open("a") as visits:
        visits.write(f"{targets[0].url}\n")
    progress("Waiting at the gate", 0)
    while not Path(os.environ["GATE"]).exists():
        time.sleep(0.02)
    return sample_captured()


app.tasks.unregister(tasks.run_scan.name)


@app.task(name=tasks.run_scan.name)
def run_scan(*, scan_id: str) -> None:
    tasks.make_next(rung_for=scan_id, visit=visit)
