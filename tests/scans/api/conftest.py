"""Programs with a key, and a store of a test's own. Imports stand in the fixtures: pytest reads this file before Django has its settings."""

from __future__ import annotations

import pytest


@pytest.fixture
def program(workspace):
    from tests.callers import caller

    return caller(workspace)


@pytest.fixture
def reader(workspace):
    """A program whose key may not change anything."""
    from tests.callers import caller

    return caller(workspace, can_write=False)


@pytest.fixture
def rivals_program(rival):
    from tests.callers import caller

    return caller(rival)


@pytest.fixture
def kept(settings):
    from tracefox import blobs

    settings.BLOBS = "memory"
    blobs.forget()
    yield blobs.store()
    blobs.forget()
