"""Checkout Tests over the API: define one, change it, remove it, import and export.

What places orders can be defined here, but not acknowledged: that is a person's word, given in the dashboard.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import audit
from accounts.access import WorkspaceViewSet
from checkout import cards, importing, steps, tests
from checkout.api import examples
from checkout.api import serializers as forms
from checkout.models import CheckoutTest, TestRun
from scans.api.callers import program_of
from scans.models import Site
from tracefox.api.problems import Conflict, Unavailable

REFUSED = (steps.BadFlow, cards.RealCard, tests.TestRefused)


@extend_schema(tags=["Checkout tests"])
class CheckoutTestApi(WorkspaceViewSet):
    """Recorded steps, success conditions, Test Data and a stop point, replayed on the live shop."""

    model = CheckoutTest
    order = "-created_at"
    serializer_class = forms.CheckoutTestSerializer

    def get_queryset(self) -> QuerySet[CheckoutTest]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        newest = TestRun.objects.for_workspace(self.workspace).filter(test=OuterRef("pk")).order_by("-requested_at")
        found: QuerySet[CheckoutTest] = super().get_queryset().select_related("site__workspace")
        return found.annotate(newest_id=Subquery(newest.values("id")[:1]))

    @extend_schema(
        operation_id="list_checkout_tests", summary="The Checkout Tests, newest first", parameters=[forms.CheckoutTestQuery], examples=[examples.TEST]
    )
    def list(self, request: Request) -> Response:
        asked = forms.CheckoutTestQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        rows: Any = self.paginate_queryset(_matching(self.get_queryset(), **asked.validated_data))
        return self.get_paginated_response(forms.CheckoutTestSerializer(rows, many=True, context=self._runs_of(rows)).data)

    @extend_schema(
        operation_id="checkout_test",
        summary="One Checkout Test with its steps",
        responses={200: forms.CheckoutTestDetailSerializer},
        examples=[examples.TEST_DETAIL],
    )
    def retrieve(self, _request: Request, **_path: Any) -> Response:
        return Response(self._shown(self.get_object()))

    @extend_schema(
        operation_id="add_checkout_test",
        summary="Add a Checkout Test",
        description="It runs for the first time at its first slot, so that there is time to give its Test Data. A flow without a stop point places orders: "
        "it is kept, and runs once a person has acknowledged that in the dashboard.",
        request=forms.CheckoutTestInSerializer,
        responses={201: forms.CheckoutTestDetailSerializer, 409: None},
        parameters=[examples.LOCATION_OF_TEST],
        examples=[examples.TEST_IN, examples.TEST_DETAIL],
    )
    def create(self, request: Request) -> Response:
        sent = forms.CheckoutTestInSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = sent.validated_data
        site = self._site(wanted["site"])
        try:
            test = tests.add(site, flow=wanted["flow"], every_minutes=wanted["every_minutes"], by=None, now=timezone.now(), program=program_of(request))
        except REFUSED as refusal:
            raise ValidationError({"flow": str(refusal)}) from refusal
        return Response(self._shown(test), status=201, headers={"Location": reverse("api-checkout-test", args=[test.pk])})

    @extend_schema(
        operation_id="import_checkout_test",
        summary="Add a Checkout Test from a recording",
        description="Takes what Chrome DevTools’ Recorder exports. What was typed goes sealed into Test Data. `notes` say what was left out.",
        request=forms.ImportInSerializer,
        responses={201: forms.ImportedSerializer, 503: None},
        parameters=[examples.LOCATION_OF_TEST],
        examples=[examples.IMPORT_IN],
    )
    def create_from_recording(self, request: Request) -> Response:
        sent = forms.ImportInSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = sent.validated_data
        site = self._site(wanted["site"])
        try:
            added = importing.add(site, data=wanted["recording"], title=wanted["title"], by=None, now=timezone.now(), program=program_of(request))
        except importing.Refused as refusal:
            raise ValidationError({"recording": str(refusal)}) from refusal
        except importing.LATER as later:
            raise Unavailable(str(later)) from later
        body = {"test": self._shown(added.test), "notes": added.notes}
        return Response(body, status=201, headers={"Location": reverse("api-checkout-test", args=[added.test.pk])})

    @extend_schema(
        operation_id="change_checkout_test",
        summary="Change a Checkout Test: its steps, its schedule, pause or resume it",
        description="`flow` replaces the steps. A change of what a test that places orders does takes its acknowledgement away.",
        request=forms.CheckoutTestPatchSerializer,
        responses={200: forms.CheckoutTestDetailSerializer, 409: None},
        examples=[OpenApiExample("Every quarter of an hour", {"every_minutes": 15}, request_only=True), examples.TEST_DETAIL],
    )
    def partial_update(self, request: Request, **_path: Any) -> Response:
        test: CheckoutTest = self.get_object()
        sent = forms.CheckoutTestPatchSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            self._change(test, sent.validated_data)
        except REFUSED as refusal:
            raise ValidationError({"flow": str(refusal)}) from refusal
        except tests.ChangedMeanwhile as meanwhile:
            raise Conflict(str(meanwhile)) from meanwhile
        return Response(self._shown(test))

    @extend_schema(
        operation_id="remove_checkout_test",
        summary="Remove a Checkout Test and delete everything that was stored about it",
        description="Its Test Data, runs and evidence are deleted. This cannot be undone.",
        responses={204: None},
    )
    def destroy(self, request: Request, **_path: Any) -> Response:
        tests.remove(self.get_object(), by=None, now=timezone.now(), program=program_of(request))
        return Response(status=204)

    @extend_schema(
        operation_id="export_checkout_test",
        summary="A Checkout Test as a file: for Chrome DevTools’ Recorder (`devtools`) or as a Tracefox test (`tracefox`)",
        description="Without Test Data: only the names of its values.",
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, "The recording, or the test.")},
    )
    def export(self, _request: Request, **_path: Any) -> Response:
        try:
            return Response(importing.written(self.get_object(), self.kwargs["form"]))
        except KeyError as error:
            raise NotFound from error

    @transaction.atomic
    def _change(self, test: CheckoutTest, wanted: dict[str, Any]) -> None:
        now, program = timezone.now(), program_of(self.request)
        if "flow" in wanted:
            tests.change(test, flow=wanted["flow"], was=wanted["version"], by=None, now=now, program=program)
        if "every_minutes" in wanted:
            every = wanted["every_minutes"]
            tests.set_schedule(test, every_minutes=every, now=now)
            audit.record(workspace=self.workspace, by=None, action="checkout_test.scheduled", subject=test, now=now, program=program, every_minutes=every)
        if "paused" in wanted:
            (tests.pause if wanted["paused"] else tests.resume)(test, by=None, now=now, program=program)

    def _site(self, site_id: UUID) -> Site:
        if site := Site.objects.for_workspace(self.workspace).filter(pk=site_id).first():
            return site
        raise ValidationError({"site": "This workspace has no site of this id. `GET /sites/` lists those it has."})

    def _shown(self, test: CheckoutTest) -> Any:
        again = get_object_or_404(self.get_queryset(), pk=test.pk)
        return forms.CheckoutTestDetailSerializer(again, context=self._runs_of([again])).data

    def _runs_of(self, rows: Any) -> dict[str, Any]:
        """The newest runs of all rows come in one query."""
        ids = [test.newest_id for test in rows or [] if test.newest_id]
        runs = TestRun.objects.for_workspace(self.workspace).filter(pk__in=ids).only("id", "test_id", "status", "requested_at", "finished_at")
        return {"newest_runs": {run.test_id: run for run in runs}}


def _matching(queryset: QuerySet[CheckoutTest], *, site: UUID | None = None, state: str = "", paused: bool | None = None) -> QuerySet[CheckoutTest]:
    if site:
        queryset = queryset.filter(site=site)
    if state:
        queryset = queryset.filter(state=state)
    if paused is not None:
        queryset = queryset.filter(paused_at__isnull=not paused)
    return queryset
