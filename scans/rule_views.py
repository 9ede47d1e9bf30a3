"""Pages about ignore rules: the list, and the form that shows what a rule would have hidden before it can be saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import member_view, viewer_view
from accounts.models import AuditEvent, Workspace
from scans import forms, ignore_rules, inbox
from scans.models import Change, IgnoreRule
from scans.views import person
from tracefox.htmx import render_part, wants_part


@dataclass(frozen=True)
class _Shown:
    """A rule as the list shows it. Who is asked to approve one sees what it would have hidden."""

    rule: IgnoreRule
    state: str
    trail: list[AuditEvent]

    @property
    def category(self) -> str:
        return inbox.label(self.rule.category) if self.rule.category else ""

    @property
    def preview(self) -> ignore_rules.Preview | None:
        return ignore_rules.preview_of(self.rule) if self.state == "waiting" else None


@require_safe
@viewer_view
def rule_list(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    now = timezone.now()
    found = list(ignore_rules.found(workspace))
    trails = audit.of_all(found, workspace=workspace)
    rows = [_Shown(rule, ignore_rules.state(rule, now=now), trails.get(str(rule.pk), [])) for rule in found]
    context = {
        "workspace": workspace,
        "tab": "changes",
        "standing": [row for row in rows if row.state in ("active", "waiting")],
        "past": [row for row in rows if row.state not in ("active", "waiting")],
    }
    return render(request, "scans/rule_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view
def rule_add(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Asked to save, it saves only the scope whose preview was shown; anything else shows the preview of what was sent."""
    like, saving = _like(workspace, request.GET.get("like", "")), "save" in request.POST
    form = forms.AddRule(request.POST or None, workspace=workspace, like=like, saving=saving)
    context: dict[str, Any] = {"workspace": workspace, "tab": "changes", "form": form, "like": like}
    if request.method == "POST":
        is_valid = form.is_valid()
        try:
            if is_valid and saving and request.POST.get("seen") == form.fingerprint:
                return _save(request, workspace, form)
            if form.shows_scope:
                context |= {"preview": ignore_rules.preview(workspace, **form.scope), "up_to": form.scope["up_to"], "seen": form.fingerprint}
                context["unseen"] = is_valid and saving
        except ignore_rules.BadRule as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    if request.method == "POST" and wants_part(request):
        return render_part(request, "scans/rule_add.html", "scans/_rule_preview.html", context)
    return render(request, "scans/rule_add.html", context, status=422 if form.errors else 200)


@require_POST
@member_view
def rule_approve(request: HttpRequest, workspace: Workspace, rule_id: UUID) -> HttpResponse:
    rule = _rule(workspace, rule_id)
    try:
        ignore_rules.approve(rule, by=person(request), now=timezone.now())
    except ignore_rules.ApprovalRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Approved. The rule hides from the next scan on.")
    return redirect("scans:rule-list", workspace=workspace.slug)


@require_POST
@member_view
def rule_end(request: HttpRequest, workspace: Workspace, rule_id: UUID) -> HttpResponse:
    ignore_rules.end(_rule(workspace, rule_id), by=person(request), now=timezone.now())
    messages.success(request, "The rule has ended. What it hid stays listed under it.")
    return redirect("scans:rule-list", workspace=workspace.slug)


def _save(request: HttpRequest, workspace: Workspace, form: forms.AddRule) -> HttpResponse:
    now = timezone.now()
    rule = ignore_rules.add(
        workspace,
        by=person(request),
        reason=form.cleaned_data["reason"],
        expires_at=now + timedelta(days=form.cleaned_data["days"]),
        now=now,
        id=form.id,
        **form.scope,
    )
    if rule.needs_a_second_person:
        messages.info(request, "The rule is saved and waits for a second person, because it may hide critical changes.")
    else:
        messages.success(request, "The rule is saved. It hides from the next scan on.")
    return redirect("scans:rule-list", workspace=workspace.slug)


def _like(workspace: Workspace, text: str) -> Change | None:
    known = inbox.uuid_of(text)
    return Change.objects.for_workspace(workspace).select_related("site").filter(id=known).first() if known else None


def _rule(workspace: Workspace, rule_id: UUID) -> IgnoreRule:
    return get_object_or_404(IgnoreRule.objects.for_workspace(workspace).select_related("workspace"), id=rule_id)
