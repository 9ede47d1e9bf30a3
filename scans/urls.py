"""Paths of the scans app, all of them behind a workspace."""

from __future__ import annotations

from django.urls import path

from scans import change_views, register_views, rule_views, scan_views, views

app_name = "scans"
SITE = "w/<slug:workspace>/sites/<uuid:site_id>/"
CHANGE = "w/<slug:workspace>/changes/<uuid:change_id>/"
RULE = "w/<slug:workspace>/ignore-rules/<uuid:rule_id>/"
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
    path(SITE + "pages/<uuid:page_id>/kind/", views.page_kind, name="page-kind"),
    path(SITE + "consent/", views.site_consent, name="site-consent"),
    path(SITE + "register/", register_views.register_page, name="register"),
    path(SITE + "register/download/", register_views.register_csv, name="register-csv"),
    path(SITE + "register/pdf/", register_views.register_pdf, name="register-pdf"),
    path(SITE + "register/<uuid:entry_id>/authorise/", register_views.register_authorise, name="register-authorise"),
    path(SITE + "register/<uuid:entry_id>/withdraw/", register_views.register_withdraw, name="register-withdraw"),
    path(SITE + "register/<uuid:page_id>/remove/", register_views.register_remove, name="register-remove"),
    path("w/<slug:workspace>/changes/", change_views.change_list, name="change-list"),
    path("w/<slug:workspace>/changes/decide/", change_views.change_decide, name="change-decide"),
    path(CHANGE, change_views.change_detail, name="change-detail"),
    path(CHANGE + "acknowledge/", change_views.change_acknowledge, name="change-acknowledge"),
    path(CHANGE + "expect/", change_views.change_expect, name="change-expect"),
    path(CHANGE + "reopen/", change_views.change_reopen, name="change-reopen"),
    path("w/<slug:workspace>/ignore-rules/", rule_views.rule_list, name="rule-list"),
    path("w/<slug:workspace>/ignore-rules/add/", rule_views.rule_add, name="rule-add"),
    path(RULE + "approve/", rule_views.rule_approve, name="rule-approve"),
    path(RULE + "end/", rule_views.rule_end, name="rule-end"),
    path(SCAN, scan_views.scan_detail, name="scan-detail"),
    path(SCAN + "snapshot/", scan_views.snapshot_download, name="snapshot-download"),
    path(SCAN + "screenshot/<slug:sha256>/", scan_views.screenshot, name="screenshot"),
    path(SCAN + "evidence/<uuid:evidence_id>/", scan_views.evidence_download, name="evidence-download"),
    path(SCAN + "<slug:section>/", scan_views.scan_section, name="scan-section"),
]
