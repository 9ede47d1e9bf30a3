"""The straight line: what happens to a scan from its claim to its end.

Visit, learn or compare, confirm, judge, store, record. Objects are stored before rows are written, and the rows, with everything that follows from them, are
written in the one transaction that ends the scan under its claim's fence: a worker that lost its lease leaves nothing behind. A page that was
not seen whole touches nothing that is known; where something else answered in the site's place, the whole scan touches nothing. To add a stage: a call in
`_run`, in the order of the flow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog
from django.conf import settings
from django.db import DatabaseError, DataError, close_old_connections, transaction
from django.utils import timezone

from scans import baseline, capture, claims, judgement, listed, register, store, telling
from scans.baseline import StoredHistory
from scans.capture import CaptureSettings, Target
from scans.capture.outcome import outcome as outcome_of
from scans.claims import Claim, LeaseLost
from scans.diff.page_items import Volatile
from scans.heartbeat import Heartbeat
from scans.judgement import Judged
from scans.models import Page, Scan
from scans.snapshot import Captured, Outcome, Snapshot
from tracefox import blobs
from tracefox.blobs import StorageDown
from tracefox.vault import KeysOutOfReach

log = structlog.get_logger(__name__)
STORAGE_DOWN = "The site was visited, but what was seen could not be stored."
NOT_UNDERSTOOD = outcome_of("not-understood")
WORKER_TROUBLE = "The scan could not be made because of trouble on the machine that ran it."
Progress = Callable[[str, int], None]


class Visit(Protocol):
    def __call__(self, targets: Sequence[Target], /, *, settings: CaptureSettings, progress: Progress) -> Captured: ...


@dataclass(frozen=True, slots=True)
class Understood:
    """What a load, its `snapshot`, meant: the changes, and what is known from now on."""

    judged: list[Judged]
    history: StoredHistory
    volatile: Volatile
    snapshot: Snapshot


def run(claim: Claim, *, visit: Visit = capture.visit) -> None:
    """Visit the site, compare with what is known of it, store what was seen, and end the scan. If there is trouble that may pass, put it back instead."""
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
    understood: Understood | None = None
    with Heartbeat(claim) as heart:
        how = replace(capture.from_settings(settings), answers_consent=scan.site.answers_consent)
        captured = visit(targets, settings=how, progress=heart.say)
        outcome = captured.snapshot.outcome
        is_tried_again = outcome.status == "failed" and claims.may_retry(claim, reason=outcome.reason)
        stored = None if heart.lost or is_tried_again else store.put_objects(scan, captured)
        if stored and _is_of_the_site(captured.snapshot):
            understood = _understood(scan, captured, targets, visit, heart.say)
            outcome = outcome if understood else NOT_UNDERSTOOD
    if stored is None:
        claims.retry_later(claim, reason=outcome.reason, sentence=outcome.sentence)
        return
    try:
        told = _end(claim, scan, outcome, stored, understood)
    except LeaseLost:
        _discard(scan, stored, understood)
        raise
    except DataError:
        log.exception("changes_not_written", scan=str(scan.pk))
        told = _end(claim, scan, NOT_UNDERSTOOD, stored, None)  # the history that no row names is swept
    log.info("scan_ended", scan=str(scan.pk), status=outcome.status, reason=outcome.reason, attempts=claim.attempts, told=told)


def _end(claim: Claim, scan: Scan, outcome: Outcome, stored: store.Stored, understood: Understood | None) -> int:
    """All rows of the scan and its end, or none. Gives the number of changes told."""
    replaced, now = "", timezone.now()
    with transaction.atomic():
        claims.finish(claim, outcome)
        store.record(scan, stored)
        if understood:
            replaced = baseline.record(scan, understood.history, now=now)
            register.update(scan.site, understood.snapshot, now=now, volatile=understood.volatile)
            telling.record(scan, understood.judged, now=now)
    if replaced:
        blobs.store().delete([replaced])
    return sum(one.told for one in understood.judged) if understood else 0


def _discard(scan: Scan, stored: store.Stored, understood: Understood | None) -> None:
    if understood:
        baseline.discard(understood.history)
    store.discard(scan, stored)


def _is_of_the_site(snapshot: Snapshot) -> bool:
    """Pages that were seen whole, or answered with an error, are compared; where something else answered for one page, none of the others is believed."""
    outcomes = [snapshot.outcome, *(page.outcome for page in snapshot.observations)]
    return snapshot.outcome.status != "failed" and all(one.reason != "blocked" for one in outcomes)


def _understood(scan: Scan, captured: Captured, targets: list[Target], visit: Visit, say: Progress) -> Understood | None:
    """None for a site that does what we cannot read: its scan is kept, and monitoring does not stop for it. Trouble of ours that may pass comes out."""
    try:
        return _understand(scan, captured, targets, visit, say)
    except (StorageDown, KeysOutOfReach, DatabaseError, LeaseLost):
        raise
    except Exception:
        log.exception("scan_not_understood", scan=str(scan.pk))
        return None


def _understand(scan: Scan, captured: Captured, targets: list[Target], visit: Visit, say: Progress) -> Understood:
    """Compare with what is known; a page that was never loaded is learnt by some more loads, so that its first day is quiet."""
    known = baseline.load(scan.site)
    whole = {page.url for page in captured.snapshot.observations if page.outcome.status == "ok"}
    fresh = [target for target in targets if target.url in whole and (not (page := known.pages.get(target.url)) or not page.loads)]

    def load(these: list[Target], stage: str, *, answers: bool = False) -> Captured:
        close_old_connections()
        how = replace(capture.from_settings(settings), answers_consent=answers)
        return visit(these, settings=how, progress=lambda _stage, _done: say(stage, len(targets)))

    def confirm(urls: list[str], answers: bool) -> Captured | None:
        these = [target for target in targets if target.url in urls or (answers and target == targets[0])]
        again = load(these, "Looking again at what changed", answers=answers)
        return again if _is_of_the_site(again.snapshot) else None

    def body(sha256: str) -> bytes | None:
        return captured.evidence.get(sha256) or store.body_of(scan.site, sha256)

    loads = settings.ONBOARDING_LOADS
    more = [load(fresh, f"Learning new pages, load {number} of {loads}").snapshot for number in range(2, loads + 1) if fresh]
    if fresh and len(fresh) == len(whole):
        learnt = judgement.learn(known, [captured.snapshot, *more])
        return Understood([], baseline.put(scan, learnt), learnt.volatile, captured.snapshot)
    result = judgement.weigh(known, captured.snapshot, confirm=confirm, body=body, listed=listed.at_hand())
    learnt = judgement.learn(result.history, more)
    return Understood(result.judged, baseline.put(scan, learnt), learnt.volatile, captured.snapshot)


def _targets(scan: Scan) -> list[Target]:
    pages = Page.objects.for_workspace(scan.site.workspace_id).filter(site=scan.site)
    return [Target(url=page.url, kind=page.kind) for page in pages]  # type: ignore[arg-type]


def _put_back(claim: Claim, *, reason: str, sentence: str) -> None:
    try:
        claims.retry_later(claim, reason=reason, sentence=sentence)
    except LeaseLost:
        log.warning("scan_belongs_to_another", scan=str(claim.scan_id), fence=claim.fence)
