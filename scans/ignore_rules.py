"""Ignore rules: see what one would have hidden, add it, approve it, end it, and let the rules in force hide changes.

A rule names what it hides (a category, a vendor, a name), says why, and ends after a year at the latest. One that may hide critical changes hides nothing
before a second person, who may work here, has approved it; one that a program added, before an admin has, who is not the maker of its key. Rules look
forward: what is stored and open already is counted by `preview` and stays open. `applies` and `hide` are pure. `by` is the person; where a program acts,
`program` is the name of its key and `by` who made that key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from accounts import audit
from accounts.models import Client, Membership, Role, User, Workspace
from scans import changes, patterns
from scans.diff.change import CATEGORIES
from scans.models import Change, IgnoreRule, Site

LONGEST = timedelta(days=365)
LONGEST_REASON, LONGEST_PATTERN, LONGEST_ENTITY = 2000, 300, 200
LONGEST_PROGRAM = 120
EXAMPLES = 5
ADDRESSES = ("url", "host", "domain")  # of what is known beside the facts
FARTHEST = 50_000  # a preview reads no more of the past than this
Severity = IgnoreRule.Severity


class BadRule(ValueError):
    """This is no rule. `field` says which part of it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class ApprovalRefused(Exception):
    """This person may not approve this rule, or nobody needs to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a rule would have hidden of the stored past: how many changes, how many of each severity, and the newest of them."""

    changes: int
    by_severity: Mapping[int, int]
    told: int
    examples: Sequence[Change]

    @property
    def sentence(self) -> str:
        """`7 changes, 1 critical`."""
        if not self.changes:
            return "No change so far"
        counts = [f"{count} {Severity(severity).label.lower()}" for severity, count in self.by_severity.items()]
        return ", ".join([f"{self.changes} change{'' if self.changes == 1 else 's'}", *counts])


def preview(
    workspace: Workspace,
    *,
    category: str = "",
    kind: str = "",
    entity: str = "",
    pattern: str = "",
    client: Client | None = None,
    site: Site | None = None,
    up_to: int = Severity.MEDIUM,
) -> Preview:
    """What this rule would have hidden, had it stood from the beginning."""
    return preview_of(_draft(workspace, category=category, kind=kind, entity=entity, pattern=pattern, client=client, site=site, up_to=up_to))


def preview_of(rule: IgnoreRule) -> Preview:
    """What a rule would have hidden, whether it is in force or not. What a pattern covers is asked row by row, all else by the database."""
    scope: dict[str, Any] = {"client": rule.client_id, "site": rule.site_id, "category": rule.category, "kind": rule.kind, "entity": rule.entity}
    rows = changes.found(rule.workspace, **scope).filter(severity__lte=rule.up_to)
    if not rule.pattern:
        counted = rows.order_by().values("severity").annotate(count=Count("pk"), told=Count("pk", filter=Q(told=True)))
        by_severity = {one["severity"]: one["count"] for one in counted}
        return _preview(by_severity, sum(one["told"] for one in counted), list(rows[:EXAMPLES]))
    read = rows.select_related(None).values_list("pk", "severity", "told", "name", "key", *(f"about__{name}" for name in ADDRESSES))
    hidden = [(pk, severity, told) for pk, severity, told, *names in read[:FARTHEST].iterator(chunk_size=2000) if patterns.covers(rule.pattern, _texts(names))]
    return _preview(Counter(severity for _, severity, _ in hidden), sum(told for *_, told in hidden), rows.filter(pk__in=[pk for pk, *_ in hidden[:EXAMPLES]]))


def _preview(by_severity: Mapping[int, int], told: int, examples: Iterable[Change]) -> Preview:
    return Preview(changes=sum(by_severity.values()), by_severity=dict(sorted(by_severity.items(), reverse=True)), told=told, examples=list(examples))


def add(
    workspace: Workspace,
    *,
    by: User | None,
    reason: str,
    expires_at: datetime,
    now: datetime,
    program: str = "",
    category: str = "",
    kind: str = "",
    entity: str = "",
    pattern: str = "",
    client: Client | None = None,
    site: Site | None = None,
    up_to: int = Severity.MEDIUM,
    id: UUID | None = None,
) -> IgnoreRule:
    """A new rule. It hides from the next scan on; one that may hide critical changes only after its approval. Sent again with the same `id`, it is the same."""
    rule = _draft(workspace, category=category, kind=kind, entity=entity, pattern=pattern, client=client, site=site, up_to=up_to)
    rule.reason = changes.plain_lines(reason)
    if not rule.reason:
        raise BadRule("reason", "Say why these changes are not to be seen.")
    if len(rule.reason) > LONGEST_REASON:
        raise BadRule("reason", f"A reason may have at most {LONGEST_REASON} characters.")
    if not now < expires_at <= now + LONGEST:
        raise BadRule("expires_at", f"A rule ends in the future, and within {LONGEST.days} days.")
    rule.expires_at, rule.created_at, rule.created_by, rule.program = expires_at, now, by, program[:LONGEST_PROGRAM]
    rule.id = id or rule.id
    return _added(rule, by=by, now=now, program=program)


def _added(rule: IgnoreRule, *, by: User | None, now: datetime, program: str) -> IgnoreRule:
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
            _record_added(rule, by=by, now=now, program=program)
    except IntegrityError:
        if known := IgnoreRule.objects.for_workspace(rule.workspace_id).filter(pk=rule.pk).first():
            return known
        raise
    return rule


def _record_added(rule: IgnoreRule, *, by: User | None, now: datetime, program: str) -> None:
    record = {name: value for name, value in _scope(rule).items() if value}
    person = None if program else by
    audit.record(workspace=rule.workspace, by=person, action="ignore_rule.added", subject=rule, now=now, program=program, reason=rule.reason, **record)


@transaction.atomic
def approve(rule: IgnoreRule, *, by: User, now: datetime) -> None:
    """A second person lets the rule hide critical changes. Twice is once."""
    _lock(rule)
    if not rule.needs_a_second_person:
        raise ApprovalRefused("This rule hides no critical change, so it needs no approval.")
    if rule.ended_at is not None or rule.expires_at <= now:
        raise ApprovalRefused("This rule has ended.")
    if rule.created_by_id == by.pk:
        who = "made the API key that added it" if rule.program else "added it"
        raise ApprovalRefused(f"A rule that hides critical changes is approved by somebody else than who {who}.")
    membership = Membership.objects.for_workspace(rule.workspace_id).filter(user=by).first()
    if membership is None or not Role(membership.role).at_least(Role.MEMBER):
        raise ApprovalRefused("Only who may work in this workspace may approve a rule.")
    if rule.program and not Role(membership.role).at_least(Role.ADMIN):
        raise ApprovalRefused("A program added this rule, so an owner or admin approves it.")
    if rule.approved_at is not None:
        return
    rule.approved_by, rule.approved_at = by, now
    rule.save(update_fields=["approved_by", "approved_at"])
    audit.record(workspace=rule.workspace, by=by, action="ignore_rule.approved", subject=rule, now=now)


@transaction.atomic
def end(rule: IgnoreRule, *, by: User | None, now: datetime, program: str = "") -> None:
    """The rule hides nothing more. What it hid stays under it. Twice is once."""
    _lock(rule)
    if rule.ended_at is None:
        rule.ended_at = now
        rule.save(update_fields=["ended_at"])
        audit.record(workspace=rule.workspace, by=by, action="ignore_rule.ended", subject=rule, now=now, program=program)


def found(workspace: Workspace) -> QuerySet[Any]:
    """All rules, newest first, each with `hidden`: how many changes lie under it."""
    rows = IgnoreRule.objects.for_workspace(workspace).select_related("client", "site", "created_by", "approved_by")
    return rows.annotate(hidden=Count("changes")).order_by("-created_at", "-id")


def state(rule: IgnoreRule, *, now: datetime) -> str:
    """`active`, `waiting` for its approval, `expired` or `ended`."""
    if rule.ended_at is not None:
        return "ended"
    if rule.expires_at <= now:
        return "expired"
    return "waiting" if rule.needs_a_second_person and rule.approved_at is None else "active"


def active(workspace: Workspace, site: Site, now: datetime) -> list[IgnoreRule]:
    """The rules that may hide changes of this site now, the oldest first."""
    rows = IgnoreRule.objects.for_workspace(workspace).filter(ended_at=None, created_at__lte=now, expires_at__gt=now)
    here = (Q(site=None) | Q(site=site)) & (Q(client=None) | Q(client=site.client_id))
    approved = Q(up_to__lt=Severity.CRITICAL) | Q(approved_at__isnull=False)
    return list(rows.filter(here, approved).order_by("created_at", "id"))


def applies(rule: IgnoreRule, change: Change) -> bool:
    """Does the rule cover this change? Pure; it does not ask whether the rule is in force."""
    return (
        change.severity <= rule.up_to
        and rule.category in ("", change.category)
        and rule.kind in ("", change.kind)
        and rule.entity.casefold() in ("", change.entity.casefold())
        and rule.site_id in (None, change.site_id)
        and (rule.client_id is None or rule.client_id == change.site.client_id)
        and (not rule.pattern or patterns.covers(rule.pattern, _names(change)))
    )


def hide(found: Iterable[Change], rules: Sequence[IgnoreRule]) -> list[Change]:
    """Put each change that a rule covers under the first such rule, untold. Returns those. Nothing is saved: the rows are the caller's."""
    hidden = []
    for change in found:
        if rule := next((rule for rule in rules if applies(rule, change)), None):
            change.ignored_by, change.told = rule, False
            hidden.append(change)
    return hidden


def _names(change: Change) -> list[str]:
    return _texts([change.name, change.key, *(change.about.get(name) for name in ADDRESSES)])


def _texts(values: Iterable[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str) and value]


def _draft(workspace: Workspace, *, pattern: str, client: Client | None, site: Site | None, **scope: Any) -> IgnoreRule:
    pattern, entity = pattern.strip(), scope["entity"].strip()
    if not pattern.strip("*"):
        pattern = ""  # anything at all is no scope
    if scope["category"] and scope["category"] not in CATEGORIES:
        raise BadRule("category", f"“{scope['category']}” is no category. There are {', '.join(CATEGORIES)}.")
    if scope["kind"] and scope["kind"] not in Change.Kind.values:
        raise BadRule("kind", f"“{scope['kind']}” is no kind of change. There are {', '.join(Change.Kind.values)}.")
    if not (scope["category"] or entity or pattern):
        raise BadRule("category", "Name a category, a vendor or a name, so that the rule does not hide everything.")
    if scope["up_to"] not in Severity.values:
        raise BadRule("up_to", "This is no severity.")
    for field, value, longest in (("pattern", pattern, LONGEST_PATTERN), ("entity", entity, LONGEST_ENTITY)):
        if len(value) > longest:
            raise BadRule(field, f"At most {longest} characters.")
    if client and client.workspace_id != workspace.pk:
        raise BadRule("client", "This workspace has no such client.")
    if site and site.workspace_id != workspace.pk:
        raise BadRule("site", "This workspace has no such site.")
    if client and site and site.client_id != client.pk:
        raise BadRule("site", f"{site.name} is none of {client.name}'s sites.")
    return IgnoreRule(workspace=workspace, client=client, site=site, pattern=pattern, **scope | {"entity": entity})


def _scope(rule: IgnoreRule) -> dict[str, Any]:
    where = {"client": str(rule.client_id or ""), "site": str(rule.site_id or "")}
    what = {"category": rule.category, "kind": rule.kind, "entity": rule.entity, "pattern": rule.pattern}
    return what | where | {"up_to": Severity(rule.up_to).name.lower(), "expires_at": rule.expires_at.isoformat()}


def _lock(rule: IgnoreRule) -> None:
    rule.refresh_from_db(from_queryset=IgnoreRule.objects.for_workspace(rule.workspace_id).select_for_update())
