"""Re-wrap every workspace's data keys under the key that wraps now: the first of the key ring, or the KMS key. Sealed objects are not touched."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import data_keys
from tracefox import vault


class Command(BaseCommand):
    help = "Re-wraps the data keys that an older key wraps; afterwards that key may leave TRACEFOX_VAULT_KEYS. Safe to repeat, and while scans run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only count them.")

    def handle(self, *, dry_run: bool, **_: Any) -> str:
        try:
            count = len(list(data_keys.rewrap(dry_run=dry_run)))
        except (vault.KeyMissing, vault.CannotUnseal, vault.KeysOutOfReach) as error:
            raise CommandError(f"Stopped half way, to be repeated: {error}") from error
        return f"{'Would re-wrap' if dry_run else 'Re-wrapped'} {count} data keys."
