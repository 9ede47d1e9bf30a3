"""Play a Checkout Test once, isolated as a worker plays it, and say how it ended: for a terminal, a script, a CI pipeline. Needs no database, queue or storage.

Exit status: 0 passed; 1 failed, unknown or inconclusive; 2 the command was called wrongly. How it ended goes to standard output, sentences about the command
itself to standard error. Real payment cards are refused, as everywhere.
"""

from __future__ import annotations

import json as json_form
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from checkout import cards, child, isolation, printout, recording, steps
from checkout import result as form
from checkout.flow import Flow
from checkout.runner.protocol import Job
from scans.printout import line
from tracefox import browser

STANDARD_OUTPUT = "-"
BAD_USAGE, NOT_PASSED = 2, 1
NEEDS_A_WORD = "This test goes past 'place order'. If an order may be placed in the shop, say so with --place-order."


class Command(BaseCommand):
    help = "Plays a Checkout Test in an isolated browser. Exit status: 0 passed; 1 failed, unknown or inconclusive; 2 called wrongly."
    requires_system_checks: list[str] = []
    stealth_options = ("replay",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("test", type=Path, metavar="TEST.json", help="A Checkout Test (docs/checkout-tests.md), or a recording of Chrome's Recorder.")
        parser.add_argument(
            "--data", type=Path, metavar="DATA.json", help='Its Test Data: {"card.number": "4242424242424242"}. Not on the command line: it shows.'
        )
        parser.add_argument("--json", metavar="FILE", help="Write the result (docs/replay.md) to this file; - is standard output, and then no table.")
        parser.add_argument("--evidence", type=Path, metavar="DIR", help="Write screenshots, video, network and console into this folder.")
        parser.add_argument("--no-video", action="store_true", help="Film nothing. Screenshots are taken all the same.")
        parser.add_argument("--place-order", action="store_true", help="The test may place an order. Without this, one that does is refused.")

    def handle(
        self,
        *,
        test: Path,
        data: Path | None,
        json: str | None,
        evidence: Path | None,
        no_video: bool,
        place_order: bool,
        replay: Callable[..., form.RunResult] = child.replay,
        **_options: Any,
    ) -> None:
        flow, values = self._test(_read(test))
        values |= _values(data)
        _check(flow, values, place_order=place_order)
        _check_writable(json, evidence)
        job = Job(run="replay", flow=steps.to_json(flow), plain=values, video=not no_video)
        try:
            result = replay(job, settings=child.from_settings(settings), on_event=self._tell(flow))
        except (isolation.NoIsolation, browser.BrowserMissing) as missing:
            raise CommandError(str(missing), returncode=BAD_USAGE) from missing
        _write(result, json=json, evidence=evidence)
        self.stdout.write(_as_json(result).decode() if json == STANDARD_OUTPUT else printout.of(flow, result))
        if result.status != "passed":
            raise CommandError(line(result.sentence or result.status), returncode=NOT_PASSED)

    def _test(self, written: Any) -> tuple[Flow, dict[str, str]]:
        """Our own form or a recording, whose values become Test Data."""
        try:
            cards.refuse(written, where="The test")
            if not _is_recording(written):
                return steps.parse(written), {}
            imported = recording.from_devtools(written)
        except (steps.BadFlow, recording.BadRecording, cards.RealCard) as bad:
            raise CommandError(line(str(bad)), returncode=BAD_USAGE) from bad
        for note in imported.notes:
            self.stderr.write(line(note))
        return imported.flow, dict(imported.test_data)

    def _tell(self, flow: Flow) -> Callable[[dict[str, Any]], None]:
        def tell(event: dict[str, Any]) -> None:
            if event["type"] == "begin" and self.stderr.isatty():
                self.stderr.write(self.style.NOTICE(f"step {event['index'] + 1} of {len(flow.steps)}"))

        return tell


def _read(path: Path) -> Any:
    try:
        return json_form.loads(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=BAD_USAGE) from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{path} is no JSON file.", returncode=BAD_USAGE) from error


def _is_recording(written: Any) -> bool:
    rows = written.get("steps") if isinstance(written, dict) else None
    return isinstance(rows, list) and any(isinstance(row, dict) and "type" in row and "action" not in row for row in rows)


def _values(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    written = _read(path)
    if not isinstance(written, dict) or not all(isinstance(value, str) for value in written.values()):
        raise CommandError(f'{path} must hold names and texts: {{"shipping.email": "jane@example.com"}}.', returncode=BAD_USAGE)
    try:
        cards.refuse(written, where=path.name)
    except cards.RealCard as card:
        raise CommandError(line(str(card)), returncode=BAD_USAGE) from card
    return written


def _check(flow: Flow, values: dict[str, str], *, place_order: bool) -> None:
    if missing := [name for name in steps.test_data_names(flow) if name not in values]:
        raise CommandError(f"The test types {', '.join(missing)}; give each a value in the file that --data names.", returncode=BAD_USAGE)
    if flow.places_order and not place_order:
        raise CommandError(NEEDS_A_WORD, returncode=BAD_USAGE)


def _check_writable(json: str | None, evidence: Path | None) -> None:
    """Said before the browser starts, not after the work."""
    try:
        if json and json != STANDARD_OUTPUT:
            Path(json).touch()
        if evidence:
            evidence.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be written: {error.strerror}.", returncode=BAD_USAGE) from error


def _write(result: form.RunResult, *, json: str | None, evidence: Path | None) -> None:
    if json and json != STANDARD_OUTPUT:
        Path(json).write_bytes(_as_json(result))
    if evidence:
        for name, artefact in result.artefacts.items():
            (evidence / name).write_bytes(artefact.data)


def _as_json(result: form.RunResult) -> bytes:
    return json_form.dumps(form.to_json(result), indent=1, ensure_ascii=False).encode() + b"\n"
