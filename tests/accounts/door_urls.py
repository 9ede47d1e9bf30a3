"""Paths for `test_access`: one view behind each door, and one API route."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework import mixins, routers, serializers

from accounts import access
from accounts.models import Client, Workspace


class ClientSerializer(serializers.ModelSerializer):
    class Meta:
        model = Client
        fields = ("id", "name")


class ClientViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.UpdateModelMixin, mixins.DestroyModelMixin, access.WorkspaceViewSet):
    model = Client
    serializer_class = ClientSerializer
    pagination_class = None


def show(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    return HttpResponse(f"{workspace.slug} {request.membership.role}")  # type: ignore[attr-defined]


def greet(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.user))


sites = [path("w/<slug:workspace>/sites/", access.viewer_view(show), name="site-list")]
router = routers.SimpleRouter()
router.register("clients", ClientViewSet, basename="client")
urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("w/<slug:workspace>/read/", access.viewer_view(show)),
    path("w/<slug:workspace>/work/", access.member_view(show)),
    path("w/<slug:workspace>/run/", access.admin_view(show)),
    path("", include((sites, "scans"))),
    path("me/", access.person_view(greet)),
    path("anybody/", access.public_view(lambda request: HttpResponse("hello"))),
    path("api/v1/", include(router.urls)),
]
