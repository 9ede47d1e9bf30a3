"""Scans over the API: ask for one, poll it, read what it stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import WorkspaceViewSet
from scans import queue, reading, store, tasks
from scans.api import examples
from scans.api import serializers as forms
from scans.models import Evidence, Scan, Site
from tracefox.api.problems import Gone, Unavailable

log = structlog.get_logger(__name__)
Stored = TypeVar("Stored")
POLL_SECONDS = 2
SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}


@extend_schema(tags=["Scans"])
class ScanApi(WorkspaceViewSet):
    """A scan: one automated session in a headless browser that loads a site's pages. It reads only: it fills no form and clicks nothing."""

    model = Scan
    order = "-requested_at"
    serializer_class = forms.ScanSerializer

    def get_queryset(self) -> QuerySet[Scan]:
        return super().get_queryset().select_related("snapshot")

    @extend_schema(operation_id="list_scans", summary="The scans of all sites, newest first", parameters=[forms.ScanQuery], examples=[examples.SCAN])
    def list(self, request: Request) -> Response:
        asked = forms.ScanQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        rows: Any = self.paginate_queryset(_matching(self.get_queryset(), **asked.validated_data))
        return self.get_paginated_response(forms.ScanSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="scan",
        summary="One scan",
        description="Poll this while `status` is `queued` or `running`; `Retry-After` says how many seconds to wait.",
        parameters=[examples.RETRY_AFTER],
        examples=[examples.SCAN],
    )
    def retrieve(self, _request: Request, **_path: Any) -> Response:
        scan: Scan = self.get_object()
        return Response(forms.ScanSerializer(scan).data, headers={"Retry-After": str(POLL_SECONDS)} if scan.is_open else None)

    @extend_schema(
        operation_id="scan_site",
        summary="Scan a site now",
        description="Answers at once with the scan, to be polled at `Location`. While a scan of the site waits or runs, that one is the answer.",
        request=None,
        responses={202: forms.ScanSerializer},
        parameters=[examples.LOCATION_OF_SCAN, examples.RETRY_AFTER],
        examples=[examples.QUEUED],
    )
    def create(self, _request: Request, **_path: Any) -> Response:
        site = get_object_or_404(Site.objects.for_workspace(self.workspace), pk=self.kwargs["site"])
        try:
            scan = tasks.enqueue(site, trigger=Scan.Trigger.API, now=timezone.now())
        except queue.AlreadyOpen as already:
            scan = already.scan
        headers = {"Location": reverse("api-scan", args=[scan.pk]), "Retry-After": str(POLL_SECONDS)}
        return Response(forms.ScanSerializer(scan).data, status=202, headers=headers)

    @extend_schema(
        operation_id="snapshot",
        summary="What a scan saw: the snapshot, byte for byte as it was stored",
        description="The form is described by `docs/snapshot.md` and `docs/snapshot.schema.json`; its sha256 is the scan's `snapshot.sha256`.",
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, "The document."), 410: None, 503: None},
    )
    def snapshot(self, _request: Request, **_path: Any) -> HttpResponse:
        scan: Scan = self.get_object()
        return HttpResponse(_opened(lambda: store.document(scan), _row_of(scan)), content_type="application/json", headers=SANDBOX)

    @extend_schema(
        operation_id="screenshot",
        summary="The screenshot of one page of a scan",
        parameters=[OpenApiParameter("page", {"type": "integer", "minimum": 1, "default": 1}, description="Which page, in the order of the snapshot, from 1.")],
        responses={(200, "image/png"): OpenApiTypes.BINARY, 410: None, 503: None},
    )
    def screenshot(self, request: Request, **_path: Any) -> HttpResponse:
        scan: Scan = self.get_object()
        row = _row_of(scan)
        seen = _opened(lambda: store.load(scan), row).observations
        number = _page_number(request.query_params.get("page", "1"))
        picture = seen[number - 1].screenshot if number <= len(seen) else None
        found = row.evidence.filter(kind="screenshot", sha256=picture.sha256).select_related("snapshot__scan__site").first() if picture else None
        if found is None:
            raise NotFound
        return HttpResponse(_opened(lambda: store.evidence(found), found), content_type="image/png", headers=SANDBOX)

    def get_object(self) -> Scan:
        scan: Scan = get_object_or_404(self.get_queryset().select_related("site", "snapshot"), pk=self.kwargs["pk"])
        return scan


@extend_schema(tags=["Scans"])
class EvidenceApi(mixins.ListModelMixin, WorkspaceViewSet):
    """The stored objects behind a snapshot: screenshots, DOM, scripts and policy texts, each named by its hash."""

    model = Evidence
    order = "id"
    serializer_class = forms.EvidenceSerializer

    def get_queryset(self) -> QuerySet[Evidence]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        scan = get_object_or_404(Scan.objects.for_workspace(self.workspace), pk=self.kwargs["scan"])
        return super().get_queryset().filter(snapshot=scan.pk)

    @extend_schema(operation_id="list_evidence", summary="The stored objects behind a scan's snapshot", examples=[examples.EVIDENCE])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="evidence",
        summary="Download one stored object",
        description="A screenshot is `image/png`; all else is `text/plain`, whatever it was on the site.",
        responses={(200, "text/plain"): OpenApiTypes.STR, (200, "image/png"): OpenApiTypes.BINARY, 410: None, 503: None},
    )
    def retrieve(self, _request: Request, **_path: Any) -> HttpResponse:
        row = get_object_or_404(self.get_queryset().select_related("snapshot__scan__site"), pk=self.kwargs["pk"])
        media_type, ending = ("image/png", "png") if row.kind == "screenshot" else ("text/plain; charset=utf-8", "txt")
        name = {"Content-Disposition": f'attachment; filename="{row.kind}-{row.sha256[:12]}.{ending}"'}
        return HttpResponse(_opened(lambda: store.evidence(row), row), content_type=media_type, headers=SANDBOX | name)


def _matching(
    queryset: QuerySet[Scan],
    *,
    site: UUID | None = None,
    status: str = "",
    trigger: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Scan]:
    wanted = {"site": site, "status": status, "trigger": trigger, "requested_at__gte": since, "requested_at__lt": until}
    return queryset.filter(**{name: value for name, value in wanted.items() if value})


def _row_of(scan: Scan) -> Any:
    if (row := getattr(scan, "snapshot", None)) is None:
        raise NotFound
    return row


def _page_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and int(text)):
        raise ValidationError({"page": "Give the number of a page, from 1."})
    return int(text)


def _opened(load: Callable[[], Stored], row: Any) -> Stored:
    try:
        return load()
    except reading.LATER as error:
        log.warning("storage_out_of_reach", row=str(row.pk), error=str(error))
        raise Unavailable(reading.TRY_LATER) from error
    except reading.NEVER as error:
        log.error("stored_object_does_not_open", row=str(row.pk), error=str(error))
        raise Gone(reading.GONE) from error
