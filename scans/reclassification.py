"""Run today's rules over the stored past of a site: what would be said otherwise, and, when asked to, say it so.

Each stored change is judged again beside the stored snapshot that showed it: a change row holds all that rules read of the change, the snapshot how the site
stood. What was compared is not compared again, for the loads made to learn and to confirm are not stored. A snapshot that does not open any more is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

import structlog
from django.db import transaction

from scans import baseline, judgement, listed, store
from scans.classify import verdicts
from scans.classify.verdicts import Scene
from scans.diff import change as compared
from scans.models import Change, Scan, Site
from scans.snapshot import NotASnapshot

log = structlog.get_logger(__name__)
UNREADABLE = "?"


@dataclass(frozen=True, slots=True)
class Difference:
    """What was said of a change and what is said now; `?` where the scan's snapshot does not open."""

    found_at: datetime
    name: str
    was: str
    now: str
    rule: str


def run(site: Site, *, dry_run: bool) -> list[Difference]:
    """All differences, oldest first. Loads every stored snapshot of the site, one at a time."""
    found: list[Difference] = []
    for scan, scene in _scenes(site):
        with transaction.atomic():
            found += _judged_again(scan, scene, dry_run=dry_run)
    return found


def _scenes(site: Site) -> Iterator[tuple[Scan, Scene | None]]:
    """Each scan with a snapshot, and how the site stood: in that load, and with what it had been in touch before."""
    scans = Scan.objects.for_workspace(site.workspace_id).filter(site=site, snapshot__isnull=False)
    before, named = frozenset[str](), frozenset[str]()
    for scan in scans.select_related("site").order_by("finished_at"):
        try:
            snapshot = store.load(scan)
        except (*baseline.GONE, NotASnapshot) as error:
            log.warning("snapshot_left_out", scan=str(scan.pk), error=str(error))
            yield scan, None
            continue
        yield scan, judgement.scene(snapshot, domains_before=before, named_before=named, listed=listed.at_hand())
        before |= {party.domain for party in snapshot.third_parties}
        named |= {host for page in snapshot.observations for script in page.scripts for host in script.reaches}


def _judged_again(scan: Scan, scene: Scene | None, *, dry_run: bool) -> Iterator[Difference]:
    for row in Change.objects.for_workspace(scan.site.workspace_id).filter(scan=scan).order_by("-severity", "key"):
        was = verdicts.SEVERITIES[row.severity - 1]
        if scene is None:
            yield Difference(row.found_at, row.name, was, UNREADABLE, row.rule)
            continue
        verdict = verdicts.judge(_change_of(row), scene)
        if (was, row.rule, row.rule_version) == (verdict.severity, verdict.rule, verdict.version):
            continue
        yield Difference(row.found_at, row.name, was, verdict.severity, verdict.rule)
        if not dry_run:
            row.severity, row.rule, row.rule_version = verdicts.rank(verdict.severity), verdict.rule, verdict.version
            row.sentence, row.basis, row.inputs = verdict.sentence, verdict.basis, dict(verdict.inputs)
            row.save(update_fields=["severity", "rule", "rule_version", "sentence", "basis", "inputs"])


def _change_of(row: Change) -> compared.Change:
    if row.category not in compared.CATEGORIES or row.kind not in get_args(compared.Kind):
        raise ValueError(f"Change {row.pk} is of no known category or kind.")
    return compared.Change(
        category=row.category,  # type: ignore[arg-type]
        kind=row.kind,  # type: ignore[arg-type]
        key=row.key,
        name=row.name,
        pages=tuple(row.pages),
        payment_pages=tuple(row.payment_pages),
        before=row.before,
        after=row.after,
        differs=tuple(row.differs),
        chain=tuple(row.chain),
        about=row.about,
        first_seen_at=row.first_seen_at.isoformat(),
        last_seen_at=row.last_seen_at.isoformat(),
    )
