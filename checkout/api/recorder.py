"""What the recorder asks of this server: which sites a test can be added to, and where sealed Test Data goes. The test itself it adds as every program does.

Nothing here takes a value that is not sealed.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import WorkspaceViewSet
from checkout import runner_keys, sealed_data, test_data
from checkout.models import CheckoutTest, RunnerKey, TestData
from scans.api.callers import program_of
from scans.models import Site
from tracefox.api.problems import Conflict, Unavailable

LONGEST = 4 * (sealed_data.LONGEST_BOX // 3 + 1)


class RunnerKeySerializer(serializers.Serializer[RunnerKey]):
    """The public half of the key that the workspace's Test Data is sealed to."""

    id = serializers.UUIDField()
    public_key = serializers.SerializerMethodField(help_text="X25519, 32 bytes, in base64.")

    def get_public_key(self, key: RunnerKey) -> str:
        return base64.b64encode(bytes(key.public_key)).decode()


class RecorderSiteSerializer(serializers.Serializer[Site]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.CharField()


class RecorderSerializer(serializers.Serializer[Any]):
    """What a recorder needs to know of a workspace."""

    workspace = serializers.CharField(help_text="Its name.")
    sites = RecorderSiteSerializer(many=True)
    key = RunnerKeySerializer()


class PlaceSerializer(serializers.Serializer[Any]):
    """What to bind the next sealed value to: `bound_to`, its name and the version after `data_version`, joined by `|`."""

    test = serializers.UUIDField()
    bound_to = serializers.CharField(help_text="Workspace and test.")
    data_version = serializers.IntegerField(help_text="The version given out last. The next value gets the one after it.")
    key = RunnerKeySerializer()
    names = serializers.ListField(child=serializers.CharField(), help_text="What the test has values for.")
    missing = serializers.ListField(child=serializers.CharField(), help_text="What its steps name and nobody gave a value for.")


class BoxSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=test_data.LONGEST_NAME)
    version = serializers.IntegerField(min_value=1)
    sealed = serializers.CharField(max_length=LONGEST, help_text="The sealed value, in base64.")

    def validate_sealed(self, value: str) -> bytes:
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as broken:
            raise serializers.ValidationError("This is no base64.") from broken


class BoxesSerializer(serializers.Serializer[Any]):
    key = serializers.UUIDField(help_text="The id of the key that these values are sealed to.")
    values = serializers.ListField(child=BoxSerializer(), min_length=1, max_length=test_data.MOST_VALUES)


@extend_schema(tags=["Checkout tests"])
class RecorderApi(WorkspaceViewSet):
    """The workspace, as the recorder sees it."""

    model = Site
    serializer_class = RecorderSerializer
    pagination_class = None

    @extend_schema(
        operation_id="recorder", summary="What the recorder needs: the sites, and the public key to seal to", responses={200: RecorderSerializer, 503: None}
    )
    def retrieve(self, _request: Request) -> Response:
        try:
            key = runner_keys.public(self.workspace)
        except runner_keys.KeyNotReady as later:
            raise Unavailable(str(later)) from later
        sites = self.get_queryset().order_by("name", "id")
        return Response(RecorderSerializer({"workspace": self.workspace.name, "sites": sites, "key": key}).data)


@extend_schema(tags=["Checkout tests"])
class SealedDataApi(WorkspaceViewSet):
    """Test Data that was sealed before it was sent. This server cannot open it, and neither shows it."""

    model = TestData
    serializer_class = PlaceSerializer
    pagination_class = None

    def get_queryset(self) -> QuerySet[TestData]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return super().get_queryset().filter(test=self._test())

    @extend_schema(operation_id="sealed_test_data", summary="What the next sealed values are bound to", responses={200: PlaceSerializer, 503: None})
    def retrieve(self, _request: Request, **_path: Any) -> Response:
        return self._answer(self._test())

    @extend_schema(
        operation_id="put_sealed_test_data",
        summary="Give values of Test Data that are sealed already",
        description="All of them are taken, or none. Their versions follow on `data_version`: if somebody was faster, 409, and they are sealed again.",
        request=BoxesSerializer,
        responses={200: PlaceSerializer, 409: None, 503: None},
        examples=[
            OpenApiExample(
                "One value",
                {"key": "4f0e9a53-6a4f-4a1f-ad10-0b1c9a523f5e", "values": [{"name": "shipping.email", "version": 1, "sealed": "VEZTMS4uLg=="}]},
                request_only=True,
            )
        ],
    )
    def update(self, request: Request, **_path: Any) -> Response:
        test = self._test()
        sent = BoxesSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        boxes = [sealed_data.Box(**each) for each in sent.validated_data["values"]]
        try:
            sealed_data.put(test, boxes=boxes, key_id=sent.validated_data["key"], by=None, now=timezone.now(), program=program_of(request))
        except test_data.BadTestData as refusal:
            raise ValidationError({"values": str(refusal)}) from refusal
        except sealed_data.SealedMeanwhile as meanwhile:
            raise Conflict(str(meanwhile)) from meanwhile
        return self._answer(test)

    def _answer(self, test: CheckoutTest) -> Response:
        try:
            place = sealed_data.place_for(test)
        except runner_keys.KeyNotReady as later:
            raise Unavailable(str(later)) from later
        named = {"names": test_data.names(test), "missing": test_data.missing(test)}
        return Response(PlaceSerializer({"test": test.pk, "bound_to": place.context, "data_version": place.version, "key": place.key} | named).data)

    def _test(self) -> CheckoutTest:
        return get_object_or_404(CheckoutTest.objects.for_workspace(self.workspace).select_related("site__workspace"), pk=self.kwargs["test"])


urlpatterns = [
    path("recorder/", RecorderApi.as_view({"get": "retrieve"}), name="api-recorder"),
    path("checkout-tests/<uuid:test>/sealed-test-data/", SealedDataApi.as_view({"get": "retrieve", "put": "update"}), name="api-sealed-test-data"),
]
