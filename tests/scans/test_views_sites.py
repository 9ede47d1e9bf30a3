from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Client
from scans import queue
from scans.models import Page, Scan, Site
from tests.factories import NOON, make_client, make_scan, make_site
from tests.scans.looking import scan_that_saw, text_of
from tracefox import blobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings):
    settings.BLOBS = "memory"
    blobs.forget()
    yield
    blobs.forget()


def _list(browser, workspace, **asked):
    return browser.get(reverse("scans:site-list", args=[workspace.slug]), asked)


def _page(browser, site):
    return browser.get(_url("site-detail", site))


def _url(name, site, *more):
    return reverse(f"scans:{name}", args=[site.workspace.slug, site.id, *more])


# --- the list


def test_an_empty_workspace_says_what_to_do_next(member_client, workspace):
    response = _list(member_client, workspace)
    assert "No sites under watch yet" in text_of(response)
    assert reverse("scans:site-add", args=[workspace.slug]) in response.content.decode()


def test_a_viewer_of_an_empty_workspace_is_told_whom_to_ask(viewer_client, workspace):
    response = _list(viewer_client, workspace)
    assert "Ask an owner, admin or member" in text_of(response)
    assert reverse("scans:site-add", args=[workspace.slug]) not in response.content.decode()


def test_sites_stand_under_their_clients(member_client, workspace):
    for name in ("Zebra", "apple"):
        make_site(client=make_client(workspace=workspace, name=name), name=f"{name} shop")
    text = text_of(_list(member_client, workspace))
    assert text.index("apple 1") < text.index("apple shop") < text.index("Zebra 1") < text.index("Zebra shop")


def test_the_list_shows_the_state_of_each_site_at_a_glance(member_client, workspace):
    failed = make_site(workspace=workspace)
    make_scan(site=failed, status="failed", sentence="The name does not resolve.")
    make_scan(site=make_site(workspace=workspace), status="running")
    make_site(workspace=workspace, paused_at=NOON)
    scan_that_saw(make_site(workspace=workspace))
    response = _list(member_client, workspace)
    text, html = text_of(response), response.content.decode()
    assert "All 4 Needs attention 1 Running 1 Paused 1" in text
    assert "The name does not resolve." in text
    assert {"dot--failed", "dot--running", "dot--none", "dot--ok"} <= set(html.split('class="dot ')[1].split('"')) | {
        part.split('"')[0] for part in html.split("dot ")
    }


def test_the_list_shows_what_the_last_scan_saw(member_client, workspace):
    scan_that_saw(make_site(workspace=workspace))
    row = _list(member_client, workspace).context["sites"].groups[0][1][0]
    assert (row.seen["third_parties"], row.seen["writes_attempted"]) == (4, 1)


def test_a_filter_leaves_the_sites_with_all_its_words(member_client, workspace):
    client = make_client(workspace=workspace, name="Bergmann")
    make_site(client=client, name="Optics", url="https://optik.test/")
    make_site(client=client, name="Shop")
    assert _list(member_client, workspace, q="BERGMANN optik").context["sites"].matched == 1
    assert "No site matches" in text_of(_list(member_client, workspace, q="nothing like it"))


@pytest.mark.parametrize(("state", "count"), [("attention", 1), ("paused", 1), ("running", 0), ("made-up", 3), ("", 3)])
def test_a_state_leaves_the_sites_in_it(member_client, workspace, state, count):
    make_scan(site=make_site(workspace=workspace), status="inconclusive")
    make_site(workspace=workspace, paused_at=NOON)
    make_site(workspace=workspace)
    assert _list(member_client, workspace, state=state).context["sites"].matched == count


def test_htmx_gets_the_rows_alone_and_a_cache_may_not_mix_them_up(member_client, workspace):
    make_site(workspace=workspace)
    response = member_client.get(reverse("scans:site-list", args=[workspace.slug]), headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert b'id="sites"' in response.content
    assert "HX-Request" in response["Vary"]


def test_the_rows_ask_again_only_while_a_scan_is_under_way(member_client, workspace):
    site = make_site(workspace=workspace)
    assert b"every 4s" not in _list(member_client, workspace).content
    make_scan(site=site)
    assert b"every 4s" in _list(member_client, workspace).content


def test_the_number_of_queries_does_not_grow_with_the_sites(member_client, workspace):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert _list(member_client, workspace).status_code == 200
        return len(seen)

    def add(sites):
        for _ in range(sites):
            site = make_site(workspace=workspace)
            for day in range(3):
                make_scan(site=site, status="ok", requested_at=NOON + timedelta(days=day))

    add(1)
    queries()  # the first page of a session notes when the session began
    few = queries()
    add(8)
    assert queries() == few


def test_a_long_list_comes_in_pages(member_client, workspace, monkeypatch):
    monkeypatch.setattr("scans.listing.ROWS_PER_PAGE", 2)
    client = make_client(workspace=workspace)
    for number in range(5):
        make_site(client=client, name=f"Site {number}")
    assert "Site 4" not in text_of(_list(member_client, workspace))
    assert "Site 4" in text_of(_list(member_client, workspace, page=3))
    assert "Page 3 of 3" in text_of(_list(member_client, workspace, page=99))


def test_nothing_of_a_rival_is_listed(member_client, workspace, rival):
    make_site(workspace=rival, name="Secret project")
    make_site(workspace=workspace)
    assert "Secret project" not in text_of(_list(member_client, workspace))


# --- adding


def _add(browser, workspace, **fields):
    return browser.post(reverse("scans:site-add", args=[workspace.slug]), {"client": "Bergmann", "urls": "https://www.shop.example.com/"} | fields)


def test_one_address_makes_one_site_and_leads_to_it(member_client, workspace):
    response = _add(member_client, workspace)
    site = Site.objects.for_workspace(workspace).get()
    assert response["Location"] == _url("site-detail", site)
    assert (site.url, site.client.name) == ("https://www.shop.example.com/", "Bergmann")


def test_many_lines_make_many_sites(member_client, workspace):
    response = _add(member_client, workspace, urls="a.example.com\n\n https://b.example.com/shop \nhttp://c.example.com")
    assert response["Location"] == reverse("scans:site-list", args=[workspace.slug])
    urls = Site.objects.for_workspace(workspace).order_by("url").values_list("url", flat=True)
    assert list(urls) == ["https://a.example.com/", "https://b.example.com/shop", "https://c.example.com/"]
    assert "3 sites were added." in text_of(member_client.get(response["Location"]))


def test_lines_that_cannot_be_added_stay_in_the_form_with_a_sentence_each(member_client, workspace):
    response = _add(member_client, workspace, urls="good.example.com\nhttps://10.0.0.1/\nno host at all")
    text, form = text_of(response), response.context["form"]
    assert response.status_code == 422
    assert form.initial == {"client": "Bergmann", "urls": "https://10.0.0.1/\nno host at all"}
    assert "2 lines were not added." in text
    assert "Line 1: “https://10.0.0.1/” names a computer by its number." in text
    assert "The site was added." in text
    assert Site.objects.for_workspace(workspace).count() == 1


def test_a_site_that_is_there_already_is_said_and_not_an_error(member_client, workspace):
    _add(member_client, workspace)
    response = _add(member_client, workspace, urls="https://www.shop.example.com/\nhttps://other.example.com/")
    assert "is already under watch" in text_of(member_client.get(response["Location"]))


@pytest.mark.parametrize(
    ("fields", "sentence"), [({"urls": ""}, "Give at least one address."), ({"client": " "}, "This field is required."), ({"client": "x" * 121}, "at most 120")]
)
def test_a_form_that_lacks_something_comes_back_with_what_was_typed(member_client, workspace, fields, sentence):
    response = _add(member_client, workspace, **fields)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert "shop.example.com" in response.content.decode() or "urls" in fields
    assert Site.objects.for_workspace(workspace).count() == 0


def test_the_plans_limit_is_a_sentence_and_the_line_stays(member_client, workspace):
    workspace.site_limit = 1
    workspace.save()
    response = _add(member_client, workspace, urls="a.example.com\nb.example.com")
    assert "Your plan covers 1 site" in text_of(response)
    assert response.context["form"].initial["urls"] == "b.example.com"


def test_a_client_of_a_rival_with_the_same_name_is_another_client(member_client, workspace, rival):
    make_client(workspace=rival, name="Bergmann")
    _add(member_client, workspace)
    assert Client.objects.for_workspace(workspace).count() == 1
    assert Site.objects.for_workspace(rival).count() == 0


def test_the_form_suggests_this_workspaces_clients_only(member_client, workspace, rival):
    make_client(workspace=workspace, name="Ours")
    make_client(workspace=rival, name="Theirs")
    html = member_client.get(reverse("scans:site-add", args=[workspace.slug])).content.decode()
    assert '<option value="Ours">' in html
    assert "Theirs" not in html


# --- one site


def test_a_site_that_was_never_scanned_says_so(member_client, workspace):
    assert "Not scanned yet" in text_of(_page(member_client, make_site(workspace=workspace)))


def test_a_sites_page_shows_what_the_last_scan_saw(member_client, workspace):
    site = make_site(workspace=workspace)
    scan = scan_that_saw(site)
    response = _page(member_client, site)
    text = text_of(response)
    for words in ("Third parties 4", "Scripts 5", "Cookies 4", "Requests 9", "Writes attempted 1 0 delivered", "Google Tag Manager", "Advertising", "Payment"):
        assert words in text
    assert reverse("scans:scan-detail", args=[workspace.slug, scan.id]) in response.content.decode()
    assert "/screenshot/" in response.content.decode()


def test_after_a_failed_scan_the_last_good_one_is_shown_and_said_to_be_older(member_client, workspace):
    site = make_site(workspace=workspace)
    scan_that_saw(site, requested_at=NOON)
    make_scan(site=site, status="failed", requested_at=NOON + timedelta(days=1), sentence="The name does not resolve.")
    text = text_of(_page(member_client, site))
    assert "The last scan failed" in text
    assert "The name does not resolve." in text
    assert "Below is what the last good scan saw" in text
    assert "Google Tag Manager" in text


def test_a_snapshot_that_does_not_open_is_a_sentence_not_a_crash(member_client, workspace):
    site = make_site(workspace=workspace)
    scan_that_saw(site)
    blobs.forget()
    response = _page(member_client, site)
    assert response.status_code == 200
    assert "cannot be opened any more" in text_of(response)


def test_the_last_thirty_scans_are_links(member_client, workspace):
    site = make_site(workspace=workspace)
    scans = [make_scan(site=site, status="ok", requested_at=NOON + timedelta(days=day)) for day in range(32)]
    html = _page(member_client, site).content.decode()
    linked = [scan for scan in scans if f'<a href="{reverse("scans:scan-detail", args=[workspace.slug, scan.id])}"' in html]
    assert linked == scans[2:]


def test_the_number_of_queries_does_not_grow_with_the_past(member_client, workspace):
    site = make_site(workspace=workspace, pages=1)
    scan_that_saw(site, requested_at=NOON + timedelta(days=90))

    def queries():
        with CaptureQueriesContext(connection) as seen:
            _page(member_client, site)
        return len(seen)

    queries()  # the first page of a session notes when the session began
    few = queries()
    for day in range(20):
        make_scan(site=site, status="ok", requested_at=NOON + timedelta(days=day))
        Page.objects.create(site=site, url=f"{site.url}{day}", position=day + 1)
    assert queries() == few


def test_all_scans_can_be_paged_through(member_client, workspace, monkeypatch):
    monkeypatch.setattr("scans.views.SCANS_PER_PAGE", 2)
    site = make_site(workspace=workspace)
    for day in range(5):
        make_scan(site=site, status="failed", requested_at=NOON + timedelta(days=day), sentence=f"Sentence {day}.")
    first, last = member_client.get(_url("site-scans", site)), member_client.get(_url("site-scans", site), {"from": 4})
    assert "Sentence 4." in text_of(first)
    assert "Older" in text_of(first)
    assert "Newer" not in text_of(first)
    assert "Sentence 0." in text_of(last)
    assert "Older" not in text_of(last)


# --- its buttons


def test_scan_now_queues_a_scan_and_shows_its_progress(member_client, workspace):
    site = make_site(workspace=workspace)
    response = member_client.post(_url("scan-now", site), follow=True)
    scan = Scan.objects.for_workspace(workspace).get()
    assert (scan.status, scan.trigger) == ("queued", "person")
    assert "Waiting for a free browser" in text_of(response)


def test_scan_now_twice_is_one_scan_and_a_sentence(member_client, workspace):
    site = make_site(workspace=workspace)
    member_client.post(_url("scan-now", site))
    response = member_client.post(_url("scan-now", site), follow=True)
    assert "waiting to begin" in text_of(response)
    assert Scan.objects.for_workspace(workspace).count() == 1


def test_scan_now_in_the_list_only_tells_the_list(member_client, workspace):
    site = make_site(workspace=workspace)
    response = member_client.post(_url("scan-now", site), headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Trigger"]) == (204, "scansChanged")


def test_pause_and_resume_say_what_they_did(member_client, workspace):
    site = make_site(workspace=workspace)
    assert "is paused" in text_of(member_client.post(_url("site-pause", site), follow=True))
    assert Site.objects.for_workspace(workspace).get().paused_at is not None
    assert "is watched again" in text_of(member_client.post(_url("site-resume", site), follow=True))
    assert Site.objects.for_workspace(workspace).get().paused_at is None


def test_a_site_with_a_payment_page_keeps_a_weekly_rhythm_and_says_why(member_client, workspace):
    site = make_site(workspace=workspace, scan_every_minutes=31 * 24 * 60)
    site.pages.update(kind="payment")
    response = member_client.post(_url("site-schedule", site), {"scan_every_minutes": str(31 * 24 * 60)})
    assert response.status_code == 422
    assert "Choose 7 days or less" in response.content.decode()


def test_the_schedule_is_chosen_from_a_list(member_client, workspace):
    site = make_site(workspace=workspace)
    member_client.post(_url("site-schedule", site), {"scan_every_minutes": "360"})
    assert Site.objects.for_workspace(workspace).get().scan_every_minutes == 360


@pytest.mark.parametrize("minutes", ["", "1", "-5", "many", "60; drop"])
def test_a_schedule_that_nobody_offers_is_refused(member_client, workspace, minutes):
    site = make_site(workspace=workspace)
    response = member_client.post(_url("site-schedule", site), {"scan_every_minutes": minutes})
    assert response.status_code == 422
    assert Site.objects.for_workspace(workspace).get().scan_every_minutes == 1440


def test_a_rhythm_that_was_set_elsewhere_is_shown(member_client, workspace):
    response = _page(member_client, make_site(workspace=workspace, scan_every_minutes=45))
    assert '<option value="45" selected>Every 45 minutes</option>' in response.content.decode()


def test_a_site_is_renamed_and_given_to_another_client_in_one_form(member_client, workspace):
    site, other = make_site(workspace=workspace), make_client(workspace=workspace, name="Tea House")
    response = member_client.post(_url("site-settings", site), {"name": "Green tea", "client": str(other.pk)}, follow=True)
    assert "Saved. Green tea belongs to Tea House." in text_of(response)
    assert Site.objects.for_workspace(workspace).values_list("name", "client").get() == ("Green tea", other.pk)


def test_the_form_offers_the_workspaces_clients_and_no_rivals(member_client, workspace, rival):
    site = make_site(client=make_client(workspace=workspace, name="zebra"))
    make_client(workspace=workspace, name="Apple")
    theirs = make_client(workspace=rival, name="Theirs")
    html = _page(member_client, site).content.decode()
    assert f'<option value="{site.client_id}" selected>zebra</option>' in html
    assert html.index(">Apple</option>") < html.index(">zebra</option>")
    assert str(theirs.pk) not in html


@pytest.mark.parametrize(("name", "sentence"), [("", "Give the site a name."), ("  ", "Give the site a name."), ("x" * 121, "at most 120 characters")])
def test_a_name_that_is_none_comes_back_with_a_sentence(member_client, workspace, name, sentence):
    site = make_site(workspace=workspace, name="Shop")
    response = member_client.post(_url("site-settings", site), {"name": name, "client": str(site.client_id)})
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert Site.objects.for_workspace(workspace).get().name == "Shop"


@pytest.mark.parametrize("whose", ["rival", "nobody", "no id"])
def test_a_client_that_is_not_ours_is_refused_whoever_it_belongs_to(member_client, workspace, rival, whose):
    site = make_site(workspace=workspace, name="Shop")
    client = {"rival": str(make_client(workspace=rival).pk), "nobody": str(uuid4()), "no id": "x"}[whose]
    response = member_client.post(_url("site-settings", site), {"name": "Mine", "client": client})
    assert response.status_code == 422
    assert ("“x” is not a valid UUID." if whose == "no id" else "Choose one of your clients.") in text_of(response)
    assert Site.objects.for_workspace(workspace).values_list("name", "client").get() == ("Shop", site.client_id)


def test_removing_a_site_asks_first_and_says_what_will_be_lost(admin_client, workspace):
    scan = scan_that_saw(make_site(workspace=workspace))
    assert _url("site-remove", scan.site) in _page(admin_client, scan.site).content.decode()
    response = admin_client.get(_url("site-remove", scan.site))
    assert "1 scan with its snapshots, screenshots and evidence will be deleted." in text_of(response)
    assert Site.objects.for_workspace(workspace).exists()


def test_an_admin_removes_a_site(admin_client, workspace, django_capture_on_commit_callbacks):
    site = scan_that_saw(make_site(workspace=workspace)).site
    with django_capture_on_commit_callbacks(execute=True):
        response = admin_client.post(_url("site-remove", site), follow=True)
    assert f"{site.name} is removed, with everything that was stored about it." in text_of(response)
    assert not Site.objects.for_workspace(workspace).exists()
    assert list(blobs.store().list("")) == []


def test_a_member_is_not_offered_to_remove_a_site_and_may_not(member_client, workspace):
    site = make_site(workspace=workspace)
    assert _url("site-remove", site) not in _page(member_client, site).content.decode()
    assert member_client.post(_url("site-remove", site)).status_code == 403
    assert Site.objects.for_workspace(workspace).exists()


def test_a_page_is_added_and_removed(member_client, workspace):
    site = make_site(workspace=workspace, url="https://shop.example.com/")
    response = member_client.post(_url("page-add", site), {"url": "shop.example.com/privacy", "kind": "policy"}, follow=True)
    assert "https://shop.example.com/privacy is loaded from the next scan on." in text_of(response)
    page = Page.objects.for_workspace(workspace).get(kind="policy")
    response = member_client.post(_url("page-remove", site, page.id), follow=True)
    assert "is not loaded any more" in text_of(response)
    assert not Page.objects.for_workspace(workspace).filter(kind="policy").exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"url": "https://elsewhere.org/", "kind": "page"}, "does not belong to example.com"),
        ({"url": "", "kind": "page"}, "Give the address of the page."),
        ({"url": "https://shop.example.com/", "kind": "page"}, "is one of the site’s pages already"),
        ({"url": "https://shop.example.com/a", "kind": "secret"}, "not one of the available choices"),
        ({"url": "javascript:alert(1)", "kind": "page"}, "is not the address of a web page"),
    ],
)
def test_a_page_that_cannot_be_added_comes_back_in_the_open_form(member_client, workspace, fields, sentence):
    site = make_site(workspace=workspace, url="https://shop.example.com/")
    response = member_client.post(_url("page-add", site), fields)
    assert response.status_code == 422
    assert sentence.replace("’", "'") in text_of(response).replace("’", "'")
    assert b'<details class="more" open>' in response.content
    assert Page.objects.for_workspace(workspace).count() == 1


def test_the_start_page_is_not_offered_for_removal_and_stays(member_client, workspace):
    site = make_site(workspace=workspace)
    page = Page.objects.for_workspace(workspace).get()
    assert _url("page-remove", site, page.id) not in _page(member_client, site).content.decode()
    assert "The start page stays" in text_of(member_client.post(_url("page-remove", site, page.id), follow=True))
    assert Page.objects.for_workspace(workspace).count() == 1


def test_a_page_of_another_site_is_not_found_here(member_client, workspace):
    site, other = make_site(workspace=workspace), make_site(workspace=workspace, pages=2)
    page = Page.objects.for_workspace(workspace).filter(site=other)[1]
    assert member_client.post(_url("page-remove", site, page.id)).status_code == 404


def test_a_viewer_sees_no_button_that_would_be_refused(viewer_client, workspace):
    site = make_site(workspace=workspace, pages=2)
    html = _page(viewer_client, site).content.decode()
    for name in ("scan-now", "site-pause", "site-schedule", "site-settings", "site-remove", "page-add"):
        assert _url(name, site) not in html


# --- live progress


def _progress(browser, site, seen=""):
    return browser.get(_url("site-progress", site), {"seen": seen})


def test_progress_says_the_stage_and_how_many_pages_are_done(member_client, workspace):
    site = make_site(workspace=workspace)
    make_scan(site=site, status="running", stage="Looking at cookies", pages_done=1, pages_total=3)
    response = _progress(member_client, site)
    assert text_of(response) == "Looking at cookies 1 of 3 pages"
    assert '<progress max="3" value="1"' in response.content.decode()


def test_progress_answers_nothing_until_there_is_something_new(member_client, workspace):
    site = make_site(workspace=workspace)
    scan = make_scan(site=site, status="running", stage="Loading", pages_total=2)
    token = _progress(member_client, site).context["progress"].token
    assert _progress(member_client, site, seen=token).status_code == 204
    scan.pages_done = 1
    scan.save()
    assert _progress(member_client, site, seen=token).status_code == 200


def test_progress_ends_with_the_outcome_and_stops_asking(member_client, workspace):
    site = make_site(workspace=workspace)
    make_scan(site=site, status="failed", sentence="The name does not resolve.")
    response = _progress(member_client, site)
    assert "The scan failed. The name does not resolve." in text_of(response)
    assert b"hx-trigger" not in response.content
    assert response["HX-Trigger"] == "scanEnded"


def test_progress_of_a_site_without_scans_stops_asking(member_client, workspace):
    assert _progress(member_client, make_site(workspace=workspace)).status_code == 286


def test_a_scan_that_waits_to_be_tried_again_says_so(member_client, workspace):
    site = make_site(workspace=workspace)
    make_scan(site=site, attempts=1)
    assert "Waiting to be tried again" in text_of(_progress(member_client, site))


# --- hostile names


def test_names_that_hold_markup_are_shown_as_text(member_client, workspace):
    attack = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    site = make_site(client=make_client(workspace=workspace, name=attack), name=attack)
    make_scan(site=site, status="failed", sentence=attack, stage=attack[:40])
    for response in (_list(member_client, workspace), _page(member_client, site), member_client.get(_url("site-scans", site)), _progress(member_client, site)):
        assert b"<script>alert" not in response.content
        assert b"<img src=x" not in response.content


def test_a_scan_under_way_shows_on_the_sites_page(member_client, workspace):
    site = make_site(workspace=workspace)
    queue.enqueue(site, trigger="person", now=timezone.now())
    html = _page(member_client, site).content.decode()
    assert 'aria-live="polite"' in html
    assert "every 1s" in html
