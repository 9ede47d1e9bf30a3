"""Write down what a scan found, and raise the alert: rows and their alert in the transaction that ends the scan.

What an active ignore rule covers is stored under that rule and not told. An alert is raised only for changes that are stored, confirmed and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts import outbox
from alerts.models import Alert
from scans import causes, ignore_rules, judgement
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
    _tell_stories(rows, judged)
    Change.objects.bulk_create(rows)
    told = [row for row in rows if row.told and row.severity >= judgement.ALERT_RANK]
    if not told:
        return None
    gravest = max(told, key=lambda row: row.severity)
    return outbox.raise_for(workspace=scan.site.workspace, change=gravest, headline=_headline(scan, gravest, len(told)), changes=len(told), now=now)


def _tell_stories(rows: list[Change], judged: Sequence[Judged]) -> None:
    """Say which row is part of which. Where a rule hides the head of a story, the gravest part that it does not cover is told in the head's place."""
    stories: dict[int, list[Change]] = {}
    for row, one in zip(rows, judged, strict=True):
        if one.part_of is not None:
            stories.setdefault(one.part_of, []).append(row)
    for number, members in stories.items():
        head = rows[number]
        left = [row for row in members if row.confirmed and not row.ignored_by and row.severity >= judgement.TOLD_RANK]
        if head.ignored_by and judged[number].told and left:
            head = max(left, key=lambda row: row.severity)
            head.told = True
        for row in members:
            row.part_of = None if row is head else head


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
        cause=causes.cause_of(change),
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
