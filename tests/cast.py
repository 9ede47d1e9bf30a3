"""The people in every test: the workspace's owner, admin, member and viewer, a stranger with no part in it, and a rival workspace in the room.

`..._client` is a browser (Django's test client) in which that person is logged in. A fixture for a new role: one line that calls `_browser`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from accounts.models import Role, User, Workspace
from tests import factories

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _no_memory_of_other_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """Rate limits are counted in the cache, which no transaction rolls back."""
    yield
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture
def workspace(db: None) -> Workspace:
    return factories.make_workspace(name="Agency", slug="agency")


@pytest.fixture
def rival(db: None) -> Workspace:
    """Another customer. Nothing of theirs may show up."""
    return factories.make_workspace(name="Rival", slug="rival")


@pytest.fixture
def owner(workspace: Workspace) -> User:
    return factories.make_membership(workspace=workspace, role=Role.OWNER).user


@pytest.fixture
def owner_client(owner: User) -> Browser:
    return _browser(owner)


@pytest.fixture
def admin_client(workspace: Workspace) -> Browser:
    return _browser(factories.make_membership(workspace=workspace, role=Role.ADMIN).user)


@pytest.fixture
def member_client(workspace: Workspace) -> Browser:
    return _browser(factories.make_membership(workspace=workspace, role=Role.MEMBER).user)


@pytest.fixture
def viewer_client(workspace: Workspace) -> Browser:
    return _browser(factories.make_membership(workspace=workspace, role=Role.VIEWER).user)


@pytest.fixture
def stranger_client(rival: Workspace) -> Browser:
    """Owner of the rival's workspace, a stranger in ours."""
    return _browser(factories.make_membership(workspace=rival, role=Role.OWNER).user)


def _browser(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser
