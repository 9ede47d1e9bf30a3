"""Run today's rules over the stored past of a site: what would be said otherwise, and, when asked to, say it so.

A fold over the stored snapshots, as the pipeline makes it: only rows that are there are touched, by their scan, category, kind and key. A change that today's
comparison does not find, or finds anew, is named in the result and left to people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from scans import judgement, store
from scans.classify import lists, verdicts
from scans.diff import history
from scans.judgement import Judged
from scans.models import Change, Scan, Site

ABSENT = "-"


@dataclass(frozen=True, slots=True)
class Difference:
    """What was said of a change and what is said now; `-` where one of the two does not find it."""

    found_at: datetime
    name: str
    was: str
    now: str
    rule: str


def run(site: Site, *, dry_run: bool) -> list[Difference]:
    """All differences, oldest first. Loads every stored snapshot of the site, one at a time."""
    found: list[Difference] = []
    for scan, judged in _again(site):
        with transaction.atomic():
            found += _compared(scan, judged, dry_run=dry_run)
    return found


def _again(site: Site) -> Iterator[tuple[Scan, list[Judged]]]:
    """Each scan that was seen whole, with what today's rules say of it. The first one is what the others are compared with."""
    known, listed = history.empty(), lists.load(settings.LISTS)
    scans = Scan.objects.for_workspace(site.workspace_id).filter(site=site, status=Scan.Status.OK, snapshot__isnull=False)
    for scan in scans.select_related("site").order_by("finished_at"):
        load = store.load(scan)
        result = judgement.weigh(known, load, body=lambda sha256: store.body_of(site, sha256), listed=listed)
        known = result.history
        yield scan, result.judged


def _compared(scan: Scan, judged: list[Judged], *, dry_run: bool) -> Iterator[Difference]:
    rows = {(row.category, row.kind, row.key): row for row in Change.objects.for_workspace(scan.site.workspace_id).filter(scan=scan)}
    for one in judged:
        change, verdict = one.change, one.verdict
        row = rows.pop((change.category, change.kind, change.key), None)
        if row is None:
            if verdicts.rank(verdict.severity) >= judgement.TOLD_RANK:
                yield Difference(scan.finished_at or scan.requested_at, change.name, ABSENT, verdict.severity, verdict.rule)
            continue
        was = verdicts.SEVERITIES[row.severity - 1]
        if (was, row.rule, row.rule_version) == (verdict.severity, verdict.rule, verdict.version):
            continue
        yield Difference(row.found_at, row.name, was, verdict.severity, verdict.rule)
        if not dry_run:
            row.severity, row.rule, row.rule_version = verdicts.rank(verdict.severity), verdict.rule, verdict.version
            row.sentence, row.basis, row.inputs = verdict.sentence, verdict.basis, dict(verdict.inputs)
            row.save(update_fields=["severity", "rule", "rule_version", "sentence", "basis", "inputs"])
    for row in rows.values():
        if row.severity >= judgement.TOLD_RANK:
            yield Difference(row.found_at, row.name, verdicts.SEVERITIES[row.severity - 1], ABSENT, row.rule)
