"""Pages about changes: the inbox, one change with its evidence, and what people decide.

Views translate: they find the workspace's rows, make one call, and choose the template named like the view.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import member_view, viewer_view
from accounts.models import Workspace
from scans import change_page, changes, forms, inbox
from scans.models import Change
from scans.views import person
from tracefox.htmx import render_part

REFUSED = "refused_decision"  # in the session: what was ticked and written, until the list is shown again


@require_safe
@viewer_view
def change_list(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    shown = inbox.of(workspace, inbox.Query.of(request.GET))
    context = {"workspace": workspace, "tab": "changes", "inbox": shown, "query": shown.query, "kept": request.session.pop(REFUSED, None)}
    return render_part(request, "scans/change_list.html", "scans/_inbox.html", context | {"choices": inbox.choices(workspace)})


@require_safe
@viewer_view
def change_detail(request: HttpRequest, workspace: Workspace, change_id: UUID) -> HttpResponse:
    return _change_page(request, workspace, _change(workspace, change_id))


@require_POST
@member_view
def change_acknowledge(request: HttpRequest, workspace: Workspace, change_id: UUID) -> HttpResponse:
    change = _change(workspace, change_id)
    try:
        changes.acknowledge(change, by=person(request), now=timezone.now())
    except changes.AlreadyReviewed as already:
        messages.error(request, str(already))
    else:
        messages.success(request, "Acknowledged.")
    return _to_change(change)


@require_POST
@member_view
def change_expect(request: HttpRequest, workspace: Workspace, change_id: UUID) -> HttpResponse:
    change, form = _change(workspace, change_id), forms.Expect(request.POST)
    if not form.is_valid():
        return _change_page(request, workspace, change, form=form, status=422)
    try:
        changes.expect(change, by=person(request), justification=form.cleaned_data["justification"], now=timezone.now())
    except changes.AlreadyReviewed as already:
        messages.error(request, str(already))
    else:
        messages.success(request, "Marked as expected.")
    return _to_change(change)


@require_POST
@member_view
def change_reopen(request: HttpRequest, workspace: Workspace, change_id: UUID) -> HttpResponse:
    change = _change(workspace, change_id)
    changes.reopen(change, by=person(request), now=timezone.now())
    messages.success(request, "This change is open again.")
    return _to_change(change)


@require_POST
@member_view
def change_decide(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """One decision about several changes: those that were ticked, or all that the ticked incidents hold within the filter."""
    form = forms.DecideMany(request.POST)
    back = QueryDict(request.POST.get("back", ""))
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        request.session[REFUSED] = form.kept
        return _to_inbox(workspace, back)
    rows, now = form.chosen(inbox.listed(workspace, inbox.Query.of(back))), timezone.now()
    if form.cleaned_data["decision"] == "expect":
        count = changes.expect_many(rows, by=person(request), justification=form.cleaned_data["justification"], now=now)
        words = "marked as expected"
    else:
        count, words = changes.acknowledge_many(rows, by=person(request), now=now), "acknowledged"
    messages.success(request, f"{count} change{'' if count == 1 else 's'} {words}.")
    return _to_inbox(workspace, back)


def _change_page(request: HttpRequest, workspace: Workspace, change: Change, *, form: forms.Expect | None = None, status: int = 200) -> HttpResponse:
    context = {
        "workspace": workspace,
        "tab": "changes",
        "change": change,
        "site": change.site,
        "row": inbox.Row(change),
        "facts": change_page.facts(change),
        "chain": change_page.chain(change),
        "inputs": change_page.inputs(change),
        "sides": change_page.evidence(change),
        "parts": inbox.rows(change.parts.order_by("-severity", "category", "name")[: inbox.ROWS_PER_PAGE]),
        "alike": changes.found(workspace, incident=change.incident).exclude(site=change.site_id)[: inbox.FEW] if change.incident else [],
        "rule": change_page.rule(change),
        "vendor": change.entity if change.about.get("party") != "first" else "",
        "trail": audit.of(change, workspace=workspace),
        "form": form or forms.Expect(),
    }
    return render(request, "scans/change_detail.html", context, status=status)


def _change(workspace: Workspace, change_id: UUID) -> Change:
    rows = Change.objects.for_workspace(workspace).select_related("workspace", "site__client", "scan", "ignored_by", "part_of", "reviewed_by")
    return get_object_or_404(rows, id=change_id)


def _to_change(change: Change) -> HttpResponseRedirect:
    return redirect("scans:change-detail", workspace=change.workspace.slug, change_id=change.id)


def _to_inbox(workspace: Workspace, asked: QueryDict) -> HttpResponseRedirect:
    return redirect(f"{reverse('scans:change-list', args=[workspace.slug])}{'?' if asked else ''}{asked.urlencode()}")
