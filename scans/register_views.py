"""The register of a site's payment pages: which scripts and headers they have, why, and who authorised them. As a page, as PDF, and as CSV."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_view, viewer_view
from accounts.models import Workspace
from scans import addresses, forms, register
from scans.models import Page, RegisterEntry, Site
from scans.views import person
from tracefox import browser
from tracefox.browser import paper

log = structlog.get_logger(__name__)


@require_safe
@viewer_view
def register_page(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    return _register(request, workspace, _site(workspace, site_id))


@require_safe
@viewer_view
def register_csv(_request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    site = _site(workspace, site_id)
    name = f"{addresses.host_of(site.url)}-payment-pages-{timezone.now():%Y-%m-%d}.csv"
    response = HttpResponse(register.as_csv(register.rows(site)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@viewer_view
def register_pdf(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    """The register on paper, as it stands now. Chromium prints it, with no way out."""
    site = _site(workspace, site_id)
    context = {"workspace": workspace, "site": site, "now": timezone.now(), "pages": _by_page(site)}
    html = render_to_string("scans/register_print.html", context)
    try:
        printed = paper.pdf(html, binary=settings.BROWSER, isolation=settings.EGRESS_ISOLATION)
    except (browser.BrowserMissing, browser.BrowserNotStarted, browser.DevToolsError, browser.Disconnected, TimeoutError) as error:
        log.error("register_not_printed", site=str(site.pk), error=str(error))
        messages.error(request, "The PDF could not be made right now. The same is in the CSV, and this page can be printed.")
        return redirect("scans:register", workspace=workspace.slug, site_id=site_id)
    name = f"{addresses.host_of(site.url)}-payment-pages-{timezone.now():%Y-%m-%d}.pdf"
    response = HttpResponse(printed, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def _by_page(site: Site) -> list[tuple[Page, list[register.Row]]]:
    rows = register.rows(site)
    pages = Page.objects.for_workspace(site.workspace_id).filter(site=site, kind=Page.Kind.PAYMENT)
    return [(page, [row for row in rows if row.page.id == page.id]) for page in pages]


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
