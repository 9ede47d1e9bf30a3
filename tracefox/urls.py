"""Which app answers which path. Apps are named by string: this package imports none."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from tracefox import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("api/v1/", include("accounts.api")),
    path("api/v1/", include("scans.api.urls")),
    path("api/v1/", include("checkout.api.urls")),
    path("api/v1/", include("tracefox.api.urls")),  # last: it answers for whatever is no path of the API
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("scans.urls")),
    path("", include("checkout.urls")),
]
