"""What is known of a site, kept between its scans: a history, sealed in object storage, named by the site's Baseline row.

One that is missing or does not open is made again from the stored snapshots. It knows less then: the loads made to learn and to confirm are not stored, so
what moves is learnt anew; what was seen and did not repeat is still held back. A new history is stored under a name of its
own before the transaction that names it, and the old one is deleted after that; what is left over in between is swept (`scans.orphans`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import structlog

from scans import judgement, store
from scans.diff import history
from scans.diff.history import WINDOW, History
from scans.models import Baseline, Change, Scan, Site
from scans.snapshot import NotASnapshot
from tracefox import blobs, vault

log = structlog.get_logger(__name__)
GONE = (blobs.NoSuchBlob, vault.CannotUnseal, vault.KeyMissing, store.Damaged, history.NotAHistory)


@dataclass(frozen=True, slots=True)
class StoredHistory:
    """A history that lies in object storage and waits for its row."""

    object_key: str
    sha256: str
    loads: int


def load(site: Site) -> History:
    """The site's history; empty for a site that was never scanned. Raises StorageDown."""
    row = Baseline.objects.for_workspace(site.workspace_id).filter(site=site).first()
    if row is None:
        return rebuilt(site)
    try:
        return history.from_bytes(store.opened(row.object_key, sha256=row.sha256, workspace=site.workspace_id))
    except GONE as error:
        log.warning("history_made_again", site=str(site.pk), error=str(error))
        return rebuilt(site)


def rebuilt(site: Site) -> History:
    """The history of the last WINDOW snapshots that were seen whole."""
    scans = Scan.objects.for_workspace(site.workspace_id).filter(site=site, status=Scan.Status.OK, snapshot__isnull=False)
    known, loads = history.empty(), []
    for scan in reversed(scans.select_related("site").order_by("-finished_at")[:WINDOW]):
        try:
            loads.append(store.load(scan))
        except (*GONE, NotASnapshot) as error:
            log.warning("snapshot_left_out", scan=str(scan.pk), error=str(error))
    return history.holding_back(judgement.learn(known, loads), _never_confirmed(site))


def _never_confirmed(site: Site) -> set[tuple[str, str]]:
    """Category and key of what was seen by scans, and by no second load of any."""
    seen = Change.objects.for_workspace(site.workspace_id).filter(site=site, kind=Change.Kind.NEW).values_list("category", "key", "confirmed")
    sure = {(category, key) for category, key, confirmed in seen if confirmed}
    return {(category, key) for category, key, _ in seen} - sure


def put(scan: Scan, known: History) -> StoredHistory:
    """Seal and upload; touches no row but the workspace's data key."""
    document = history.to_bytes(known)
    key = f"{store.prefix_of(scan.site)}history/{uuid4().hex}"
    store.put_one(key, document, media_type="application/json", workspace=scan.site.workspace_id)
    return StoredHistory(key, hashlib.sha256(document).hexdigest(), known.loads)


def discard(stored: StoredHistory) -> None:
    """Remove a history that no row came to name."""
    blobs.store().delete([stored.object_key])


def record(scan: Scan, stored: StoredHistory, *, now: datetime) -> str:
    """Name the new history; the key of the one before, to be deleted once the transaction holds. Empty if there was none."""
    before = Baseline.objects.for_workspace(scan.site.workspace_id).filter(site=scan.site_id).values_list("object_key", flat=True).first()
    fields = {"scan": scan, "object_key": stored.object_key, "sha256": stored.sha256, "loads": stored.loads, "updated_at": now}
    Baseline.objects.across_workspaces().update_or_create(site_id=scan.site_id, defaults=fields)
    return before or ""
