"""The outbox: an alert is a row, written in the transaction that writes what it tells of. What delivers it comes later and may come twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Workspace
from alerts.models import Alert


def raise_for(*, workspace: Workspace, change: Any, headline: str, changes: int, now: datetime) -> Alert:
    """An alert about `changes` changes of one scan, of which `change` is the gravest."""
    return Alert.objects.create(workspace=workspace, change=change, headline=headline, changes=changes, created_at=now)
