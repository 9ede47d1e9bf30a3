"""From a visitor to somebody with a workspace, and back in again: sign-up, the code, log-in, a forgotten password."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client as Browser

from accounts.models import Membership, Role, User, Workspace
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.door_urls")]

PASSWORD = "correct horse battery staple"
SIGN_UP = {"workspace_name": "Blue Agency", "email": "Anna@Agency.test", "password1": PASSWORD}


def code_in(message: mail.EmailMessage) -> str:
    found = re.search(r"^([A-Z0-9-]{6,})$", str(message.body), re.MULTILINE)
    assert found, message.body
    return found[1]


def signed_up(email: str = "anna@agency.test") -> User:
    browser = Browser()
    browser.post("/accounts/signup/", SIGN_UP | {"email": email})
    browser.post("/accounts/confirm-email/", {"code": code_in(mail.outbox.pop())})
    return User.objects.get(email=email)


def shape(response) -> tuple[object, ...]:
    """All of an answer that somebody could tell two apart by."""
    content = re.sub(rb'value="[^"]+"|[\w.]+@agency\.test', b"", response.content)
    return response.status_code, response.get("Location"), sorted(response.cookies), content


def test_a_visitor_becomes_the_owner_of_a_workspace():
    browser = Browser()
    sent = browser.post("/accounts/signup/", SIGN_UP)
    assert (sent.status_code, sent["Location"]) == (302, "/accounts/confirm-email/")
    assert SESSION_KEY not in browser.session
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["anna@agency.test"], "Your code for Tracefox")
    confirmed = browser.post("/accounts/confirm-email/", {"code": code_in(message)})
    assert (confirmed.status_code, confirmed["Location"]) == (302, "/home/")
    assert browser.get("/home/")["Location"] == "/w/blue-agency/sites/"
    membership = Membership.objects.for_workspace(Workspace.objects.get()).get()
    assert (membership.role, membership.user.email) == (Role.OWNER, "anna@agency.test")
    assert membership.user.password.startswith("bcrypt_hmac_sha384$")


def test_without_the_code_nobody_gets_in():
    browser = Browser()
    browser.post("/accounts/signup/", SIGN_UP)
    wrong = browser.post("/accounts/confirm-email/", {"code": "WRONG1"})
    assert wrong.status_code == 200
    assert SESSION_KEY not in browser.session
    Browser().post("/accounts/login/", {"login": "anna@agency.test", "password": PASSWORD})
    assert not Session.objects.filter(session_key=browser.session.session_key, session_data__contains=SESSION_KEY).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"workspace_name": ""},
        {"workspace_name": "   "},
        {"workspace_name": "a\0b"},
        {"email": "nonsense"},
        {"password1": "short"},
        {"password1": "with\0nul in it"},
    ],
)
def test_a_sign_up_that_lacks_something_makes_nothing(wrong):
    response = Browser().post("/accounts/signup/", SIGN_UP | wrong)
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert not User.objects.exists()
    assert not Workspace.objects.exists()


def test_sign_up_does_not_tell_who_has_an_account():
    signed_up("anna@agency.test")
    cache.clear()  # the mails to one address are rate-limited, whoever asks for them
    known, unknown = Browser(), Browser()
    answers = [known.post("/accounts/signup/", SIGN_UP), unknown.post("/accounts/signup/", SIGN_UP | {"email": "zoe@agency.test"})]
    assert shape(answers[0]) == shape(answers[1])
    pages = [browser.get("/accounts/confirm-email/") for browser in (known, unknown)]
    assert shape(pages[0]) == shape(pages[1])
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["anna@agency.test"], "You have a Tracefox account"),
        (["zoe@agency.test"], "Your code for Tracefox"),
    ]
    assert Workspace.objects.count() == 2


def test_log_in_does_not_tell_who_has_an_account():
    signed_up("anna@agency.test")
    answers = [Browser().post("/accounts/login/", {"login": f"{name}@agency.test", "password": "a wrong password"}) for name in ("anna", "zoe")]
    assert shape(answers[0]) == shape(answers[1])
    assert answers[0].status_code == 200


def test_a_forgotten_password_does_not_tell_who_has_an_account():
    signed_up("anna@agency.test")
    browsers = [Browser(), Browser()]
    answers = [browser.post("/accounts/password/reset/", {"email": f"{name}@agency.test"}) for browser, name in zip(browsers, ("anna", "zoe"), strict=True)]
    assert shape(answers[0]) == shape(answers[1])
    pages = [browser.get(answers[0]["Location"]) for browser in browsers]
    assert shape(pages[0]) == shape(pages[1])
    assert [message.to for message in mail.outbox] == [["anna@agency.test"], ["zoe@agency.test"]]


def test_a_forgotten_password_is_replaced_with_a_code_from_the_mail():
    signed_up()
    browser, elsewhere = Browser(), Browser()
    elsewhere.post("/accounts/login/", {"login": "anna@agency.test", "password": PASSWORD})
    assert elsewhere.get("/me/").status_code == 200
    step = browser.post("/accounts/password/reset/", {"email": "anna@agency.test"})
    step = browser.post(step["Location"], {"code": code_in(mail.outbox.pop())})
    step = browser.post(step["Location"], {"password1": "another horse entirely", "password2": "another horse entirely"})
    assert step.status_code == 302
    assert mail.outbox[-1].subject == "Your Tracefox password was changed"
    assert elsewhere.get("/me/").status_code == 302, "every session ends with the password that began it"
    assert Browser().post("/accounts/login/", {"login": "anna@agency.test", "password": PASSWORD}).status_code == 200
    assert Browser().post("/accounts/login/", {"login": "anna@agency.test", "password": "another horse entirely"}).status_code == 302


@pytest.mark.parametrize("typed", ["anna@agency.test", "ANNA@AGENCY.TEST", "Anna@agency.test"])
def test_the_case_of_an_address_does_not_matter(typed):
    signed_up()
    response = Browser().post("/accounts/login/", {"login": typed, "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/home/")


def test_log_in_leads_back_to_our_own_pages_only():
    signed_up()
    back = Browser().post("/accounts/login/?next=/w/blue-agency/sites/", {"login": "anna@agency.test", "password": PASSWORD, "next": "/w/blue-agency/sites/"})
    away = Browser().post("/accounts/login/", {"login": "anna@agency.test", "password": PASSWORD, "next": "https://evil.example/"})
    assert (back["Location"], away["Location"]) == ("/w/blue-agency/sites/", "/home/")


def test_log_in_begins_a_new_session():
    signed_up()
    browser = Browser()
    browser.get("/accounts/login/")
    browser.session["planted"] = True
    browser.session.save()
    planted = browser.cookies.get("sid")
    browser.post("/accounts/login/", {"login": "anna@agency.test", "password": PASSWORD})
    assert planted is None or browser.cookies["sid"].value != planted.value


def test_guessing_is_slowed_down_before_it_gets_far():
    signed_up()
    guesses = [Browser().post("/accounts/login/", {"login": "anna@agency.test", "password": f"guess number {n}"}) for n in range(6)]
    assert "Too many failed login attempts" not in guesses[4].content.decode()
    assert "Too many failed login attempts" in guesses[5].content.decode()
    right = Browser().post("/accounts/login/", {"login": "anna@agency.test", "password": PASSWORD})
    assert right.status_code == 200


@pytest.mark.parametrize("length", [72, 73, 257, 100_000])
def test_a_long_password_is_an_ordinary_wrong_one(length):
    signed_up()
    assert Browser().post("/accounts/login/", {"login": "anna@agency.test", "password": "x" * length}).status_code == 200


def test_a_deactivated_person_cannot_log_in():
    person = signed_up()
    person.is_active = False
    person.save()
    browser = Browser()
    browser.post("/accounts/login/", {"login": "anna@agency.test", "password": PASSWORD})
    assert SESSION_KEY not in browser.session


def test_log_out_ends_the_session_and_empties_the_browser():
    signed_up()
    browser = Browser()
    browser.post("/accounts/login/", {"login": "anna@agency.test", "password": PASSWORD})
    key = browser.session.session_key
    assert browser.get("/accounts/logout/").status_code == 200
    assert SESSION_KEY in browser.session, "a link does not log anybody out"
    response = browser.post("/accounts/logout/")
    assert response.status_code == 302
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=key).exists()


@pytest.mark.parametrize(
    "path",
    ["/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/reauthenticate/"],
)
def test_the_pages_of_ones_own_account_are_ours(path):
    signed_up()
    browser = Browser()
    browser.post("/accounts/login/", {"login": "anna@agency.test", "password": PASSWORD})
    response = browser.get(path, follow=True)
    assert response.status_code == 200
    page = response.content.decode()
    assert "tracefox/parts.css" in page
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*(src=|application/json))", page)


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/inactive/"])
def test_the_entrance_pages_are_ours(path):
    page = Browser().get(path).content.decode()
    assert "tracefox/parts.css" in page
    assert " style=" not in page
    assert "<script" not in page


def test_an_old_user_without_a_confirmed_address_is_asked_for_it():
    make_user(email="old@agency.test", password=PASSWORD)
    response = Browser().post("/accounts/login/", {"login": "old@agency.test", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/accounts/confirm-email/")
    assert mail.outbox[-1].to == ["old@agency.test"]
