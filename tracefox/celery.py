"""The Celery app. Messages only wake workers: they carry ids, never data, and losing all of them loses nothing (`scans.queue`).

Three queues, each with workers of its own so that none waits for another: `scan` and `checkout` drive browsers, `default` is for everything short, such as
looking for due sites. Scan and checkout workers run with `-P threads -c N`: one process, one browser engine, N at once. Checkout workers alone are given the
keys that open Test Data (`tracefox.keyholders`).
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import celeryd_after_setup
from django.core.exceptions import ImproperlyConfigured

from tracefox import keyholders

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracefox.settings")

app = Celery("tracefox")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def plan_the_day(sender: Celery, **_: Any) -> None:
    """What is done once a day, in UTC. By the clock: a scheduler that remembers nothing would wait a whole day after each of its starts."""
    sweep = sender.signature("scans.tasks.sweep_orphans")
    sender.add_periodic_task(crontab(hour="3", minute="20"), sweep, name="remove objects that no row names", expires=7200.0)
    runs = sender.signature("checkout.tasks.sweep_orphans")
    sender.add_periodic_task(crontab(hour="3", minute="50"), runs, name="remove evidence of runs that no row names", expires=7200.0)


@celeryd_after_setup.connect
def refuse_misplaced_keys(instance: Any, **_: Any) -> None:
    """A worker that holds the keys of Test Data serves checkout and nothing else; Celery would log any other error and start all the same."""
    try:
        keyholders.refuse_to_serve(instance.app.amqp.queues.consume_from)
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
