"""The agency's clients, with a rival who has clients of the same names."""

from __future__ import annotations

import pytest

from accounts import clients
from accounts.models import Client
from tests.factories import make_client, make_site

pytestmark = pytest.mark.django_db


def test_a_client_is_added_to_its_workspace_only(workspace, rival):
    client = clients.add(workspace=workspace, name="  Bakery   Berg ")
    assert client.name == "Bakery Berg"
    assert list(Client.objects.for_workspace(workspace)) == [client]
    assert not Client.objects.for_workspace(rival).exists()


def test_a_name_is_taken_in_one_workspace_only(workspace, rival):
    clients.add(workspace=rival, name="Bakery")
    clients.add(workspace=workspace, name="Bakery")
    with pytest.raises(clients.ClientNameTaken, match="BAKERY"):
        clients.add(workspace=workspace, name="BAKERY")
    assert Client.objects.for_workspace(workspace).count() == 1


def test_a_client_is_renamed(workspace):
    client = make_client(workspace=workspace, name="Bakery")
    clients.rename(client, name="bakery")
    client.refresh_from_db()
    assert client.name == "bakery"


def test_a_client_is_not_renamed_to_another_ones_name(workspace):
    make_client(workspace=workspace, name="Bakery")
    client = make_client(workspace=workspace, name="Florist")
    with pytest.raises(clients.ClientNameTaken):
        clients.rename(client, name="BAKERY")
    client.refresh_from_db()
    assert client.name == "Florist"


@pytest.mark.parametrize("name", ["", "  ", "\n", "x" * 121])
def test_a_client_needs_a_name_that_fits(workspace, name):
    with pytest.raises(clients.BadClientName):
        clients.add(workspace=workspace, name=name)


def test_an_import_finds_the_client_it_has_added(workspace, rival):
    theirs = make_client(workspace=rival, name="Bakery")
    first = clients.get_or_add(workspace=workspace, name="Bakery")
    assert clients.get_or_add(workspace=workspace, name=" bakery ") == first != theirs


def test_a_client_without_sites_is_removed(workspace, rival):
    client, theirs = make_client(workspace=workspace), make_client(workspace=rival)
    clients.remove(client)
    assert not Client.objects.for_workspace(workspace).exists()
    assert Client.objects.for_workspace(rival).get() == theirs


def test_a_client_with_sites_stays_and_the_refusal_says_what_to_do(workspace):
    client = make_site(client=make_client(workspace=workspace, name="Bakery")).client
    with pytest.raises(clients.ClientHasSites, match=r"Bakery has sites under watch. Remove them or give them to another client first."):
        clients.remove(client)
    assert Client.objects.for_workspace(workspace).get() == client
