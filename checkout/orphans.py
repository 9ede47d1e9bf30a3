"""Evidence that no row names: what a run uploaded whose end was never recorded, and what a removed test left.

Knows the keys of `checkout.evidence` only, and leaves every other object alone. Older than a day means that no run still going can be about to name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby, islice
from uuid import UUID

from checkout.models import RunEvidence
from tracefox import blobs

BATCH = 500
AGE = timedelta(days=1)
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_OURS = re.compile(rf"(?P<workspace>{_UUID})/{_UUID}/runs/(?P<run>{_UUID})/[0-9a-f]{{32}}/[a-z0-9][a-z0-9.-]*")


def sweep(*, now: datetime) -> int:
    """Remove those that are older than a day; how many. Safe to repeat, and while tests run."""
    keys = list(find(older_than=now - AGE))
    blobs.store().delete(keys)
    return len(keys)


def find(*, older_than: datetime) -> Iterator[str]:
    """Keys of objects, stored before that moment, that no row names."""
    old = (found for blob in blobs.store().list("") if blob.modified_at < older_than and (found := _OURS.fullmatch(blob.key)))
    for workspace, keys in groupby(old, key=lambda found: found["workspace"]):
        while batch := list(islice(keys, BATCH)):
            runs = {UUID(found["run"]) for found in batch}
            named = set(RunEvidence.objects.for_workspace(UUID(workspace)).filter(run__in=runs).values_list("object_key", flat=True))
            yield from (found.string for found in batch if found.string not in named)
