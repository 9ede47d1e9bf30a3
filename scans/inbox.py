"""What the pages about changes list: the changes that somebody should decide about, one by one or grouped by what caused them, and those that a rule hides.

Read-only: the rows come from `scans.changes.found`, the words from here. To add a filter: a field of `Query`, its line in `Query.of` and its name in
`Query.asked`, and a field of the form in `templates/scans/change_list.html`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from accounts.models import Client, Workspace
from scans import causes, changes
from scans.models import Change, IgnoreRule, Scan, Site

ROWS_PER_PAGE = 50
FEW = 8
NAMED = 3
HIDDEN_SHOWN, CHOICES = 100, 200
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
    cause: str = ""
    ignored_by: UUID | None = None
    view: str = ""
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Query:
        page, ignored_by = asked.get("page", ""), uuid_of(asked.get("ignored_by", ""))
        return cls(
            q=_plain(asked.get("q", ""))[:200],
            client=uuid_of(asked.get("client", "")),
            site=uuid_of(asked.get("site", "")),
            severity=asked["severity"] if asked.get("severity") in SEVERITIES else "",
            category=asked["category"] if asked.get("category") in CATEGORIES else "",
            entity=_plain(asked.get("entity", ""))[:200],
            review=asked["review"] if asked.get("review") in REVIEWS else "open",
            incident=_plain(asked.get("incident", ""))[:400],
            cause=_plain(asked.get("cause", ""))[: causes.LONGEST],
            ignored_by=ignored_by,
            view="grouped" if asked.get("view") == "grouped" and not ignored_by else "",
            page=max(int(page), 1) if page.isdecimal() and len(page) < 6 else 1,
        )

    @property
    def asked(self) -> dict[str, Any]:
        """As `scans.changes.found` takes it."""
        names = ("client", "site", "category", "entity", "incident", "cause", "ignored_by")
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
        return self.change.cause


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
    """An ignore rule with the newest changes under it. `count` is how many there are."""

    rule: IgnoreRule
    rows: list[Row]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Inbox:
    """`query` is what is shown: its page is one that there is. `rule` is the ignore rule whose changes are looked at; `newest_at` the newest open change."""

    query: Query
    rows: list[Row]
    groups: list[Group]
    hidden: list[Hidden]
    matched: int
    counts: dict[str, int]
    pages: int
    ever: bool
    newest_at: datetime | None
    rule: IgnoreRule | None

    @property
    def chips(self) -> list[tuple[str, str, int]]:
        return [(name, words, self.counts.get(name, 0)) for name, words in REVIEWS.items()]


def of(workspace: Workspace, query: Query) -> Inbox:
    shown = listed(workspace, query)
    states = list(shown.order_by().values("review").annotate(count=Count("pk"), newest=Max("found_at")))
    counts: dict[str, int] = {one["review"]: one["count"] for one in states}
    counts["any"] = sum(counts.values())
    matched = changes.incident_count(workspace, **query.asked) if query.view else counts.get(query.review, 0)
    pages = max(-(-matched // ROWS_PER_PAGE), 1)
    query = replace(query, page=min(query.page, pages))
    start = (query.page - 1) * ROWS_PER_PAGE
    if query.review != "any":
        shown = shown.filter(review=query.review)
    return Inbox(
        query=query,
        rows=[] if query.view else rows(shown[start : start + ROWS_PER_PAGE]),
        groups=_groups(workspace, query, start) if query.view else [],
        hidden=[] if query.ignored_by else _hidden(workspace, found(workspace, query)),
        matched=matched,
        counts=counts,
        pages=pages,
        ever=counts["any"] > 0 or changes.found(workspace, told=True).exists(),
        newest_at=max((one["newest"] for one in states if one["review"] == Change.Review.OPEN), default=None),
        rule=IgnoreRule.objects.for_workspace(workspace).filter(pk=query.ignored_by).first() if query.ignored_by else None,
    )


def found(workspace: Workspace, query: Query) -> QuerySet[Change]:
    return changes.found(workspace, **query.asked)


def listed(workspace: Workspace, query: Query) -> QuerySet[Change]:
    """What the list holds, and a decision made in it may reach: what was told, or what one rule hides."""
    narrowed = found(workspace, query)
    return narrowed if query.ignored_by else narrowed.filter(told=True)


def rows(found: Iterable[Change]) -> list[Row]:
    return [Row(change) for change in found]


def open_count(workspace: Workspace) -> int:
    """How many changes wait for somebody: the index `change_inbox` holds them alone."""
    return Change.objects.for_workspace(workspace).filter(review=Change.Review.OPEN, told=True).count()


def latest(site: Site, *, count: int = FEW) -> list[Row]:
    """The changes of a site that were told and wait for a decision, the gravest first."""
    waiting = Change.objects.for_workspace(site.workspace_id).filter(site=site, told=True, review=Change.Review.OPEN)
    return rows(waiting.select_related("site__client").order_by("-severity", "-found_at", "-id")[:count])


def of_scan(scan: Scan) -> tuple[list[Row], list[Row]]:
    """The changes of one scan: those that were told, gravest first, and the rest (unconfirmed, slight, hidden by a rule, or part of another)."""
    seen = Change.objects.for_workspace(scan.site.workspace_id).filter(scan=scan).select_related("site__client", "ignored_by", "part_of")
    ordered = rows(seen.order_by("-severity", "category", "name", "id"))
    return [row for row in ordered if row.change.told], [row for row in ordered if not row.change.told]


def choices(workspace: Workspace) -> dict[str, Any]:
    """What the filters can be set to."""
    told = Change.objects.for_workspace(workspace).filter(told=True)
    return {
        "clients": Client.objects.for_workspace(workspace).order_by("name").only("id", "name"),
        "sites": Site.objects.for_workspace(workspace).order_by("name").only("id", "name"),
        "vendors": told.exclude(entity="").order_by("entity").values_list("entity", flat=True).distinct()[:CHOICES],
        "causes": told.exclude(cause="").order_by("cause").values_list("cause", flat=True).distinct()[:CHOICES],
        "categories": CATEGORIES.items(),
        "severities": [(name, name.capitalize()) for name in SEVERITIES],
    }


def label(category: str) -> str:
    return CATEGORIES.get(category, category.replace("_", " ").capitalize())


def _groups(workspace: Workspace, query: Query, start: int) -> list[Group]:
    incidents = changes.incidents(workspace, limit=ROWS_PER_PAGE, skip=start, **query.asked)
    here = listed(workspace, query).filter(review=Change.Review.OPEN, incident__in=[one.incident for one in incidents])
    names: dict[str, list[str]] = {}
    for incident, name in here.order_by("incident", "site__name").values_list("incident", "site__name").distinct():
        names.setdefault(incident, []).append(name)
    return [Group(one, names.get(one.incident, [])[:NAMED]) for one in incidents]


def _hidden(workspace: Workspace, narrowed: QuerySet[Change]) -> list[Hidden]:
    """Every rule with its true count. Only the newest changes are listed here; the rest has a page of its own."""
    ignored = narrowed.filter(ignored_by__isnull=False, review=Change.Review.OPEN)
    counts = {one["ignored_by"]: one["count"] for one in ignored.order_by().values("ignored_by").annotate(count=Count("pk"))}
    under: dict[Any, list[Row]] = {}
    for change in ignored[:HIDDEN_SHOWN] if counts else []:
        under.setdefault(change.ignored_by_id, []).append(Row(change))
    rules = IgnoreRule.objects.for_workspace(workspace).filter(pk__in=counts).order_by("-created_at", "-id")
    return [Hidden(rule, under.get(rule.pk, []), counts[rule.pk]) for rule in rules]


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
