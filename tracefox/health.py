"""Two questions for whoever runs us: is the process alive (`/healthz`), and can it serve (`/readyz`)?

They answer without a log-in, say nothing but the names of the parts, and touch no customer's row. A further part is one line in `PARTS`.
"""

from __future__ import annotations

from collections.abc import Callable

import redis
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = structlog.get_logger(__name__)


def ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def ask_queue() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as queue:
        queue.ping()


PARTS: dict[str, Callable[[], object]] = {"database": ask_database, "queue": ask_queue}


@transaction.non_atomic_requests  # or a database that is down would answer before we do
@never_cache
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@transaction.non_atomic_requests
@never_cache
@require_safe
def ready(_request: HttpRequest, *, parts: dict[str, Callable[[], object]] | None = None) -> HttpResponse:
    """200 when every part answers, 503 with the names of those that do not. The cause goes into the log only."""
    found = {name: _answers(name, ask) for name, ask in (PARTS if parts is None else parts).items()}
    return JsonResponse({name: "ok" if answers else "down" for name, answers in found.items()}, status=200 if all(found.values()) else 503)


def _answers(name: str, ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Exception as error:
        log.error("part_is_down", part=name, error=str(error))
        return False
    return True


for view in (alive, ready):
    view.door = "public"  # type: ignore[attr-defined]
