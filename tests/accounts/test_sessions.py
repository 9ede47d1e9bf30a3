"""How long a session lives. Time passes by moving the session's own memory of it back, never by waiting."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import sessions
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.door_urls")]

HOUR, DAY = 3600, 24 * 3600


@pytest.fixture
def browser():
    browser = Browser()
    browser.force_login(make_user())
    assert browser.get("/me/").status_code == 200
    return browser


def let_pass(browser, *, since_began=0, since_seen=0):
    session = browser.session
    session[sessions.BEGAN] -= since_began
    session[sessions.SEEN] -= since_seen
    session.save()


@pytest.mark.parametrize(
    ("began", "seen", "status"), [(7 * HOUR, 7 * HOUR, 200), (9 * HOUR, 9 * HOUR, 302), (6 * DAY, HOUR, 200), (8 * DAY, HOUR, 302), (8 * DAY, 0, 302)]
)
def test_a_session_ends_after_eight_idle_hours_or_seven_days(browser, began, seen, status):
    let_pass(browser, since_began=began, since_seen=seen)
    assert browser.get("/me/").status_code == status


def test_an_old_session_is_gone_from_the_database_and_the_browser(browser):
    key = browser.session.session_key
    let_pass(browser, since_began=9 * DAY)
    response = browser.get("/me/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert response.cookies["sid"].value == ""
    assert not Session.objects.filter(session_key=key).exists()


def test_reading_on_keeps_a_session_alive(browser):
    for _ in range(5):
        let_pass(browser, since_began=5 * HOUR, since_seen=5 * HOUR)
        assert browser.get("/me/").status_code == 200


def test_reading_does_not_write_each_time(browser):
    with CaptureQueriesContext(connection) as asked:
        browser.get("/me/")
    assert [query["sql"].split()[0] for query in asked if "SAVEPOINT" not in query["sql"]] == ["SELECT", "SELECT"]
    let_pass(browser, since_seen=sessions.TOUCH_EVERY)
    browser.get("/me/")
    assert timezone.now().timestamp() - browser.session[sessions.SEEN] < sessions.TOUCH_EVERY


def test_a_visitor_without_a_session_gets_none():
    browser = Browser()
    browser.get("/anybody/")
    assert not browser.cookies
    assert not Session.objects.exists()
