"""The evidence of a run in object storage: its screenshots and its video, sealed there, named by rows here.

As `scans.store` does it: objects first, under keys that nobody has used, rows after, in the transaction that ends the run; so no row ever names a missing
object. Keys: `<workspace>/<site>/runs/<run>/<upload>/<name>`. What a failed transaction leaves behind is discarded, or swept a day later (`checkout.orphans`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import structlog

from checkout.models import CheckoutTest, RunEvidence, TestRun
from checkout.result import Artefact
from scans import store
from tracefox import blobs
from tracefox.blobs import StorageDown

log = structlog.get_logger(__name__)
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "webm": "video/webm", "json": "application/json"}
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Stored:
    """An artefact that lies in object storage and waits for its row."""

    name: str
    kind: str
    media_type: str
    sha256: str
    size: int
    object_key: str


def put_objects(run: TestRun, artefacts: Mapping[str, Artefact]) -> list[Stored]:
    """Seal and upload. Touches no row but the workspace's data key; call it outside of the transaction that records."""
    folder = f"{prefix_of(run)}{uuid4().hex}/"
    stored = []
    for name, artefact in artefacts.items():
        media_type = MEDIA_TYPES.get(name.rpartition(".")[2], UNKNOWN_TYPE)
        key = f"{folder}{name}"
        store.put_one(key, artefact.data, media_type=media_type, workspace=run.test.site.workspace_id)
        stored.append(Stored(name, artefact.kind, media_type, hashlib.sha256(artefact.data).hexdigest(), len(artefact.data), key))
    return stored


def record(run: TestRun, stored: Sequence[Stored]) -> None:
    """Write the rows for what was uploaded. The caller's transaction decides whether it counts."""
    RunEvidence.objects.bulk_create(
        [
            RunEvidence(run=run, name=kept.name, kind=kept.kind, media_type=kept.media_type, sha256=kept.sha256, size=kept.size, object_key=kept.object_key)
            for kept in stored
        ]
    )


def discard(stored: Sequence[Stored]) -> None:
    """Remove the upload of a run whose rows were not written."""
    forget([kept.object_key for kept in stored])


def body(row: RunEvidence) -> bytes:
    """What the row names. Raises what `scans.store.opened` raises if it is not there, does not open, or is another."""
    return store.opened(row.object_key, sha256=row.sha256, workspace=row.run.test.site.workspace_id)


def keys_of(owner: CheckoutTest | TestRun) -> list[str]:
    """The keys of all that its rows name."""
    rows = RunEvidence.objects.for_workspace((owner.test if isinstance(owner, TestRun) else owner).site.workspace_id)
    mine = rows.filter(run=owner) if isinstance(owner, TestRun) else rows.filter(run__test=owner)
    return list(mine.values_list("object_key", flat=True))


def forget(keys: Sequence[str]) -> None:
    """Delete these objects. If the storage does not answer, no row names them any more, and the sweep of orphans takes them."""
    try:
        blobs.store().delete(keys)
    except StorageDown as error:
        log.warning("evidence_left_for_the_sweep", objects=len(keys), error=str(error))


def prefix_of(run: TestRun) -> str:
    return f"{store.prefix_of(run.test.site)}runs/{run.pk}/"
