"""Every route of the scans app's API."""

from __future__ import annotations

from django.urls import path

from scans.api.changes import ChangeApi
from scans.api.ignore_rules import IgnoreRuleApi
from scans.api.register import RegisterApi
from scans.api.scans import EvidenceApi, ScanApi
from scans.api.sites import PageApi, SiteApi

urlpatterns = [
    path("sites/", SiteApi.as_view({"get": "list", "post": "create"}), name="api-sites"),
    path("sites/bulk/", SiteApi.as_view({"post": "create_many"}), name="api-sites-bulk"),
    path("sites/<uuid:pk>/", SiteApi.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}), name="api-site"),
    path("sites/<uuid:site>/pages/", PageApi.as_view({"get": "list", "post": "create"}), name="api-pages"),
    path("sites/<uuid:site>/pages/<uuid:pk>/", PageApi.as_view({"patch": "partial_update", "delete": "destroy"}), name="api-page"),
    path("sites/<uuid:site>/register/", RegisterApi.as_view({"get": "list"}), name="api-register"),
    path("sites/<uuid:site>/register/csv/", RegisterApi.as_view({"get": "csv"}), name="api-register-csv"),
    path("sites/<uuid:site>/register/pdf/", RegisterApi.as_view({"get": "pdf"}), name="api-register-pdf"),
    path("sites/<uuid:site>/register/<uuid:pk>/", RegisterApi.as_view({"patch": "partial_update"}), name="api-register-entry"),
    path("sites/<uuid:site>/scans/", ScanApi.as_view({"post": "create"}), name="api-site-scans"),
    path("scans/", ScanApi.as_view({"get": "list"}), name="api-scans"),
    path("scans/<uuid:pk>/", ScanApi.as_view({"get": "retrieve"}), name="api-scan"),
    path("scans/<uuid:pk>/snapshot/", ScanApi.as_view({"get": "snapshot"}), name="api-snapshot"),
    path("scans/<uuid:pk>/screenshot/", ScanApi.as_view({"get": "screenshot"}), name="api-screenshot"),
    path("scans/<uuid:scan>/evidence/", EvidenceApi.as_view({"get": "list"}), name="api-evidence-list"),
    path("scans/<uuid:scan>/evidence/<uuid:pk>/", EvidenceApi.as_view({"get": "retrieve"}), name="api-evidence"),
    path("changes/", ChangeApi.as_view({"get": "list"}), name="api-changes"),
    path("changes/<uuid:pk>/", ChangeApi.as_view({"get": "retrieve"}), name="api-change"),
    path("changes/<uuid:pk>/acknowledge/", ChangeApi.as_view({"post": "acknowledge"}), name="api-change-acknowledge"),
    path("changes/<uuid:pk>/expected/", ChangeApi.as_view({"post": "expected"}), name="api-change-expected"),
    path("changes/<uuid:pk>/reopen/", ChangeApi.as_view({"post": "reopen"}), name="api-change-reopen"),
    path("ignore-rules/", IgnoreRuleApi.as_view({"get": "list", "post": "create"}), name="api-ignore-rules"),
    path("ignore-rules/preview/", IgnoreRuleApi.as_view({"post": "preview"}), name="api-ignore-rules-preview"),
    path("ignore-rules/<uuid:pk>/", IgnoreRuleApi.as_view({"get": "retrieve"}), name="api-ignore-rule"),
    path("ignore-rules/<uuid:pk>/approve/", IgnoreRuleApi.as_view({"post": "approve"}), name="api-ignore-rule-approve"),
    path("ignore-rules/<uuid:pk>/end/", IgnoreRuleApi.as_view({"post": "end"}), name="api-ignore-rule-end"),
]
