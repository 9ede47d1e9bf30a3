"""Paths of the scans app, all of them behind a workspace."""

from __future__ import annotations

from django.urls import path

from scans import scan_views, views

app_name = "scans"
SITE = "w/<slug:workspace>/sites/<uuid:site_id>/"
SCAN = "w/<slug:workspace>/scans/<uuid:scan_id>/"

urlpatterns = [
    path("w/<slug:workspace>/sites/", views.site_list, name="site-list"),
    path("w/<slug:workspace>/sites/add/", views.site_add, name="site-add"),
    path(SITE, views.site_detail, name="site-detail"),
    path(SITE + "progress/", views.site_progress, name="site-progress"),
    path(SITE + "scans/", views.site_scans, name="site-scans"),
    path(SITE + "scan/", views.scan_now, name="scan-now"),
    path(SITE + "pause/", views.site_pause, name="site-pause"),
    path(SITE + "resume/", views.site_resume, name="site-resume"),
    path(SITE + "settings/", views.site_settings, name="site-settings"),
    path(SITE + "remove/", views.site_remove, name="site-remove"),
    path(SITE + "schedule/", views.site_schedule, name="site-schedule"),
    path(SITE + "pages/add/", views.page_add, name="page-add"),
    path(SITE + "pages/<uuid:page_id>/remove/", views.page_remove, name="page-remove"),
    path(SCAN, scan_views.scan_detail, name="scan-detail"),
    path(SCAN + "snapshot/", scan_views.snapshot_download, name="snapshot-download"),
    path(SCAN + "screenshot/<slug:sha256>/", scan_views.screenshot, name="screenshot"),
    path(SCAN + "evidence/<uuid:evidence_id>/", scan_views.evidence_download, name="evidence-download"),
    path(SCAN + "<slug:section>/", scan_views.scan_section, name="scan-section"),
]
