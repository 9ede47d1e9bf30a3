"""Paths of the accounts app. Log-in, sign-up and the rest of one's own account are allauth's, under `/accounts/`."""

from __future__ import annotations

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [path("", views.home, name="home")]
