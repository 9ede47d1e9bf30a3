import re

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.views import defaults

from accounts import api_keys
from accounts.models import ApiKey, Client, Role
from tests.factories import NOON, make_client, make_membership, make_site, make_user, make_workspace
from tests.scans.looking import text_of

pytestmark = pytest.mark.django_db


def _url(name, workspace, *more):
    return reverse(f"accounts:{name}", args=[workspace.slug, *more])


def _keys(workspace):
    return ApiKey.objects.for_workspace(workspace)


# --- where one lands


def test_the_start_page_leads_to_the_sites(owner_client, workspace):
    for address in ("/", reverse("accounts:home")):
        assert owner_client.get(address)["Location"] == reverse("scans:site-list", args=[workspace.slug])


def test_somebody_without_a_workspace_is_told_what_to_do():
    browser = Browser()
    browser.force_login(make_user(email="new@agency.test"))
    text = text_of(browser.get("/home/"))
    assert "You are in no workspace yet" in text
    assert "new@agency.test" in text


def test_the_bar_leads_to_every_workspace_of_the_person_and_to_no_other(owner, owner_client, workspace, rival):
    second = make_workspace(name="Second agency")
    make_membership(workspace=second, user=owner)
    html = owner_client.get(reverse("scans:site-list", args=[workspace.slug])).content.decode()
    assert f'href="{reverse("scans:site-list", args=[second.slug])}"' in html
    assert rival.name not in html


def test_the_bar_offers_api_keys_to_those_who_may_make_them(admin_client, member_client, workspace):
    page = reverse("scans:site-list", args=[workspace.slug])
    assert _url("api-key-list", workspace) in admin_client.get(page).content.decode()
    assert _url("api-key-list", workspace) not in member_client.get(page).content.decode()


# --- clients


def test_clients_are_listed_with_their_sites_by_name(viewer_client, workspace, rival):
    make_site(client=make_client(workspace=workspace, name="zebra"))
    make_client(workspace=workspace, name="Apple")
    make_client(workspace=rival, name="Theirs")
    text = text_of(viewer_client.get(_url("client-list", workspace)))
    assert text.index("Apple") < text.index("zebra")
    assert "1 site ·" in text
    assert "Theirs" not in text


def test_without_clients_the_page_says_what_to_do(member_client, workspace):
    assert "Add the first company" in text_of(member_client.get(_url("client-list", workspace)))


def test_a_client_is_added(member_client, workspace):
    response = member_client.post(_url("client-add", workspace), {"name": "  Bergmann   Optik "}, follow=True)
    assert "Bergmann Optik was added." in text_of(response)
    assert Client.objects.for_workspace(workspace).get().name == "Bergmann Optik"


@pytest.mark.parametrize(("name", "sentence"), [("", "Give the client a name."), ("BERGMANN", "You already have a client named"), ("x" * 121, "at most 120")])
def test_a_client_that_cannot_be_added_comes_back_with_a_sentence(member_client, workspace, name, sentence):
    make_client(workspace=workspace, name="Bergmann")
    response = member_client.post(_url("client-add", workspace), {"name": name})
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert f'value="{name}"' in response.content.decode() or not name
    assert Client.objects.for_workspace(workspace).count() == 1


def test_a_client_is_renamed(member_client, workspace):
    client = make_client(workspace=workspace)
    response = member_client.post(_url("client-rename", workspace, client.id), {f"{client.id}-name": "New name"}, follow=True)
    assert "The client is called New name now." in text_of(response)


def test_a_name_that_is_taken_is_said_at_the_client_that_was_to_have_it(member_client, workspace):
    make_client(workspace=workspace, name="Taken")
    client = make_client(workspace=workspace, name="Other")
    response = member_client.post(_url("client-rename", workspace, client.id), {f"{client.id}-name": "taken"})
    assert response.status_code == 422
    assert "You already have a client named taken." in text_of(response)
    assert b'<details class="menu menu--end" open>' in response.content
    assert Client.objects.for_workspace(workspace).get(id=client.id).name == "Other"


def test_a_rivals_client_is_not_found(member_client, workspace, rival):
    theirs = make_client(workspace=rival)
    assert member_client.post(_url("client-rename", workspace, theirs.id), {f"{theirs.id}-name": "Ours"}).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_clients(member_client, workspace):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            member_client.get(_url("client-list", workspace))
        return len(seen)

    make_client(workspace=workspace)
    queries()  # the first page of a session notes when the session began
    few = queries()
    for _ in range(8):
        make_client(workspace=workspace)
    assert queries() == few


def test_an_admin_removes_a_client_who_has_no_sites(admin_client, workspace):
    client = make_client(workspace=workspace, name="Bergmann")
    assert _url("client-remove", workspace, client.id) in admin_client.get(_url("client-list", workspace)).content.decode()
    assert "Bergmann is removed." in text_of(admin_client.post(_url("client-remove", workspace, client.id), follow=True))
    assert not Client.objects.for_workspace(workspace).exists()


def test_a_client_with_sites_is_not_offered_for_removal_and_stays(admin_client, workspace):
    client = make_site(client=make_client(workspace=workspace, name="Bergmann")).client
    assert _url("client-remove", workspace, client.id) not in admin_client.get(_url("client-list", workspace)).content.decode()
    response = admin_client.post(_url("client-remove", workspace, client.id), follow=True)
    assert "Bergmann has sites under watch. Remove them or give them to another client first." in text_of(response)
    assert Client.objects.for_workspace(workspace).get() == client


def test_a_member_removes_no_client(member_client, workspace):
    client = make_client(workspace=workspace)
    assert _url("client-remove", workspace, client.id) not in member_client.get(_url("client-list", workspace)).content.decode()
    assert member_client.post(_url("client-remove", workspace, client.id)).status_code == 403
    assert Client.objects.for_workspace(workspace).get() == client


# --- API keys


def _create(browser, workspace, **fields):
    return browser.post(_url("api-key-create", workspace), {"name": "Report script"} | fields)


def test_a_new_key_is_shown_once_and_works(admin_client, workspace):
    response = _create(admin_client, workspace, can_write="on")
    (plain,) = re.findall(r'value="(tfx_live_[0-9A-Za-z_]+)"', response.content.decode())
    assert api_keys.verify(plain, now=NOON) == _keys(workspace).get()
    assert "no-store" in response["Cache-Control"]
    assert plain not in admin_client.get(_url("api-key-list", workspace)).content.decode()


def test_a_key_only_reads_unless_it_is_said_otherwise(admin_client, workspace):
    _create(admin_client, workspace)
    assert _keys(workspace).get().can_write is False
    assert "Reads" in text_of(admin_client.get(_url("api-key-list", workspace)))


@pytest.mark.parametrize("name", ["", "x" * 121])
def test_a_key_without_a_usable_name_is_not_made(admin_client, workspace, name):
    response = _create(admin_client, workspace, name=name)
    assert response.status_code == 422
    assert not _keys(workspace).exists()


def test_a_key_is_revoked_and_stays_listed(admin_client, workspace):
    key, plain = api_keys.create(workspace=workspace, name="Old script", by=None, can_write=True)
    response = admin_client.post(_url("api-key-revoke", workspace, key.id), follow=True)
    assert "Old script is revoked" in text_of(response)
    assert "Old script Revoked" in text_of(response)
    assert _url("api-key-revoke", workspace, key.id) not in response.content.decode()
    assert api_keys.verify(plain, now=NOON) is None


def test_a_rivals_key_is_not_found(admin_client, workspace, rival):
    theirs, plain = api_keys.create(workspace=rival, name="Theirs", by=None, can_write=True)
    assert admin_client.post(_url("api-key-revoke", workspace, theirs.id)).status_code == 404
    assert "Theirs" not in text_of(admin_client.get(_url("api-key-list", workspace)))
    assert api_keys.verify(plain, now=NOON) is not None


def test_the_keys_say_who_made_them_and_when_they_were_used(admin_client, owner, workspace):
    key, _ = api_keys.create(workspace=workspace, name="Script", by=owner, can_write=True)
    text = text_of(admin_client.get(_url("api-key-list", workspace)))
    assert f"by {owner.email}" in text
    assert "never used" in text
    assert f"tfx_live_{key.key_id}_" in text


# --- errors


def test_a_role_that_is_too_low_gets_a_page_that_says_who_can_help(viewer_client, workspace):
    response = viewer_client.post(_url("client-add", workspace), {"name": "x"})
    assert response.status_code == 403
    assert "Viewers may look, but not change anything." in text_of(response)
    assert "An owner or an admin" in text_of(response)


def test_what_is_not_there_gets_a_page_of_ours(owner_client, workspace):
    response = owner_client.get("/w/nobody/sites/")
    assert response.status_code == 404
    assert "This page does not exist" in text_of(response)


def test_our_own_fault_gets_a_page_that_needs_nothing_to_work(rf):
    response = defaults.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Something broke on our side" in text_of(response)


def test_a_stale_form_gets_a_page_that_says_what_to_do(owner, workspace):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(owner)
    response = browser.post(_url("client-add", workspace), {"name": "x"})
    assert response.status_code == 403
    assert "Please try that again" in text_of(response)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_sees_its_name_in_the_account_menu(workspace, role):
    browser = Browser()
    browser.force_login(make_membership(workspace=workspace, role=role).user)
    assert f"{role.label} of {workspace.name}" in text_of(browser.get(reverse("scans:site-list", args=[workspace.slug])))


def test_names_that_hold_markup_are_shown_as_text(admin_client, workspace):
    attack = '"><script>alert(1)</script>'
    make_client(workspace=workspace, name=attack)
    api_keys.create(workspace=workspace, name=attack, by=None, can_write=True)
    for name in ("client-list", "api-key-list"):
        assert b"<script>alert" not in admin_client.get(_url(name, workspace)).content
