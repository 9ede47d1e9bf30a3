"""What the bar at the top of every page needs to know: which workspaces a person can go to, and what their role lets them do here.

A context processor. Doors decide what is allowed (`accounts.access`); this only keeps pages from offering what would be refused.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Role, User, Workspace


def navigation(request: HttpRequest) -> dict[str, Any]:
    membership = getattr(request, "membership", None)
    role = Role(membership.role) if membership else None
    return {
        "here": membership.workspace if membership else None,
        "role": role,
        "may_work": role is not None and role.at_least(Role.MEMBER),
        "may_run": role is not None and role.at_least(Role.ADMIN),
        "workspaces": SimpleLazyObject(lambda: _workspaces_of(getattr(request, "user", None))),
    }


def _workspaces_of(user: Any) -> list[Workspace]:
    if not isinstance(user, User):
        return []
    return list(Workspace.objects.filter(memberships__user=user).order_by("name"))
