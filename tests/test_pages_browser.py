"""The pages in a real browser: they work, they are sound for everybody, the content security policy holds, and what a site wrote never runs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts import api_keys
from accounts.models import Role, User, Workspace
from scans.models import Page as SitePage
from scans.models import Scan, Site
from tests.browsing import AUDIT, elsewhere, looking, session_of
from tests.cast import PASSWORD
from tests.factories import (
    make_change,
    make_client,
    make_ignore_rule,
    make_membership,
    make_register_entry,
    make_scan,
    make_site,
    make_user,
    make_workspace,
)
from tests.scans.hostile_snapshot import ATTACKS, hostile_captured
from tests.scans.large_snapshot import large_captured
from tests.scans.looking import SECTIONS, scan_that_saw, section_url
from tracefox import blobs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def kept(settings):
    settings.BLOBS = "memory"
    blobs.forget()
    yield
    blobs.forget()


@pytest.fixture
def agency() -> Workspace:
    return make_workspace(name="Agency", slug="agency")


@pytest.fixture
def person(agency: Workspace) -> User:
    user = make_user(email="person@agency.test", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    make_membership(workspace=agency, user=user, role=Role.OWNER)
    return user


def every_page(workspace: Workspace) -> dict[str, str]:
    """A workspace with all that pages can show, and where to see it."""
    site = make_site(client=make_client(workspace=workspace, name="Bergmann"), url="https://shop.example.com/")
    SitePage.objects.create(site=site, url=f"{site.url}privacy", kind="policy", position=1)
    now = timezone.now()
    for day in range(2, 12):
        make_scan(site=site, status="failed" if day == 5 else "ok", requested_at=now - timedelta(days=day), sentence="The name does not resolve.")
    scan = scan_that_saw(site, large_captured(requests=300), requested_at=now - timedelta(days=1))
    running, failed = make_site(client=site.client), make_site(client=site.client, paused_at=now)
    make_scan(site=running, status="running", requested_at=now, stage="Loading the start page", pages_done=1, pages_total=3)
    broken = make_scan(site=failed, status="inconclusive", requested_at=now, reason="blocked", blocked_by="Cloudflare", sentence="Cloudflare answered instead.")
    never = make_site(workspace=workspace)
    api_keys.create(workspace=workspace, name="Report script", by=None, can_write=True)
    change, _ = [make_change(scan=scan, found_at=now, incident="one cause", chain=["https://cdn.test/a.js", site.url]) for _ in range(2)]
    make_change(scan=scan, found_at=now, told=False, ignored_by=make_ignore_rule(workspace=workspace))
    make_register_entry(page=SitePage.objects.create(site=site, url=f"{site.url}pay", kind="payment", position=2))
    slug = workspace.slug
    return {
        "sites": reverse("scans:site-list", args=[slug]),
        "no site matches": reverse("scans:site-list", args=[slug]) + "?q=nothing",
        "add sites": reverse("scans:site-add", args=[slug]),
        "site": reverse("scans:site-detail", args=[slug, site.id]),
        "site that is scanned": reverse("scans:site-detail", args=[slug, running.id]),
        "site that failed": reverse("scans:site-detail", args=[slug, failed.id]),
        "site never scanned": reverse("scans:site-detail", args=[slug, never.id]),
        "remove a site": reverse("scans:site-remove", args=[slug, site.id]),
        "scans": reverse("scans:site-scans", args=[slug, site.id]),
        "failed scan": reverse("scans:scan-detail", args=[slug, broken.id]),
        "changes": reverse("scans:change-list", args=[slug]),
        "changes by cause": reverse("scans:change-list", args=[slug]) + "?view=grouped",
        "change": reverse("scans:change-detail", args=[slug, change.id]),
        "ignore rules": reverse("scans:rule-list", args=[slug]),
        "add a rule": reverse("scans:rule-add", args=[slug]) + f"?like={change.id}",
        "register": reverse("scans:register", args=[slug, site.id]),
        "clients": reverse("accounts:client-list", args=[slug]),
        "keys": reverse("accounts:api-key-list", args=[slug]),
        "audit trail": reverse("accounts:audit", args=[slug]),
    } | {section: section_url(scan, section) for section in SECTIONS}


def test_a_person_logs_in_adds_a_site_and_sees_it(live_server, person):
    with looking(live_server.url) as (page, complaints):
        page.goto("/")
        page.get_by_label("Email").fill(person.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="No sites under watch yet")).to_be_visible()
        page.get_by_role("link", name="Add your first sites").click()
        page.get_by_label("Client").fill("Bergmann")
        page.get_by_label("Addresses").fill("https://shop.example.com/\nnot an address")
        page.get_by_role("button", name="Add sites").click()
        expect(page.get_by_text("1 line was not added.")).to_be_visible()
        expect(page.get_by_label("Addresses")).to_have_value("not an address")
        page.get_by_role("navigation", name="Workspace").get_by_role("link", name="Sites").click()
        page.get_by_role("link", name="shop.example.com").click()
        expect(page.get_by_role("heading", name="shop.example.com", level=1)).to_be_visible()
        page.get_by_role("button", name="Scan now").click()
        expect(page.get_by_text("Waiting for a free browser")).to_be_visible()
        page.get_by_label("Your account").click()
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert [text for text in complaints if "422" not in text] == []  # the browser notes that the form came back


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_sound_for_everybody_and_keeps_to_the_policy(live_server, agency, person, scheme, size):
    pages, session = every_page(agency), session_of(person)
    faults: list[str] = []
    with looking(live_server.url, session=session, color_scheme=scheme, viewport=size) as (page, complaints):
        for name, path in pages.items():
            page.goto(path)
            faults += [f"{name}: {fault}" for fault in page.evaluate(AUDIT) + complaints]
            complaints.clear()
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_before_log_in_are_sound_too(live_server, db, scheme):
    faults: list[str] = []
    with looking(live_server.url, color_scheme=scheme, viewport=PHONE) as (page, complaints):
        for path in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nothing/"):
            page.goto(path)
            faults += [f"{path}: {fault}" for fault in page.evaluate(AUDIT) + [text for text in complaints if "404" not in text]]
            complaints.clear()
    assert faults == []


def test_what_a_site_wrote_never_runs_and_asks_for_nothing(live_server, agency, person):
    scans = [scan_that_saw(make_site(workspace=agency), hostile_captured(attack)) for attack in ATTACKS]
    session, asked = session_of(person), list[str]()
    paths = [
        path for scan in scans for path in [reverse("scans:site-detail", args=["agency", scan.site_id]), *(section_url(scan, section) for section in SECTIONS)]
    ]
    with looking(live_server.url, session=session) as (page, complaints):
        page.on("request", lambda request: asked.append(request.url))
        for path in paths:
            page.goto(path)
            for detail in page.locator("main details summary").all()[:3]:
                detail.click()
        found = list(complaints)
    assert found == []
    assert {url for url in asked if not url.startswith(live_server.url)} == set()


def test_the_filter_narrows_the_list_while_typing_and_the_address_keeps_it(live_server, agency, person):
    client = make_client(workspace=agency)
    for name in ("Tea shop", "Coffee shop"):
        make_site(client=client, name=name)
    session = session_of(person)
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto("/w/agency/sites/")
        page.keyboard.press("/")
        page.keyboard.type("tea")
        expect(page.get_by_role("link", name="Coffee shop")).to_have_count(0)
        expect(page.get_by_role("link", name="Tea shop")).to_be_visible()
        expect(page.get_by_role("searchbox")).to_be_focused()
        assert page.url.endswith("?q=tea")
        page.reload()
        expect(page.get_by_role("searchbox")).to_have_value("tea")
    assert complaints == []


def test_a_site_is_renamed_moved_and_removed_and_then_its_client(live_server, agency, person):
    site = make_site(client=make_client(workspace=agency, name="Bergmann"), name="Tea shop")
    make_client(workspace=agency, name="Zander")
    session = session_of(person)
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto(reverse("scans:site-detail", args=["agency", site.id]))
        page.get_by_label("Name").fill("Green tea shop")
        page.get_by_label("Client").select_option("Zander")
        page.locator("#settings").get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved. Green tea shop belongs to Zander.")).to_be_visible()
        page.get_by_role("link", name="Remove this site").click()
        expect(page.get_by_text("This cannot be undone.")).to_be_visible()
        page.get_by_role("button", name="Remove site").click()
        expect(page.get_by_role("heading", name="No sites under watch yet")).to_be_visible()
        page.get_by_role("navigation", name="Workspace").get_by_role("link", name="Clients").click()
        page.get_by_role("button", name="Remove Bergmann").click()
        expect(page.get_by_text("Bergmann is removed.")).to_be_visible()
    assert complaints == ["dialog: Remove Bergmann?"]


def test_requests_are_filtered_and_sorted_without_leaving_the_page(live_server, agency, person):
    scan = scan_that_saw(make_site(workspace=agency), large_captured(requests=120))
    session = session_of(person)
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto(section_url(scan, "requests"))
        page.get_by_label("Filter by address").fill("hotjar")
        expect(page.get_by_text(" of 120 requests")).to_be_visible()
        page.get_by_label("Type").select_option("image")
        expect(page).to_have_url(re.compile("type=image"))
        expect(page.locator("#rows tbody tr .host").first).to_contain_text("hotjar.com")
        page.get_by_role("link", name="Size").click()
        expect(page.locator("th[aria-sort=descending]")).to_have_text("Size")
        expect(page).to_have_url(re.compile("q=hotjar.*type=image"))
    assert complaints == []


def test_progress_is_followed_live_until_the_scan_has_ended(live_server, agency, person):
    site = make_site(workspace=agency)
    scan = make_scan(site=site, status="running", stage="Starting the browser", pages_total=2)
    session = session_of(person)

    def set_to(**fields: object) -> None:
        elsewhere(lambda: Scan.objects.for_workspace(agency).filter(id=scan.id).update(**fields))

    with looking(live_server.url, session=session) as (page, complaints):
        page.goto(reverse("scans:site-detail", args=["agency", site.id]))
        page.get_by_text("Add a page").click()
        page.get_by_label("Address of the page").fill("half typed")
        expect(page.get_by_role("button", name="Scan now")).to_be_disabled()
        set_to(stage="Looking at cookies", pages_done=1)
        expect(page.get_by_text("Looking at cookies")).to_be_visible()
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "1")
        set_to(status="failed", finished_at=timezone.now(), lease_until=None, sentence="The name does not resolve.")
        expect(page.get_by_text("The last scan failed")).to_be_visible()
        expect(page.get_by_role("button", name="Scan now")).to_be_enabled()
        expect(page.get_by_label("Address of the page")).to_have_value("half typed")
    assert complaints == []


def test_scan_now_in_the_list_changes_the_row_in_place(live_server, agency, person):
    make_site(workspace=agency, name="Tea shop")
    session = session_of(person)
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto("/w/agency/sites/")
        page.get_by_role("button", name="Scan Tea shop now").click()
        expect(page.get_by_text("Queued")).to_be_visible()
        assert page.url.endswith("/sites/")
    assert complaints == []
    assert Scan.objects.for_workspace(agency).count() == 1


def test_removing_a_page_asks_first(live_server, agency, person):
    site = make_site(workspace=agency, pages=2)
    session = session_of(person)
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto(reverse("scans:site-detail", args=["agency", site.id]))
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_text("is not loaded any more")).to_be_visible()
        assert [text for text in complaints if text.startswith("dialog: Stop loading")]
    assert SitePage.objects.for_workspace(agency).count() == 1


def test_a_new_key_can_be_copied(live_server, agency, person):
    session = session_of(person)
    with looking(live_server.url, session=session, permissions=["clipboard-read", "clipboard-write"]) as (page, complaints):
        page.goto(reverse("accounts:api-key-list", args=["agency"]))
        page.get_by_label("Name").fill("Report script")
        page.get_by_role("button", name="Create key").click()
        key = page.get_by_label("The new API key").input_value()
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_text("Copied")).to_be_visible()
    assert key.startswith("tfx_live_")
    assert complaints == []


def test_menus_open_and_close_by_keyboard(live_server, agency, person):
    session = session_of(person)
    with looking(live_server.url, session=session) as (page, complaints):
        page.goto("/w/agency/sites/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        menu = page.get_by_label("Your account")
        menu.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Log out")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Log out")).to_be_hidden()
        expect(menu).to_be_focused()
    assert complaints == []
    assert Site.objects.for_workspace(agency).count() == 0
