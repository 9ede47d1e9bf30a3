"""Test Data over the API: names come out, values only go in."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import WorkspaceViewSet
from checkout import cards, runner_keys, steps, test_data
from checkout.api import examples
from checkout.api import serializers as forms
from checkout.models import CheckoutTest, TestData
from scans.api.callers import program_of
from tracefox.api.problems import Unavailable


@extend_schema(tags=["Checkout tests"])
class TestDataApi(WorkspaceViewSet):
    """The values that a test types. Sealed as they enter: no answer of this server holds one."""

    __test__ = False

    model = TestData
    order = "id"
    serializer_class = forms.TestDataSerializer
    pagination_class = None

    def get_queryset(self) -> QuerySet[TestData]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return super().get_queryset().filter(test=self._test())

    @extend_schema(
        operation_id="list_test_data",
        summary="The names of a test’s Test Data, and whether each has a value",
        responses={200: forms.TestDataSerializer(many=True)},
        examples=[examples.TEST_DATA],
    )
    def list(self, _request: Request, **_path: Any) -> Response:
        test = self._test()
        given = dict(self.get_queryset().values_list("name", "changed_at"))
        named = steps.test_data_names(steps.parse(test.flow))
        rows = [{"name": name, "changed_at": given.get(name), "used": name in named} for name in dict.fromkeys([*named, *sorted(given)])]
        return Response(forms.TestDataSerializer(rows, many=True).data)

    @sensitive_variables("sent")
    @extend_schema(
        operation_id="put_test_data",
        summary="Give a value of Test Data, or replace it",
        description="Published test numbers of payment processors are the only card numbers that are taken.",
        request=forms.TestDataInSerializer,
        responses={200: forms.TestDataSerializer, 503: None},
        examples=[OpenApiExample("A name", {"value": "Ada Test"}, request_only=True)],
    )
    def update(self, request: Request, **_path: Any) -> Response:
        test, name = self._test(), self.kwargs["name"]
        sent = forms.TestDataInSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            row = test_data.put(test, name=name, value=sent.validated_data["value"], by=None, now=timezone.now(), program=program_of(request))
        except (cards.RealCard, test_data.BadTestData) as refusal:
            raise ValidationError({"value": str(refusal)}) from refusal
        except runner_keys.KeyNotReady as later:
            raise Unavailable(str(later)) from later
        used = name in steps.test_data_names(steps.parse(test.flow))
        return Response(forms.TestDataSerializer({"name": row.name, "changed_at": row.changed_at, "used": used}).data)

    @extend_schema(operation_id="remove_test_data", summary="Remove a value of Test Data", responses={204: None})
    def destroy(self, request: Request, **_path: Any) -> Response:
        try:
            test_data.remove(self._test(), name=self.kwargs["name"], by=None, now=timezone.now(), program=program_of(request))
        except test_data.NoSuchTestData as missing:
            raise NotFound from missing
        return Response(status=204)

    def _test(self) -> CheckoutTest:
        return get_object_or_404(CheckoutTest.objects.for_workspace(self.workspace).select_related("site__workspace"), pk=self.kwargs["test"])
