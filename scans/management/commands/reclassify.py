"""`manage.py reclassify SITE`: run today's rules over a site's stored snapshots and say what would be said otherwise.

The history is made again from the snapshots, oldest first, and each change is judged again by its rule of today. What people decided stays as it is. With
--dry-run nothing is written: run it so first. Changes that were confirmed by a second load stay confirmed; a verdict never tells anything anew.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from scans import reclassification
from scans.models import Site


class Command(BaseCommand):
    help = "Run today's rules over a site's stored snapshots. Use --dry-run first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("site", help="the site's id")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")

    def handle(self, *, site: str, dry_run: bool, **_: Any) -> None:
        try:
            row = Site.objects.across_workspaces().get(pk=site)
        except (Site.DoesNotExist, ValidationError, ValueError) as error:
            raise CommandError(f"There is no site {site}.") from error
        differences = reclassification.run(row, dry_run=dry_run)
        for one in differences:
            self.stdout.write(f"{one.found_at:%Y-%m-%d} {one.name}: {one.was} -> {one.now} ({one.rule})")
        counts = Counter(f"{one.was} -> {one.now}" for one in differences)
        said = ", ".join(f"{count} {move}" for move, count in sorted(counts.items())) or "nothing"
        self.stdout.write(f"{'Would change' if dry_run else 'Changed'}: {said}.")
