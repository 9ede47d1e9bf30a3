"""The real Celery app, for checkout workers that tests start and kill: all is as in production but the runner, in whose place `Player` plays.

    celery -A tests.checkout.fault_worker worker -Q checkout -P threads

STEPS names a file that gets a line for each step begun. In the step WAIT_AT a run waits until the file GATE exists.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import django

from tracefox.celery import app  # names the settings

django.setup()

from checkout import tasks  # noqa: E402 - needs the apps
from tests.checkout.playing import Player  # noqa: E402

STEPS, GATE, WAIT_AT = Path(os.environ["STEPS"]), Path(os.environ["GATE"]), int(os.environ["WAIT_AT"])


def pass_by(index: int) -> None:
    with STEPS.open("a") as steps:
        steps.write(f"{index}\n")
    while index == WAIT_AT and not GATE.exists():
        time.sleep(0.02)


app.tasks.unregister(tasks.run_next.name)


@app.task(name=tasks.run_next.name)
def run_next(*, run_id: str) -> None:
    tasks.play_next(rung_for=run_id, replay=Player(meanwhile=pass_by))
