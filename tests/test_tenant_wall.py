"""The wall between workspaces: every row has one owner, every query names it, and the few places that may look over the wall are listed here."""

from __future__ import annotations

import ast
import importlib
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.db.models.query import QuerySet
from rest_framework import serializers
from rest_framework.validators import UniqueTogetherValidator, UniqueValidator

from accounts.models import Client, Workspace
from accounts.tenancy import TenantModel, TenantNotNamed
from scans.models import Page, Site
from tests import factories
from tests.sources import APPS, dotted, sources
from tests.tenants import MAKERS, furnish, tenant_models

SHARED = {
    "accounts.Workspace": "the tenant itself",
    "accounts.User": "a person may work in several workspaces; reached through a membership",
    "account.EmailAddress": "allauth: a person's addresses",
    "account.EmailConfirmation": "allauth: hangs on an address",
    "mfa.Authenticator": "allauth: a person's second factor",
    "auth.Permission": "Django's own table; we have roles instead",
    "auth.Group": "Django's own table; we have roles instead",
    "contenttypes.ContentType": "Django's list of models",
    "sessions.Session": "Django: a browser that is logged in; holds a person's id, no customer's row",
}

# Who may ask for rows of all workspaces, and why.
MAY_LOOK_OVER_THE_WALL = {
    "accounts.tenancy": "it is the wall",
    "accounts.access": "the doors find out which workspace a person is in",
    "accounts.api_keys": "a key says which workspace it belongs to",
    "accounts.data_keys": "all data keys are wrapped again when the key ring turns",
    "scans.queue": "one queue serves all workspaces, in turn",
    "scans.claims": "a worker takes the scan whose turn it is",
    "scans.tasks": "a task knows a scan's id only",
    "scans.pipeline": "a scan is run by its id",
    "scans.baseline": "what is known of a site is written by the site's id, in the transaction of its scan",
    "scans.telling": "the changes of a scan are tied to each other, in the transaction of the scan",
    "scans.management.commands.reclassify": "the operator names a site by its id",
    "scans.orphans": "objects without a row are looked for in the whole bucket",
    "checkout.runner_keys": "all private halves are wrapped again when the runner's ring turns",
    "checkout.queue": "one queue serves all workspaces, in turn",
    "checkout.claims": "a worker takes the run whose turn it is",
    "checkout.settling": "the runs of workers that are gone are settled by their ids",
    "scans.api.sites": "an empty query, for the description of the API",
}
MAY_WRITE_SQL = {
    "scans.queue": "the fair queue over all workspaces",
    "scans.claims": "the claim of a scan is one statement",
    "scans.heartbeat": "gives its thread's connection back",
    "checkout.claims": "the claim of a run is one statement",
    "checkout.heartbeat": "gives its thread's connection back",
    "tracefox.health": "SELECT 1",
}


# --- the models


def test_every_model_has_an_owner_or_a_reason():
    shared = {model._meta.label for model in apps.get_models() if not issubclass(model, TenantModel)}
    assert shared == set(SHARED)


@pytest.mark.parametrize("model", tenant_models())
def test_the_path_to_the_workspace_is_a_chain_of_rows_that_must_exist(model):
    here = model
    for name in model.workspace_path.split("__"):
        field = here._meta.get_field(name)
        assert isinstance(field, models.ForeignKey), f"{here.__name__}.{name} is no foreign key"
        assert not field.null, f"{here.__name__}.{name} may be empty, so the row would belong to nobody"
        here = field.related_model
    assert here is Workspace


@pytest.mark.parametrize("model", tenant_models())
@pytest.mark.parametrize("verb", ["all", "get", "filter", "exclude", "count", "exists", "first", "last", "update", "values", "order_by", "iterator", "in_bulk"])
def test_a_query_without_a_workspace_is_refused(model, verb):
    with pytest.raises(TenantNotNamed):
        getattr(model.objects, verb)()


@pytest.mark.parametrize("model", tenant_models())
def test_django_itself_gets_a_plain_manager_with_a_name_nobody_types(model):
    assert model._default_manager.name == model._base_manager.name == "plain_rows_for_django_itself"


def test_every_model_has_a_row_in_the_tests_of_the_wall():
    assert set(tenant_models()) == set(MAKERS)


@pytest.mark.django_db
def test_each_workspace_sees_its_own_row_of_every_kind(workspace, rival):
    ours, theirs = furnish(workspace), furnish(rival)
    for model in tenant_models():
        assert list(model.objects.for_workspace(workspace)) == [ours[model]], model
        assert list(model.objects.for_workspace(rival.pk)) == [theirs[model]], model
        assert set(model.objects.across_workspaces()) == {ours[model], theirs[model]}, model


@pytest.mark.django_db
def test_a_workspace_that_is_gone_leaves_nothing_and_takes_nobody_elses(workspace, rival):
    furnish(workspace)
    theirs = furnish(rival)
    Site.objects.for_workspace(workspace).delete()  # a client with sites is protected; they go first
    workspace.delete()
    for model in tenant_models():
        assert list(model.objects.across_workspaces()) == [theirs[model]], model


@pytest.mark.django_db
def test_rows_are_made_one_by_one_and_in_bulk(workspace, rival):
    site = factories.make_site(workspace=workspace)
    Page.objects.bulk_create([Page(site=site, url=f"{site.url}{n}", position=n) for n in range(1, 3)], batch_size=1)
    Client.objects.create(workspace=workspace, name="Bakery")
    assert Page.objects.for_workspace(workspace).count() == 3
    assert not Client.objects.for_workspace(rival).exists()


# --- who may look over it


def test_only_the_listed_modules_look_over_the_wall():
    looking = {source.module for source in sources(*APPS) for name, _ in source.calls() if name.endswith(".across_workspaces")}
    assert looking - set(MAY_LOOK_OVER_THE_WALL) - {"accounts.tenancy"} == set()


def test_the_plain_managers_are_used_nowhere():
    names = {"plain_rows_for_django_itself", "_default_manager", "_base_manager"}
    assert [
        f"{source.path}:{node.lineno}"
        for source in sources(*APPS)
        if source.module != "accounts.tenancy"
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.Attribute) and node.attr in names) or (isinstance(node, ast.Constant) and node.value in names)
    ] == []


def test_a_row_is_looked_up_in_a_query_that_names_the_workspace():
    """`get_object_or_404(Site, id=...)` would search in all workspaces: given a model, it takes the plain manager."""
    shortcuts = {"get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404"}
    assert [
        f"{source.path}:{call.lineno}"
        for source in sources(*APPS)
        for name, call in source.calls()
        if name.rpartition(".")[2] in shortcuts and dotted(call.args[0]).rpartition(".")[2][0].isupper()
    ] == []


def test_nothing_is_used_that_searches_all_workspaces_by_itself():
    """Generic views and the admin start from the plain manager."""
    either = ("django.views.generic", "django.contrib.admin")
    assert [f"{source.module} imports {found.module}" for source in sources(*APPS) for found in source.imports if found.module.startswith(either)] == []


def test_only_the_listed_modules_write_sql():
    words = {"raw", "extra", "RawSQL"}
    writing = {
        source.module
        for source in sources(*APPS)
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.ImportFrom) and node.module == "django.db" and {"connection", "connections"} & {alias.name for alias in node.names})
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in words)
    }
    assert writing - set(MAY_WRITE_SQL) == set()


# --- forms and serializers: a relation field lists all workspaces' rows unless it is told not to


def classes_of(base: type) -> list[Any]:
    for source in sources(*APPS):
        if source.module.rpartition(".")[2] in ("forms", "serializers", "api", "filters") or ".api." in source.module:
            importlib.import_module(source.module)
    found: set[type] = set()
    waiting = [base]
    while waiting:
        below: list[type] = waiting.pop().__subclasses__()
        found.update(below)
        waiting += below
    return sorted((each for each in found if each.__module__.partition(".")[0] in APPS), key=str)


def is_open(rows: object) -> bool:
    return isinstance(rows, QuerySet | models.Manager) and not (isinstance(rows, QuerySet) and rows.query.is_empty())


def test_no_form_offers_rows_of_all_workspaces():
    """A field with a relation begins with `Model.objects.across_workspaces().none()`; the form's `__init__` puts the workspace's rows in."""
    fields = [(form, name, field) for form in classes_of(forms.BaseForm) for name, field in getattr(form, "base_fields", {}).items()]
    assert fields
    assert [f"{form.__name__}.{name}" for form, name, field in fields if is_open(getattr(field, "queryset", None))] == []


def test_no_serializer_takes_rows_of_all_workspaces():
    found = [
        serializer
        for serializer in classes_of(serializers.Serializer)
        if not issubclass(serializer, serializers.ModelSerializer) or hasattr(serializer, "Meta")
    ]
    assert found
    offenders = []
    for serializer in found:
        written = {name: field for name, field in serializer().fields.items() if not field.read_only}
        offenders += [f"{serializer.__name__}.{name}" for name, field in written.items() if is_open(getattr(field, "queryset", None))]
        offenders += [f"{serializer.__name__}.{name} tells whether another workspace has it" for name, field in written.items() if has_unique_check(field)]
    assert offenders == []


def has_unique_check(field: serializers.Field) -> bool:
    return any(isinstance(rule, UniqueValidator | UniqueTogetherValidator) for rule in field.validators)
