"""The API of the workspace itself and of its clients. The key decides which workspace that is; no path names it."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clients
from accounts.access import WorkspaceViewSet
from accounts.models import ApiKey, Client, Membership
from tracefox.api.problems import Conflict

CLIENT_EXAMPLE = {"id": "0b1c9a52-3f5e-4f0e-9a53-6a4f6a1f2d10", "name": "Tea House", "created_at": "2026-03-02T09:00:00Z"}


class KeySerializer(serializers.Serializer[ApiKey]):
    name = serializers.CharField()
    can_write = serializers.BooleanField(help_text="Whether this key may change anything.")


class WorkspaceSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    site_limit = serializers.IntegerField(help_text="How many sites may be under watch.")
    concurrent_scan_limit = serializers.IntegerField(help_text="How many scans run at once.")
    key = KeySerializer()


class ClientSerializer(serializers.Serializer[Client]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()


class ClientInSerializer(serializers.Serializer[Client]):
    name = serializers.CharField(max_length=clients.LONGEST_NAME, help_text="Unique in the workspace, whatever the case of its letters.")


@extend_schema(tags=["Workspace"])
class WorkspaceApi(WorkspaceViewSet):
    """The workspace that the key belongs to, and what the key may do."""

    model = Membership
    pagination_class = None
    serializer_class = WorkspaceSerializer

    @extend_schema(operation_id="workspace", summary="Which workspace this key opens, and its limits")
    def retrieve(self, request: Request) -> Response:
        here = self.workspace
        fields = {name: getattr(here, name) for name in ("id", "name", "slug", "site_limit", "concurrent_scan_limit")}
        return Response(WorkspaceSerializer(fields | {"key": request.auth}).data)


@extend_schema(tags=["Clients"])
class ClientApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, WorkspaceViewSet):
    """The agency's clients, who own sites."""

    model = Client
    order = "-created_at"
    serializer_class = ClientSerializer

    @extend_schema(operation_id="list_clients", summary="The workspace's clients, newest first")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="client", summary="One client")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="add_client",
        summary="Add a client",
        request=ClientInSerializer,
        responses={201: ClientSerializer, 409: None},
        examples=[OpenApiExample("A client", {"name": "Tea House"}, request_only=True), OpenApiExample("Added", CLIENT_EXAMPLE, response_only=True)],
    )
    def create(self, request: Request) -> Response:
        try:
            client = clients.add(workspace=self.workspace, name=_name(request))
        except clients.ClientNameTaken as taken:
            raise Conflict(str(taken)) from taken
        except clients.BadClientName as bad:
            raise ValidationError({"name": str(bad)}) from bad
        return Response(ClientSerializer(client).data, status=201, headers={"Location": reverse("api-client", args=[client.pk])})

    @extend_schema(operation_id="rename_client", summary="Rename a client", request=ClientInSerializer, responses={200: ClientSerializer, 409: None})
    def partial_update(self, request: Request, **_path: Any) -> Response:
        client: Client = self.get_object()
        try:
            clients.rename(client, name=_name(request))
        except clients.ClientNameTaken as taken:
            raise Conflict(str(taken)) from taken
        except clients.BadClientName as bad:
            raise ValidationError({"name": str(bad)}) from bad
        return Response(ClientSerializer(client).data)

    @extend_schema(operation_id="remove_client", summary="Remove a client who has no sites", responses={204: None, 409: None})
    def destroy(self, _request: Request, **_path: Any) -> Response:
        try:
            clients.remove(self.get_object())
        except clients.ClientHasSites as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=204)


def _name(request: Request) -> str:
    sent = ClientInSerializer(data=request.data)
    sent.is_valid(raise_exception=True)
    name: str = sent.validated_data["name"]
    return name


urlpatterns: list[URLPattern] = [
    path("workspace/", WorkspaceApi.as_view({"get": "retrieve"}), name="api-workspace"),
    path("clients/", ClientApi.as_view({"get": "list", "post": "create"}), name="api-clients"),
    path("clients/<uuid:pk>/", ClientApi.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}), name="api-client"),
]
