from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings

from accounts.models import Client
from scans import sites
from scans.models import Page, Scan, Site
from tests.factories import NOON, make_client, make_scan, make_site, make_workspace

pytestmark = pytest.mark.django_db


def add(client: Client, url: str, **fields) -> Site:
    return sites.add(workspace=client.workspace, client=client, url=url, now=NOON, **fields)


def pages_of(site: Site) -> list[str]:
    return [page.url for page in Page.objects.for_workspace(site.workspace).filter(site=site)]


def test_a_new_site_is_due_at_once_and_has_its_start_page():
    site = add(make_client(), "http://www.Shop.nl")
    assert (site.url, site.name, site.next_scan_at) == ("https://www.shop.nl/", "www.shop.nl", NOON)
    assert pages_of(site) == ["https://www.shop.nl/"]


def test_a_site_may_have_a_name():
    assert add(make_client(), "shop.nl", name=" The shop ").name == "The shop"


def test_the_plans_limit_holds_and_the_refusal_says_so():
    client = make_client(workspace=make_workspace(site_limit=1))
    add(client, "one.nl")
    with pytest.raises(sites.SiteLimitReached, match="covers 1 sites"):
        add(client, "two.nl")


def test_the_same_address_in_another_spelling_is_the_same_site():
    client = make_client()
    first = add(client, "shop.nl", name="The shop")
    with pytest.raises(sites.SiteExists, match="already under watch, as “The shop”") as refusal:
        add(client, "HTTP://SHOP.NL:80/#top")
    assert refusal.value.site == first


def test_two_workspaces_may_watch_the_same_address():
    assert add(make_client(), "shop.nl").url == add(make_client(), "shop.nl").url


def test_a_rivals_client_cannot_own_a_site():
    with pytest.raises(Client.DoesNotExist):
        sites.add(workspace=make_workspace(), client=make_client(), url="shop.nl", now=NOON)


def test_every_line_of_a_list_gets_an_answer():
    client = make_client(workspace=make_workspace(site_limit=3))
    add(client, "known.nl")
    text = "one.nl\n\n  two.nl  \r\nknown.nl\nfile:///etc/passwd\nONE.nl\nthree.nl\n"
    lines = sites.add_many(workspace=client.workspace, client=client, addresses=text, now=NOON)
    assert [(line.number, line.text, line.result) for line in lines] == [
        (1, "one.nl", "added"),
        (3, "two.nl", "added"),
        (4, "known.nl", "already there"),
        (5, "file:///etc/passwd", "refused"),
        (6, "ONE.nl", "already there"),
        (7, "three.nl", "refused"),
    ]
    assert [bool(line.sentence) for line in lines] == [False, False, True, True, True, True]
    assert [line.site.url for line in lines if line.site and line.result == "added"] == ["https://one.nl/", "https://two.nl/"]
    assert Site.objects.for_workspace(client.workspace).count() == 3


def test_a_list_longer_than_allowed_loses_no_line():
    client = make_client(workspace=make_workspace(site_limit=2))
    lines = sites.add_many(workspace=client.workspace, client=client, addresses=["shop.nl"] * 1003, now=NOON)
    assert len(lines) == 1003
    assert [line.result for line in lines[-4:]] == ["already there", "refused", "refused", "refused"]
    assert "at most 1000" in lines[-1].sentence


def test_a_paused_site_is_not_due_and_its_waiting_scan_is_withdrawn():
    site = make_site(next_scan_at=NOON)
    waiting = make_scan(site=site)
    sites.pause(site, now=NOON)
    waiting.refresh_from_db()
    assert (site.paused_at, site.next_scan_at) == (NOON, None)
    assert (waiting.status, waiting.reason, waiting.sentence) == ("failed", "paused", "The site was paused before this scan began.")


def test_pausing_twice_keeps_the_first_moment():
    site = make_site(next_scan_at=NOON)
    sites.pause(site, now=NOON)
    sites.pause(site, now=NOON + timedelta(hours=1))
    assert site.paused_at == NOON


def test_pausing_lets_a_running_scan_come_to_its_end():
    scan = make_scan(status=Scan.Status.RUNNING)
    sites.pause(scan.site, now=NOON)
    scan.refresh_from_db()
    assert scan.status == "running"


def test_a_resumed_site_is_due_at_once():
    site = make_site(next_scan_at=NOON)
    sites.pause(site, now=NOON)
    sites.resume(site, now=NOON + timedelta(days=3))
    assert (site.paused_at, site.next_scan_at) == (None, NOON + timedelta(days=3))


def test_resuming_a_site_that_is_not_paused_changes_nothing():
    site = make_site(next_scan_at=NOON)
    sites.resume(site, now=NOON + timedelta(days=3))
    assert site.next_scan_at == NOON


def test_a_new_interval_moves_the_next_scan_into_it():
    site = make_site(next_scan_at=NOON + timedelta(hours=20))
    sites.set_schedule(site, every_minutes=60, now=NOON)
    site.refresh_from_db()
    assert site.scan_every_minutes == 60
    assert site.next_scan_at is not None
    assert NOON < site.next_scan_at <= NOON + timedelta(hours=1)


def test_a_paused_site_stays_paused_under_a_new_interval():
    site = make_site(next_scan_at=NOON)
    sites.pause(site, now=NOON)
    sites.set_schedule(site, every_minutes=60, now=NOON)
    assert site.next_scan_at is None


@pytest.mark.parametrize("minutes", [0, 14, 31 * 24 * 60 + 1])
def test_an_interval_out_of_range_is_refused(minutes):
    with pytest.raises(sites.BadInterval, match="15 minutes"):
        sites.set_schedule(make_site(), every_minutes=minutes, now=NOON)


def test_pages_are_loaded_in_the_order_in_which_they_were_added():
    site = add(make_client(), "shop.nl")
    sites.add_page(site, url="shop.nl/b")
    privacy = sites.add_page(site, url="https://www.shop.nl/a", kind=Page.Kind.POLICY)
    assert pages_of(site) == ["https://shop.nl/", "https://shop.nl/b", "https://www.shop.nl/a"]
    assert privacy.kind == "policy"


def test_a_page_of_another_owner_is_refused():
    with pytest.raises(sites.PageRefused, match=r"does not belong to shop\.co\.uk"):
        sites.add_page(add(make_client(), "www.shop.co.uk"), url="https://other.co.uk/")


def test_a_page_that_the_site_has_is_refused():
    site = add(make_client(), "shop.nl")
    with pytest.raises(sites.PageRefused, match="already"):
        sites.add_page(site, url="http://shop.nl#top")


def test_a_site_has_a_limited_number_of_pages():
    site = make_site(url="https://shop.nl/", pages=sites.PAGE_LIMIT)
    with pytest.raises(sites.PageRefused, match="at most 20"):
        sites.add_page(site, url="https://shop.nl/one-more")


def test_a_page_can_be_removed_but_not_the_start_page():
    site = add(make_client(), "shop.nl")
    page = sites.add_page(site, url="shop.nl/b")
    sites.remove_page(page)
    assert pages_of(site) == ["https://shop.nl/"]
    with pytest.raises(sites.PageRefused, match="start page"):
        sites.remove_page(Page.objects.for_workspace(site.workspace).get(site=site))


def test_the_hosts_of_tests_may_be_watched_and_no_other_private_name(tmp_path):
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1:8443 shop.test\n")
    with override_settings(EGRESS_HOSTS=str(hosts)):
        assert add(make_client(), "shop.test").url == "https://shop.test/"
        with pytest.raises(sites.BadUrl, match="private network"):
            add(make_client(), "other.test")
    with pytest.raises(sites.BadUrl, match="private network"):
        add(make_client(), "shop.test")
