"""The workspace and its clients, over the API."""

from __future__ import annotations

from uuid import uuid4

import pytest

from accounts.models import Client
from tests.callers import caller, send
from tests.factories import make_client

pytestmark = pytest.mark.django_db
CLIENTS = "/api/v1/clients/"


def test_a_key_tells_which_workspace_it_opens_and_what_it_may(workspace):
    body = caller(workspace, can_write=False).get("/api/v1/workspace/").json()

    assert (body["id"], body["name"], body["slug"]) == (str(workspace.pk), "Agency", "agency")
    assert (body["site_limit"], body["key"]) == (workspace.site_limit, {"name": "Pipeline", "can_write": False})


def test_a_client_is_added_shown_and_renamed(workspace):
    program = caller(workspace)

    added = send(program, "post", CLIENTS, {"name": "  Tea   House "})

    assert (added.status_code, added.json()["name"]) == (201, "Tea House")
    assert program.get(added["Location"]).json() == added.json()
    renamed = send(program, "patch", added["Location"], {"name": "Coffee House"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Coffee House")


@pytest.mark.parametrize("method", ["post", "patch"])
def test_two_clients_of_one_name_are_a_conflict(workspace, method):
    make_client(workspace=workspace, name="Tea House")
    other = make_client(workspace=workspace)

    response = send(caller(workspace), method, CLIENTS if method == "post" else f"{CLIENTS}{other.pk}/", {"name": "tea house"})

    assert (response.status_code, response.json()["detail"]) == (409, "You already have a client named tea house.")


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "  "}, {"name": "x" * 121}, {"name": None}, {"name": ["x"]}, {"name": "a\x00b"}, [], "x", None, 7])
def test_a_client_without_a_proper_name_is_refused(workspace, body):
    response = send(caller(workspace), "post", CLIENTS, body)

    assert response.status_code == 400
    assert response.json()["detail"]
    assert not Client.objects.for_workspace(workspace).exists()


def test_two_workspaces_may_have_clients_of_one_name(workspace, rival):
    make_client(workspace=rival, name="Tea House")

    assert send(caller(workspace), "post", CLIENTS, {"name": "Tea House"}).status_code == 201


def test_clients_are_listed_newest_first_and_only_ours(workspace, rival):
    first, second = make_client(workspace=workspace), make_client(workspace=workspace)
    make_client(workspace=rival)

    assert [row["id"] for row in caller(workspace).get(CLIENTS).json()["results"]] == [str(second.pk), str(first.pk)]


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_a_rivals_client_is_as_good_as_none(workspace, rival, method):
    theirs = make_client(workspace=rival, name="Theirs")
    program = caller(workspace)

    ours, nobodys = (send(program, method, f"{CLIENTS}{pk}/", None if method == "get" else {"name": "Mine"}) for pk in (theirs.pk, uuid4()))

    assert ours.status_code == nobodys.status_code == 404
    assert ours.content == nobodys.content
    assert Client.objects.for_workspace(rival).get().name == "Theirs"


def test_a_key_that_only_reads_adds_no_client(workspace):
    assert send(caller(workspace, can_write=False), "post", CLIENTS, {"name": "Tea House"}).status_code == 403


def test_a_client_without_sites_is_removed(workspace):
    client = make_client(workspace=workspace)
    program = caller(workspace)

    assert program.delete(f"{CLIENTS}{client.pk}/").status_code == 204
    assert program.get(f"{CLIENTS}{client.pk}/").status_code == 404


def test_a_key_that_only_reads_removes_no_client(workspace):
    client = make_client(workspace=workspace)

    assert caller(workspace, can_write=False).delete(f"{CLIENTS}{client.pk}/").status_code == 403
    assert Client.objects.for_workspace(workspace).get() == client
