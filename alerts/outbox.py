"""The outbox: an alert is a row, written in the transaction that writes what it tells of. What delivers it comes later and may come twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Workspace
from alerts.models import Alert


def raise_for(*, workspace: Workspace, change: Any, headline: str, changes: int, now: datetime) -> Alert:
    """An alert about `changes` changes of one scan, of which `change` is the gravest."""
    return Alert.objects.create(workspace=workspace, change=change, headline=headline, changes=changes, created_at=now)


def raise_for_run(*, workspace: Workspace, run: Any, kind: str, headline: str, now: datetime) -> Alert:
    """An alert about a Test Run: the test is failing, has recovered, or nobody can tell what the run did."""
    return Alert.objects.create(workspace=workspace, test_run=run, kind=kind, headline=headline, created_at=now)
