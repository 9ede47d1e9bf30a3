"""Pages about people and their workspaces: where one lands after log-in, the clients, the API keys."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import api_keys, clients, forms, workspaces
from accounts.access import admin_view, member_view, person_view, viewer_view
from accounts.models import ApiKey, Client, User, Workspace


@person_view
def home(request: HttpRequest) -> HttpResponse:
    """The sites of the workspace that this person joined first, or a page that says that there is none."""
    workspace = workspaces.first_of(_person(request))
    if workspace is None:
        return render(request, "accounts/no_workspace.html")
    return redirect("scans:site-list", workspace=workspace.slug)


@require_safe
@viewer_view
def client_list(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    return _client_page(request, workspace)


@require_POST
@member_view
def client_add(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    form = forms.ClientName(request.POST)
    if form.is_valid():
        try:
            client = clients.add(workspace=workspace, name=form.cleaned_data["name"])
        except (clients.ClientNameTaken, clients.BadClientName) as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"{client.name} was added. Next: add the sites that you watch for them.")
            return redirect("accounts:client-list", workspace=workspace.slug)
    return _client_page(request, workspace, form=form)


@require_POST
@member_view
def client_rename(request: HttpRequest, workspace: Workspace, client_id: UUID) -> HttpResponse:
    client = get_object_or_404(Client.objects.for_workspace(workspace), id=client_id)
    form = forms.ClientName(request.POST, prefix=str(client_id))
    if form.is_valid():
        try:
            clients.rename(client, name=form.cleaned_data["name"])
        except (clients.ClientNameTaken, clients.BadClientName) as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"The client is called {client.name} now.")
            return redirect("accounts:client-list", workspace=workspace.slug)
    return _client_page(request, workspace, renaming=(client_id, form))


@require_POST
@admin_view
def client_remove(request: HttpRequest, workspace: Workspace, client_id: UUID) -> HttpResponse:
    client = get_object_or_404(Client.objects.for_workspace(workspace), id=client_id)
    try:
        clients.remove(client)
    except clients.ClientHasSites as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{client.name} is removed.")
    return redirect("accounts:client-list", workspace=workspace.slug)


@require_safe
@admin_view
def api_key_list(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    return _api_key_page(request, workspace)


@require_POST
@admin_view
def api_key_create(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The answer to this request is the only page that ever shows the key."""
    form = forms.NewApiKey(request.POST)
    if not form.is_valid():
        return _api_key_page(request, workspace, form=form, status=422)
    key, plain = api_keys.create(workspace=workspace, name=form.cleaned_data["name"], by=_person(request), can_write=form.cleaned_data["can_write"])
    return _api_key_page(request, workspace, made=key, plain=plain)


@require_POST
@admin_view
def api_key_revoke(request: HttpRequest, workspace: Workspace, key_id: UUID) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects.for_workspace(workspace), id=key_id)
    api_keys.revoke(key, now=timezone.now())
    messages.success(request, f"The key {key.name} is revoked. Programs that use it are refused from now on.")
    return redirect("accounts:api-key-list", workspace=workspace.slug)


def _person(request: HttpRequest) -> User:
    """Who is logged in. The doors let nobody else in."""
    return cast(User, request.user)


def _client_page(request: HttpRequest, workspace: Workspace, *, form: forms.ClientName | None = None, renaming: Any = None) -> HttpResponse:
    rows = list(Client.objects.for_workspace(workspace).annotate(site_count=Count("sites")).order_by(Lower("name")))
    which, bound = renaming or (None, None)
    shown = [(client, bound if client.id == which else forms.ClientName(prefix=str(client.id), initial={"name": client.name})) for client in rows]
    context = {"workspace": workspace, "tab": "clients", "rows": shown, "form": form or forms.ClientName(), "renaming": which}
    return render(request, "accounts/client_list.html", context, status=422 if form or renaming else 200)


def _api_key_page(request: HttpRequest, workspace: Workspace, *, status: int = 200, form: forms.NewApiKey | None = None, **made: Any) -> HttpResponse:
    keys = ApiKey.objects.for_workspace(workspace).select_related("created_by").order_by("-created_at")
    context = {"workspace": workspace, "tab": "api-keys", "keys": keys, "form": form or forms.NewApiKey()} | made
    return render(request, "accounts/api_key_list.html", context, status=status)
