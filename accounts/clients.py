"""The agency's clients: add one, rename one, find one by its name, remove one.

A client's name is unique in its workspace, whatever the case of its letters; the database decides.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.models import Client, Workspace

LONGEST_NAME = 120


class ClientNameTaken(Exception):
    """The workspace has a client of this name."""


class BadClientName(Exception):
    """A client needs a name, of a length that fits on a page."""


class ClientHasSites(Exception):
    """A client whose sites are under watch stays."""


def add(*, workspace: Workspace, name: str) -> Client:
    name = _tidy(name)
    try:
        with transaction.atomic():
            return Client.objects.create(workspace=workspace, name=name)
    except IntegrityError as taken:
        raise ClientNameTaken(f"You already have a client named {name}.") from taken


def rename(client: Client, *, name: str) -> None:
    client.name = _tidy(name)
    try:
        with transaction.atomic():
            client.save(update_fields=["name"])
    except IntegrityError as taken:
        raise ClientNameTaken(f"You already have a client named {client.name}.") from taken


def remove(client: Client) -> None:
    """Forget a client who has no sites. A site that is added at the same moment wins: the database decides."""
    try:
        with transaction.atomic():
            Client.objects.for_workspace(client.workspace_id).filter(pk=client.pk).delete()
    except (ProtectedError, IntegrityError) as has_sites:
        raise ClientHasSites(f"{client.name} has sites under watch. Remove them or give them to another client first.") from has_sites


def get_or_add(*, workspace: Workspace, name: str) -> Client:
    """The client of this name, added if there is none: for imports, where the same name comes on many lines."""
    known = Client.objects.for_workspace(workspace).filter(name__iexact=_tidy(name)).first()
    return known or add(workspace=workspace, name=name)


def _tidy(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise BadClientName("Give the client a name.")
    if len(name) > LONGEST_NAME:
        raise BadClientName(f"A client's name may have at most {LONGEST_NAME} characters.")
    return name
