"""Remove the objects that no row names and that are older than a day: what a scan uploaded whose end was never recorded."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from scans import orphans
from tracefox import blobs


class Command(BaseCommand):
    help = "Removes stored objects of scans that no row names and that are older than 24 hours. Safe to repeat, and while scans run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only count them.")

    def handle(self, *, dry_run: bool, **_: Any) -> str:
        try:
            count = orphans.sweep(now=timezone.now(), dry_run=dry_run)
        except blobs.StorageDown as error:
            raise CommandError(str(error)) from error
        return f"{'Would remove' if dry_run else 'Removed'} {count} objects."
