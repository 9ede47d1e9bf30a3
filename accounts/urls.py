"""Paths of the accounts app. Log-in, sign-up and the rest of one's own account are allauth's, under `/accounts/`."""

from __future__ import annotations

from django.urls import path

from accounts import audit_views, views

app_name = "accounts"
urlpatterns = [
    path("", views.home),
    path("home/", views.home, name="home"),
    path("w/<slug:workspace>/audit/", audit_views.audit_trail, name="audit"),
    path("w/<slug:workspace>/clients/", views.client_list, name="client-list"),
    path("w/<slug:workspace>/clients/add/", views.client_add, name="client-add"),
    path("w/<slug:workspace>/clients/<uuid:client_id>/rename/", views.client_rename, name="client-rename"),
    path("w/<slug:workspace>/clients/<uuid:client_id>/remove/", views.client_remove, name="client-remove"),
    path("w/<slug:workspace>/api-keys/", views.api_key_list, name="api-key-list"),
    path("w/<slug:workspace>/api-keys/create/", views.api_key_create, name="api-key-create"),
    path("w/<slug:workspace>/api-keys/<uuid:key_id>/revoke/", views.api_key_revoke, name="api-key-revoke"),
]
