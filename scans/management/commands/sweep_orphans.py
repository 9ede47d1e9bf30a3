"""Remove the objects that no row names and that are older than a day: what a scan uploaded whose end was never recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from scans import orphans
from tracefox import blobs

OLDER_THAN = timedelta(hours=24)


class Command(BaseCommand):
    help = "Removes stored objects of scans that no row names and that are older than 24 hours. Safe to repeat, and while scans run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only count them.")

    def handle(self, *, dry_run: bool, **_: Any) -> str:
        try:
            keys = list(orphans.find(older_than=timezone.now() - OLDER_THAN))
            if not dry_run:
                blobs.store().delete(keys)
        except blobs.StorageDown as error:
            raise CommandError(str(error)) from error
        return f"{'Would remove' if dry_run else 'Removed'} {len(keys)} objects."
