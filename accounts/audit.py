"""The audit trail: who did what, when, to which thing. Written in the transaction of the deed, so that neither exists without the other.

An event is never changed and goes with its workspace only: triggers of the database see to that (`migrations/0001_initial.py`).
An action is `topic.verb` in the past tense of people's words (`change.expected`, `ignore_rule.approved`). To record one more: one call beside the deed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import AuditEvent, User, Workspace


def record(*, workspace: Workspace, by: User | None, action: str, subject: Any, now: datetime, program: str = "", **details: Any) -> AuditEvent:
    """`subject` is the row that it was done to; `program` names the API key where no person acted. `details` are plain data."""
    (event,) = record_all([(subject, details)], workspace=workspace, by=by, action=action, now=now, program=program)
    return event


def record_all(
    deeds: Iterable[tuple[Any, Mapping[str, Any]]], *, workspace: Workspace, by: User | None, action: str, now: datetime, program: str = ""
) -> list[AuditEvent]:
    """The same deed done to several rows at once, each with its own details: one event for each, in one query."""
    name = by.email if by else program or "Tracefox"
    who: dict[str, Any] = {"workspace": workspace, "at": now, "actor": by, "actor_name": name, "action": action}
    events = [AuditEvent(**who, subject_kind=subject._meta.model_name, subject_id=str(subject.pk), details=dict(details)) for subject, details in deeds]
    return AuditEvent.objects.bulk_create(events)


def of_all(subjects: Sequence[Any], *, workspace: Workspace) -> dict[str, list[AuditEvent]]:
    """What was done to each of these things of one kind, newest first, by their ids. In one query."""
    events: dict[str, list[AuditEvent]] = {}
    if subjects:
        kind, ids = subjects[0]._meta.model_name, [str(subject.pk) for subject in subjects]
        for event in AuditEvent.objects.for_workspace(workspace).filter(subject_kind=kind, subject_id__in=ids).order_by("-at", "-id"):
            events.setdefault(event.subject_id, []).append(event)
    return events


def found(workspace: Workspace, *, action: str = "") -> QuerySet[AuditEvent]:
    """The whole trail, newest first."""
    events = AuditEvent.objects.for_workspace(workspace).order_by("-at", "-id")
    return events.filter(action=action) if action else events


def actions(workspace: Workspace) -> list[str]:
    """Which deeds the trail knows."""
    return list(AuditEvent.objects.for_workspace(workspace).order_by("action").values_list("action", flat=True).distinct())


def of(subject: Any, *, workspace: Workspace) -> QuerySet[AuditEvent]:
    """What was done to a thing, newest first."""
    events = AuditEvent.objects.for_workspace(workspace)
    return events.filter(subject_kind=subject._meta.model_name, subject_id=str(subject.pk)).order_by("-at", "-id")
