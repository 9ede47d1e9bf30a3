"""Who may hold the keys that open Test Data: checkout workers, which need them, and no other program. In production each looks at itself when it starts.

`fault` is pure; `wsgi` and `celery` ask it and refuse to start, `check --deploy` asks it for the place where it is called.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.core.exceptions import ImproperlyConfigured

CHECKOUT = "checkout"
MISPLACED = "tracefox.W020"
TAKE_IT_OUT = "Give TRACEFOX_RUNNER_KEYS to checkout workers only."


def fault(*, queues: Collection[str], holds_ring: bool, holds_kms: bool) -> str:
    """Why a program that serves these queues (none: the web server) may not start; empty if it may."""
    if CHECKOUT in queues and not holds_ring and not holds_kms:
        return "A checkout worker needs TRACEFOX_RUNNER_KEYS or TRACEFOX_RUNNER_KMS_KEY: without them no Test Data opens."
    if CHECKOUT in queues and len(set(queues)) > 1:
        return f"A checkout worker holds the keys of Test Data, and serves no other queue: not {', '.join(sorted(set(queues) - {CHECKOUT}))}."
    if CHECKOUT not in queues and holds_ring:
        program = f"A worker for {', '.join(sorted(queues))}" if queues else "The web server"
        return f"{program} was given TRACEFOX_RUNNER_KEYS, which open the customers' Test Data. {TAKE_IT_OUT}"
    return ""


def refuse_to_serve(queues: Collection[str] = ()) -> None:
    """Stop a program that was given keys that are not for it, or lacks those that are."""
    if settings.ENVIRONMENT != "production":
        return
    if sentence := fault(queues=queues, holds_ring=bool(settings.RUNNER_KEYS), holds_kms=bool(settings.RUNNER_KMS_KEY)):
        raise ImproperlyConfigured(sentence)


def check_place(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """Registered for `check --deploy` by the checkout app: where the commands are run, the keys do not belong either."""
    del app_configs
    if not settings.RUNNER_KEYS:
        return []
    return [
        Warning("TRACEFOX_RUNNER_KEYS is set here. If this is not a checkout worker, it can open the customers' Test Data.", hint=TAKE_IT_OUT, id=MISPLACED)
    ]
