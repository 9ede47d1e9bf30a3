"""Every route of the scans app's API."""

from __future__ import annotations

from django.urls import path

from scans.api.scans import EvidenceApi, ScanApi
from scans.api.sites import PageApi, SiteApi

urlpatterns = [
    path("sites/", SiteApi.as_view({"get": "list", "post": "create"}), name="api-sites"),
    path("sites/bulk/", SiteApi.as_view({"post": "create_many"}), name="api-sites-bulk"),
    path("sites/<uuid:pk>/", SiteApi.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}), name="api-site"),
    path("sites/<uuid:site>/pages/", PageApi.as_view({"get": "list", "post": "create"}), name="api-pages"),
    path("sites/<uuid:site>/pages/<uuid:pk>/", PageApi.as_view({"delete": "destroy"}), name="api-page"),
    path("sites/<uuid:site>/scans/", ScanApi.as_view({"post": "create"}), name="api-site-scans"),
    path("scans/", ScanApi.as_view({"get": "list"}), name="api-scans"),
    path("scans/<uuid:pk>/", ScanApi.as_view({"get": "retrieve"}), name="api-scan"),
    path("scans/<uuid:pk>/snapshot/", ScanApi.as_view({"get": "snapshot"}), name="api-snapshot"),
    path("scans/<uuid:pk>/screenshot/", ScanApi.as_view({"get": "screenshot"}), name="api-screenshot"),
    path("scans/<uuid:scan>/evidence/", EvidenceApi.as_view({"get": "list"}), name="api-evidence-list"),
    path("scans/<uuid:scan>/evidence/<uuid:pk>/", EvidenceApi.as_view({"get": "retrieve"}), name="api-evidence"),
]
