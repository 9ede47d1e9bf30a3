"""The API's own paths: its description, and an answer in its own form for whatever is no path of it."""

from __future__ import annotations

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from tracefox.api import problems


class Description(SpectacularJSONAPIView):
    """Open to all: it holds nothing that a customer owns."""

    door = "public"
    authentication_classes = ()
    permission_classes = ()


urlpatterns = [
    path("schema/", Description.as_view(), name="api-schema"),
    re_path(r"^.*$", problems.no_such_path),
]
