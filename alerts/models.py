"""Who gets told: an alert about the changes of a scan.

An alert hangs on a change row by a column that is never empty: the database holds no alert without a change, and none outlives its last reason.
"""

from __future__ import annotations

import uuid

from django.db import models

from accounts.models import Workspace
from accounts.tenancy import TenantModel


class Alert(TenantModel):
    """A message about changes, to be sent along the workspace's routes. One per scan."""

    workspace_path = "workspace"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="alerts", db_index=False)
    change = models.OneToOneField("scans.Change", models.CASCADE, related_name="alert", help_text="The gravest of the changes that it tells of.")
    headline = models.TextField()
    changes = models.PositiveIntegerField(help_text="How many changes it tells of.")
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.CheckConstraint(condition=models.Q(changes__gte=1), name="alert_tells_of_a_change")]
        indexes = [models.Index(fields=["workspace", "-created_at", "-id"], name="alert_list")]

    def __str__(self) -> str:
        return self.headline
