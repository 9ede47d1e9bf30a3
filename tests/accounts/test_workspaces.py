"""Workspaces: beginning one, and landing in one."""

from __future__ import annotations

import pytest

from accounts import workspaces
from accounts.models import Membership, Role, Workspace
from tests.factories import make_membership, make_user, make_workspace

pytestmark = pytest.mark.django_db


def test_whoever_begins_a_workspace_owns_it():
    person = make_user()
    workspace = workspaces.create(name=" Blue Agency ", owner=person)
    assert (workspace.name, workspace.slug) == ("Blue Agency", "blue-agency")
    membership = Membership.objects.for_workspace(workspace).get()
    assert (membership.user, membership.role) == (person, Role.OWNER)


def test_two_workspaces_of_one_name_have_two_addresses():
    slugs = [workspaces.create(name="Blue Agency", owner=make_user()).slug for _ in range(4)]
    assert slugs[0] == "blue-agency"
    assert len(set(slugs)) == 4
    assert all(slug.startswith("blue-agency") for slug in slugs)


@pytest.mark.parametrize("name", ["株式会社", "---", "!", "x" * 120, "a" * 49 + " b", "Ünïcode & Söhne"])
def test_any_name_gets_an_address_that_fits(name):
    workspace = workspaces.create(name=name, owner=make_user())
    workspace.full_clean()


def test_no_free_address_is_said_so():
    make_workspace(slug="taken")
    person = make_user()
    with pytest.raises(workspaces.NoSlugLeft):
        workspaces.create(name="Taken", owner=person, slugs=lambda name: iter(["taken", "taken"]))
    assert workspaces.first_of(person) is None


def test_a_person_lands_in_the_workspace_joined_first():
    person, other = make_user(), make_user()
    first = make_membership(user=person).workspace
    make_membership(user=person)
    make_membership(user=other)
    assert workspaces.first_of(person) == first


def test_a_person_without_a_workspace_lands_nowhere():
    make_workspace()
    assert workspaces.first_of(make_user()) is None
    assert Workspace.objects.count() == 1
