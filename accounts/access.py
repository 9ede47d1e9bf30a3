"""The doors: every URL has one, and it decides who comes in and whose rows they see.

A page under `/w/<slug:workspace>/` takes `@viewer_view` (any member may read), `@member_view` (may work) or `@admin_view` (may run the workspace). The view
receives `workspace` as an argument, and `request.membership`. Who is not a member gets the same 404 as for a workspace that does not exist; who has too low
a role gets a 403 with a sentence; who is not logged in is sent to log in. A page without a workspace takes `@person_view` (anybody who is logged in) or
`@public_view`. The API has one door, `WorkspaceViewSet`: the key says which workspace, a cookie says nothing.
To add a door: write it here; `tests/test_tenant_wall.py` walks every URL and fails for one that has none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails
from rest_framework import exceptions, permissions, viewsets
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import api_keys
from accounts.models import ApiKey, Membership, Role, User, Workspace
from accounts.tenancy import TenantModel

View = Callable[..., HttpResponseBase]
Row = TypeVar("Row", bound=Model)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
WORDS = {Role.MEMBER: "Viewers may look, but not change anything.", Role.ADMIN: "Only owners and admins of this workspace may do this."}


def viewer_view(view: View) -> View:
    """Any member reads. Whatever changes something is a `member_view` at least, so this one answers to GET only."""
    return _workspace_view(view, door="viewer", needs=Role.VIEWER)


def member_view(view: View) -> View:
    """Owners, admins and members work here."""
    return _workspace_view(view, door="member", needs=Role.MEMBER)


def admin_view(view: View) -> View:
    """Owners and admins run the workspace here."""
    return _workspace_view(view, door="admin", needs=Role.ADMIN)


def person_view(view: View) -> View:
    """Anybody who is logged in, about themselves. No workspace is given."""

    @wraps(view)
    def guarded(request: HttpRequest, **rest: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_log_in(request)
        return view(request, **rest)

    return _mark(guarded, "person")


def public_view(view: View) -> View:
    """Anybody at all. Nothing that a customer owns is behind it."""

    @wraps(view)
    def open_to_all(request: HttpRequest, **rest: Any) -> HttpResponseBase:
        return view(request, **rest)

    return _mark(open_to_all, "public")


def _workspace_view(view: View, *, door: str, needs: Role) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *, workspace: str, **rest: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_log_in(request)
        membership = _membership(request.user, slug=workspace)
        if not Role(membership.role).at_least(needs):
            raise PermissionDenied(WORDS[needs])
        if needs == Role.VIEWER and request.method not in SAFE_METHODS:
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD, OPTIONS"})
        request.membership = membership  # type: ignore[attr-defined]
        return view(request, workspace=membership.workspace, **rest)

    return _mark(guarded, door)


def _membership(user: User, *, slug: str) -> Membership:
    found = Membership.objects.across_workspaces().select_related("workspace").filter(workspace__slug=slug, user=user).first()
    if found is None:
        raise Http404("No such workspace.")
    return found


def _to_log_in(request: HttpRequest) -> HttpResponseBase:
    """Log-in comes back to the page itself: never to a part of it, never to what a form sent."""
    log_in, home = resolve_url("account_login"), resolve_url("accounts:home")
    if request.headers.get("HX-Request") == "true":
        page = HtmxDetails(request).current_url_abs_path or home
        return HttpResponseClientRedirect(redirect_to_login(page, log_in).url)
    return redirect_to_login(request.get_full_path() if request.method in SAFE_METHODS else home, log_in)


def _mark(view: View, door: str) -> View:
    view.door = door  # type: ignore[attr-defined]
    return view


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer tfx_live_...` and nothing else: a session cookie opens no API route."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        scheme, _, plain = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = api_keys.verify(plain.strip(), now=timezone.now())
        if key is None:
            raise exceptions.AuthenticationFailed("This API key is unknown or revoked.")
        return AnonymousUser(), key

    def authenticate_header(self, _request: Request) -> str:
        return 'Bearer realm="Tracefox"'


class KeyMay(permissions.BasePermission):
    """A key is needed; to change something, one that may write."""

    message = "This API key may read, but not change anything."

    def has_permission(self, request: Request, _view: APIView) -> bool:
        if not isinstance(request.auth, ApiKey):
            raise exceptions.NotAuthenticated("Send an API key: Authorization: Bearer tfx_live_...")
        return request.method in SAFE_METHODS or request.auth.can_write


class WorkspaceViewSet(viewsets.GenericViewSet):
    """Rows of the workspace that the key belongs to. A subclass names its `model`; everything it reads starts from `get_queryset`."""

    door = "key"
    model: type[TenantModel]
    authentication_classes = (ApiKeyAuthentication,)
    permission_classes = (KeyMay,)

    @property
    def workspace(self) -> Workspace:
        if not isinstance(self.request.auth, ApiKey):
            raise exceptions.NotAuthenticated
        return self.request.auth.workspace

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):  # the description of the API is drawn without a request
            return self.model.objects.across_workspaces().none()
        return self.model.objects.for_workspace(self.workspace)
