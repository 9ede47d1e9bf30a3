"""The register of payment pages as CSV, for a spreadsheet: one line for each entry, and no cell that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from scans.models import Page
from scans.register import EVIDENCE_FOR, Row

COLUMNS = (
    *("page", "kind", "name", "vendor", "state", "justification", "authorised by", "authorised at"),
    *("integrity", "sha256", "value", "first seen", "last seen", "content changed", "gone", "page is now", "register"),
)
FORMULA = tuple("=+-@＝＋－＠")


def as_csv(found: Iterable[Row]) -> bytes:
    """With a byte order mark, for those who open it with a double click."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in found:
        writer.writerow([_cell(value) for value in _values(row)])
    return text.getvalue().encode("utf-8-sig")


def _values(row: Row) -> tuple[str, ...]:
    entry = row.entry
    times = [at.isoformat() if at else "" for at in (entry.authorised_at, entry.first_seen_at, entry.last_seen_at, entry.changed_at, entry.gone_at)]
    what = (row.page.url, entry.kind, entry.name, entry.entity, row.label, entry.justification, row.authorised_by)
    kind = "a payment page" if row.page.kind == Page.Kind.PAYMENT else "no payment page"
    return (*what, times[0], entry.integrity, entry.sha256, entry.value, *times[1:], kind, EVIDENCE_FOR)


def _cell(text: str) -> str:
    """Whoever writes a page chooses these words; a leading apostrophe makes a spreadsheet show them and not run them."""
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text[:1] in ("\t", "\r", "\n") else text
