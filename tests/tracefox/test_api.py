"""What every route of the API has in common: how it refuses and what it reads."""

from __future__ import annotations

import json

import pytest
from django.test import Client as Browser
from django.urls import resolve

from tests.callers import caller
from tracefox.api import reading
from tracefox.api.rate import WorkspaceRate

pytestmark = pytest.mark.django_db
CLIENTS = "/api/v1/clients/"


@pytest.fixture
def program(workspace):
    return caller(workspace)


def problem(response):
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    return body


@pytest.mark.parametrize("path", ["nothing/", "sites", "sites/1/", "", "sites/%00/", "../admin/"])
def test_what_is_no_path_is_refused_in_the_apis_own_form(program, path):
    response = program.get(f"/api/v1/{path}")

    assert response.status_code == 404
    assert problem(response)["title"] == "Not Found"


def test_a_method_that_is_none_is_told_which_are(program):
    response = program.put(CLIENTS)

    assert problem(response)["title"] == "Method Not Allowed"
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer tfx_live_" + "a" * 8 + "_" + "b" * 43 + "_" + "c" * 6, "Bearer \xff"]
)
def test_without_a_key_that_we_made_nothing_opens(authorization):
    response = Browser(headers={"Authorization": authorization}).get(CLIENTS)

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert problem(response)["detail"]


@pytest.mark.parametrize(
    "body", ["", "{", "nul", '{"name": NaN}', "[" * 100_000, '{"a":' * 50 + "1" + "}" * 50, b"\xff\xfe", '{"name": "\\ud800"}', '"' + "x" * 9]
)
def test_what_is_no_json_of_ours_is_refused(program, body):
    response = program.post(CLIENTS, body, content_type="application/json")

    assert response.status_code == 400
    assert problem(response)["detail"]


def test_json_may_be_as_deep_as_the_limit(program):
    depth = reading.DEEPEST
    nested = json.loads("[" * (depth - 1) + "]" * (depth - 1))

    at_limit = program.post(CLIENTS, {"name": nested}, content_type="application/json")
    deeper = program.post(CLIENTS, {"name": [nested]}, content_type="application/json")

    assert problem(at_limit)["errors"]
    assert problem(deeper)["detail"] == f"JSON may be nested {depth} levels deep."


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", ""])
def test_only_json_is_read(program, media_type):
    response = program.post(CLIENTS, "name=x", content_type=media_type)

    assert response.status_code == 415
    assert problem(response)["title"] == "Unsupported Media Type"


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_name_its_charset(program, media_type):
    assert program.post(CLIENTS, '{"name": "Tea House"}', content_type=media_type).status_code == 201


def test_what_the_caller_would_rather_have_does_not_matter(program):
    response = program.get(CLIENTS, headers={"Accept": "text/html"})

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_answers_are_kept_by_no_cache(program):
    assert program.get(CLIENTS)["Cache-Control"] == "no-store"


def test_the_description_is_open_to_all():
    response = Browser().get("/api/v1/schema/")

    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.1")
    assert resolve("/api/v1/schema/").func.cls.door == "public"  # type: ignore[attr-defined]


@pytest.fixture
def three_a_minute(monkeypatch):
    monkeypatch.setattr(WorkspaceRate, "per_minute", 3)
    monkeypatch.setattr(WorkspaceRate, "clock", staticmethod(lambda: 1_772_625_610.0))


def test_a_workspace_has_so_many_requests_a_minute_over_all_its_keys(workspace, rival, three_a_minute):
    programs = [caller(workspace), caller(workspace)]

    assert [programs[at % 2].get(CLIENTS).status_code for at in range(4)] == [200, 200, 200, 429]
    refused = programs[0].get(CLIENTS)
    assert problem(refused)["title"] == "Too Many Requests"
    assert refused["Retry-After"] == "50"
    assert caller(rival).get(CLIENTS).status_code == 200


def test_the_next_minute_begins_anew(program, three_a_minute, monkeypatch):
    for _ in range(4):
        program.get(CLIENTS)
    monkeypatch.setattr(WorkspaceRate, "clock", staticmethod(lambda: 1_772_625_661.0))

    assert program.get(CLIENTS).status_code == 200


def test_requests_without_a_key_count_for_nobody(program, three_a_minute):
    for _ in range(5):
        assert Browser().get(CLIENTS).status_code == 401

    assert program.get(CLIENTS).status_code == 200


def test_with_the_cache_away_everybody_passes(program, settings):
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}

    assert program.get(CLIENTS).status_code == 200
