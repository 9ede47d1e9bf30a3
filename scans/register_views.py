"""The register of a site's payment pages: which scripts and headers they have, why, and who authorised them. As a page, as PDF, and as CSV."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_view, viewer_view
from accounts.models import Workspace
from scans import forms, register, register_paper
from scans.models import Page, RegisterEntry, Site
from scans.views import person


@require_safe
@viewer_view
def register_page(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    return _register(request, workspace, _site(workspace, site_id))


@require_safe
@viewer_view
def register_csv(_request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    site = _site(workspace, site_id)
    return _download(register.as_csv(register.rows(site)), site, "csv", "text/csv; charset=utf-8")


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
    with transaction.atomic():
        register.justify(entry, by=person(request), justification=form.cleaned_data["justification"], now=now)
        if "authorise" in request.POST:
            register.authorise(entry, by=person(request), now=now)
    messages.success(request, f"{entry.name} is {'authorised' if 'authorise' in request.POST else 'justified'}.")
    return redirect("scans:register", workspace=workspace.slug, site_id=site_id)


def _register(request: HttpRequest, workspace: Workspace, site: Site, *, bound: forms.Authorise | None = None, status: int = 200) -> HttpResponse:
    """The page, also when one of its forms comes back with errors."""
    rows = register.rows(site)
    lists: dict[UUID, list[tuple[register.Row, forms.Authorise]]] = {}
    for row in rows:
        form = bound if bound and bound.entry == row.entry else forms.Authorise(entry=row.entry)
        lists.setdefault(row.page.id, []).append((row, form))
    context = {
        "workspace": workspace,
        "tab": "sites",
        "site": site,
        "pages": [(page, lists.get(page.id, [])) for page in Page.objects.for_workspace(workspace).filter(site=site, kind=Page.Kind.PAYMENT)],
        "entries": sum(row.state != "gone" for row in rows),
        "waiting_entries": sum(row.state in ("open", "justified", "changed") for row in rows),
        "opened": bound.entry.id if bound else None,
    }
    return render(request, "scans/register.html", context, status=status)


def _site(workspace: Workspace, site_id: UUID) -> Site:
    return get_object_or_404(Site.objects.for_workspace(workspace).select_related("client"), id=site_id)
