"""The data keys of a workspace: one current key seals, retired ones still open, a deleted one shreds what it sealed.

`seal` and `unseal` are what the rest of the program uses: the context that they bind always begins with the workspace, so a box of one workspace never opens
for another, whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from accounts.models import DataKey, Workspace
from tracefox import vault

PURPOSE = "data"


def seal(plain: bytes, *, workspace: Workspace | UUID, context: str) -> bytes:
    return vault.seal(plain, key=current(workspace), context=bound(workspace, context))


def unseal(box: bytes, *, workspace: Workspace | UUID, context: str) -> bytes:
    return vault.unseal(box, key=get(workspace, vault.key_id(box)), context=bound(workspace, context))


def bound(workspace: Workspace | UUID, context: str) -> str:
    """The context of a box: whose it is, and where it belongs."""
    return f"{_id(workspace)}/{context}"


def current(workspace: Workspace | UUID) -> vault.DataKey:
    """The key that seals now. The first one is made here; of two callers at once, one makes it and both get it."""
    kept = DataKey.objects.for_workspace(workspace).filter(retired_at=None)
    if (row := kept.first()) is None:
        key, wrapped = vault.new_data_key(_context(_id(workspace)))
        DataKey.objects.bulk_create([DataKey(id=key.id, workspace_id=_id(workspace), wrapped=wrapped)], ignore_conflicts=True)
        row = kept.get()
    return _unwrap(row)


def get(workspace: Workspace | UUID, key_id: UUID) -> vault.DataKey:
    if (row := DataKey.objects.for_workspace(workspace).filter(id=key_id).first()) is None:
        raise vault.KeyMissing("The data key is not among this workspace's keys, or was shredded.")
    return _unwrap(row)


def retire(workspace: Workspace | UUID, *, now: datetime) -> None:
    """Seal with a new key from now on. What was sealed stays readable."""
    DataKey.objects.for_workspace(workspace).filter(retired_at=None).update(retired_at=now)


def shred(workspace: Workspace | UUID) -> int:
    """Delete every data key of the workspace: nothing that they sealed opens ever again. Returns how many there were."""
    deleted, _ = DataKey.objects.for_workspace(workspace).delete()
    return deleted


def rewrap(*, dry_run: bool = False) -> Iterator[UUID]:
    """Wrap every data key under the key that wraps now; yield the ids of those that were not. Sealed objects stay as they are."""
    for row in DataKey.objects.across_workspaces().order_by("id").iterator():
        if vault.is_current(bytes(row.wrapped)):
            continue
        if not dry_run:
            wrapped = vault.rewrap(bytes(row.wrapped), context=_context(row.workspace_id))
            DataKey.objects.for_workspace(row.workspace_id).filter(id=row.id).update(wrapped=wrapped)
        yield row.id


def _unwrap(row: DataKey) -> vault.DataKey:
    return vault.unwrap(bytes(row.wrapped), context=_context(row.workspace_id))


def _context(workspace_id: UUID) -> dict[str, str]:
    return {"workspace": str(workspace_id), "purpose": PURPOSE}


def _id(workspace: Workspace | UUID) -> UUID:
    return workspace if isinstance(workspace, UUID) else workspace.id
