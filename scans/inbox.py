"""What the pages about changes list: the changes that somebody should decide about, one by one or grouped by what caused them, and those that a rule hides.

Read-only: the rows come from `scans.changes.found`, the words from here. To add a filter: a field of `Query`, its line in `Query.of` and in `found`, and a
field in `templates/scans/_change_filters.html`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Count, QuerySet

from accounts.models import Client, Workspace
from scans import changes
from scans.models import Change, Scan, Site

ROWS_PER_PAGE = 50
FEW = 8
GROUPS_SHOWN, NAMED = 100, 3
HIDDEN_SHOWN = 100
CATEGORIES = {
    "script": "Script",
    "third_party": "Third party",
    "tag": "Tag",
    "cookie": "Cookie",
    "storage": "Storage",
    "request": "Request",
    "consent": "Consent",
    "policy": "Policy",
    "security_header": "Security header",
    "dom": "Document",
    "form": "Form",
    "visual": "Appearance",
    "availability": "Availability",
}
SEVERITIES = {"critical": 5, "high": 4, "medium": 3, "low": 2, "info": 1}
REVIEWS = {"open": "Open", "acknowledged": "Acknowledged", "expected": "Expected", "any": "All"}
_ACCOUNT = re.compile(r"\b(GTM-[A-Z0-9]{4,12}|GT-[A-Z0-9]{6,14}|G-[A-Z0-9]{6,14}|AW-[0-9]{6,14})\b")


@dataclass(frozen=True, kw_only=True)
class Query:
    """What the reader asked for, as the query string carries it. Unknown words ask for nothing."""

    q: str = ""
    client: UUID | None = None
    site: UUID | None = None
    severity: str = ""
    category: str = ""
    entity: str = ""
    review: str = "open"
    incident: str = ""
    view: str = ""
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Query:
        page = asked.get("page", "")
        return cls(
            q=_plain(asked.get("q", ""))[:200],
            client=uuid_of(asked.get("client", "")),
            site=uuid_of(asked.get("site", "")),
            severity=asked["severity"] if asked.get("severity") in SEVERITIES else "",
            category=asked["category"] if asked.get("category") in CATEGORIES else "",
            entity=_plain(asked.get("entity", ""))[:200],
            review=asked["review"] if asked.get("review") in REVIEWS else "open",
            incident=_plain(asked.get("incident", ""))[:400],
            view="grouped" if asked.get("view") == "grouped" else "",
            page=max(int(page), 1) if page.isdecimal() and len(page) < 6 else 1,
        )

    @property
    def asked(self) -> dict[str, Any]:
        """As `scans.changes.found` takes it."""
        names = ("client", "site", "category", "entity", "incident")
        return {name: getattr(self, name) for name in names} | {"severity": SEVERITIES.get(self.severity), "words": self.q}

    @property
    def narrows(self) -> bool:
        return any(self.asked.values())


@dataclass(frozen=True)
class Row:
    """A change as a list shows it."""

    change: Change

    @property
    def category(self) -> str:
        return label(self.change.category)

    @property
    def cause(self) -> str:
        return cause(self.change.chain, url=str(self.change.about.get("url", "")))


@dataclass(frozen=True)
class Group:
    """One incident: the same cause on one or more sites. `names` are some of the sites."""

    incident: changes.Incident
    names: list[str]

    @property
    def row(self) -> Row:
        return Row(self.incident.change)

    @property
    def more(self) -> int:
        return max(self.incident.sites - len(self.names), 0)


@dataclass(frozen=True)
class Hidden:
    """An ignore rule with the changes under it."""

    rule: Any
    rows: list[Row]


@dataclass(frozen=True)
class Inbox:
    query: Query
    rows: list[Row]
    groups: list[Group]
    hidden: list[Hidden]
    matched: int
    counts: dict[str, int]
    pages: int
    ever: bool

    @property
    def chips(self) -> list[tuple[str, str, int]]:
        return [(name, words, self.counts.get(name, 0)) for name, words in REVIEWS.items()]


def of(workspace: Workspace, query: Query) -> Inbox:
    narrowed = found(workspace, query)
    shown = narrowed.filter(told=True)
    counts: dict[str, int] = {one["review"]: one["count"] for one in shown.order_by().values("review").annotate(count=Count("pk"))}
    counts["any"] = sum(counts.values())
    groups = _groups(workspace, query) if query.view else []
    matched = len(groups) if query.view else counts.get(query.review, 0)
    if query.review != "any":
        shown = shown.filter(review=query.review)
    return Inbox(
        query=query,
        rows=[] if query.view else rows(shown[(query.page - 1) * ROWS_PER_PAGE : query.page * ROWS_PER_PAGE]),
        groups=groups,
        hidden=_hidden(narrowed),
        matched=matched,
        counts=counts,
        pages=1 if query.view else max(-(-matched // ROWS_PER_PAGE), 1),
        ever=counts["any"] > 0 or changes.found(workspace, told=True).exists(),
    )


def found(workspace: Workspace, query: Query) -> QuerySet[Change]:
    return changes.found(workspace, **query.asked)


def rows(found: Iterable[Change]) -> list[Row]:
    return [Row(change) for change in found]


def open_count(workspace: Workspace) -> int:
    """How many changes wait for somebody: the index `change_inbox` holds them alone."""
    return Change.objects.for_workspace(workspace).filter(review=Change.Review.OPEN, told=True).count()


def latest(site: Site, *, count: int = FEW) -> list[Row]:
    """The changes of a site that were told and wait for a decision."""
    waiting = Change.objects.for_workspace(site.workspace_id).filter(site=site, told=True, review=Change.Review.OPEN)
    return rows(waiting.select_related("site__client").order_by("-found_at", "-id")[:count])


def of_scan(scan: Scan) -> tuple[list[Row], list[Row]]:
    """The changes of one scan: those that were told, gravest first, and the rest (unconfirmed, slight, hidden by a rule, or part of another)."""
    seen = Change.objects.for_workspace(scan.site.workspace_id).filter(scan=scan).select_related("site__client", "ignored_by", "part_of")
    ordered = rows(seen.order_by("-severity", "category", "name", "id"))
    return [row for row in ordered if row.change.told], [row for row in ordered if not row.change.told]


def choices(workspace: Workspace) -> dict[str, Any]:
    """What the filters can be set to."""
    vendors = Change.objects.for_workspace(workspace).filter(told=True).exclude(entity="").order_by("entity").values_list("entity", flat=True).distinct()
    return {
        "clients": Client.objects.for_workspace(workspace).order_by("name").only("id", "name"),
        "sites": Site.objects.for_workspace(workspace).order_by("name").only("id", "name"),
        "vendors": vendors[:200],
        "categories": CATEGORIES.items(),
        "severities": [(name, name.capitalize()) for name in SEVERITIES],
    }


def label(category: str) -> str:
    return CATEGORIES.get(category, category.replace("_", " ").capitalize())


def cause(chain: list[str], *, url: str = "") -> str:
    """The shortest true word for what brought a thing: the tag manager's account where there is one, or the host of the nearest script."""
    above = [step for step in chain[:-1] if step != url]  # the last is the document itself
    for step in above:
        if account := _ACCOUNT.search(step):
            return account[1]
    return next((host for step in above if (host := _host(step))), "")


def _groups(workspace: Workspace, query: Query) -> list[Group]:
    incidents = changes.incidents(workspace, limit=GROUPS_SHOWN, **query.asked)
    here = changes.found(workspace, told=True, review=Change.Review.OPEN).filter(incident__in=[one.incident for one in incidents])
    names: dict[str, list[str]] = {}
    for incident, name in here.order_by("incident", "site__name").values_list("incident", "site__name").distinct():
        names.setdefault(incident, []).append(name)
    return [Group(one, names.get(one.incident, [])[:NAMED]) for one in incidents]


def _hidden(narrowed: QuerySet[Change]) -> list[Hidden]:
    under: dict[Any, list[Row]] = {}
    ignored = narrowed.filter(ignored_by__isnull=False, review=Change.Review.OPEN)
    for change in ignored.select_related("site__client", "ignored_by")[:HIDDEN_SHOWN]:
        under.setdefault(change.ignored_by, []).append(Row(change))
    return [Hidden(rule, rows) for rule, rows in under.items()]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
