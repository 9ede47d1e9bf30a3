"""The API keeps its word: whatever is sent, it answers as its description says, and never with a fault of ours.

Cases are drawn from the committed description by schemathesis, the same ones each time, and sent through WSGI in this process.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, ignored_auth, response_schema_conformance, status_code_conformance

from accounts import api_keys
from scans import store
from scans.models import Evidence, Page, Scan
from tests.factories import (
    NOON,
    make_change,
    make_checkout_test,
    make_ignore_rule,
    make_register_entry,
    make_scan,
    make_site,
    make_test_data,
    make_test_run,
)
from tests.scans.sample_snapshot import sample_captured
from tracefox import blobs
from tracefox.wsgi import application

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, ignored_auth)
FEW = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

described = schemathesis.openapi.from_path(Path(__file__).parents[2] / "docs" / "openapi.json")
described.app = application


@pytest.fixture
def one_connection(db):
    """The application runs in this test's transaction, so it must leave the connection open, as it does for Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known(one_connection, workspace, settings):
    """Names in paths that lead somewhere: without them every case would end at 404."""
    settings.BLOBS = "memory"
    blobs.forget()
    site = make_site(workspace=workspace, pages=3)
    scan = make_scan(site=site, status=Scan.Status.OK)
    make_scan(site=site, status=Scan.Status.FAILED, requested_at=NOON + timedelta(hours=1))
    store.save(scan, sample_captured())
    page = Page.objects.for_workspace(workspace).filter(site=site)[2]
    evidence = Evidence.objects.for_workspace(workspace)[0]
    payment = Page.objects.for_workspace(workspace).filter(site=site)[1]
    Page.objects.for_workspace(workspace).filter(pk=payment.pk).update(kind=Page.Kind.PAYMENT)
    ids: dict[str, object] = {"clients": site.client_id, "sites": site.pk, "pages": page.pk, "scans": scan.pk, "evidence": evidence.pk}
    ids |= {"changes": make_change(scan=scan).pk, "ignore-rules": make_ignore_rule(workspace=workspace).pk, "register": make_register_entry(page=payment).pk}
    test = make_checkout_test(site=site)
    make_test_data(test=test)
    ids |= {"checkout-tests": test.pk, "checkout-runs": make_test_run(test=test, status="passed").pk, "test-data": "coupon.code"}
    yield {kind: str(pk) for kind, pk in ids.items()}
    blobs.forget()


@described.parametrize()
@FEW
def test_every_operation_answers_as_described(case, known, workspace):
    _lead_somewhere(case, known)
    _key, plain = api_keys.create(workspace=workspace, name="Pipeline", by=None, can_write=True)

    case.call_and_validate(headers={"Authorization": f"Bearer {plain}"}, checks=CHECKS)


def _lead_somewhere(case: Any, known: dict[str, str]) -> None:
    for before, part in pairwise(case.operation.path.strip("/").split("/")):
        name = part.strip("{}")
        if part.startswith("{") and name in (case.path_parameters or {}) and before in known:
            case.path_parameters[name] = known[before]
