"""The scans app: what we watch. Has the deployment check of the place where snapshots are stored registered."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register

from tracefox import checks


class ScansConfig(AppConfig):
    name = "scans"
    verbose_name = "Scans"

    def ready(self) -> None:
        register(checks.check_bucket, Tags.security, deploy=True)
