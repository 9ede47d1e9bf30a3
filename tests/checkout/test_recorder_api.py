"""What the recorder asks of the server: where a test can go, and a place for Test Data that it sealed itself."""

from __future__ import annotations

import base64

import pytest

from accounts.models import AuditEvent
from checkout import runner_keys, sealing
from checkout.models import TestData
from checkout.runner import unsealing
from tests.callers import caller, send
from tests.factories import make_checkout_test, make_runner_key, make_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(workspace):
    return caller(workspace)


@pytest.fixture
def test(workspace):
    return make_checkout_test(site=make_site(workspace=workspace))


def path(test):
    return f"/api/v1/checkout-tests/{test.pk}/sealed-test-data/"


def box(place, name, value, *, version):
    public_key = base64.b64decode(place["key"]["public_key"])
    sealed = sealing.seal(value, public_key=public_key, context=sealing.context(place["bound_to"], name=name, version=version))
    return {"name": name, "version": version, "sealed": base64.b64encode(sealed).decode()}


def test_the_recorder_is_told_the_sites_and_the_public_key_and_nothing_else(program, workspace, rival):
    key, site, theirs = runner_keys.make(workspace), make_site(workspace=workspace), make_site(workspace=rival)
    answer = program.get("/api/v1/recorder/")
    assert answer.json() == {
        "workspace": "Agency",
        "sites": [{"id": str(site.pk), "name": site.name, "url": site.url}],
        "key": {"id": str(key.pk), "public_key": base64.b64encode(bytes(key.public_key)).decode()},
    }
    assert str(theirs.pk) not in answer.content.decode()


def test_what_was_sealed_elsewhere_opens_in_the_runner_only_in_its_place(program, test):
    key = runner_keys.make(test.site.workspace)
    place = program.get(path(test)).json()
    boxes = [box(place, "coupon.code", "FREE", version=place["data_version"] + 1), box(place, "card.number", "4242424242424242", version=2)]
    answer = send(program, "put", path(test), {"key": place["key"]["id"], "values": boxes})
    assert (answer.status_code, answer.json()["missing"], answer.json()["data_version"]) == (200, [], 2)
    row = TestData.objects.for_workspace(test.site.workspace).get(name="coupon.code")
    private = runner_keys.private(key)
    where = sealing.context_of(workspace=test.site.workspace_id, test=test.pk)
    assert unsealing.unseal(bytes(row.sealed), private_key=private, context=sealing.context(where, name="coupon.code", version=1)) == "FREE"
    events = AuditEvent.objects.for_workspace(test.site.workspace)
    assert {(event.action, event.details["name"]) for event in events} == {("test_data.added", "coupon.code"), ("test_data.added", "card.number")}


def test_who_was_slower_is_told_to_seal_again_and_nothing_is_kept(program, test):
    runner_keys.make(test.site.workspace)
    place = program.get(path(test)).json()
    late = {"key": place["key"]["id"], "values": [box(place, "coupon.code", "x", version=2)]}
    assert send(program, "put", path(test), late).status_code == 409
    other = make_runner_key(workspace=make_site().workspace)
    wrong = {"key": str(other.pk), "values": [box(place, "coupon.code", "x", version=1)]}
    assert send(program, "put", path(test), wrong).status_code == 409
    assert not TestData.objects.for_workspace(test.site.workspace).exists()


@pytest.mark.parametrize(
    "values",
    [
        [],
        [{"name": "coupon.code", "version": 1, "sealed": "not base64!"}],
        [{"name": "coupon.code", "version": 1, "sealed": base64.b64encode(b"4242424242424242").decode()}],
        [{"name": "4539148803436467", "version": 1, "sealed": base64.b64encode(b"TFS1" + bytes(80)).decode()}],
        [{"name": "unique.email", "version": 1, "sealed": base64.b64encode(b"TFS1" + bytes(80)).decode()}],
    ],
)
def test_what_is_no_sealed_value_is_refused_and_not_repeated(program, test, values):
    key = runner_keys.make(test.site.workspace)
    answer = send(program, "put", path(test), {"key": str(key.pk), "values": values})
    assert answer.status_code == 400
    assert "4539148803436467" not in answer.content.decode()
    assert not TestData.objects.for_workspace(test.site.workspace).exists()


def test_a_key_that_reads_brings_nothing(workspace, test):
    runner_keys.make(workspace)
    reader = caller(workspace, can_write=False)
    assert reader.get(path(test)).status_code == 200
    assert send(reader, "put", path(test), {"key": str(test.pk), "values": []}).status_code == 403
