"""Pages about people and their workspaces: where one lands after log-in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import workspaces
from accounts.access import person_view
from accounts.models import User


@person_view
def home(request: HttpRequest, person: User) -> HttpResponse:
    """The sites of the workspace that this person joined first, or a page that says that there is none."""
    workspace = workspaces.first_of(person)
    if workspace is None:
        return render(request, "accounts/no_workspace.html")
    return redirect("scans:site-list", workspace=workspace.slug)
