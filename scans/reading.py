"""Open what a scan stored, for a page: the snapshot, or one sentence that says why it cannot be shown.

The only place where a failing store or a closed box becomes words for people. What goes wrong here is logged, for it is never the reader's fault.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from scans import store
from scans.models import Scan
from scans.models import Snapshot as SnapshotRow
from scans.snapshot import NotASnapshot, Snapshot
from tracefox import blobs, vault

log = structlog.get_logger(__name__)

LATER = (blobs.StorageDown, vault.KeysOutOfReach)
NEVER = (blobs.NoSuchBlob, vault.CannotUnseal, vault.KeyMissing, store.Damaged, NotASnapshot)
TRY_LATER = "The storage that holds this scan does not answer right now. Nothing is lost; please try again in a minute."
GONE = "What this scan stored cannot be opened any more. The scan's outcome and counts are still here; its details are not."


@dataclass(frozen=True)
class Opened:
    """A scan's snapshot. Without one, `sentence` says why, or is empty when the scan stored none."""

    document: Snapshot | None = None
    sentence: str = ""


def snapshot(scan: Scan) -> Opened:
    try:
        return Opened(store.load(scan))
    except SnapshotRow.DoesNotExist:
        return Opened()
    except LATER as error:
        log.warning("snapshot_out_of_reach", scan_id=str(scan.id), error=str(error))
        return Opened(sentence=TRY_LATER)
    except NEVER as error:
        log.error("snapshot_does_not_open", scan_id=str(scan.id), error=str(error))
        return Opened(sentence=GONE)
