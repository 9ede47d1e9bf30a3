"""The register of a site's payment pages: which scripts and headers they have, why, and who authorised them. As a page, as PDF, and as CSV.

A page is removed together with its register here, by an admin who says so; anywhere else a page with a register that people worked on stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import admin_view, member_view, viewer_view
from accounts.models import AuditEvent, Workspace
from scans import forms, register, register_paper, register_sheet, sites
from scans.models import Evidence, Page, RegisterEntry, Scan, Site
from scans.views import person


@dataclass(frozen=True)
class _Shown:
    """An entry as the page shows it: with its form, its stored body, and what was decided about it."""

    row: register.Row
    form: forms.Authorise
    body: Evidence | None
    trail: list[AuditEvent]


@require_safe
@viewer_view
def register_page(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    return _register(request, workspace, _site(workspace, site_id))


@require_safe
@viewer_view
def register_csv(_request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    site = _site(workspace, site_id)
    return _download(register_sheet.as_csv(register.rows(site)), site, "csv", "text/csv; charset=utf-8")


@require_safe
@viewer_view
def register_pdf(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    site = _site(workspace, site_id)
    try:
        printed = register_paper.pdf(site, now=timezone.now())
    except register_paper.NotPrinted as error:
        messages.error(request, f"{error} This page can be printed, too.")
        return redirect("scans:register", workspace=workspace.slug, site_id=site_id)
    return _download(printed, site, "pdf", "application/pdf")


def _download(content: bytes | str, site: Site, ending: str, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, register_paper.file_name(site, now=timezone.now(), ending=ending)) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@member_view
def register_authorise(request: HttpRequest, workspace: Workspace, site_id: UUID, entry_id: UUID) -> HttpResponse:
    """Say why something is on a payment page, and, with the other button, stand for it."""
    entries = RegisterEntry.objects.for_workspace(workspace).select_related("page__site__workspace")
    entry = get_object_or_404(entries, id=entry_id, page__site=site_id)
    form, now = forms.Authorise(request.POST, entry=entry), timezone.now()
    if not form.is_valid():
        return _register(request, workspace, _site(workspace, site_id), bound=form, status=422)
    try:
        with transaction.atomic():
            register.hold(entry, sha256=form.cleaned_data["sha256"], stood=form.cleaned_data["stood"])
            register.justify(entry, by=person(request), justification=form.cleaned_data["justification"], now=now)
            if "authorise" in request.POST:
                register.authorise(entry, by=person(request), now=timezone.now())  # the trail tells what came first
    except register.Outdated as outdated:
        return _register(request, workspace, _site(workspace, site_id), bound=form.again(str(outdated)), status=409)
    messages.success(request, f"{entry.name} is {'authorised' if 'authorise' in request.POST else 'justified'}.")
    return redirect("scans:register", workspace=workspace.slug, site_id=site_id)


@require_POST
@member_view
def register_withdraw(request: HttpRequest, workspace: Workspace, site_id: UUID, entry_id: UUID) -> HttpResponse:
    entries = RegisterEntry.objects.for_workspace(workspace).select_related("page__site__workspace")
    entry = get_object_or_404(entries, id=entry_id, page__site=site_id)
    register.withdraw(entry, by=person(request), now=timezone.now())
    messages.success(request, f"Nobody stands for {entry.name} any more. Its justification stays.")
    return redirect("scans:register", workspace=workspace.slug, site_id=site_id)


@require_POST
@admin_view
def register_remove(request: HttpRequest, workspace: Workspace, site_id: UUID, page_id: UUID) -> HttpResponse:
    """Remove a page with its register. The box that has to be ticked is the second question."""
    page = get_object_or_404(Page.objects.for_workspace(workspace).select_related("site__workspace"), id=page_id, site=site_id)
    if "exported" not in request.POST:
        messages.error(request, f"{page.url} stays. Export its register first, and tick that you did.")
        return redirect("scans:register", workspace=workspace.slug, site_id=site_id)
    try:
        sites.remove_page(page, by=person(request), now=timezone.now(), with_register=True)
    except sites.PageRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{page.url} is not loaded any more, and its register is deleted.")
    return redirect("scans:register", workspace=workspace.slug, site_id=site_id)


def _register(request: HttpRequest, workspace: Workspace, site: Site, *, bound: forms.Authorise | None = None, status: int = 200) -> HttpResponse:
    """The page, also when one of its forms comes back with errors."""
    rows = register.rows(site)
    lists: dict[UUID, list[_Shown]] = {page.id: [] for page in register.pages(site)}
    bodies, trails = register.bodies(site, rows), audit.of_all([row.entry for row in rows], workspace=workspace)
    for row in rows:
        form = bound if bound and bound.entry == row.entry else forms.Authorise(entry=row.entry)
        lists[row.page.id].append(_Shown(row, form, bodies.get(row.entry.body), trails.get(str(row.entry.pk), [])))
    here = [row for row in rows if row.page.kind == Page.Kind.PAYMENT and row.state != "gone"]
    context = {
        "workspace": workspace,
        "tab": "sites",
        "site": site,
        "pages": [(page, lists[page.id], sum(shown.row.state == "gone" for shown in lists[page.id])) for page in register.pages(site)],
        "rows": rows,
        "entries": len(here),
        "waiting_entries": sum(row.state in ("open", "justified", "changed") for row in here),
        "opened": bound.entry.id if bound else None,
        "last_scan": Scan.objects.for_workspace(workspace).filter(site=site, status=Scan.Status.OK).order_by("-finished_at").first(),
    }
    return render(request, "scans/register.html", context, status=status)


def _site(workspace: Workspace, site_id: UUID) -> Site:
    return get_object_or_404(Site.objects.for_workspace(workspace).select_related("client"), id=site_id)
