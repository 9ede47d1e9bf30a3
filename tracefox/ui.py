"""How a value is put to people: times, sizes, durations, icons. A template library that every template has built in.

Filters give plain strings, tags render a small template: nothing here marks anything as safe, so a captured string stays text. To add one: a pure
function of the value, then register it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86_400
_AGO = [(MINUTE, 1, " s"), (HOUR, MINUTE, " min"), (DAY, HOUR, " h"), (60 * DAY, DAY, " d"), (730 * DAY, 30 * DAY, " mo"), (None, 365 * DAY, " y")]


def relative(at: datetime, now: datetime) -> str:
    """'just now', '5 min ago', 'in 3 h'."""
    seconds = int((now - at).total_seconds())
    span = abs(seconds)
    if span < 10:
        return "just now" if seconds >= 0 else "now"
    amount = duration_words(span)
    return f"{amount} ago" if seconds > 0 else f"in {amount}"


def duration_words(seconds: int) -> str:
    for limit, unit, word in _AGO:
        if limit is None or seconds < limit:
            return f"{seconds // unit}{word}"
    raise AssertionError("the last unit has no limit")


def moment(value: Any) -> datetime | None:
    """A datetime, or the ISO 8601 text of one (as snapshots hold it); None for anything else."""
    if isinstance(value, datetime):
        return value
    try:
        read = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


@register.inclusion_tag("_when.html")
def when(value: Any) -> dict[str, Any]:
    """A `<time>`: relative to read, absolute in its title."""
    at = moment(value)
    return {"at": at, "words": relative(at, timezone.now()) if at else ""}


@register.inclusion_tag("_when.html")
def at(value: Any) -> dict[str, Any]:
    """A `<time>` that shows the absolute time."""
    read = moment(value)
    return {"at": read, "words": f"{read.astimezone(UTC):%-d %b %Y, %H:%M} UTC" if read else ""}


@register.inclusion_tag("_when.html")
def day(value: Any) -> dict[str, Any]:
    """A `<time>` that shows the date."""
    read = moment(value)
    return {"at": read, "words": f"{read.astimezone(UTC):%-d %b %Y}" if read else ""}


@register.inclusion_tag("_when.html")
def due(value: datetime) -> dict[str, Any]:
    """A `<time>` of something planned. What is late is due now: it begins as soon as there is room."""
    now = timezone.now()
    return {"at": value, "words": "due now" if value <= now else relative(value, now)}


SEVERITIES = {1: "info", 2: "low", 3: "medium", 4: "high", 5: "critical"}


@register.inclusion_tag("_severity.html")
def severity(level: int) -> dict[str, str]:
    """How grave: a shape, a word and a colour, so that none of them is needed alone."""
    name = SEVERITIES.get(level, "info")
    return {"name": name, "label": name.capitalize()}


@register.inclusion_tag("_icon.html")
def icon(name: str) -> dict[str, str]:
    return {"name": name}


@register.filter
def size(value: int | None) -> str:
    """Bytes for people: '412 kB'. Decimal units, as browsers show them."""
    if value is None:
        return ""
    amount = float(value)
    for unit in ("B", "kB", "MB"):
        if amount < 999.5:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 99.5 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


@register.filter
def ms(value: float | None) -> str:
    """Milliseconds for people: '84 ms', '1.93 s'."""
    if value is None:
        return ""
    return f"{value:.0f} ms" if value < 999.5 else f"{value / 1000:.2f} s"


@register.filter
def lasting(value: timedelta | None) -> str:
    """How long something took: '7.2 s', '3 min 5 s'."""
    if value is None:
        return ""
    seconds = value.total_seconds()
    return f"{seconds:.1f} s" if seconds < MINUTE else f"{int(seconds // MINUTE)} min {int(seconds % MINUTE)} s"


@register.filter
def span(seconds: int | None) -> str:
    """A cookie's life: '400 d'. None is a session."""
    return "Session" if seconds is None else duration_words(max(seconds, 0)).strip()


@register.filter
def every(minutes: int) -> str:
    """A schedule's rhythm: 'every hour', 'every 15 minutes'."""
    for length, word in ((10_080, "week"), (1440, "day"), (60, "hour")):
        if minutes % length == 0:
            count = minutes // length
            return f"every {word}" if count == 1 else f"every {count} {word}s"
    return f"every {minutes} minutes"


@register.filter
def short(value: str) -> str:
    """The head of a hash, enough to compare by eye."""
    return value[:12]


@register.filter
def bare(url: str) -> str:
    """A URL as people say it: no scheme, no trailing slash."""
    return url.removeprefix("https://").removesuffix("/")


@register.filter
def outcome(status: str) -> str:
    """A scan's status as people read it."""
    return "OK" if status == "ok" else status.capitalize()
