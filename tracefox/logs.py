"""Structured logs: one JSON object a line in production, readable lines elsewhere. Ids and facts; never secrets, never the values of local variables.

    log = structlog.get_logger(__name__);  log.info("scan_finished", scan=str(scan.id), status=scan.status)

An event's name is a fact in snake_case. Values are ids, counts and reasons; what a page said, or a person typed, is never logged.
"""

from __future__ import annotations

from typing import Any

import structlog
from structlog.typing import Processor

TALKATIVE = ("botocore", "boto3", "urllib3", "asyncio", "PIL")
SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def configure(*, json: bool, level: str) -> dict[str, Any]:
    """Set structlog up, and give Django's LOGGING, so that both write the same lines."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": {"()": structlog.stdlib.ProcessorFormatter, "processors": _render(json), "foreign_pre_chain": SHARED}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["console"], "level": level, "propagate": False},
            **{name: {"level": "WARNING"} for name in TALKATIVE},
        },
    }


def _render(json: bool) -> list[Processor]:
    last: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if json
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
