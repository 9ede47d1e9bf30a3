"""The pages about changes in a real browser: what a click does there, and where things stand on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from scans import changes, inbox
from scans.models import Change, IgnoreRule
from tests.browsing import elsewhere, looking, session_of
from tests.factories import make_change, make_client, make_ignore_rule, make_membership, make_scan, make_site, make_workspace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def agency():
    return make_workspace(name="Agency", slug="agency")


@pytest.fixture
def session(agency):
    return session_of(make_membership(workspace=agency, role=Role.OWNER).user)


def change_in(workspace, *, site=None, **fields):
    site = site or make_site(workspace=workspace)
    return make_change(scan=make_scan(site=site, status="ok", requested_at=timezone.now()), found_at=timezone.now(), **fields)


def test_a_rule_is_saved_by_one_click_out_of_a_field_and_two_clicks_are_one(live_server, agency, session):
    change = change_in(agency, severity=3)
    found: list[IgnoreRule] = []
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto(reverse("scans:rule-add", args=["agency"]) + f"?like={change.pk}")
        expect(page.get_by_text("would have hidden: 1 change, 1 medium")).to_be_visible()
        expect(page.get_by_role("button", name="Show what it would have hidden")).to_be_hidden()
        page.get_by_label("Reason").fill("The client's own chat.")
        page.get_by_role("button", name="Save rule").dblclick()
        expect(page.get_by_role("heading", name="Ignore rules")).to_be_visible()
        elsewhere(lambda: found.extend(IgnoreRule.objects.for_workspace(agency)))
        assert [rule.reason for rule in found] == ["The client's own chat."]
    assert complaints == []


def test_a_scope_that_nobody_saw_is_shown_before_it_is_saved(live_server, agency, session):
    change = change_in(agency, severity=5)
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto(reverse("scans:rule-add", args=["agency"]) + f"?like={change.pk}")
        expect(page.get_by_text("it waits for a second person")).to_be_visible()
        page.get_by_label("Hide at most").select_option("Low")
        expect(page.get_by_text("would have hidden: No change so far")).to_be_visible()
        page.get_by_label("Hide at most").select_option("Critical")
        expect(page.get_by_text("would have hidden: 1 change, 1 critical")).to_be_visible()
    assert complaints == []


def test_the_pages_about_changes_fit_a_phone_and_begin_with_the_decision(live_server, agency, session):
    client = make_client(workspace=agency, name="Stichting tot Bevordering van de Verkoop van Streekproducten in Noord-Nederland")
    change = change_in(agency, site=make_site(client=client), after={"sha256": "a" * 64}, cause="cdn.test")
    make_ignore_rule(workspace=agency, up_to=5, created_at=timezone.now(), expires_at=timezone.now() + timedelta(days=3))
    changes.acknowledge(change, by=None, now=timezone.now())
    changes.reopen(change, by=None, now=timezone.now())
    pages = [("scans:change-list", []), ("scans:change-detail", [change.pk]), ("scans:rule-list", []), ("scans:rule-add", []), ("accounts:audit", [])]
    with looking(live_server.url, session=session, viewport=PHONE) as (page, complaints):
        for name, which in pages:
            page.goto(reverse(name, args=["agency", *which]))
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
        page.goto(reverse("scans:change-detail", args=["agency", change.pk]))
        decision, facts = (page.get_by_role("heading", name=name).bounding_box() for name in ("Decision", "Before and after"))
        assert decision
        assert facts
        assert decision["y"] < facts["y"]
        assert decision["y"] < PHONE["height"]
    assert complaints == []


def test_what_was_ticked_and_written_is_there_again(live_server, agency, session):
    ticked, left = (change_in(agency) for _ in range(2))
    states: list[inbox.Row] = []
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto(reverse("scans:change-list", args=["agency"]))
        page.locator(f"input[value='{ticked.pk}']").check()
        page.get_by_text("Expected…").click()
        page.get_by_label("Why were they expected?").evaluate("field => { field.removeAttribute('maxlength'); field.value = 'x'.repeat(2001) }")
        page.get_by_role("button", name="Mark as expected").click()
        expect(page.get_by_text("at most 2000 characters")).to_be_visible()
        expect(page.locator(f"input[value='{ticked.pk}']")).to_be_checked()
        expect(page.locator(f"input[value='{left.pk}']")).not_to_be_checked()
        field = page.get_by_label("Why were they expected?")
        expect(field).to_be_visible()
        assert len(field.input_value()) == 2001
        field.fill("Agreed with them.")
        page.get_by_role("button", name="Mark as expected").click()
        expect(page.get_by_text("1 change marked as expected.")).to_be_visible()
        elsewhere(lambda: states.extend(inbox.rows(Change.objects.for_workspace(agency).filter(review="expected"))))
    assert [row.change.pk for row in states] == [ticked.pk]
    assert complaints == []
