"""Look at pages once, as a scan would, and say what was seen: for a terminal, a script or a CI pipeline. Needs no database, queue or object storage.

Exit status: 0 every page was seen, 1 a page was not (inconclusive or failed), 2 the command was called wrongly. What was seen goes to standard output,
sentences about the command itself to standard error.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from scans import addresses, capture, printout
from scans import snapshot as form
from scans.capture import CaptureSettings, Target

STANDARD_OUTPUT = "-"
BAD_USAGE, NOT_SEEN = 2, 1


class Command(BaseCommand):
    help = "Loads pages read-only in a headless browser and tells what they do. Exit status: 0 seen, 1 inconclusive or failed, 2 called wrongly."
    requires_system_checks: list[str] = []
    stealth_options = ("visit",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("urls", nargs="+", metavar="URL", help="A page to load, e.g. https://www.your-client.com/.")
        parser.add_argument("--policy", action="append", default=[], metavar="URL", help="A policy page to load as well, whose text is kept. May be repeated.")
        parser.add_argument("--json", metavar="FILE", help="Write the snapshot (docs/snapshot.md) to this file; - is standard output, and then no table.")
        parser.add_argument("--evidence", type=Path, metavar="DIR", help="Write screenshots, DOM, scripts and policy texts into this folder.")

    def handle(
        self,
        *,
        urls: list[str],
        policy: list[str],
        json: str | None,
        evidence: Path | None,
        visit: Callable[..., form.Captured] = capture.visit,
        **_options: Any,
    ) -> None:
        configured = capture.from_settings(settings)
        targets = _targets(urls, policy, configured)
        _check_writable(json, evidence)
        captured = visit(targets, settings=configured, progress=self._tell)
        _write(captured, json=json, evidence=evidence)
        if json == STANDARD_OUTPUT:
            self.stdout.write(form.to_bytes(captured.snapshot).decode())
        else:
            self.stdout.write(printout.of(captured.snapshot))
        outcome = captured.snapshot.outcome
        if outcome.status != "ok":
            raise CommandError(printout.line(outcome.sentence or outcome.reason or outcome.status), returncode=NOT_SEEN)

    def _tell(self, stage: str, pages_done: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(self.style.NOTICE(f"{printout.line(stage)} ({pages_done} done)"))


def _targets(urls: list[str], policies: list[str], configured: CaptureSettings) -> list[Target]:
    targets, sentences = [], []
    for text, kind in [(url, "page") for url in urls] + [(url, "policy") for url in policies]:
        try:
            targets.append(Target(addresses.canonical_url(text, known_hosts=configured.hosts), kind))  # type: ignore[arg-type]
        except addresses.BadUrl as bad:
            sentences.append(str(bad))
    if sentences:
        raise CommandError("\n".join(sentences), returncode=BAD_USAGE)
    return targets


def _check_writable(json: str | None, evidence: Path | None) -> None:
    """Said before the browser starts, not after the work."""
    try:
        if json and json != STANDARD_OUTPUT:
            Path(json).touch()
        if evidence:
            evidence.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be written: {error.strerror}.", returncode=BAD_USAGE) from error


def _write(captured: form.Captured, *, json: str | None, evidence: Path | None) -> None:
    if json and json != STANDARD_OUTPUT:
        Path(json).write_bytes(form.to_bytes(captured.snapshot) + b"\n")
    if evidence:
        for ref in captured.snapshot.evidence:
            (evidence / f"{ref.kind}-{ref.sha256}{_ending(ref.media_type)}").write_bytes(captured.evidence[ref.sha256])


def _ending(media_type: str) -> str:
    """What a page wrote is kept as plain text: opened by mistake, it must not run."""
    return ".png" if media_type == "image/png" else ".txt"
