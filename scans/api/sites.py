"""Sites and their pages, over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import WorkspaceViewSet
from accounts.models import Client
from scans import sites
from scans.addresses import BadUrl
from scans.api import examples
from scans.api import serializers as forms
from scans.api.callers import program_of
from scans.models import Page, Scan, Site
from tracefox.api.problems import Conflict


@extend_schema(tags=["Sites"])
class SiteApi(WorkspaceViewSet):
    """A Monitored Website: a site under watch, with its client, its pages and its schedule."""

    model = Site
    order = "-created_at"
    serializer_class = forms.SiteSerializer

    def get_queryset(self) -> QuerySet[Site]:
        newest = Scan.objects.across_workspaces().none() if getattr(self, "swagger_fake_view", False) else Scan.objects.for_workspace(self.workspace)
        newest = newest.filter(site=OuterRef("pk")).order_by("-requested_at")
        found: QuerySet[Site] = super().get_queryset().select_related("client")
        return found.annotate(newest_id=Subquery(newest.values("id")[:1])).alias(newest_status=Subquery(newest.values("status")[:1]))

    @extend_schema(operation_id="list_sites", summary="The sites under watch, newest first", parameters=[forms.SiteQuery], examples=[examples.SITE])
    def list(self, request: Request) -> Response:
        asked = forms.SiteQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        rows = self.paginate_queryset(_matching(self.get_queryset(), **asked.validated_data))
        return self.get_paginated_response(self._shown(rows or [], many=True))

    @extend_schema(operation_id="site", summary="One site", examples=[examples.SITE])
    def retrieve(self, _request: Request, **_path: Any) -> Response:
        return Response(self._shown(self.get_object()))

    @extend_schema(
        operation_id="add_site",
        summary="Put a site under watch",
        description="Its start page is its first page, and its first scan is due at once. Then it is scanned once a day, until its schedule is changed.",
        request=forms.SiteInSerializer,
        responses={201: forms.SiteSerializer, 409: None},
        parameters=[examples.LOCATION_OF_NEW],
        examples=[OpenApiExample("A shop", {"url": "https://www.your-client.com/", "client": examples.CLIENT_ID}, request_only=True), examples.SITE],
    )
    def create(self, request: Request) -> Response:
        sent = forms.SiteInSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = sent.validated_data
        try:
            site = sites.add(workspace=self.workspace, client=self._client(wanted["client"]), url=wanted["url"], name=wanted["name"], now=timezone.now())
        except BadUrl as bad:
            raise ValidationError({"url": str(bad)}) from bad
        except (sites.SiteExists, sites.SiteLimitReached) as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(self._shown(self._again(site)), status=201, headers={"Location": reverse("api-site", args=[site.pk])})

    @extend_schema(
        operation_id="add_sites",
        summary="Put many sites under watch",
        description="Each address gets its own answer; one that is refused stops no other.",
        request=forms.SiteListInSerializer,
        responses={200: forms.LinesSerializer},
        examples=[examples.SITE_LIST, examples.LINES],
    )
    def create_many(self, request: Request) -> Response:
        sent = forms.SiteListInSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        client = self._client(sent.validated_data["client"])
        lines = sites.add_many(workspace=self.workspace, client=client, addresses=sent.validated_data["urls"], now=timezone.now())
        counts = {name.replace(" ", "_"): sum(line.result == name for line in lines) for name in ("added", "already there", "refused")}
        return Response(forms.LinesSerializer(counts | {"results": lines}).data)

    @extend_schema(
        operation_id="change_site",
        summary="Rename a site, give it to another client, pause or resume it, change its schedule, or have the consent banner answered",
        request=forms.SitePatchSerializer,
        responses={200: forms.SiteSerializer},
        examples=[OpenApiExample("Four times a day", {"scan_every_minutes": 360}, request_only=True), examples.SITE],
    )
    def partial_update(self, request: Request, **_path: Any) -> Response:
        site: Site = self.get_object()
        sent = forms.SitePatchSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            self._change(site, sent.validated_data)
        except sites.BadSiteName as bad:
            raise ValidationError({"name": str(bad)}) from bad
        except sites.BadInterval as bad:
            raise ValidationError({"scan_every_minutes": str(bad)}) from bad
        return Response(self._shown(self._again(site)))

    @extend_schema(
        operation_id="remove_site",
        summary="Take a site off watch and delete everything that was stored about it",
        description="Its pages, scans, snapshots and evidence are deleted, and a scan that runs comes to nothing. This cannot be undone.",
        responses={204: None},
    )
    def destroy(self, _request: Request, **_path: Any) -> Response:
        sites.remove(self.get_object())
        return Response(status=204)

    @transaction.atomic
    def _change(self, site: Site, wanted: dict[str, Any]) -> None:
        now = timezone.now()
        if "client" in wanted:
            sites.move(site, client=self._client(wanted["client"]))
        if "name" in wanted:
            sites.rename(site, name=wanted["name"])
        if "scan_every_minutes" in wanted:
            sites.set_schedule(site, every_minutes=wanted["scan_every_minutes"], now=now)
        if "paused" in wanted:
            (sites.pause if wanted["paused"] else sites.resume)(site, now=now)
        if "answers_consent" in wanted:
            sites.answer_consent(site, wanted["answers_consent"], by=None, now=now, program=program_of(self.request))

    def _client(self, client_id: UUID) -> Client:
        if client := Client.objects.for_workspace(self.workspace).filter(pk=client_id).first():
            return client
        raise ValidationError({"client": "This workspace has no client of this id. `GET /clients/` lists those it has."})

    def _again(self, site: Site) -> Site:
        return self.get_queryset().get(pk=site.pk)

    def _shown(self, found: Any, *, many: bool = False) -> Any:
        """The newest scans of all rows come in one query."""
        ids = [site.newest_id for site in (found if many else [found]) if site.newest_id]
        scans = Scan.objects.for_workspace(self.workspace).filter(pk__in=ids).only("id", "site_id", "status", "requested_at", "finished_at")
        context = {"newest_scans": {scan.site_id: scan for scan in scans}}
        return forms.SiteSerializer(found, many=many, context=context).data


@extend_schema(tags=["Sites"])
class PageApi(mixins.ListModelMixin, WorkspaceViewSet):
    """The URLs of a site that are loaded; nothing outside these URLs is. A policy page is opted in by adding it."""

    model = Page
    order = "id"
    serializer_class = forms.PageSerializer

    def get_queryset(self) -> QuerySet[Page]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return super().get_queryset().filter(site=self._site())

    @extend_schema(operation_id="list_pages", summary="The pages of a site", examples=[examples.PAGE])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="add_page",
        summary="Load one more page in each scan of a site",
        request=forms.PageInSerializer,
        responses={201: forms.PageSerializer, 409: None},
        examples=[OpenApiExample("A policy page", {"url": "https://www.your-client.com/privacy", "kind": "policy"}, request_only=True), examples.PAGE],
    )
    def create(self, request: Request, **_path: Any) -> Response:
        site = self._site()
        sent = forms.PageInSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            page = sites.add_page(site, url=sent.validated_data["url"], kind=sent.validated_data["kind"])
        except BadUrl as bad:
            raise ValidationError({"url": str(bad)}) from bad
        except sites.PageRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(forms.PageSerializer(page).data, status=201)

    @extend_schema(
        operation_id="change_page",
        summary="Say what a page is: an ordinary page, a payment page or a policy page",
        description="A site with a payment page is scanned at least once a week: marking one makes rarer scans weekly, and `notice` says so.",
        request=forms.PagePatchSerializer,
        responses={200: forms.PageChangedSerializer},
        examples=[OpenApiExample("A payment page", {"kind": "payment"}, request_only=True), examples.PAGE_CHANGED],
    )
    def partial_update(self, request: Request, **_path: Any) -> Response:
        page = get_object_or_404(self.get_queryset().select_related("site__workspace"), pk=self.kwargs["pk"])
        sent = forms.PagePatchSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        notice = sites.set_page_kind(page, sent.validated_data["kind"], by=None, now=timezone.now(), program=program_of(request))
        return Response(forms.PageSerializer(page).data | {"notice": notice})

    @extend_schema(
        operation_id="remove_page",
        summary="Load a page no more",
        description="The start page stays, and so does a page whose register holds justified entries: make it an ordinary page, which keeps the register.",
        responses={204: None, 409: None},
    )
    def destroy(self, _request: Request, **_path: Any) -> Response:
        page = get_object_or_404(self.get_queryset().select_related("site__workspace"), pk=self.kwargs["pk"])
        try:
            sites.remove_page(page, by=None, now=timezone.now(), program=program_of(self.request))
        except sites.PageRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=204)

    def _site(self) -> Site:
        return get_object_or_404(Site.objects.for_workspace(self.workspace), pk=self.kwargs["site"])


def _matching(queryset: QuerySet[Site], *, client: UUID | None = None, paused: bool | None = None, status: str = "", q: str = "") -> QuerySet[Site]:
    if client:
        queryset = queryset.filter(client=client)
    if paused is not None:
        queryset = queryset.filter(paused_at__isnull=not paused)
    if status:
        queryset = queryset.filter(newest_status=status)  # type: ignore[misc]
    for word in q.split():
        queryset = queryset.filter(Q(name__icontains=word) | Q(url__icontains=word) | Q(client__name__icontains=word))
    return queryset
