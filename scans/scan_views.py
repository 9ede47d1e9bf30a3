"""Pages about one scan: its sections, and the downloads of what it stored.

Captured content reaches a browser in two ways only: as escaped text in a page, and as a plain-text attachment in a sandbox. The one exception is the
screenshot, a PNG that was written by our own encoder.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.access import viewer_view
from accounts.models import Workspace
from scans import addresses, progress, reading, sections, store, tables
from scans.models import Evidence, Scan, Snapshot
from scans.snapshot import Snapshot as Document
from tracefox.htmx import render_part

PNG = b"\x89PNG\r\n\x1a\n"


@require_safe
@viewer_view
def scan_detail(request: HttpRequest, workspace: Workspace, scan_id: UUID) -> HttpResponse:
    return scan_page(request, workspace, scan_id, "overview")


@require_safe
@viewer_view
def scan_section(request: HttpRequest, workspace: Workspace, scan_id: UUID, section: str) -> HttpResponse:
    return scan_page(request, workspace, scan_id, section)


def scan_page(request: HttpRequest, workspace: Workspace, scan_id: UUID, name: str) -> HttpResponse:
    if name not in sections.NAMES:
        raise Http404("No such section.")
    scan = _scan(workspace, scan_id)
    opened = reading.snapshot(scan)
    context = {"workspace": workspace, "tab": "sites", "site": scan.site, "scan": scan, "unreadable": opened.sentence} | _around(scan)
    if scan.is_open:
        context["progress"] = progress.of(scan)
    if opened.document is None or not opened.document.observations:
        return render(request, "scans/scan_detail.html", context | {"section": sections.Section(name, "Scan")})
    number = _page_number(request, opened.document)
    shown = sections.show(name, opened.document, number=number, scan=scan, query=request.GET)
    return render_part(request, "scans/scan_detail.html", shown.get("part", "scans/scan_detail.html"), context | shown)


@require_safe
@viewer_view
def screenshot(_request: HttpRequest, workspace: Workspace, scan_id: UUID, sha256: str) -> HttpResponse:
    try:
        body = _body(get_object_or_404(_evidence(workspace, scan_id), kind="screenshot", sha256=sha256))
    except reading.LATER:
        return _out_of_reach()
    if not body.startswith(PNG):
        raise Http404("This is no picture.")
    response = HttpResponse(body, content_type="image/png")
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
@viewer_view
def evidence_download(_request: HttpRequest, workspace: Workspace, scan_id: UUID, evidence_id: UUID) -> HttpResponse:
    row = get_object_or_404(_evidence(workspace, scan_id), id=evidence_id)
    try:
        body = _body(row)
    except reading.LATER:
        return _out_of_reach()
    return _attachment(body, f"{_host(row.snapshot.scan)}-{row.kind}-{row.sha256[:12]}{tables.EXTENSIONS.get(row.kind, '.txt')}", kind=row.kind)


@require_safe
@viewer_view
def snapshot_download(_request: HttpRequest, workspace: Workspace, scan_id: UUID) -> HttpResponse:
    scan = _scan(workspace, scan_id)
    try:
        document = store.document(scan)
    except (Snapshot.DoesNotExist, *reading.NEVER) as error:
        raise Http404("This scan has no snapshot that opens.") from error
    except reading.LATER:
        return _out_of_reach()
    return _attachment(document, f"{_host(scan)}-{scan.requested_at:%Y-%m-%d-%H%M}-snapshot.json")


def _evidence(workspace: Workspace, scan_id: UUID) -> QuerySet[Evidence]:
    return Evidence.objects.for_workspace(workspace).filter(snapshot__scan=scan_id).select_related("snapshot__scan__site")


def _body(row: Evidence) -> bytes:
    try:
        return store.evidence(row)
    except reading.NEVER as error:
        raise Http404("This evidence cannot be opened any more.") from error


def _attachment(body: bytes, name: str, *, kind: str = "") -> HttpResponse:
    """Bytes that came from a stranger's site: text that no browser runs, to be saved, never shown."""
    is_picture = kind == "screenshot" and body.startswith(PNG)
    response = HttpResponse(body, content_type="image/png" if is_picture else "text/plain; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _out_of_reach() -> HttpResponse:
    return HttpResponse(reading.TRY_LATER + "\n", status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "60"})


def _around(scan: Scan) -> dict[str, Any]:
    """The scans before and after, and how long this one took."""
    scans = Scan.objects.for_workspace(scan.site.workspace_id).filter(site=scan.site)
    return {
        "older": scans.filter(requested_at__lt=scan.requested_at).order_by("-requested_at").values_list("id", flat=True).first(),
        "newer": scans.filter(requested_at__gt=scan.requested_at).order_by("requested_at").values_list("id", flat=True).first(),
        "took": scan.finished_at - scan.started_at if scan.finished_at and scan.started_at else None,
    }


def _scan(workspace: Workspace, scan_id: UUID) -> Scan:
    return get_object_or_404(Scan.objects.for_workspace(workspace).select_related("site__client", "snapshot"), id=scan_id)


def _host(scan: Scan) -> str:
    return addresses.host_of(scan.site.url)


def _page_number(request: HttpRequest, document: Document) -> int:
    asked = request.GET.get("page", "")
    return min(int(asked), len(document.observations) - 1) if asked.isdecimal() and len(asked) < 5 else 0
