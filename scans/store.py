"""A snapshot and its evidence in object storage: sealed there, named by rows here.

Objects first, rows after: `put_objects` uploads under keys that nobody has used, `record` writes the rows in the transaction that ends the scan, and so no row
ever points at a missing object. What a failed transaction leaves behind is discarded, or swept a day later (`scans.orphans`).

Keys: `<workspace>/<site>/<scan>/<upload>/snapshot`, `.../<kind>-<sha256>`, scripts' bodies once for a site, `<workspace>/<site>/bodies/<sha256>`, and what is
known of a site, `<workspace>/<site>/history/<upload>` (`scans.baseline`). The workspace and the key are bound into every box, so an object
that was moved does not open. Inside the box: one byte for the form, then the bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
import zstandard
from django.db import transaction

from accounts import data_keys
from accounts.models import Workspace
from scans import snapshot as form
from scans.models import Evidence, Scan, Site, Snapshot
from scans.snapshot import Captured, EvidenceRef
from tracefox import blobs, vault

log = structlog.get_logger(__name__)
AS_IT_IS, ZSTANDARD = b"\x00", b"\x01"
LEVEL = 3
UPLOADS_AT_ONCE = 8
# A body is taken as stored only while a young row names it: what is old may be on its way out.
BODY_IS_YOUNG = timedelta(days=7)


class BodyMissing(ValueError):
    """The snapshot names evidence that did not come with it, or other evidence came under its name."""


class Damaged(Exception):
    """The stored object is not what its row says."""


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    ref: EvidenceRef
    object_key: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What lies in object storage and waits for its rows."""

    object_key: str
    version: int
    sha256: str
    size: int
    summary: dict[str, Any]
    captured_at: datetime
    evidence: list[StoredEvidence]


def save(scan: Scan, captured: Captured) -> Snapshot:
    """Store a scan's snapshot: objects, then rows."""
    stored = put_objects(scan, captured)
    with transaction.atomic():
        return record(scan, stored)


def put_objects(scan: Scan, captured: Captured) -> Stored:
    """Seal and upload all that was captured. Touches no row but the workspace's data key; call it outside of the transaction that records."""
    document = form.to_bytes(captured.snapshot)
    captured_at = datetime.fromisoformat(captured.snapshot.finished_at)
    folder = f"{prefix_of(scan)}{uuid4().hex}/"
    evidence = [StoredEvidence(ref, _key_of(ref, scan=scan, folder=folder)) for ref in _each_once(captured)]
    here = _bodies_here(scan, evidence, since=captured_at - BODY_IS_YOUNG)
    uploads = {kept.object_key: (captured.evidence[kept.ref.sha256], kept.ref.media_type) for kept in evidence if kept.object_key not in here}
    _upload({f"{folder}snapshot": (document, "application/json")} | uploads, workspace=scan.site.workspace_id)
    return Stored(
        object_key=f"{folder}snapshot",
        version=captured.snapshot.version,
        sha256=_sha256(document),
        size=len(document),
        summary=form.summary(captured.snapshot),
        captured_at=captured_at,
        evidence=evidence,
    )


def record(scan: Scan, stored: Stored) -> Snapshot:
    """Write the rows for what was uploaded. Touches the database only; the caller's transaction decides whether it counts."""
    row = Snapshot.objects.create(
        scan=scan,
        version=stored.version,
        object_key=stored.object_key,
        sha256=stored.sha256,
        size=stored.size,
        summary=stored.summary,
        captured_at=stored.captured_at,
    )
    Evidence.objects.bulk_create(
        [
            Evidence(snapshot=row, kind=kept.ref.kind, media_type=kept.ref.media_type, sha256=kept.ref.sha256, size=kept.ref.size, object_key=kept.object_key)
            for kept in stored.evidence
        ]
    )
    return row


def discard(scan: Scan, stored: Stored) -> None:
    """Remove the upload of a scan whose rows were not written. Scripts' bodies stay, for another scan may name them, unless the site was removed meanwhile."""
    if not Site.objects.for_workspace(scan.site.workspace_id).filter(pk=scan.site_id).exists():
        remove(scan.site)
        return
    folder = stored.object_key.removesuffix("snapshot")
    blobs.store().delete([stored.object_key, *(kept.object_key for kept in stored.evidence if kept.object_key.startswith(folder))])


def load(scan: Scan) -> form.Snapshot:
    return form.from_bytes(document(scan))


def document(scan: Scan) -> bytes:
    """The snapshot's JSON, byte for byte as it was captured. `Snapshot.DoesNotExist` if the scan stored none."""
    row = Snapshot.objects.for_workspace(scan.site.workspace_id).get(scan=scan)
    return opened(row.object_key, sha256=row.sha256, workspace=scan.site.workspace_id)


def body_of(site: Site, sha256: str) -> bytes | None:
    """A body that an earlier scan of the site stored, by its hash. None if there is none or it does not open."""
    row = Evidence.objects.for_workspace(site.workspace_id).filter(snapshot__scan__site=site, sha256=sha256).order_by("-snapshot__captured_at").first()
    if row is None:
        return None
    try:
        return opened(row.object_key, sha256=sha256, workspace=site.workspace_id)
    except (blobs.NoSuchBlob, vault.CannotUnseal, vault.KeyMissing, Damaged) as error:
        log.warning("body_does_not_open", site=str(site.pk), key=row.object_key, error=str(error))
        return None


def evidence(row: Evidence) -> bytes:
    """The body behind an evidence row."""
    return opened(row.object_key, sha256=row.sha256, workspace=row.snapshot.scan.site.workspace_id)


def put_one(object_key: str, body: bytes, *, media_type: str, workspace: UUID) -> None:
    """Seal and upload one body under a key that nobody has used."""
    _upload({object_key: (body, media_type)}, workspace=workspace)


def remove(owner: Workspace | Site | Scan) -> int:
    """Delete all objects of a workspace, a site or a scan; how many. A scan leaves its site's bodies alone."""
    store = blobs.store()
    keys = [blob.key for blob in store.list(prefix_of(owner))]
    store.delete(keys)
    return len(keys)


def prefix_of(owner: Workspace | Site | Scan) -> str:
    if isinstance(owner, Workspace):
        return f"{owner.id}/"
    if isinstance(owner, Site):
        return f"{owner.workspace_id}/{owner.id}/"
    return f"{prefix_of(owner.site)}{owner.id}/"


def _each_once(captured: Captured) -> list[EvidenceRef]:
    refs = {(ref.kind, ref.sha256): ref for ref in captured.snapshot.evidence}
    for ref in refs.values():
        if (body := captured.evidence.get(ref.sha256)) is None:
            raise BodyMissing(f"The body of {ref.kind} {ref.sha256} is missing.")
        if _sha256(body) != ref.sha256:
            raise BodyMissing(f"The body of {ref.kind} {ref.sha256} is another one.")
    return list(refs.values())


def _key_of(ref: EvidenceRef, *, scan: Scan, folder: str) -> str:
    return f"{prefix_of(scan.site)}bodies/{ref.sha256}" if ref.kind == "script" else f"{folder}{ref.kind}-{ref.sha256}"


def _bodies_here(scan: Scan, evidence: Iterable[StoredEvidence], *, since: datetime) -> set[str]:
    """The keys of scripts' bodies that an earlier scan of the site stored not long ago."""
    wanted = [kept.ref.sha256 for kept in evidence if kept.ref.kind == "script"]
    rows = Evidence.objects.for_workspace(scan.site.workspace_id).filter(snapshot__scan__site=scan.site_id, kind="script", sha256__in=wanted)
    return set(rows.filter(snapshot__captured_at__gte=since).values_list("object_key", flat=True))


def _upload(bodies: dict[str, tuple[bytes, str]], *, workspace: UUID) -> None:
    key = data_keys.current(workspace)
    store = blobs.store()

    def put(object_key: str) -> None:
        body, media_type = bodies[object_key]
        store.put(object_key, vault.seal(_packed(body, media_type=media_type), key=key, context=data_keys.bound(workspace, object_key)))

    # The first object of each folder goes alone: a server that keeps folders (rclone) fails when several requests make the same one at once.
    first = {key.rpartition("/")[0]: key for key in bodies}.values()
    for object_key in first:
        put(object_key)
    with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
        list(pool.map(put, bodies.keys() - set(first)))  # raises what the first failed one raised


def opened(object_key: str, *, sha256: str, workspace: UUID) -> bytes:
    """The body stored under a key, which must be the one with that hash."""
    body = _unpacked(data_keys.unseal(blobs.store().get(object_key), workspace=workspace, context=object_key))
    if _sha256(body) != sha256:
        raise Damaged(f"{object_key} is not what its row says.")
    return body


def _packed(body: bytes, *, media_type: str) -> bytes:
    """Compressed before sealing: sealed bytes do not compress. Pictures are compressed already."""
    return AS_IT_IS + body if media_type.startswith("image/") else ZSTANDARD + zstandard.compress(body, LEVEL)


def _unpacked(packed: bytes) -> bytes:
    if packed[:1] == ZSTANDARD:
        return zstandard.decompress(packed[1:])
    if packed[:1] == AS_IT_IS:
        return packed[1:]
    raise Damaged("The object's form is not known.")


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
