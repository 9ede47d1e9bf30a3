"""The sections of a scan's page: their order, the counts beside their names, and what each shows.

To add one: a name and label in `SECTIONS`, a function that gives what its template `scans/_<name>.html` shows, and its line in `_SHOWN`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scans import charts, consent_matrix, inbox, tables
from scans.models import Evidence, Scan
from scans.snapshot import Observation, Snapshot

SECTIONS = {
    "overview": "Overview",
    "changes": "Changes",
    "third-parties": "Third parties",
    "requests": "Requests",
    "scripts": "Scripts",
    "cookies": "Cookies",
    "consent": "Consent and tags",
    "security": "Security",
    "frames": "Frames",
    "console": "Console",
    "blocked": "Blocked",
    "evidence": "Evidence",
}
NAMES = frozenset(SECTIONS)
WHOLE_SCAN = {"changes", "third-parties", "evidence"}


@dataclass(frozen=True)
class Section:
    """A tab. `count` stands beside its name; `whole_scan` says that it does not depend on the chosen page."""

    name: str
    label: str
    count: int | None = None
    whole_scan: bool = False
    alarming: bool = False


def of(document: Snapshot, page: Observation) -> list[Section]:
    counts = {
        "third-parties": len(document.third_parties),
        "requests": len(page.requests),
        "scripts": len(page.scripts),
        "cookies": len(page.cookies),
        "consent": len(page.tags),
        "frames": len(page.frames) + len(page.workers) + len(page.websockets),
        "console": len(page.console),
        "blocked": len(page.writes) + len(document.refusals),
        "evidence": len(document.evidence),
    }
    alarms = {"console": any(entry.level == "error" for entry in page.console)}
    return [Section(name, label, counts.get(name), name in WHOLE_SCAN, alarms.get(name, False)) for name, label in SECTIONS.items()]


@dataclass(frozen=True)
class Asked:
    """What the reader looks at: a page within a scan, and what the query string says about it."""

    document: Snapshot
    page: Observation
    scan: Scan
    query: Mapping[str, str]


def show(name: str, document: Snapshot, *, number: int, scan: Scan, query: Mapping[str, str]) -> dict[str, Any]:
    """What the page of this section shows of observation `number`."""
    asked = Asked(document, document.observations[number], scan, query)
    tabs = of(document, asked.page)
    context = {
        "document": document,
        "page": asked.page,
        "number": number,
        "sections": tabs,
        "section": next(tab for tab in tabs if tab.name == name),
        "section_template": f"scans/_{name}.html",
    }
    more = _SHOWN.get(name)
    return context | (more(asked) if more else {})


def _overview(asked: Asked) -> dict[str, Any]:
    conduct, answered = asked.document.conduct, consent_matrix.answered(asked.document.consent_states)
    return {
        "shares": charts.shares(asked.scan.snapshot.summary.get("categories", {})),
        "transfer_size": sum(request.transfer_size or 0 for request in asked.page.requests),
        "methods": sorted(conduct.methods.items()),
        "read_only": not (conduct.writes_delivered or conduct.forms_filled or (conduct.clicks and not answered)),
        "answered": answered,
    }


def _changes(asked: Asked) -> dict[str, Any]:
    told, rest = inbox.of_scan(asked.scan)
    return {"told": told, "rest": rest}


def _third_parties(asked: Asked) -> dict[str, Any]:
    return {"shares": charts.shares(asked.scan.snapshot.summary.get("categories", {})), "parties": charts.organisations(asked.document.third_parties)}


def _requests(asked: Asked) -> dict[str, Any]:
    table = tables.requests(asked.page, tables.RequestQuery.of(asked.query))
    return {
        "table": table,
        "heads": tables.heads(table.query),
        "kinds": sorted({charts.kind(request) for request in asked.page.requests}),
        "per_page": tables.ROWS_PER_PAGE,
        "part": "scans/_request_rows.html",
    }


def _scripts(asked: Asked) -> dict[str, Any]:
    bodies = dict(_stored(asked.scan).filter(kind="script").values_list("sha256", "id"))
    return {"rows": tables.scripts(asked.page, bodies)}


def _consent(asked: Asked) -> dict[str, Any]:
    states = asked.document.consent_states
    matrix = consent_matrix.of(states, start=asked.document.observations[0]) if states else None
    return {"signals": tables.signals(asked.page.consent.calls), "matrix": matrix, "answered": consent_matrix.answered(states)}


def _security(asked: Asked) -> dict[str, Any]:
    return {"headers": tables.headers(asked.page)}


def _evidence(asked: Asked) -> dict[str, Any]:
    rows = tables.evidence(asked.document, _stored(asked.scan))
    return {"rows": rows, "snapshot": asked.scan.snapshot, "data_sets": sorted(asked.document.data_sets.items())}


def _stored(scan: Scan) -> Any:
    return Evidence.objects.for_workspace(scan.site.workspace_id).filter(snapshot=scan.snapshot)


_SHOWN: dict[str, Callable[[Asked], dict[str, Any]]] = {
    "overview": _overview,
    "changes": _changes,
    "third-parties": _third_parties,
    "requests": _requests,
    "scripts": _scripts,
    "consent": _consent,
    "security": _security,
    "evidence": _evidence,
}
