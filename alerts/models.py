"""Who gets told: an alert about the changes of a scan, or about a Test Run.

An alert hangs on exactly one row, its reason: the gravest change, or the run. The database holds no alert without a reason, and none outlives it.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Workspace
from accounts.tenancy import TenantModel


class Alert(TenantModel):
    """A message about changes or about a run, to be sent along the workspace's routes. One per scan, one per run."""

    workspace_path = "workspace"

    class Kind(models.TextChoices):
        CHANGES = "changes", "Changes"
        FAILING = "failing", "Failing"
        RECOVERED = "recovered", "Recovered"
        UNKNOWN = "unknown", "Unknown"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="alerts", db_index=False)
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.CHANGES)
    change = models.OneToOneField("scans.Change", models.CASCADE, null=True, related_name="alert", help_text="The gravest of the changes that it tells of.")
    test_run = models.OneToOneField("checkout.TestRun", models.CASCADE, null=True, related_name="alert", help_text="The run that it tells of.")
    headline = models.TextField()
    changes = models.PositiveIntegerField(default=0, help_text="How many changes it tells of. None if it tells of a run.")
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="changes", change__isnull=False, test_run=None, changes__gte=1)
                | (~Q(kind="changes") & Q(change=None, test_run__isnull=False, changes=0)),
                name="alert_tells_of_changes_or_of_a_run",
            )
        ]
        indexes = [models.Index(fields=["workspace", "-created_at", "-id"], name="alert_list")]

    def __str__(self) -> str:
        return self.headline
