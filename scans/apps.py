"""The scans app: what we watch. Registers the checks of its surroundings: where snapshots are stored, and how the browser is kept in."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register

from tracefox import checks
from tracefox.egress import checks as egress_checks


class ScansConfig(AppConfig):
    name = "scans"
    verbose_name = "Scans"

    def ready(self) -> None:
        register(checks.check_bucket, Tags.security, deploy=True)
        register(egress_checks.isolation, Tags.security)
