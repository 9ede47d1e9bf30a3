"""Pages about sites: the list, one site, its settings. Pages about a scan are in `scans.scan_views`.

Views translate: they find the workspace's rows, make one call, and choose the template named like the view.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts import clients
from accounts.access import admin_view, member_view, viewer_view
from accounts.models import Client, User, Workspace
from scans import addresses, charts, forms, inbox, listing, progress, queue, reading, sites, tasks
from scans.models import Page, Scan, Site
from tracefox.htmx import STOP_POLLING, render_part, wants_part

HISTORY = 30
SCANS_PER_PAGE = 50
PARTIES_SHOWN = 10


@require_safe
@viewer_view
def site_list(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    words, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    found = listing.of(workspace, words=words, state=state, page=_whole(request.GET.get("page"), least=1))
    context = {"workspace": workspace, "tab": "sites", "sites": found, "words": words, "state": state}
    return render_part(request, "scans/site_list.html", "scans/_sites.html", context)


@member_view
def site_add(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    form = forms.AddSites(request.POST or None, initial={"client": request.GET.get("client", "")})
    context = {"workspace": workspace, "tab": "sites", "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            client = clients.get_or_add(workspace=workspace, name=form.cleaned_data["client"])
        except (clients.BadClientName, clients.ClientNameTaken) as refusal:
            form.add_error("client", str(refusal))
        else:
            lines = sites.add_many(workspace=workspace, client=client, addresses=form.cleaned_data["urls"], now=timezone.now())
            refused = [line for line in lines if line.result == "refused"]
            _say_what_was_added(request, lines)
            if not refused:
                return _after_adding(workspace, lines)
            left = {"client": client.name, "urls": "\n".join(line.text for line in refused)}
            context |= {"form": forms.AddSites(initial=left), "refused": refused}
    names = Client.objects.for_workspace(workspace).order_by("name").values_list("name", flat=True)
    return render(request, "scans/site_add.html", context | {"client_names": names}, status=200 if request.method == "GET" else 422)


@require_safe
@viewer_view
def site_detail(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    return _site_page(request, workspace, _site(workspace, site_id))


@require_GET
@viewer_view
def site_progress(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    """The part that says how far the newest scan is. Nothing new is 204, so that a screen reader hears each step once."""
    site = _site(workspace, site_id)
    scan = Scan.objects.for_workspace(workspace).filter(site=site).order_by("-requested_at").first()
    state = progress.of(scan) if scan else None
    if scan is None or state is None:
        return HttpResponse(status=STOP_POLLING)
    if scan.is_open and state.token == request.GET.get("seen"):
        return HttpResponse(status=204)
    response = render(request, "scans/_progress.html", {"workspace": workspace, "site": site, "scan": scan, "progress": state})
    if not scan.is_open:
        response["HX-Trigger"] = "scanEnded"
    return response


@require_safe
@viewer_view
def site_scans(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    site, first = _site(workspace, site_id), _whole(request.GET.get("from"), least=0)
    rows = listing.history(site, count=SCANS_PER_PAGE + 1, skip=first)
    context = {
        "workspace": workspace,
        "tab": "sites",
        "site": site,
        "rows": rows[:SCANS_PER_PAGE],
        "older": first + SCANS_PER_PAGE if len(rows) > SCANS_PER_PAGE else None,
        "newer": max(first - SCANS_PER_PAGE, 0) if first else None,
    }
    return render(request, "scans/site_scans.html", context)


@require_POST
@member_view
def scan_now(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    site = _site(workspace, site_id)
    try:
        tasks.enqueue(site, trigger=Scan.Trigger.PERSON, now=timezone.now())
    except queue.AlreadyOpen as already:
        if not wants_part(request):
            messages.info(request, str(already))
    return HttpResponse(status=204, headers={"HX-Trigger": "scansChanged"}) if wants_part(request) else _to_site(site)


@require_POST
@member_view
def site_pause(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    site = _site(workspace, site_id)
    sites.pause(site, now=timezone.now())
    messages.success(request, f"{site.name} is paused. It is not visited until you resume it or ask for a scan.")
    return _to_site(site)


@require_POST
@member_view
def site_resume(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    site = _site(workspace, site_id)
    sites.resume(site, now=timezone.now())
    messages.success(request, f"{site.name} is watched again. A scan starts now.")
    return _to_site(site)


@require_POST
@member_view
def site_settings(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    site = _site(workspace, site_id)
    form = forms.SiteSettings(request.POST, site=site)
    if not form.is_valid():
        return _site_page(request, workspace, site, settings_form=form, status=422)
    with transaction.atomic():
        sites.rename(site, name=form.cleaned_data["name"])
        sites.move(site, client=form.cleaned_data["client"])
    messages.success(request, f"Saved. {site.name} belongs to {site.client.name}.")
    return _to_site(site)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_view
def site_remove(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    """Asks first, on a page of its own that says what will be lost."""
    site = _site(workspace, site_id)
    if request.method == "POST":
        sites.remove(site)
        messages.success(request, f"{site.name} is removed, with everything that was stored about it.")
        return redirect("scans:site-list", workspace=workspace.slug)
    scans = Scan.objects.for_workspace(workspace).filter(site=site)
    return render(request, "scans/site_remove.html", {"workspace": workspace, "tab": "sites", "site": site, "scan_count": scans.count()})


@require_POST
@member_view
def site_schedule(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    site = _site(workspace, site_id)
    form = forms.Schedule(request.POST, current=site.scan_every_minutes)
    if not form.is_valid():
        return _site_page(request, workspace, site, schedule_form=form, status=422)
    try:
        sites.set_schedule(site, every_minutes=form.cleaned_data["scan_every_minutes"], now=timezone.now())
    except sites.BadInterval as refusal:
        form.add_error("scan_every_minutes", str(refusal))
        return _site_page(request, workspace, site, schedule_form=form, status=422)
    messages.success(request, "The schedule is saved.")
    return _to_site(site)


@require_POST
@member_view
def page_add(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    site, form = _site(workspace, site_id), forms.AddPage(request.POST)
    if form.is_valid():
        try:
            page = sites.add_page(site, url=form.cleaned_data["url"], kind=form.cleaned_data["kind"])
        except (addresses.BadUrl, sites.PageRefused) as refusal:
            form.add_error("url", str(refusal))
        else:
            messages.success(request, f"{page.url} is loaded from the next scan on.")
            return _to_site(site)
    return _site_page(request, workspace, site, page_form=form, status=422)


@require_POST
@member_view
def page_kind(request: HttpRequest, workspace: Workspace, site_id: UUID, page_id: UUID) -> HttpResponse:
    page = get_object_or_404(Page.objects.for_workspace(workspace).select_related("site__workspace"), id=page_id, site=site_id)
    form = forms.PageKind(request.POST)
    if form.is_valid():
        more = sites.set_page_kind(page, form.cleaned_data["kind"], by=person(request), now=timezone.now())
        messages.success(request, f"{page.url} is now a {page.get_kind_display().lower()}. {more}".strip())
    else:
        messages.error(request, "Choose what this page is.")
    return _to_site(page.site)


@require_POST
@member_view
def site_consent(request: HttpRequest, workspace: Workspace, site_id: UUID) -> HttpResponse:
    site, form = _site(workspace, site_id), forms.Consent(request.POST)
    on = form.is_valid() and form.cleaned_data["answers_consent"]
    sites.answer_consent(site, on, by=person(request), now=timezone.now())
    messages.success(request, "Scans answer the consent banner from now on." if on else "Scans leave the consent banner alone.")
    return _to_site(site)


@require_POST
@member_view
def page_remove(request: HttpRequest, workspace: Workspace, site_id: UUID, page_id: UUID) -> HttpResponse:
    page = get_object_or_404(Page.objects.for_workspace(workspace).select_related("site__workspace"), id=page_id, site=site_id)
    try:
        sites.remove_page(page, by=person(request), now=timezone.now())
    except sites.PageRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{page.url} is not loaded any more.")
    return _to_site(page.site)


def _site_page(request: HttpRequest, workspace: Workspace, site: Site, *, status: int = 200, **bound: Any) -> HttpResponse:
    """The page of a site, also when one of its forms comes back with errors."""
    past = listing.history(site, count=HISTORY)
    running = past[0] if past and past[0]["status"] in Scan.OPEN else None
    shown = next((scan for scan in past if scan["third_parties"] is not None), None)
    context: dict[str, Any] = {
        "workspace": workspace,
        "tab": "sites",
        "site": site,
        "pages": Page.objects.for_workspace(workspace).filter(site=site),
        "strip": charts.strip(past, slots=HISTORY, height=64, step=12, gap=3),
        "latest": next((scan for scan in past if scan["status"] not in Scan.OPEN), None),
        "shown": shown,
        "running": _scan(workspace, running["id"]) if running else None,
        "page_form": forms.AddPage(),
        "schedule_form": forms.Schedule(current=site.scan_every_minutes),
        "settings_form": forms.SiteSettings(site=site),
        "page_kinds": Page.Kind.choices,
        "rows": inbox.latest(site),
    }
    if context["running"]:
        context["progress"] = progress.of(context["running"])
    return render(request, "scans/site_detail.html", context | _seen(workspace, shown) | bound, status=status)


def _seen(workspace: Workspace, shown: dict[str, Any] | None) -> dict[str, Any]:
    """What the site's page shows of its last snapshot."""
    if shown is None:
        return {}
    scan = _scan(workspace, shown["id"])
    opened = reading.snapshot(scan)
    if opened.document is None:
        return {"unreadable": opened.sentence}
    organisations = charts.organisations(opened.document.third_parties)
    return {
        "document": opened.document,
        "summary": scan.snapshot.summary,
        "screenshot": next((page.screenshot for page in opened.document.observations if page.screenshot), None),
        "shares": charts.shares(scan.snapshot.summary.get("categories", {})),
        "parties": {"shown": organisations[:PARTIES_SHOWN], "rest": organisations[PARTIES_SHOWN:]},
    }


def _site(workspace: Workspace, site_id: UUID) -> Site:
    return get_object_or_404(Site.objects.for_workspace(workspace).select_related("client"), id=site_id)


def _scan(workspace: Workspace, scan_id: UUID) -> Scan:
    return Scan.objects.for_workspace(workspace).select_related("site", "snapshot").get(id=scan_id)


def _to_site(site: Site) -> HttpResponseRedirect:
    return redirect("scans:site-detail", workspace=site.workspace.slug, site_id=site.id)


def _after_adding(workspace: Workspace, lines: list[sites.Line]) -> HttpResponseRedirect:
    only = lines[0].site if len(lines) == 1 else None
    return _to_site(only) if only else redirect("scans:site-list", workspace=workspace.slug)


def _say_what_was_added(request: HttpRequest, lines: list[sites.Line]) -> None:
    added = [line for line in lines if line.result == "added"]
    if added:
        messages.success(
            request, "The site was added. Its first scan starts now." if len(added) == 1 else f"{len(added)} sites were added. Their scans start now."
        )
    for line in lines:
        if line.result == "already there":
            messages.info(request, line.sentence)


def person(request: HttpRequest) -> User:
    """Who is logged in: past a door there is somebody."""
    return cast(User, request.user)


def _whole(text: str | None, *, least: int) -> int:
    return max(int(text), least) if text and text.isdecimal() and len(text) < 7 else least
