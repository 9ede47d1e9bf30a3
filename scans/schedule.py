"""When a site is due next.

Pure. Each site has its own slots: a grid as wide as its interval, moved by an offset that comes from the site's id, so that the sites of an agency, and
those of all agencies, are spread evenly over the interval instead of meeting at the full hour. The grid hangs on the epoch, not on the last scan: a late
scan does not shift the next one, and after an outage a site has one slot to catch up with, not all that were missed.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def next_scan_at(*, site_id: UUID, every: timedelta, now: datetime, previous: datetime | None = None) -> datetime:
    """The first slot after `now` that is at least half an interval after `previous`, the slot that was filled last."""
    first = EPOCH + offset(site_id=site_id, every=every)
    earliest = max(now, previous + every / 2) if previous else now
    return first + ((earliest - first) // every + 1) * every


def offset(*, site_id: UUID, every: timedelta) -> timedelta:
    """Where in its interval a site is scanned: the same for ever, spread evenly over all sites, to the second."""
    drawn = int.from_bytes(hashlib.blake2b(site_id.bytes, digest_size=8).digest())
    return timedelta(seconds=drawn % int(every.total_seconds()))
