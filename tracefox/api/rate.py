"""How many requests a workspace may make in a minute, over all its keys, so that one program in a loop does not take the others' turn.

Counted in the cache, minute by minute. With the cache away everybody passes: a limit is no reason to be down.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which reads the settings that name this class

log = structlog.get_logger(__name__)
MINUTE = 60


class WorkspaceRate(BaseThrottle):
    """Asked after the key was accepted: who has no key is refused before, and counts for nobody."""

    per_minute = 600
    clock = staticmethod(time.time)

    def allow_request(self, request: Request, _view: APIView) -> bool:
        workspace = getattr(request.auth, "workspace_id", None)
        return workspace is None or _count(f"api:{workspace}:{int(self.clock()) // MINUTE}") <= self.per_minute

    def wait(self) -> float:
        return MINUTE - self.clock() % MINUTE


def _count(key: str) -> int:
    try:
        cache.add(key, 0, timeout=2 * MINUTE)
        return int(cache.incr(key))
    except (RedisError, ValueError) as error:
        log.warning("requests_not_counted", error=str(error))
        return 0
