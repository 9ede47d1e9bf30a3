import base64
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from accounts import data_keys
from accounts.models import DataKey
from tests.factories import NOON, make_workspace
from tracefox import vault

OLD, NEW = (base64.b64encode(letter * 32).decode() for letter in (b"o", b"n"))


@pytest.fixture(autouse=True)
def _fresh_vault(settings):
    settings.VAULT_KMS_KEY = ""
    settings.VAULT_KEYS = f"old:{OLD}"
    vault.from_settings.cache_clear()
    yield
    vault.from_settings.cache_clear()


def _ring(settings, keys):
    settings.VAULT_KEYS = keys
    vault.from_settings.cache_clear()


@pytest.mark.django_db
def test_what_a_workspace_sealed_it_can_open():
    workspace = make_workspace()
    box = data_keys.seal(b"page", workspace=workspace, context="a/b")
    assert data_keys.unseal(box, workspace=workspace, context="a/b") == b"page"
    assert data_keys.unseal(box, workspace=workspace.id, context="a/b") == b"page"


@pytest.mark.django_db
def test_a_rival_cannot_open_it():
    box = data_keys.seal(b"page", workspace=make_workspace(), context="a/b")
    with pytest.raises(vault.KeyMissing):
        data_keys.unseal(box, workspace=make_workspace(), context="a/b")


@pytest.mark.django_db
def test_a_box_does_not_open_in_another_place():
    workspace = make_workspace()
    box = data_keys.seal(b"page", workspace=workspace, context="a/b")
    with pytest.raises(vault.CannotUnseal):
        data_keys.unseal(box, workspace=workspace, context="a/c")


@pytest.mark.django_db
def test_a_stolen_data_key_row_does_not_open_for_the_thief():
    ours, theirs = make_workspace(), make_workspace()
    data_keys.current(ours)
    DataKey.objects.for_workspace(ours).update(workspace=theirs)
    with pytest.raises(vault.CannotUnseal):
        data_keys.current(theirs)


@pytest.mark.django_db
def test_a_workspace_has_one_current_key():
    workspace = make_workspace()
    assert data_keys.current(workspace) == data_keys.current(workspace)
    assert DataKey.objects.for_workspace(workspace).count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_callers_at_once_get_the_same_first_key():
    workspace, barrier, got = make_workspace(), Barrier(4), []

    def ask():
        barrier.wait()
        got.append(data_keys.current(workspace))
        connection.close()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 4
    assert len(set(got)) == 1
    assert DataKey.objects.for_workspace(workspace).count() == 1


@pytest.mark.django_db
def test_a_retired_key_still_opens_and_a_new_one_seals():
    workspace = make_workspace()
    box = data_keys.seal(b"page", workspace=workspace, context="a")
    data_keys.retire(workspace, now=NOON)
    newer = data_keys.seal(b"page", workspace=workspace, context="a")
    assert vault.key_id(newer) != vault.key_id(box)
    assert data_keys.unseal(box, workspace=workspace, context="a") == b"page"


@pytest.mark.django_db
def test_shredding_makes_all_boxes_of_the_workspace_unreadable_at_once():
    workspace, neighbour = make_workspace(), make_workspace()
    box = data_keys.seal(b"page", workspace=workspace, context="a")
    other = data_keys.seal(b"page", workspace=neighbour, context="a")
    data_keys.retire(workspace, now=NOON)
    data_keys.current(workspace)
    assert data_keys.shred(workspace) == 2
    with pytest.raises(vault.KeyMissing):
        data_keys.unseal(box, workspace=workspace, context="a")
    assert data_keys.unseal(other, workspace=neighbour, context="a") == b"page"


@pytest.mark.django_db
def test_rotation_rewraps_every_key_and_the_old_ring_key_may_go(settings):
    workspaces = [make_workspace() for _ in range(3)]
    boxes = [data_keys.seal(b"page", workspace=workspace, context="a") for workspace in workspaces]
    data_keys.retire(workspaces[0], now=NOON)
    data_keys.current(workspaces[0])
    _ring(settings, f"new:{NEW},old:{OLD}")
    assert call_command("rotate_keys") == "Re-wrapped 4 data keys."
    assert call_command("rotate_keys") == "Re-wrapped 0 data keys."
    _ring(settings, f"new:{NEW}")
    assert [data_keys.unseal(box, workspace=workspace, context="a") for box, workspace in zip(boxes, workspaces, strict=True)] == [b"page"] * 3


@pytest.mark.django_db
def test_a_dry_rotation_changes_nothing(settings):
    workspace = make_workspace()
    data_keys.current(workspace)
    before = bytes(DataKey.objects.for_workspace(workspace).get().wrapped)
    _ring(settings, f"new:{NEW},old:{OLD}")
    assert call_command("rotate_keys", dry_run=True) == "Would re-wrap 1 data keys."
    assert bytes(DataKey.objects.for_workspace(workspace).get().wrapped) == before


@pytest.mark.django_db
def test_rotation_without_the_old_ring_key_says_what_is_missing(settings):
    data_keys.current(make_workspace())
    _ring(settings, f"new:{NEW}")
    with pytest.raises(CommandError, match="'old'"):
        call_command("rotate_keys")
