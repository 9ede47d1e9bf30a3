"""Objects that no row names: what a scan uploaded whose end was never recorded, scripts' bodies whose last scan is gone, a site's
history that was followed by another, what a removed site left.

Knows the keys of `scans.store` only, and leaves every other object alone. Older than a day means that no scan still running can be about to name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby, islice
from uuid import UUID

from scans.models import Baseline, Evidence, Snapshot
from tracefox import blobs

BATCH = 500
AGE = timedelta(days=1)
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_OURS = re.compile(
    rf"(?P<workspace>{_UUID})/(?P<site>{_UUID})/(?:(?P<scan>{_UUID})/[0-9a-f]{{32}}/[a-z_]+(?:-[0-9a-f]{{64}})?|bodies/(?P<sha256>[0-9a-f]{{64}})|history/[0-9a-f]{{32}})"
)


def sweep(*, now: datetime, dry_run: bool = False) -> int:
    """Remove those that are older than a day; how many. Safe to repeat, and while scans run."""
    keys = list(find(older_than=now - AGE))
    if not dry_run:
        blobs.store().delete(keys)
    return len(keys)


def find(*, older_than: datetime) -> Iterator[str]:
    """Keys of objects, stored before that moment, that no row names."""
    old = (found for blob in blobs.store().list("") if blob.modified_at < older_than and (found := _OURS.fullmatch(blob.key)))
    for workspace, keys in groupby(old, key=lambda found: found["workspace"]):
        while batch := list(islice(keys, BATCH)):
            named = _named(UUID(workspace), batch)
            yield from (found.string for found in batch if found.string not in named)


def _named(workspace: UUID, batch: list[re.Match[str]]) -> set[str]:
    """Of these keys, those that a row names."""
    scans = {UUID(found["scan"]) for found in batch if found["scan"]}
    sites = {UUID(found["site"]) for found in batch if not found["scan"]}
    hashes = {found["sha256"] for found in batch if found["sha256"]}
    snapshots = Snapshot.objects.for_workspace(workspace).filter(scan__in=scans)
    evidence = Evidence.objects.for_workspace(workspace)
    return {
        *snapshots.values_list("object_key", flat=True),
        *Baseline.objects.for_workspace(workspace).filter(site__in=sites).values_list("object_key", flat=True),
        *evidence.filter(snapshot__in=scans).values_list("object_key", flat=True),
        *evidence.filter(snapshot__scan__site__in=sites, kind="script", sha256__in=hashes).values_list("object_key", flat=True),
    }
