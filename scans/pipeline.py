"""The straight line: what happens to a scan from its claim to its end.

Each stage is one call. Objects are stored before rows are written, and the rows, with everything that follows from them, are written in the one transaction
that ends the scan under its claim's fence: a worker that lost its lease leaves nothing behind. To add a stage: a call in `run`, in the order of the flow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from django.conf import settings
from django.db import close_old_connections, transaction

from scans import capture, claims, store
from scans.capture import CaptureSettings, Target
from scans.claims import Claim, LeaseLost
from scans.heartbeat import Heartbeat
from scans.models import Page, Scan
from scans.snapshot import Captured
from tracefox.blobs import StorageDown

log = structlog.get_logger(__name__)
STORAGE_DOWN = "The site was visited, but what was seen could not be stored."
WORKER_TROUBLE = "The scan could not be made because of trouble on the machine that ran it."


class Visit(Protocol):
    def __call__(self, targets: Sequence[Target], /, *, settings: CaptureSettings, progress: Callable[[str, int], None]) -> Captured: ...


def run(claim: Claim, *, visit: Visit = capture.visit) -> None:
    """Visit the site, store what was seen, and end the scan. If there is trouble that may pass, put it back instead."""
    try:
        _run(claim, visit)
    except LeaseLost:
        log.warning("scan_belongs_to_another", scan=str(claim.scan_id), fence=claim.fence)
    except StorageDown as error:
        log.error("snapshot_not_stored", scan=str(claim.scan_id), error=str(error))
        _put_back(claim, reason="storage", sentence=STORAGE_DOWN)
    except Exception:
        log.exception("scan_not_made", scan=str(claim.scan_id))
        _put_back(claim, reason="worker-lost", sentence=WORKER_TROUBLE)


def _run(claim: Claim, visit: Visit) -> None:
    scan = claims.scan_of(claim)
    targets = _targets(scan)
    close_old_connections()  # none is held while the browser waits for the site
    with Heartbeat(claim) as heart:
        captured = visit(targets, settings=capture.from_settings(settings), progress=heart.say)
        outcome = captured.snapshot.outcome
        is_tried_again = outcome.status == "failed" and claims.may_retry(claim, reason=outcome.reason)
        stored = None if heart.lost or is_tried_again else store.put_objects(scan, captured)
    if stored is None:
        claims.retry_later(claim, reason=outcome.reason, sentence=outcome.sentence)
        return
    try:
        with transaction.atomic():
            claims.finish(claim, outcome)
            store.record(scan, stored)
    except LeaseLost:
        store.discard(scan, stored)
        raise
    log.info("scan_ended", scan=str(scan.pk), status=outcome.status, reason=outcome.reason, attempts=claim.attempts)


def _targets(scan: Scan) -> list[Target]:
    pages = Page.objects.for_workspace(scan.site.workspace_id).filter(site=scan.site)
    return [Target(url=page.url, kind=page.kind) for page in pages]  # type: ignore[arg-type]


def _put_back(claim: Claim, *, reason: str, sentence: str) -> None:
    try:
        claims.retry_later(claim, reason=reason, sentence=sentence)
    except LeaseLost:
        log.warning("scan_belongs_to_another", scan=str(claim.scan_id), fence=claim.fence)
