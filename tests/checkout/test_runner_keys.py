from __future__ import annotations

import base64
import os
import threading
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import connection

from accounts.models import Workspace
from checkout import runner_keys
from checkout.models import RunnerKey, TestData
from tests import factories
from tracefox import vault

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _anew():
    runner_keys.forget()
    yield
    runner_keys.forget()


def ring_of(*names: str) -> str:
    return ",".join(f"{name}:{base64.b64encode(name.encode().ljust(32, b'.')).decode()}" for name in names)


def test_the_private_half_fits_the_public_one(workspace):
    key = runner_keys.make(workspace)
    private = runner_keys.private(key)
    assert X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw() == bytes(key.public_key)
    assert private not in bytes(key.wrapped)


def test_a_workspace_keeps_its_key(workspace, rival):
    key = runner_keys.make(workspace)
    assert runner_keys.make(workspace) == runner_keys.public(workspace) == key
    assert bytes(runner_keys.make(rival).public_key) != bytes(key.public_key)


def test_keys_are_made_for_every_workspace_that_has_none(workspace, rival):
    runner_keys.make(rival)
    assert runner_keys.make_missing() == Workspace.objects.count() - 1
    assert runner_keys.make_missing() == 0
    assert RunnerKey.objects.for_workspace(workspace).exists()


def test_who_asks_first_rings_and_waits(workspace):
    rung = []

    def ring():
        rung.append(1)
        runner_keys.make(workspace)

    key = runner_keys.public(workspace, ring=ring)
    assert runner_keys.public(workspace, ring=ring) == key
    assert rung == [1]


def test_a_key_that_does_not_come_is_a_sentence_for_people(workspace):
    with pytest.raises(runner_keys.KeyNotReady, match="not ready yet"):
        runner_keys.public(workspace, patience=0, ring=lambda: None)


def test_a_program_without_the_runners_ring_gets_public_keys_only(workspace, settings):
    key = runner_keys.make(workspace)
    runner_keys.forget()
    settings.RUNNER_KEYS = ""
    assert runner_keys.public(workspace) == key
    with pytest.raises(vault.KeyMissing, match="TRACEFOX_RUNNER_KEYS"):
        runner_keys.private(key)
    with pytest.raises(vault.KeyMissing):
        runner_keys.make(factories.make_workspace())


def test_the_ring_of_data_keys_opens_no_runner_key(workspace, settings):
    """Who has TRACEFOX_VAULT_KEYS, as every program does, has nothing for Test Data."""
    key = runner_keys.make(workspace)
    with pytest.raises((vault.KeyMissing, vault.CannotUnseal)):
        vault.unwrap(bytes(key.wrapped), context={"workspace": str(workspace.pk), "purpose": "runner"})


def test_a_wrapped_key_that_was_moved_to_another_workspace_does_not_open(workspace, rival):
    key, theirs = runner_keys.make(workspace), runner_keys.make(rival)
    RunnerKey.objects.for_workspace(rival).update(wrapped=bytes(key.wrapped), public_key=bytes(key.public_key))
    theirs.refresh_from_db()
    with pytest.raises(vault.CannotUnseal):
        runner_keys.private(theirs)


def test_a_deleted_key_shreds_what_was_sealed_to_it(workspace, rival):
    ours = factories.make_checkout_test(site=factories.make_site(workspace=workspace))
    theirs = factories.make_checkout_test(site=factories.make_site(workspace=rival))
    for test in (ours, theirs):
        factories.make_test_data(test=test, key=runner_keys.make(test.site.workspace))
    assert runner_keys.shred(workspace) == 1
    assert runner_keys.shred(workspace) == 0
    assert not TestData.objects.for_workspace(workspace).exists()
    assert TestData.objects.for_workspace(rival).exists()


def test_the_ring_turns_and_every_private_half_stays(workspace, rival, settings):
    settings.RUNNER_KEYS = ring_of("old")
    before = {key.pk: runner_keys.private(key) for key in (runner_keys.make(workspace), runner_keys.make(rival))}
    settings.RUNNER_KEYS = ring_of("new", "old")
    runner_keys.forget()
    assert set(runner_keys.rewrap(dry_run=True)) == set(before)
    assert set(runner_keys.rewrap()) == set(before)
    assert list(runner_keys.rewrap()) == []
    settings.RUNNER_KEYS = ring_of("new")
    runner_keys.forget()
    assert {key.pk: runner_keys.private(key) for key in RunnerKey.objects.across_workspaces()} == before


def test_a_private_key_is_in_no_text(workspace):
    key = runner_keys.make(workspace)
    private = runner_keys.private(key)
    assert private.hex() not in f"{key} {key!r} {key.__dict__}"
    with pytest.raises(vault.CannotUnseal) as failure:
        runner_keys.private(RunnerKey(id=uuid4(), workspace=workspace, wrapped=os.urandom(80)))
    assert private.hex() not in str(failure.value)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_a_key_at_once_both_get_the_same():
    workspace = factories.make_workspace()
    made, start = [], threading.Barrier(4)

    def make():
        start.wait()
        made.append(bytes(runner_keys.make(workspace.pk).public_key))
        connection.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1
