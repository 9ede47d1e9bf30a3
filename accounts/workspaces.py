"""Workspaces: begin one, find the ones that a person works in.

The slug is what people see in addresses. It is made from the name, and says nothing about how many others share that name.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from itertools import chain, repeat

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts.models import Membership, Role, User, Workspace

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class NoSlugLeft(Exception):
    """Every address that was tried for a new workspace is taken. Not expected to happen."""


def slugs_for(name: str) -> Iterator[str]:
    """The name itself, then the name with chance endings."""
    plain = slugify(name)[:50].strip("-") or "workspace"
    endings = ("-" + "".join(secrets.choice(LETTERS) for _ in range(5)) for _ in repeat(None, 5))
    yield from chain([plain], (plain + ending for ending in endings))


def create(*, name: str, owner: User, slugs: Callable[[str], Iterator[str]] = slugs_for) -> Workspace:
    """Begin a workspace, with its owner as the first member."""
    for slug in slugs(name):
        try:
            with transaction.atomic():
                workspace = Workspace.objects.create(name=name.strip(), slug=slug)
                Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
        except IntegrityError:
            continue  # somebody has this slug; the unique constraint is what decides between two sign-ups at once
        return workspace
    raise NoSlugLeft(f"No free address for a workspace named {name!r}.")


def first_of(user: User) -> Workspace | None:
    """Where a person lands after log-in: the workspace that they joined first."""
    return Workspace.objects.filter(memberships__user=user).order_by("memberships__created_at").first()
