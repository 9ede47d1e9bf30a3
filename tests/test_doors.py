"""Every URL that the project answers has a door, and the door holds: walked from the URLconf, so that a new page is tried the day it is added."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import api_keys
from accounts.access import WorkspaceViewSet
from accounts.models import ApiKey, Client
from checkout.models import CheckoutTest, TestRun
from scans.models import Change, Evidence, IgnoreRule, Page, RegisterEntry, Scan, Site
from tests.factories import make_membership
from tests.tenants import Rows, furnish, tenant_models
from tracefox.api import problems

pytestmark = pytest.mark.django_db

DOORS = {"viewer", "member", "admin", "person", "public", "key"}
WITHOUT_A_DOOR = {
    "allauth.": "log-in, sign-up and one's own account: allauth decides who is who, and none of it shows a customer's row",
    "tracefox.api.problems": "answers 404 in the API's form to whatever is no path of it",
}
WITHOUT_A_CSRF_TOKEN = {"key": "a key is its own proof; browsers never send it by themselves", "public": "the description of the API, which nothing can change"}
NOBODYS = "00000000-0000-4000-8000-000000000000"
MODEL_OF = {
    "client_id": Client,
    "key_id": ApiKey,
    "site_id": Site,
    "site": Site,
    "page_id": Page,
    "scan_id": Scan,
    "scan": Scan,
    "evidence_id": Evidence,
    "change_id": Change,
    "rule_id": IgnoreRule,
    "entry_id": RegisterEntry,
    "test_id": CheckoutTest,
    "test": CheckoutTest,
    "run_id": TestRun,
}
WORDS = {"sha256": "b" * 64, "section": "requests", "index": "0", "form": "tracefox", "name": "shipping.email"}  # parts of a path that name no row
UNSAFE = ("post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    path: str
    view: Any
    names: tuple[str, ...]

    def __str__(self) -> str:
        return self.path

    @property
    def door(self) -> str:
        viewset = getattr(self.view, "cls", None)
        return getattr(viewset or self.view, "door", "")

    def url(self, rows: Rows | None = None, *, workspace: str = "agency") -> str:
        """The path filled in with the ids of these rows, or with an id that nobody has."""
        filled = {"workspace": workspace} | WORDS | {name: self._id(name, rows) for name in self.names if name not in WORDS and name != "workspace"}
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: filled[part[1]], self.path)

    def _id(self, name: str, rows: Rows | None) -> str:
        model = self.view.cls.model if name == "pk" else MODEL_OF[name]
        return str(rows[model].pk) if rows else NOBODYS


@cache
def routes() -> list[Route]:
    return list(_walk(get_resolver("tracefox.urls"), ""))


def _walk(resolver: URLResolver, before: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, path)
        else:
            assert isinstance(pattern, URLPattern)
            yield Route(path=path, view=pattern.callback, names=tuple(pattern.pattern.converters))


def is_excused(route: Route) -> bool:
    return str(route.view.__module__).startswith(tuple(WITHOUT_A_DOOR))


PAGES = [route for route in routes() if route.door in ("viewer", "member", "admin")]
API = [route for route in routes() if route.door == "key"]


# --- every URL has one


def test_every_url_has_a_door():
    assert [str(route) for route in routes() if route.door not in DOORS and not is_excused(route)] == []


def test_a_workspace_in_the_address_means_a_workspace_door():
    assert PAGES
    assert [str(route) for route in routes() if ("workspace" in route.names or route.path.startswith("w/")) != (route in PAGES)] == []


def test_every_route_of_the_api_takes_a_key():
    """By `WorkspaceViewSet`, whose `get_queryset` a route may narrow down but not replace."""
    assert API
    open_routes = [route for route in routes() if route.path.startswith("api/") and route not in API and route.door != "public" and not is_excused(route)]
    replaced = [route for route in API if not issubclass(route.view.cls, WorkspaceViewSet) or "super().get_queryset()" not in own_query(route.view.cls)]
    assert [str(route) for route in open_routes + replaced] == []


def own_query(viewset: type[WorkspaceViewSet]) -> str:
    method = viewset.get_queryset
    return "super().get_queryset()" if method is WorkspaceViewSet.get_queryset else inspect.getsource(method)


def test_what_changes_something_needs_a_token_or_a_key():
    exempt = [route for route in routes() if getattr(route.view, "csrf_exempt", False) and route.door not in WITHOUT_A_CSRF_TOKEN]
    assert [str(route) for route in exempt if route.view is not problems.no_such_path] == []


def test_every_id_in_an_address_is_known_to_these_tests():
    assert {name for route in routes() for name in route.names} <= {"workspace", "pk", *MODEL_OF, *WORDS}


# --- and it holds: pages


def ask_all(browser: Browser, url: str, **options: Any) -> dict[str, int]:
    return {method: getattr(browser, method)(url, **options).status_code for method in ("get", *UNSAFE)}


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_nobody_gets_in_without_logging_in(route, workspace):
    url = route.url(furnish(workspace))
    for method in ("get", *UNSAFE):
        response = getattr(Browser(), method)(url)
        assert response.status_code in (302, 405)
        assert response.status_code == 405 or response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_a_stranger_finds_nothing(route, workspace, stranger_client):
    found = ask_all(stranger_client, route.url(furnish(workspace)))
    assert set(found.values()) <= {404, 405}
    assert 404 in found.values()
    assert found == ask_all(stranger_client, route.url(workspace="nobodys"))


@pytest.mark.parametrize("route", [route for route in PAGES if set(route.names) & set(MODEL_OF)], ids=str)
def test_a_rivals_row_is_no_row_in_our_workspace(route, workspace, rival, owner_client):
    theirs = furnish(rival)
    before = everything(rival)
    found = ask_all(owner_client, route.url(theirs))
    assert set(found.values()) <= {404, 405}
    assert 404 in found.values()
    assert found == ask_all(owner_client, route.url())
    assert everything(rival) == before


def everything(workspace: Any) -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.for_workspace(workspace).values()) for model in tenant_models()}


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_a_viewer_changes_nothing(route, workspace, viewer_client):
    url = route.url(furnish(workspace))
    before = everything(workspace)
    assert {getattr(viewer_client, method)(url).status_code for method in UNSAFE} <= {403, 405}
    assert everything(workspace) == before


@pytest.mark.parametrize("route", [route for route in PAGES if route.door == "admin"], ids=str)
def test_a_member_does_not_run_the_workspace(route, workspace, member_client):
    assert set(ask_all(member_client, route.url(furnish(workspace))).values()) <= {403, 405}


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_reading_changes_nothing(route, workspace, owner_client):
    url = route.url(furnish(workspace))
    before = everything(workspace)
    owner_client.raise_request_exception = False
    owner_client.get(url)
    assert everything(workspace) == before


# --- and it holds: the API


def bearer(workspace: Any, *, can_write: bool = True) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_keys.create(workspace=workspace, name='CI', by=None, can_write=can_write)[1]}"}


@pytest.mark.parametrize("route", API, ids=str)
def test_no_route_of_the_api_opens_without_a_key(route, workspace, owner_client):
    url = route.url(furnish(workspace))
    assert set(ask_all(Browser(), url).values()) == {401}
    assert set(ask_all(owner_client, url).values()) == {401}, "a session is no key"


@pytest.mark.parametrize("route", API, ids=str)
def test_a_reading_key_changes_nothing(route, workspace):
    url = route.url(furnish(workspace))
    headers = bearer(workspace, can_write=False)
    before = everything(workspace)
    assert {getattr(Browser(), method)(url, headers=headers).status_code for method in UNSAFE} <= {403, 405}
    assert {row["name"] for row in everything(workspace)["Site"]} == {row["name"] for row in before["Site"]}


@pytest.mark.parametrize("route", [route for route in API if route.names], ids=str)
def test_a_rivals_row_is_no_row_for_our_key(route, workspace, rival):
    theirs = furnish(rival)
    before = everything(rival)
    headers = bearer(workspace)
    answers = [getattr(Browser(), method)(url, headers=headers) for url in (route.url(theirs), route.url()) for method in ("get", *UNSAFE)]
    half = len(answers) // 2
    assert {answer.status_code for answer in answers} <= {404, 405, 400, 415}
    assert [(a.status_code, a.content) for a in answers[:half]] == [(b.status_code, b.content) for b in answers[half:]]
    assert everything(rival) == before


@pytest.mark.parametrize("route", [route for route in API if not route.names], ids=str)
def test_no_list_holds_a_rivals_row(route, workspace, rival):
    theirs = furnish(rival)
    response = Browser().get("/" + route.path, headers=bearer(workspace))
    ids = {str(row.pk) for row in theirs.values()} | {str(rival.pk), rival.slug}
    assert not [one for one in ids if one in response.content.decode()]


@pytest.mark.parametrize("role", ["owner", "member"])
@pytest.mark.parametrize("route", [route for route in PAGES if not set(route.names) & set(MODEL_OF)], ids=str)
def test_no_page_shows_a_rivals_row(route, role, workspace, rival):
    theirs = furnish(rival)
    browser = Browser()
    browser.force_login(make_membership(workspace=workspace, role=role).user)
    content = browser.get(route.url()).content.decode()
    assert not [row for row in theirs.values() if str(row.pk) in content]
    assert theirs[Client].name not in content
    assert theirs[Site].url not in content
