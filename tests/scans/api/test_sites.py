"""Sites and their pages, over the API."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser

from accounts.models import Client
from scans.models import Page, Scan, Site
from tests.callers import send
from tests.factories import NOON, make_client, make_scan, make_site
from tests.scans.looking import scan_that_saw

pytestmark = pytest.mark.django_db
SITES = "/api/v1/sites/"


def ids(response) -> list[str]:
    return [row["id"] for row in response.json()["results"]]


def test_a_site_is_put_under_watch(program, workspace):
    client = make_client(workspace=workspace, name="Tea House")

    response = send(program, "post", SITES, {"url": "http://www.shop.example.com/", "client": str(client.pk), "name": "Shop"})

    site = Site.objects.for_workspace(workspace).get()
    assert response.status_code == 201
    assert response["Location"] == f"{SITES}{site.pk}/"
    body = response.json()
    assert (body["url"], body["name"], body["paused"]) == ("https://www.shop.example.com/", "Shop", False)
    assert body["client"] == {"id": str(client.pk), "name": "Tea House"}
    assert body["newest_scan"] is None
    assert body["next_scan_at"]


def test_the_same_site_twice_is_a_conflict_that_says_so(program, workspace):
    site = make_site(workspace=workspace, url="https://shop.example.com/")

    response = send(program, "post", SITES, {"url": "shop.example.com", "client": str(site.client_id)})

    assert response.status_code == 409
    assert "already under watch" in response.json()["detail"]


def test_no_more_sites_than_the_plan_allows(program, workspace):
    workspace.site_limit = 1
    workspace.save()
    site = make_site(workspace=workspace)

    response = send(program, "post", SITES, {"url": "https://two.example.com/", "client": str(site.client_id)})

    assert response.status_code == 409
    assert "Your plan covers 1 sites" in response.json()["detail"]


def test_a_bad_address_is_refused_with_a_sentence(program, workspace):
    client = make_client(workspace=workspace)

    response = send(program, "post", SITES, {"url": "ftp://shop.example.com", "client": str(client.pk)})

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"] == [
        {"field": "url", "detail": "“ftp://shop.example.com” is not the address of a web page. Give one that starts with https://."}
    ]


def test_a_rivals_client_is_as_good_as_none(program, rival):
    theirs = make_client(workspace=rival)

    ours, nobodys = (send(program, "post", SITES, {"url": "https://a.example.com/", "client": str(client)}) for client in (theirs.pk, uuid4()))

    assert ours.status_code == nobodys.status_code == 400
    assert ours.content == nobodys.content
    assert not Site.objects.across_workspaces().exists()


def test_many_sites_get_an_answer_each(program, workspace):
    client = make_client(workspace=workspace)
    make_site(client=client, workspace=workspace, url="https://one.example.com/")

    response = send(program, "post", SITES + "bulk/", {"client": str(client.pk), "urls": ["one.example.com", "two.example.com", "", "10.0.0.1"]})

    body = response.json()
    assert response.status_code == 200
    assert (body["added"], body["already_there"], body["refused"]) == (1, 1, 1)
    assert [(line["line"], line["url"], line["result"]) for line in body["results"]] == [
        (1, "one.example.com", "already there"),
        (2, "two.example.com", "added"),
        (4, "10.0.0.1", "refused"),
    ]
    assert body["results"][2]["detail"].startswith("“10.0.0.1” names a computer by its number.")
    assert body["results"][2]["site"] is None
    assert Site.objects.for_workspace(workspace).count() == 2


def test_a_list_has_a_limit(program, workspace):
    client = make_client(workspace=workspace)

    response = send(program, "post", SITES + "bulk/", {"client": str(client.pk), "urls": ["x.example.com"] * 1001})

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "urls"


def test_sites_are_listed_newest_first_and_only_ours(program, workspace, rival):
    first, second = make_site(workspace=workspace), make_site(workspace=workspace)
    make_site(workspace=rival)

    assert ids(program.get(SITES)) == [str(second.pk), str(first.pk)]


def test_a_long_list_comes_in_pages_without_loss_even_when_all_were_added_at_once(program, workspace):
    sites = [make_site(workspace=workspace) for _ in range(7)]
    Site.objects.for_workspace(workspace).update(created_at=NOON)
    seen, url = [], SITES + "?page_size=3"

    while url:
        body = program.get(url).json()
        seen += [row["id"] for row in body["results"]]
        assert len(body["results"]) <= 3
        url = body["next"]

    assert sorted(seen) == sorted(str(site.pk) for site in sites)


def test_a_page_stays_right_while_a_site_is_added(program, workspace):
    sites = [make_site(workspace=workspace) for _ in range(4)]
    first = program.get(SITES + "?page_size=2").json()
    make_site(workspace=workspace)

    second = program.get(first["next"]).json()

    assert [row["id"] for row in first["results"] + second["results"]] == [str(site.pk) for site in reversed(sites)]
    assert second["next"] is None


@pytest.mark.parametrize(
    "query", ["page_size=0", "page_size=101", "page_size=x", "cursor=zzz", "cursor=bnVsbA", "status=new", "client=1", "paused=perhaps", "q=%00"]
)
def test_a_question_that_makes_no_sense_is_refused(program, query):
    response = program.get(f"{SITES}?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == query.split("=")[0]


def test_sites_are_found_by_client_words_pause_and_newest_status(program, workspace):
    tea = make_client(workspace=workspace, name="Tea House")
    shop = make_site(client=tea, workspace=workspace, name="Green", url="https://green.example.com/")
    paused = make_site(workspace=workspace, paused_at=NOON)
    make_scan(site=shop, status=Scan.Status.OK, requested_at=NOON)
    make_scan(site=shop, status=Scan.Status.FAILED, requested_at=NOON + timedelta(hours=1))

    assert ids(program.get(SITES, {"client": str(tea.pk)})) == [str(shop.pk)]
    assert ids(program.get(SITES, {"q": "tea GREEN"})) == [str(shop.pk)]
    assert ids(program.get(SITES, {"q": "tea coffee"})) == []
    assert ids(program.get(SITES, {"paused": "true"})) == [str(paused.pk)]
    assert ids(program.get(SITES, {"paused": "false"})) == [str(shop.pk)]
    assert ids(program.get(SITES, {"status": "failed"})) == [str(shop.pk)]
    assert ids(program.get(SITES, {"status": "ok"})) == []


def test_a_site_is_shown_with_its_newest_scan(program, workspace):
    site = make_site(workspace=workspace)
    make_scan(site=site, status=Scan.Status.OK, requested_at=NOON)
    newest = make_scan(site=site, status=Scan.Status.INCONCLUSIVE, requested_at=NOON + timedelta(hours=1))

    assert program.get(f"{SITES}{site.pk}/").json()["newest_scan"] == {
        "id": str(newest.pk),
        "status": "inconclusive",
        "requested_at": "2026-03-04T13:00:00Z",
        "finished_at": "2026-03-04T13:00:20Z",
    }


def test_the_number_of_queries_does_not_grow_with_the_page(program, workspace, django_assert_max_num_queries):
    for _ in range(12):
        make_scan(site=make_site(workspace=workspace), status=Scan.Status.OK)
    program.get(SITES)  # the key's last use is noted once a minute

    with django_assert_max_num_queries(6):
        assert len(program.get(SITES).json()["results"]) == 12


def test_a_site_is_renamed_rescheduled_paused_and_resumed(program, workspace):
    site = make_site(workspace=workspace, next_scan_at=NOON)

    changed = send(program, "patch", f"{SITES}{site.pk}/", {"name": "Tea", "scan_every_minutes": 60}).json()
    paused = send(program, "patch", f"{SITES}{site.pk}/", {"paused": True}).json()
    resumed = send(program, "patch", f"{SITES}{site.pk}/", {"paused": False}).json()

    assert (changed["name"], changed["scan_every_minutes"], changed["paused"]) == ("Tea", 60, False)
    assert (paused["paused"], paused["next_scan_at"]) == (True, None)
    assert (resumed["paused"], resumed["name"]) == (False, "Tea")
    assert resumed["next_scan_at"]


@pytest.mark.parametrize("minutes", [0, 14, 31 * 24 * 60 + 1, "often", None])
def test_a_schedule_has_bounds(program, workspace, minutes):
    site = make_site(workspace=workspace)

    response = send(program, "patch", f"{SITES}{site.pk}/", {"scan_every_minutes": minutes})

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "scan_every_minutes"


def test_only_named_fields_can_be_changed(program, workspace, rival):
    site = make_site(workspace=workspace)
    theirs = make_client(workspace=rival)
    before = Site.objects.for_workspace(workspace).values().get()
    sent = {
        "id": str(uuid4()),
        "workspace": str(rival.pk),
        "client_id": str(theirs.pk),
        "url": "https://evil.test/",
        "next_scan_at": None,
        "created_at": "2020-01-01",
    }

    assert send(program, "patch", f"{SITES}{site.pk}/", sent).status_code == 200
    assert Site.objects.for_workspace(workspace).values().get() == before


def test_a_site_is_given_to_another_client(program, workspace):
    site, other = make_site(workspace=workspace), make_client(workspace=workspace, name="Coffee House")

    response = send(program, "patch", f"{SITES}{site.pk}/", {"client": str(other.pk)})

    assert (response.status_code, response.json()["client"]) == (200, {"id": str(other.pk), "name": "Coffee House"})


def test_a_site_is_not_given_to_a_rivals_client_and_nothing_else_is_changed(program, workspace, rival):
    site = make_site(workspace=workspace)
    before = Site.objects.for_workspace(workspace).values().get()

    theirs, nobodys = (
        send(program, "patch", f"{SITES}{site.pk}/", {"name": "Mine", "client": str(client)}) for client in (make_client(workspace=rival).pk, uuid4())
    )

    assert theirs.status_code == nobodys.status_code == 400
    assert theirs.content == nobodys.content
    assert Site.objects.for_workspace(workspace).values().get() == before


@pytest.mark.parametrize("name", ["", " ", "\u2003", None, "x" * 121])
def test_a_site_is_not_given_a_name_that_is_none(program, workspace, name):
    site = make_site(workspace=workspace, name="Shop")

    response = send(program, "patch", f"{SITES}{site.pk}/", {"name": name, "scan_every_minutes": 60})

    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "name")
    assert Site.objects.for_workspace(workspace).values_list("name", "scan_every_minutes").get() == ("Shop", 1440)


def test_a_site_is_removed_with_its_scans_and_objects(program, workspace, kept, django_capture_on_commit_callbacks):
    scan = scan_that_saw(make_site(workspace=workspace))

    with django_capture_on_commit_callbacks(execute=True):
        response = program.delete(f"{SITES}{scan.site_id}/")

    assert (response.status_code, response.content) == (204, b"")
    assert program.get(f"{SITES}{scan.site_id}/").status_code == 404
    assert program.get(f"/api/v1/scans/{scan.pk}/").status_code == 404
    assert list(kept.list("")) == []


def test_a_key_that_only_reads_removes_no_site(reader, workspace):
    site = make_site(workspace=workspace)

    assert reader.delete(f"{SITES}{site.pk}/").status_code == 403
    assert Site.objects.for_workspace(workspace).get() == site


def test_a_page_is_added_listed_and_removed(program, workspace):
    site = make_site(workspace=workspace, url="https://www.shop.example.com/")
    pages = f"{SITES}{site.pk}/pages/"

    added = send(program, "post", pages, {"url": "https://shop.example.com/privacy", "kind": "policy"})
    assert (added.status_code, added.json()["kind"]) == (201, "policy")
    assert len(program.get(pages).json()["results"]) == 2

    assert program.delete(f"{pages}{added.json()['id']}/").status_code == 204
    assert Page.objects.for_workspace(workspace).count() == 1


def test_a_page_of_another_site_is_refused(program, workspace):
    site = make_site(workspace=workspace, url="https://www.shop.example.com/")

    response = send(program, "post", f"{SITES}{site.pk}/pages/", {"url": "https://other.example.org/"})

    assert response.status_code == 409
    assert "Add it as a site of its own." in response.json()["detail"]


def test_the_start_page_stays(program, workspace):
    site = make_site(workspace=workspace)
    page = Page.objects.for_workspace(workspace).get()

    assert program.delete(f"{SITES}{site.pk}/pages/{page.pk}/").status_code == 409


def test_a_page_is_removed_only_through_its_own_site(program, workspace):
    site, other = make_site(workspace=workspace, pages=2), make_site(workspace=workspace)
    page = Page.objects.for_workspace(workspace).filter(site=site)[1]

    assert program.delete(f"{SITES}{other.pk}/pages/{page.pk}/").status_code == 404
    assert Page.objects.for_workspace(workspace).filter(pk=page.pk).exists()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "{site}/", None),
        ("patch", "{site}/", {"name": "Mine"}),
        ("get", "{site}/pages/", None),
        ("post", "{site}/pages/", {"url": "https://shop.example.com/x"}),
        ("delete", "{site}/pages/{page}/", None),
        ("post", "{site}/scans/", None),
    ],
)
def test_a_rivals_site_is_as_good_as_none(program, rival, method, path, body):
    site = make_site(workspace=rival, url="https://shop.example.com/", pages=2)
    page = Page.objects.for_workspace(rival).filter(site=site)[1]

    theirs = send(program, method, SITES + path.format(site=site.pk, page=page.pk), body)
    nobodys = send(program, method, SITES + path.format(site=uuid4(), page=uuid4()), body)

    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    assert Page.objects.for_workspace(rival).count() == 2
    assert not Scan.objects.across_workspaces().exists()


@pytest.mark.parametrize(("method", "path"), [("post", ""), ("post", "bulk/"), ("patch", "{}/"), ("post", "{}/pages/"), ("post", "{}/scans/")])
def test_a_key_that_only_reads_changes_nothing(reader, workspace, method, path):
    site = make_site(workspace=workspace)

    response = send(reader, method, SITES + path.format(site.pk), {"name": "x", "url": "https://x.example.com/"})

    assert response.status_code == 403
    assert response.json()["detail"] == "This API key may read, but not change anything."
    assert reader.get(f"{SITES}{site.pk}/").status_code == 200


def test_a_session_opens_nothing_and_no_key_gets_a_401(owner_client):
    for browser in (owner_client, Browser()):
        response = browser.get(SITES)
        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert response["Content-Type"] == "application/problem+json"


def test_a_client_is_not_lost_with_its_sites(program, workspace):
    site = make_site(workspace=workspace)

    refused = program.delete(f"/api/v1/clients/{site.client_id}/")
    assert refused.status_code == 409
    assert "has sites under watch" in refused.json()["detail"]
    assert program.delete(f"{SITES}{site.pk}/").status_code == 204
    assert Client.objects.for_workspace(workspace).get() == site.client
