"""Write down what a scan found, and raise the alert: rows and their alert in the transaction that ends the scan.

What an active ignore rule covers is stored under that rule and not told. An alert is raised only for changes that are stored, confirmed and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts import outbox
from alerts.models import Alert
from scans import ignore_rules, judgement
from scans.classify import verdicts
from scans.judgement import Judged
from scans.models import Change, Scan

NAME_LENGTH = 500


def record(scan: Scan, judged: Sequence[Judged], *, now: datetime) -> Alert | None:
    """The rows of a scan's changes, and the alert about those from `high` on, if there is one. What is `medium` waits in the inbox."""
    rows = [_row(scan, one, now=now) for one in judged]
    rules = ignore_rules.active(scan.site.workspace, scan.site, now)
    for row in rows:
        rule = next((rule for rule in rules if ignore_rules.applies(rule, row)), None)
        if rule:
            row.ignored_by, row.told = rule, False
    Change.objects.bulk_create(rows)
    parts = [(row, rows[one.part_of]) for row, one in zip(rows, judged, strict=True) if one.part_of is not None]
    for row, head in parts:
        row.part_of = head
    Change.objects.across_workspaces().bulk_update([row for row, _ in parts], ["part_of"])
    told = [row for row in rows if row.told and row.severity >= judgement.ALERT_RANK]
    if not told:
        return None
    gravest = max(told, key=lambda row: row.severity)
    return outbox.raise_for(workspace=scan.site.workspace, change=gravest, headline=_headline(scan, gravest, len(told)), changes=len(told), now=now)


def _headline(scan: Scan, gravest: Change, count: int) -> str:
    return f"{scan.site.name}: {gravest.sentence}" if count == 1 else f"{scan.site.name}: {count} changes. {gravest.sentence}"


def _row(scan: Scan, one: Judged, *, now: datetime) -> Change:
    change, verdict = one.change, one.verdict
    return Change(
        workspace_id=scan.site.workspace_id,
        site_id=scan.site_id,
        scan=scan,
        found_at=now,
        category=change.category,
        kind=change.kind,
        key=change.key,
        name=change.name[:NAME_LENGTH],
        pages=list(change.pages),
        payment_pages=list(change.payment_pages),
        before=dict(change.before) if change.before is not None else None,
        after=dict(change.after) if change.after is not None else None,
        differs=list(change.differs),
        chain=list(change.chain),
        about=dict(change.about),
        entity=str(change.about.get("entity", ""))[:200],
        incident=one.incident,
        first_seen_at=datetime.fromisoformat(change.first_seen_at),
        last_seen_at=datetime.fromisoformat(change.last_seen_at),
        severity=verdicts.rank(verdict.severity),
        rule=verdict.rule,
        rule_version=verdict.version,
        inputs=dict(verdict.inputs),
        sentence=verdict.sentence,
        basis=verdict.basis,
        confirmed=one.confirmed,
        told=one.told,
    )
