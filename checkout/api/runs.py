"""Test Runs over the API: ask for one, poll it, read its evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import WorkspaceViewSet
from checkout import asking, editor, evidence, queue
from checkout.api import examples
from checkout.api import serializers as forms
from checkout.models import CheckoutTest, RunEvidence, TestRun
from scans import reading
from scans.api.callers import program_of
from tracefox.api.problems import Conflict, Gone, Unavailable

log = structlog.get_logger(__name__)
POLL_SECONDS = 2
GONE = "What this run stored cannot be opened any more."
SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
SHOWN = ("image/jpeg", "image/png", "video/webm")


@extend_schema(tags=["Checkout tests"])
class TestRunsApi(WorkspaceViewSet):
    """The runs of one test."""

    __test__ = False

    model = TestRun
    order = "-requested_at"
    serializer_class = forms.RunSerializer

    def get_queryset(self) -> QuerySet[TestRun]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return super().get_queryset().filter(test=self._test()).defer("result")

    @extend_schema(operation_id="list_checkout_runs", summary="The runs of a test, newest first", parameters=[forms.RunQuery], examples=[examples.RUN])
    def list(self, request: Request, **_path: Any) -> Response:
        asked = forms.RunQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        rows: Any = self.paginate_queryset(_matching(self.get_queryset(), **asked.validated_data))
        return self.get_paginated_response(forms.RunSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="run_checkout_test",
        summary="Run a test now",
        description="Answers at once with the run, to be polled at `Location`. While a run of the test waits or runs, that one is the answer. "
        "With `stop_after`, only the steps down to that one are tried, and no success condition.",
        request=forms.RunInSerializer,
        responses={202: forms.RunSerializer, 409: None},
        parameters=[examples.LOCATION_OF_RUN, examples.RETRY_AFTER],
        examples=[OpenApiExample("All of it", {}, request_only=True), examples.RUN_QUEUED],
    )
    def create(self, request: Request, **_path: Any) -> Response:
        test = self._test()
        sent = forms.RunInSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        index, now, program = sent.validated_data.get("stop_after"), timezone.now(), program_of(request)
        try:
            run = asking.ask(test, index=index, by=None, now=now, program=program)
        except queue.AlreadyOpen as already:
            run = already.run
        except queue.NotAcknowledged as refusal:
            raise Conflict(str(refusal)) from refusal
        except editor.CannotEdit as refusal:
            raise ValidationError({"stop_after": str(refusal)}) from refusal
        headers = {"Location": reverse("api-checkout-run", args=[run.pk]), "Retry-After": str(POLL_SECONDS)}
        return Response(forms.RunSerializer(run).data, status=202, headers=headers)

    def _test(self) -> CheckoutTest:
        return get_object_or_404(CheckoutTest.objects.for_workspace(self.workspace).select_related("site__workspace"), pk=self.kwargs["test"])


@extend_schema(tags=["Checkout tests"])
class RunApi(WorkspaceViewSet):
    """One run of a Checkout Test."""

    model = TestRun
    serializer_class = forms.RunDetailSerializer

    @extend_schema(
        operation_id="checkout_run",
        summary="One run, step by step",
        description="Poll this while `status` is `queued` or `running`; `Retry-After` says how many seconds to wait. `unknown` asks a person to look into the "
        "shop: an order may have been placed, so nothing repeats the run.",
        parameters=[examples.RETRY_AFTER],
        examples=[examples.RUN_DETAIL],
    )
    def retrieve(self, _request: Request, **_path: Any) -> Response:
        run = get_object_or_404(self.get_queryset().prefetch_related("evidence"), pk=self.kwargs["pk"])
        return Response(forms.RunDetailSerializer(run).data, headers={"Retry-After": str(POLL_SECONDS)} if run.is_open else None)

    @extend_schema(
        operation_id="checkout_run_evidence",
        summary="Download a screenshot or the video of a run",
        description="What was typed from Test Data is masked in both.",
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY, (200, "video/webm"): OpenApiTypes.BINARY, 410: None, 503: None},
    )
    def evidence(self, _request: Request, **_path: Any) -> HttpResponse:
        run = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        rows = RunEvidence.objects.for_workspace(self.workspace).filter(run=run).select_related("run__test__site")
        row = get_object_or_404(rows, name=self.kwargs["name"])
        if row.media_type not in SHOWN:
            raise NotFound
        try:
            body = evidence.body(row)
        except reading.LATER as error:
            log.warning("storage_out_of_reach", row=str(row.pk), error=str(error))
            raise Unavailable(reading.TRY_LATER) from error
        except reading.NEVER as error:
            log.error("stored_object_does_not_open", row=str(row.pk), error=str(error))
            raise Gone(GONE) from error
        return HttpResponse(body, content_type=row.media_type, headers=SANDBOX | {"Content-Disposition": f'attachment; filename="{row.name}"'})


def _matching(
    queryset: QuerySet[TestRun], *, status: str = "", trigger: str = "", since: datetime | None = None, until: datetime | None = None
) -> QuerySet[TestRun]:
    wanted = {"status": status, "trigger": trigger, "requested_at__gte": since, "requested_at__lt": until}
    return queryset.filter(**{name: value for name, value in wanted.items() if value})
