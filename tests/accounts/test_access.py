"""The doors: who comes in, who is refused and how, who must not learn that there is anything."""

from __future__ import annotations

import json

import pytest
from django.test import Client as Browser

from accounts import api_keys
from accounts.models import ApiKey, Client, Membership, Role
from tests.factories import NOON, make_client, make_membership, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.door_urls")]

READ, WORK, RUN = "/w/agency/read/", "/w/agency/work/", "/w/agency/run/"
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/w/agency/sites/?q=1"}


@pytest.fixture
def key(workspace):
    return api_keys.create(workspace=workspace, name="CI", by=None, can_write=True)[1]


@pytest.fixture
def reading_key(workspace):
    return api_keys.create(workspace=workspace, name="Board", by=None, can_write=False)[1]


@pytest.fixture
def client_row(workspace):
    return make_client(workspace=workspace, name="Bakery")


def bearer(plain: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {plain}"}


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (role, path, 200 if open_to else 403)
        for role, opens in {Role.OWNER: (1, 1, 1), Role.ADMIN: (1, 1, 1), Role.MEMBER: (1, 1, 0), Role.VIEWER: (1, 0, 0)}.items()
        for path, open_to in zip((READ, WORK, RUN), opens, strict=True)
    ],
)
def test_a_role_opens_its_doors_and_no_other(workspace, rival, role, path, status):
    person = make_membership(workspace=workspace, role=role).user
    browser = Browser()
    browser.force_login(person)
    response = browser.get(path)
    assert response.status_code == status
    if status == 200:
        assert response.content.decode() == f"agency {role}"


def test_who_may_not_is_told_why(viewer_client, member_client):
    assert "Viewers may look, but not change anything." in viewer_client.get(WORK).content.decode()
    assert "Only owners and admins of this workspace may do this." in member_client.get(RUN).content.decode()


@pytest.mark.parametrize("path", [READ, WORK, RUN])
def test_a_stranger_cannot_tell_our_workspace_from_one_that_does_not_exist(workspace, stranger_client, path):
    ours, nobodys = stranger_client.get(path), stranger_client.get(path.replace("agency", "agenci"))
    assert (ours.status_code, nobodys.status_code) == (404, 404)
    assert ours.content == nobodys.content


@pytest.mark.parametrize("path", [READ, WORK, RUN, "/w/nobodys/read/"])
def test_who_is_not_logged_in_logs_in_and_comes_back(workspace, path):
    response = Browser().get(path + "?q=1")
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={path}%3Fq%3D1"


def test_a_form_sent_after_the_session_ended_is_not_sent_again(workspace):
    response = Browser().post(WORK, {"name": "x"})
    assert response["Location"] == "/accounts/login/?next=/home/"


def test_a_part_of_a_page_sends_the_whole_page_to_log_in(workspace):
    response = Browser().get(READ, headers=HTMX)
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/accounts/login/?next=/w/agency/sites/%3Fq%3D1"


def test_a_part_of_a_page_on_another_site_leads_back_home(workspace):
    response = Browser().get(READ, headers=HTMX | {"HX-Current-URL": "https://evil.example/trap"})
    assert response["HX-Redirect"] == "/accounts/login/?next=/home/"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_viewers_door_is_for_reading_whoever_asks(owner_client, method):
    assert getattr(owner_client, method)(READ).status_code == 405


def test_a_member_who_was_removed_is_a_stranger_at_once(workspace, member_client):
    assert member_client.get(READ).status_code == 200
    Membership.objects.for_workspace(workspace).delete()
    assert member_client.get(READ).status_code == 404


def test_a_deactivated_person_is_logged_out_at_once(workspace, owner, owner_client):
    owner.is_active = False
    owner.save()
    assert owner_client.get(READ).status_code == 302


def test_staff_of_ours_have_no_door_of_their_own(workspace):
    browser = Browser()
    browser.force_login(make_user(is_staff=True, is_superuser=True))
    assert browser.get(READ).status_code == 404


def test_an_api_key_opens_no_page(workspace, key):
    assert Browser().get(READ, headers=bearer(key)).status_code == 302


def test_a_page_without_a_workspace_is_for_people_who_are_logged_in(owner, owner_client):
    assert owner_client.get("/me/").content.decode() == owner.email
    assert Browser().get("/me/").status_code == 302


def test_a_public_page_is_for_anybody():
    assert Browser().get("/anybody/").content == b"hello"


def test_home_is_the_sites_of_the_workspace(workspace, viewer_client):
    assert viewer_client.get("/home/")["Location"] == "/w/agency/sites/"


def test_without_a_workspace_home_says_so():
    browser = Browser()
    browser.force_login(make_user())
    response = browser.get("/home/")
    assert response.status_code == 200
    assert "You are in no workspace" in response.content.decode()


# --- the API


def test_a_key_sees_its_own_workspace(key, client_row, rival):
    make_client(workspace=rival, name="Bakery of the rival")
    response = Browser().get("/api/v1/clients/", headers=bearer(key))
    assert [row["name"] for row in response.json()] == ["Bakery"]


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_a_rivals_row_answers_like_no_row(key, rival, method):
    theirs = make_client(workspace=rival)
    ask = getattr(Browser(), method)
    answers = [ask(f"/api/v1/clients/{pk}/", headers=bearer(key)) for pk in (theirs.id, "00000000-0000-4000-8000-000000000000", "no-uuid")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert answers[0].content == answers[1].content
    assert Client.objects.for_workspace(rival).count() == 1


def test_a_reading_key_reads_and_no_more(reading_key, client_row):
    path = f"/api/v1/clients/{client_row.id}/"
    assert Browser().get(path, headers=bearer(reading_key)).status_code == 200
    refused = Browser().patch(path, json.dumps({"name": "Mine"}), content_type="application/json", headers=bearer(reading_key))
    assert (refused.status_code, refused.json()["detail"]) == (403, "This API key may read, but not change anything.")
    assert Browser().delete(path, headers=bearer(reading_key)).status_code == 403
    client_row.refresh_from_db()
    assert client_row.name == "Bakery"


def test_a_writing_key_writes_without_a_csrf_token(key, client_row):
    browser = Browser(enforce_csrf_checks=True)
    response = browser.patch(f"/api/v1/clients/{client_row.id}/", json.dumps({"name": "Mill"}), content_type="application/json", headers=bearer(key))
    assert response.status_code == 200
    client_row.refresh_from_db()
    assert client_row.name == "Mill"


def test_a_session_opens_no_route_of_the_api(owner_client, client_row):
    response = owner_client.get("/api/v1/clients/")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="Tracefox"'


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic dXNlcjpwYXNz", "Token x", "Bearer é", "bearer " + "x" * 5000, "Bearer a b"]
)
def test_what_is_no_key_is_refused(client_row, header):
    assert Browser().get("/api/v1/clients/", headers={"Authorization": header}).status_code == 401


def test_an_unknown_key_and_a_revoked_one_get_one_answer(workspace, key, client_row):
    head = "tfx_live_" + "A" * 8 + "_" + "B" * 43
    unknown = Browser().get("/api/v1/clients/", headers=bearer(f"{head}_{api_keys._check_sum(head)}"))
    api_keys.revoke(ApiKey.objects.for_workspace(workspace).get(), now=NOON)
    revoked = Browser().get("/api/v1/clients/", headers=bearer(key))
    assert (unknown.status_code, unknown.content) == (revoked.status_code, revoked.content) == (401, unknown.content)
