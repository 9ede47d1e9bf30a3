"""The key pairs that Test Data is sealed to: one for each workspace. Everybody may ask for the public half; only a checkout worker can open the private one.

The private half is wrapped by a ring or KMS key of its own (`TRACEFOX_RUNNER_KEYS`, `TRACEFOX_RUNNER_KMS_KEY`), which no other program is given; so pairs are
made by a task in the checkout queue, and `public` rings for it and waits a moment. To shred a workspace's Test Data: `shred`, which deletes its pair.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from django.db.models.functions import Now

from accounts.models import Workspace
from checkout.models import RunnerKey
from tracefox import vault
from tracefox.celery import app

PURPOSE = "runner"
PATIENCE = 3.0
PAUSE = 0.1


class KeyNotReady(Exception):
    """The workspace has no key yet, and no checkout worker made one in time."""

    def __init__(self) -> None:
        super().__init__("The key that seals Test Data is not ready yet. Try again in a minute; if it stays so, no checkout worker is running.")


def ring() -> None:
    """Wake a checkout worker to make the keys that are missing. By name: `checkout.tasks` stands before this module, not behind it."""
    app.send_task("checkout.tasks.make_runner_keys")


def public(workspace: Workspace | UUID, *, patience: float = PATIENCE, ring: Callable[[], None] = ring) -> RunnerKey:
    """The workspace's key, to seal with. Where there is none yet, one is asked for and waited for. `KeyNotReady` if it does not come."""
    if key := _find(workspace):
        return key
    ring()
    ends = time.monotonic() + patience
    while True:
        if key := _find(workspace):
            return key
        if time.monotonic() >= ends:
            raise KeyNotReady
        time.sleep(PAUSE)


def make(workspace: Workspace | UUID) -> RunnerKey:
    """The workspace's key, made if there is none. Of two callers at once, one makes it and both get it. For checkout workers: it needs their ring."""
    if key := _find(workspace):
        return key
    secret, wrapped = _vault().new_data_key(_context(_id(workspace)))
    public_key = X25519PrivateKey.from_private_bytes(secret.secret).public_key().public_bytes_raw()
    row = RunnerKey(id=secret.id, workspace_id=_id(workspace), public_key=public_key, wrapped=wrapped, created_at=Now())
    RunnerKey.objects.bulk_create([row], ignore_conflicts=True)
    return RunnerKey.objects.for_workspace(workspace).get()


def make_missing() -> int:
    """A key for every workspace that has none; how many were made."""
    missing = Workspace.objects.filter(runner_key=None).values_list("pk", flat=True)
    return len([make(workspace) for workspace in list(missing)])


def are_missing() -> bool:
    return Workspace.objects.filter(runner_key=None).exists()


def private(key: RunnerKey) -> bytes:
    """The private half, for the runner's pipe and nowhere else. `vault.KeyMissing` in a program that has no runner ring: the web server, a scan worker."""
    return _vault().unwrap(bytes(key.wrapped), context=_context(key.workspace_id)).secret


def shred(workspace: Workspace | UUID) -> int:
    """Delete the workspace's key, and with it the Test Data that only it opened. How many values went."""
    _, deleted = RunnerKey.objects.for_workspace(workspace).delete()
    return deleted.get("checkout.TestData", 0)


def rewrap(*, dry_run: bool = False) -> Iterator[UUID]:
    """Wrap every private half under the key that wraps now; yield the ids of those that were not. What was sealed stays as it is."""
    for row in RunnerKey.objects.across_workspaces().order_by("id").iterator():
        if _vault().is_current(bytes(row.wrapped)):
            continue
        if not dry_run:
            wrapped = _vault().rewrap(bytes(row.wrapped), context=_context(row.workspace_id))
            RunnerKey.objects.for_workspace(row.workspace_id).filter(id=row.id).update(wrapped=wrapped)
        yield row.id


def forget() -> None:
    """Drop every opened key from memory."""
    _vault.cache_clear()


@lru_cache(maxsize=1)
def _vault() -> vault.Vault:
    return vault.configured(keys=settings.RUNNER_KEYS, kms_key=settings.RUNNER_KMS_KEY, named="TRACEFOX_RUNNER")


def _find(workspace: Workspace | UUID) -> RunnerKey | None:
    return RunnerKey.objects.for_workspace(workspace).first()


def _context(workspace_id: UUID) -> dict[str, str]:
    return {"workspace": str(workspace_id), "purpose": PURPOSE}


def _id(workspace: Workspace | UUID) -> UUID:
    return workspace if isinstance(workspace, UUID) else workspace.id
