"""Changes: find them, and decide about them.

A decision and its line in the audit trail are written in one transaction, under a lock of the change's row, so that two people who decide at once do not
overwrite each other unseen. Every verb takes the workspace's own rows, found by the caller through `found`. `by` is the person who decides; where a program
does, `by` is nobody and `program` is the name of its key. Deciding about a change decides about its parts too. To add a decision: a value of
`Change.Review`, and a verb that calls `_decide`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from accounts import audit
from accounts.models import Client, User, Workspace
from scans.diff.change import Category
from scans.models import Change, IgnoreRule, Scan, Site

LONGEST_JUSTIFICATION = 2000
Review, Severity = Change.Review, Change.Severity
THINGS: Mapping[Category, str] = {
    "script": "script",
    "third_party": "third party",
    "tag": "tag",
    "cookie": "cookie",
    "storage": "key in the browser's storage",
    "request": "request",
    "consent": "consent setting",
    "policy": "policy page",
    "security_header": "security header",
    "dom": "document",
    "form": "form",
    "visual": "look of a page",
    "availability": "availability",
}
DEEDS = {Change.Kind.NEW: "appeared", Change.Kind.GONE: "went away", Change.Kind.CHANGED: "changed"}


class JustificationMissing(ValueError):
    """Who expects a change says why, in a text of sane length."""


class AlreadyReviewed(Exception):
    """Somebody decided otherwise before. Reopen the change first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """Open, told changes with one cause. `change` is the gravest and newest of them; `sites` and `changes` are counts."""

    incident: str
    change: Change
    sites: int
    changes: int
    severity: int
    newest_at: datetime

    @property
    def sentence(self) -> str:
        """What happened, for people: on one site the change's own sentence."""
        if self.sites == 1:
            return self.change.sentence
        thing = THINGS.get(self.change.category, self.change.category)  # type: ignore[call-overload]
        vendors = "vendor " if self.change.entity and self.change.category in ("script", "tag", "cookie", "request") else ""
        return f"The same {vendors}{thing} {DEEDS[Change.Kind(self.change.kind)]} on {self.sites} sites."


def severity_named(name: str) -> int:
    """`critical` -> 5. ValueError for no severity."""
    try:
        return Severity[name.upper()].value
    except KeyError as unknown:
        raise ValueError(f"{name} is no severity.") from unknown


def found(
    workspace: Workspace,
    *,
    client: Client | UUID | None = None,
    site: Site | UUID | None = None,
    scan: Scan | UUID | None = None,
    severity: int | None = None,
    category: str = "",
    kind: str = "",
    entity: str = "",
    review: str = "",
    incident: str = "",
    cause: str = "",
    told: bool | None = None,
    ignored_by: IgnoreRule | UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    words: str = "",
) -> QuerySet[Change]:
    """The workspace's changes, newest first, and of one scan the gravest first. `severity` is the least that is shown.

    Each of the `words` must stand in its name, sentence, vendor or site.
    """
    wanted: dict[str, Any] = {
        "site__client": client,
        "site": site,
        "scan": scan,
        "severity__gte": severity,
        "category": category,
        "kind": kind,
        "entity__iexact": entity,
        "review": review,
        "incident": incident,
        "cause": cause,
        "told": told,
        "ignored_by": ignored_by,
        "found_at__gte": since,
        "found_at__lt": until,
    }
    rows = Change.objects.for_workspace(workspace).filter(**{name: value for name, value in wanted.items() if value not in (None, "")})
    for word in words.split():
        either = Q(name__icontains=word) | Q(sentence__icontains=word) | Q(entity__icontains=word)
        rows = rows.filter(either | Q(site__name__icontains=word) | Q(site__url__icontains=word))
    return rows.select_related("site__client").order_by("-found_at", "-severity", "-id")


def incident_count(workspace: Workspace, **wanted: Any) -> int:
    """How many there are. Takes what `found` takes."""
    return _grouped(workspace, **wanted).order_by().values("incident").distinct().count()


def incidents(workspace: Workspace, *, limit: int = 100, skip: int = 0, **wanted: Any) -> list[Incident]:
    """Open, told changes by their cause, the gravest and newest first. Takes what `found` takes."""
    rows = _grouped(workspace, **wanted)
    counted = rows.order_by().values("incident").annotate(sites=Count("site", distinct=True), total=Count("pk"), worst=Max("severity"), newest=Max("found_at"))
    groups = list(counted.order_by("-worst", "-newest", "incident")[skip : skip + limit])
    named = rows.filter(incident__in=[group["incident"] for group in groups])
    gravest = {change.incident: change for change in named.order_by("incident", "-severity", "-found_at", "-id").distinct("incident")}
    return [
        Incident(
            incident=group["incident"],
            change=gravest[group["incident"]],
            sites=group["sites"],
            changes=group["total"],
            severity=group["worst"],
            newest_at=group["newest"],
        )
        for group in groups
    ]


def _grouped(workspace: Workspace, **wanted: Any) -> QuerySet[Change]:
    return found(workspace, **wanted).filter(review=Review.OPEN, told=True).exclude(incident="")


@transaction.atomic
def acknowledge(change: Change, *, by: User | None, now: datetime, program: str = "") -> None:
    """Somebody saw it. Twice is once; what is expected stays expected."""
    _lock(change)
    if change.review == Review.EXPECTED:
        raise AlreadyReviewed(f"“{change.name}” is marked as expected already. Reopen it first.")
    if change.review == Review.OPEN:
        _decide([change], Review.ACKNOWLEDGED, by=by, now=now, program=program)


@transaction.atomic
def expect(change: Change, *, by: User | None, justification: str, now: datetime, program: str = "") -> None:
    """It was meant to happen, and this is why. Also of a change that was acknowledged before."""
    justification = _tidy(justification)
    _lock(change)
    if change.review == Review.EXPECTED:
        if change.justification != justification:
            raise AlreadyReviewed(f"“{change.name}” is marked as expected already, for another reason. Reopen it first.")
        return
    _decide([change], Review.EXPECTED, by=by, now=now, program=program, justification=justification)


@transaction.atomic
def reopen(change: Change, *, by: User | None, now: datetime, program: str = "") -> None:
    """It is to be looked at again. What was decided before stays in the audit trail."""
    _lock(change)
    if change.review != Review.OPEN:
        _decide([change], Review.OPEN, by=by, now=now, program=program)


@transaction.atomic
def acknowledge_many(rows: QuerySet[Change], *, by: User | None, now: datetime, program: str = "") -> int:
    """Acknowledge those of these that are open; how many. For an incident: `acknowledge_many(found(workspace, incident=...), ...)`."""
    changes = _locked_open(rows)
    _decide(changes, Review.ACKNOWLEDGED, by=by, now=now, program=program)
    return len(changes)


@transaction.atomic
def expect_many(rows: QuerySet[Change], *, by: User | None, justification: str, now: datetime, program: str = "") -> int:
    """Mark those of these that are open as expected, all for the same reason; how many."""
    justification = _tidy(justification)
    changes = _locked_open(rows)
    _decide(changes, Review.EXPECTED, by=by, now=now, program=program, justification=justification)
    return len(changes)


def _decide(changes: Sequence[Change], review: Change.Review, *, by: User | None, now: datetime, program: str, justification: str = "") -> None:
    """All in two statements, whatever their number: what it is now, and the trail. What is part of a change, and stands where it stood, goes with it."""
    if not changes:
        return
    workspace = changes[0].workspace
    deeds = [(change, _said(change, justification)) for change in changes]
    deeds += [(part, _said(part, justification) | {"part_of": str(part.part_of_id)}) for part in _parts(changes, review)]
    reviewed = {"reviewed_by": by, "reviewed_at": now} if review != Review.OPEN else {"reviewed_by": None, "reviewed_at": None}
    decided: dict[str, Any] = {"review": review, "justification": justification} | reviewed
    Change.objects.for_workspace(workspace).filter(pk__in=[change.pk for change, _ in deeds]).update(**decided)
    for change, _ in deeds:
        for name, value in decided.items():
            setattr(change, name, value)
    action = "change.reopened" if review == Review.OPEN else f"change.{review}"
    audit.record_all(deeds, workspace=workspace, by=by, action=action, now=now, program=program)


def _said(change: Change, justification: str) -> dict[str, str]:
    was = {"was": change.review} | ({"was_justification": change.justification} if change.justification else {})
    return {"name": change.name} | was | ({"justification": justification} if justification else {})


def _parts(changes: Sequence[Change], review: Change.Review) -> list[Change]:
    """The parts that wait, and those that were decided together with their change."""
    alike = Q(pk__in=[])
    for state in {(change.review, change.reviewed_at) for change in changes}:
        alike |= Q(review=state[0], reviewed_at=state[1])
    if review != Review.OPEN:
        alike |= Q(review=Review.OPEN)
    heads = [change.pk for change in changes]
    rows = Change.objects.for_workspace(changes[0].workspace_id).filter(alike, part_of__in=heads).exclude(pk__in=heads)
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _tidy(justification: str) -> str:
    justification = plain_lines(justification)
    if not justification:
        raise JustificationMissing("Say why this change was expected.")
    if len(justification) > LONGEST_JUSTIFICATION:
        raise JustificationMissing(f"A justification may have at most {LONGEST_JUSTIFICATION} characters.")
    return justification


def plain_lines(text: str) -> str:
    """As its writer counts it: a browser sends the end of a line as two characters."""
    return text.replace("\r\n", "\n").replace("\0", "").strip()


def _lock(change: Change) -> None:
    """Hold the row until the transaction ends, and read it again: nothing is decided by what the caller read earlier."""
    change.refresh_from_db(from_queryset=Change.objects.for_workspace(change.workspace_id).select_for_update())


def _locked_open(rows: QuerySet[Change]) -> list[Change]:
    """In the order of their ids, so that two who decide about the same incident wait for each other instead of for ever."""
    slim = rows.filter(review=Review.OPEN).select_related(None).only("workspace", "name", "review", "justification", "reviewed_at", "part_of")
    return list(slim.select_for_update(of=("self",)).order_by("pk"))
