"""The Celery app. Messages only wake workers: they carry ids, never data, and losing all of them loses nothing (`scans.queue`).

Three queues, each with workers of its own so that none waits for another: `scan` and `checkout` drive browsers, `default` is for everything short, such as
looking for due sites. Scan workers run with `-P threads -c N`: one process, one browser engine, N scans at once.
"""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracefox.settings")

app = Celery("tracefox")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
