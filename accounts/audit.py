"""The audit trail: who did what, when, to which thing. Written in the transaction of the deed, so that neither exists without the other.

An event is never changed and goes with its workspace only: triggers of the database see to that (`migrations/0001_initial.py`).
An action is `topic.verb` in the past tense of people's words (`change.expected`, `ignore_rule.approved`). To record one more: one call beside the deed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import AuditEvent, User, Workspace


def record(*, workspace: Workspace, by: User | None, action: str, subject: Any, now: datetime, program: str = "", **details: Any) -> AuditEvent:
    """`subject` is the row that it was done to; `program` names the API key where no person acted. `details` are plain data."""
    return AuditEvent.objects.create(
        workspace=workspace,
        at=now,
        actor=by,
        actor_name=by.email if by else program or "Tracefox",
        action=action,
        subject_kind=subject._meta.model_name,
        subject_id=str(subject.pk),
        details=details,
    )


def of(subject: Any, *, workspace: Workspace) -> QuerySet[AuditEvent]:
    """What was done to a thing, newest first."""
    events = AuditEvent.objects.for_workspace(workspace)
    return events.filter(subject_kind=subject._meta.model_name, subject_id=str(subject.pk)).order_by("-at", "-id")
