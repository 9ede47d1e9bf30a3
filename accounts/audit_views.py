"""The page of the audit trail: what was decided and done in a workspace, for those who run it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import admin_view
from accounts.models import AuditEvent, Workspace

ROWS_PER_PAGE = 100
SHORT = 600  # characters of one detail


@require_safe
@admin_view
def audit_trail(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    actions = audit.actions(workspace)
    action = request.GET.get("action", "")
    action = action if action in actions else ""
    shown = Paginator(audit.found(workspace, action=action), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "workspace": workspace,
        "tab": "audit",
        "actions": [AuditEvent(action=name) for name in actions],
        "action": action,
        "page": shown,
        "events": [(event, _details(event)) for event in shown],
    }
    return render(request, "accounts/audit_trail.html", context)


def _details(event: AuditEvent) -> list[tuple[str, str]]:
    """What the event says beside who, what and when. Empty values say nothing."""
    told = [(name, value) for name, value in event.details.items() if value not in (None, "", [], {})]
    return [(name.replace("_", " ").capitalize(), {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)[:SHORT]) for name, value in told]
