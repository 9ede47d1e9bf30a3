"""Every route of the checkout app's API."""

from __future__ import annotations

from django.urls import path

from checkout.api import recorder
from checkout.api.runs import RunApi, TestRunsApi
from checkout.api.test_data import TestDataApi
from checkout.api.tests import CheckoutTestApi

urlpatterns = [
    path("checkout-tests/", CheckoutTestApi.as_view({"get": "list", "post": "create"}), name="api-checkout-tests"),
    path("checkout-tests/import/", CheckoutTestApi.as_view({"post": "create_from_recording"}), name="api-checkout-tests-import"),
    path("checkout-tests/<uuid:pk>/", CheckoutTestApi.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}), name="api-checkout-test"),
    path("checkout-tests/<uuid:pk>/export/<slug:form>/", CheckoutTestApi.as_view({"get": "export"}), name="api-checkout-test-export"),
    path("checkout-tests/<uuid:test>/test-data/", TestDataApi.as_view({"get": "list"}), name="api-test-data"),
    path("checkout-tests/<uuid:test>/test-data/<str:name>/", TestDataApi.as_view({"put": "update", "delete": "destroy"}), name="api-test-data-value"),
    path("checkout-tests/<uuid:test>/runs/", TestRunsApi.as_view({"get": "list", "post": "create"}), name="api-checkout-runs"),
    path("checkout-runs/<uuid:pk>/", RunApi.as_view({"get": "retrieve"}), name="api-checkout-run"),
    path("checkout-runs/<uuid:pk>/evidence/<str:name>/", RunApi.as_view({"get": "evidence"}), name="api-checkout-run-evidence"),
    *recorder.urlpatterns,
]
