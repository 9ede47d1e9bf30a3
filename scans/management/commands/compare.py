"""`manage.py compare SNAPSHOT.json [SNAPSHOT.json ...] LATEST.json`: what the latest snapshot shows that the earlier ones, oldest first, do not.

Needs no database, no storage and no browser: a CI pipeline's own comparison. Prints the changes as JSON, the gravest first. With --evidence the bodies are read
from a folder as `observe --evidence` writes it. Exit status: 0 no change, 1 some, 2 bad usage.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scans import judgement, listed
from scans import snapshot as form
from scans.classify import verdicts
from scans.classify.verdicts import Severity
from scans.diff import compare, history
from scans.judgement import Judged


class Command(BaseCommand):
    help = "Compare a snapshot with earlier ones of the same site. Exit status: 0 no change, 1 some, 2 bad usage."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("snapshots", nargs="+", metavar="SNAPSHOT.json", help="oldest first, the latest last; at least two")
        parser.add_argument("--evidence", metavar="DIR", help="a folder with bodies, as `observe --evidence` writes it")
        parser.add_argument("--least", choices=verdicts.SEVERITIES, default="info", help="leave out what is less grave")
        parser.add_argument("--dry-run", action="store_true", help="only check that the snapshots can be read and belong together")

    def handle(self, *, snapshots: list[str], evidence: str | None, least: Severity, dry_run: bool, **_: Any) -> None:
        if len(snapshots) < 2:
            raise CommandError("Give at least two snapshots: the earlier ones first, the latest last.", returncode=2)
        loads = [_read(path) for path in snapshots]
        _must_belong_together(loads, snapshots)
        if dry_run:
            self.stdout.write(f"{len(loads)} snapshots can be compared.")
            return
        found = _weighed(loads, Path(evidence) if evidence else None)
        shown = [one for one in found if verdicts.rank(one.verdict.severity) >= verdicts.rank(least)]
        shown.sort(key=lambda one: (-verdicts.rank(one.verdict.severity), one.change.category, one.change.key))
        self.stdout.write(json.dumps({"changes": [_plain(one, found) for one in shown]}, ensure_ascii=False, indent=2))
        if shown:
            sys.exit(1)


def _weighed(loads: list[form.Snapshot], folder: Path | None) -> list[Judged]:
    try:
        return judgement.weigh(
            judgement.learn(history.empty(), loads[:-1]),
            loads[-1],
            body=lambda sha256: _body(folder, sha256),
            listed=listed.at_hand(),
            gone_after=min(compare.GONE_AFTER, len(loads) - 1),
        ).judged
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise CommandError(f"These snapshots cannot be compared: a field holds what no scan writes ({error}).", returncode=2) from error


def _read(path: str) -> form.Snapshot:
    try:
        return form.from_bytes(Path(path).read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from error
    except form.NotASnapshot as error:
        raise CommandError(f"{path}: {error}", returncode=2) from error


def _must_belong_together(loads: list[form.Snapshot], paths: list[str]) -> None:
    latest = {seen.url for seen in loads[-1].observations}
    for load, path in zip(loads, paths, strict=True):
        if load.outcome.status != "ok":
            raise CommandError(f"{path} did not see the site whole ({load.outcome.reason}): {load.outcome.sentence}", returncode=2)
        if not latest & {seen.url for seen in load.observations}:
            raise CommandError(f"{path} has no page in common with the latest snapshot.", returncode=2)


def _body(folder: Path | None, sha256: str) -> bytes | None:
    """By its hash, whatever ending the file has."""
    if folder is None or not sha256:
        return None
    return next((path.read_bytes() for path in folder.glob(f"*{sha256}*") if path.is_file()), None)


def _plain(one: Judged, found: list[Judged]) -> dict[str, Any]:
    """`part_of` is the key of the change that explains this one."""
    change, verdict = one.change, one.verdict
    return {
        "category": change.category,
        "kind": change.kind,
        "key": change.key,
        "name": change.name,
        "severity": verdict.severity,
        "sentence": verdict.sentence,
        "rule": verdict.rule,
        "rule_version": verdict.version,
        "basis": verdict.basis,
        "inputs": verdict.inputs,
        "pages": change.pages,
        "payment_pages": change.payment_pages,
        "before": change.before,
        "after": change.after,
        "differs": change.differs,
        "cause": change.chain,
        "first_seen_at": change.first_seen_at,
        "last_seen_at": change.last_seen_at,
        "told": one.told,
        "part_of": found[one.part_of].change.key if one.part_of is not None else None,
    }
