from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import override_settings

from accounts import audit
from accounts.models import AuditEvent, Client
from scans import claims, orphans, pipeline, sites, store
from scans.models import Evidence, Page, Scan, Site, Snapshot
from scans.snapshot import Outcome
from tests.factories import NOON, make_client, make_register_entry, make_scan, make_site, make_workspace
from tests.scans.looking import scan_that_saw
from tests.scans.sample_snapshot import sample_captured
from tests.tenants import furnish, tenant_models
from tracefox import blobs

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
    sites.remove_page(page, by=None, now=NOON)
    assert AuditEvent.objects.for_workspace(site.workspace).get().details["url"] == "https://shop.nl/b"
    assert pages_of(site) == ["https://shop.nl/"]
    with pytest.raises(sites.PageRefused, match="start page"):
        sites.remove_page(Page.objects.for_workspace(site.workspace).get(site=site), by=None, now=NOON)


def test_a_page_whose_register_people_worked_on_is_not_removed_unasked():
    site = add(make_client(), "shop.nl")
    page = sites.add_page(site, url="shop.nl/pay", kind="payment")
    make_register_entry(page=page, justification="Card fields.")
    make_register_entry(page=page)
    with pytest.raises(sites.PageRefused, match="a register with 1 justified entry"):
        sites.remove_page(page, by=None, now=NOON)
    sites.set_page_kind(page, "page", by=None, now=NOON)
    with pytest.raises(sites.PageRefused):
        sites.remove_page(page, by=None, now=NOON)
    sites.remove_page(page, by=None, now=NOON, with_register=True)
    removed = AuditEvent.objects.for_workspace(site.workspace).get(action="page.removed")
    assert (removed.details["register_entries"], removed.details["justified_entries"]) == (2, 1)


def test_a_page_with_a_register_that_nobody_worked_on_is_removed():
    page = sites.add_page(add(make_client(), "shop.nl"), url="shop.nl/pay", kind="payment")
    make_register_entry(page=page)
    sites.remove_page(page, by=None, now=NOON)
    assert not Page.objects.for_workspace(page.site.workspace).filter(url="https://shop.nl/pay").exists()


def test_the_hosts_of_tests_may_be_watched_and_no_other_private_name(tmp_path):
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1:8443 shop.test\n")
    with override_settings(EGRESS_HOSTS=str(hosts)):
        assert add(make_client(), "shop.test").url == "https://shop.test/"
        with pytest.raises(sites.BadUrl, match="private network"):
            add(make_client(), "other.test")
    with pytest.raises(sites.BadUrl, match="private network"):
        add(make_client(), "shop.test")


# --- name and client


def test_a_site_is_renamed():
    site = make_site()
    sites.rename(site, name="  The   shop ")
    site.refresh_from_db()
    assert site.name == "The shop"


@pytest.mark.parametrize("name", ["", "  ", "x" * 121])
def test_a_site_needs_a_name_that_fits(name):
    site = make_site(name="Before")
    with pytest.raises(sites.BadSiteName):
        sites.rename(site, name=name)
    site.refresh_from_db()
    assert site.name == "Before"


def test_a_site_moves_to_another_client_with_all_its_scans():
    scan = make_scan(status=Scan.Status.OK)
    other = make_client(workspace=scan.site.workspace)
    sites.move(scan.site, client=other)
    assert Scan.objects.for_workspace(other.workspace).get().site.client == other


def test_a_site_does_not_move_to_a_rivals_client():
    site = make_site()
    before = site.client_id
    with pytest.raises(Client.DoesNotExist):
        sites.move(site, client=make_client())
    site.refresh_from_db()
    assert site.client_id == before


# --- off watch


@pytest.fixture
def kept(settings) -> Iterator[blobs.BlobStore]:
    settings.BLOBS = "memory"
    blobs.forget()
    yield blobs.store()
    blobs.forget()


def keys() -> list[str]:
    return [blob.key for blob in blobs.store().list("")]


def test_a_site_is_removed_with_its_rows_and_objects(kept, django_capture_on_commit_callbacks):
    site = make_site(pages=2)
    scan_that_saw(site)
    make_scan(site=site)
    with django_capture_on_commit_callbacks(execute=True):
        sites.remove(site)
    assert [model for model in (Site, Page, Scan, Snapshot, Evidence) if model.objects.for_workspace(site.workspace).exists()] == []
    assert keys() == []


def test_a_removed_site_takes_nothing_of_its_neighbour_or_rival(kept, workspace, rival, django_capture_on_commit_callbacks):
    neighbour = scan_that_saw(make_site(workspace=workspace))
    theirs = furnish(rival)
    site = scan_that_saw(make_site(client=neighbour.site.client)).site
    with django_capture_on_commit_callbacks(execute=True):
        sites.remove(site)
    assert list(Site.objects.for_workspace(workspace)) == [neighbour.site]
    assert store.load(neighbour)
    assert {model: model.objects.for_workspace(rival).get() for model in tenant_models()} == theirs


def test_nothing_is_deleted_from_storage_before_the_rows_are_gone_for_certain(kept, django_capture_on_commit_callbacks):
    site = scan_that_saw(make_site()).site
    with django_capture_on_commit_callbacks():
        sites.remove(site)
    assert keys()


def test_removing_twice_is_removing_once():
    site = make_site()
    sites.remove(site)
    sites.remove(site)
    assert not Site.objects.for_workspace(site.workspace).exists()


def test_a_removed_site_makes_room_in_the_plan_and_may_come_back():
    client = make_client(workspace=make_workspace(site_limit=1))
    first = add(client, "shop.nl")
    sites.remove(first)
    assert add(client, "shop.nl").pk != first.pk


def test_what_is_left_where_storage_was_down_is_swept_a_day_later(kept, settings, tmp_path, django_capture_on_commit_callbacks):
    site = scan_that_saw(make_site()).site
    (tmp_path / "no-folder").touch()
    settings.BLOBS, settings.BLOBS_DIRECTORY = "directory", str(tmp_path / "no-folder")
    with django_capture_on_commit_callbacks(execute=True):
        sites.remove(site)
    assert not Site.objects.for_workspace(site.workspace).exists()
    settings.BLOBS = "memory"
    assert len(keys()) == 9
    assert orphans.sweep(now=datetime.now(UTC)) == 0
    assert orphans.sweep(now=datetime.now(UTC) + timedelta(days=1, minutes=1)) == 9
    assert keys() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before the visit", "during the visit"])
def test_a_worker_whose_site_is_removed_leaves_nothing_behind(kept, moment):
    scan = make_scan()
    claim = claims.claim(scan.pk, worker="test")
    assert claim is not None
    if moment == "before the visit":
        sites.remove(scan.site)

    def visit(targets, /, *, settings, progress):
        sites.remove(scan.site)
        return sample_captured()

    pipeline.run(claim, visit=visit)
    assert not Scan.objects.for_workspace(scan.site.workspace).exists()
    assert keys() == []


@pytest.mark.django_db(transaction=True)
def test_a_site_removed_while_its_scan_is_being_recorded_leaves_nothing(kept):
    """The end of the scan is not committed yet when the removal begins: the removal waits for it, and then finds its rows."""
    scan = make_scan()
    claim = claims.claim(scan.pk, worker="test")
    assert claim is not None
    stored = store.put_objects(scan, sample_captured())
    remover = threading.Thread(target=in_a_thread, args=(sites.remove, scan.site))
    with transaction.atomic():
        claims.finish(claim, Outcome(status="ok"))
        store.record(scan, stored)
        remover.start()
        assert until_it_waits()
    remover.join()
    assert [model for model in (Site, Scan, Snapshot, Evidence) if model.objects.for_workspace(scan.site.workspace).exists()] == []
    assert keys() == []


def in_a_thread(verb: Callable[..., object], *args: object) -> None:
    try:
        verb(*args)
    finally:
        connection.close()


def until_it_waits() -> bool:
    """Until another connection waits for a lock; the test's own time limit ends what never comes."""
    pause = threading.Event()
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction Postgres tells what was so at the first question
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            if cursor.fetchone():
                return True
        pause.wait(0.02)


# --- payment pages, and answering the consent banner


def rarely_scanned(**fields) -> Site:
    return make_site(scan_every_minutes=sites.LONGEST, pages=2, **fields)


def second_page(site: Site) -> Page:
    return Page.objects.for_workspace(site.workspace).get(site=site, position=1)


def stored(site: Site) -> Site:
    return Site.objects.for_workspace(site.workspace).get(pk=site.pk)


def test_marking_a_payment_page_makes_scans_weekly_and_says_so(owner, workspace):
    site = rarely_scanned(workspace=workspace, next_scan_at=NOON + timedelta(days=31))
    page = second_page(site)
    sentence = sites.set_page_kind(page, Page.Kind.PAYMENT, by=owner, now=NOON)
    assert sentence == "A site with a payment page is scanned at least once a week. So is this one from now on."
    assert (second_page(site).kind, stored(site).scan_every_minutes) == ("payment", 7 * 24 * 60)
    next_scan_at = stored(site).next_scan_at
    assert next_scan_at is not None
    assert NOON < next_scan_at <= NOON + timedelta(days=7)
    event = audit.of(page, workspace=workspace).get()
    assert (event.action, event.actor, event.details["was"], event.details["kind"]) == ("page.kind_changed", owner, "page", "payment")


def test_marking_a_page_twice_is_marking_it_once(owner, workspace):
    page = second_page(make_site(workspace=workspace, pages=2))
    for _ in range(2):
        assert sites.set_page_kind(page, Page.Kind.PAYMENT, by=owner, now=NOON) == "", "a daily scan is often enough"
    assert audit.of(page, workspace=workspace).count() == 1
    sites.set_page_kind(page, Page.Kind.PAGE, by=owner, now=NOON)
    assert not sites.has_payment_page(page.site)
    with pytest.raises(sites.PageRefused, match="is no kind of page"):
        sites.set_page_kind(page, "shop", by=owner, now=NOON)


def test_a_new_payment_page_makes_scans_weekly_and_a_paused_site_stays_paused():
    site = rarely_scanned(paused_at=NOON, url="https://shop.example.com/")
    sites.add_page(site, url=f"{site.url}checkout", kind=Page.Kind.PAYMENT)
    assert (stored(site).scan_every_minutes, stored(site).next_scan_at) == (sites.WEEKLY, None)


def test_a_site_with_a_payment_page_is_not_scanned_less_than_weekly():
    site = make_site(url="https://shop.example.com/")
    sites.add_page(site, url=f"{site.url}checkout", kind=Page.Kind.PAYMENT)
    with pytest.raises(sites.BadInterval, match="at least once a week"):
        sites.set_schedule(site, every_minutes=sites.WEEKLY + 1, now=NOON)
    sites.set_schedule(site, every_minutes=sites.WEEKLY, now=NOON)
    assert stored(site).scan_every_minutes == sites.WEEKLY


def test_a_rivals_payment_page_is_nobodys_business(rival):
    sites.add_page(theirs := make_site(workspace=rival, url="https://shop.example.com/"), url=f"{theirs.url}checkout", kind=Page.Kind.PAYMENT)
    sites.set_schedule(site := make_site(), every_minutes=sites.LONGEST, now=NOON)
    assert stored(site).scan_every_minutes == sites.LONGEST


def test_who_wanted_the_consent_banner_answered_is_on_record(owner, workspace):
    site = make_site(workspace=workspace)
    assert not site.answers_consent, "a scan clicks nothing unless somebody asked for it"
    for on in (True, True, False):
        sites.answer_consent(site, on, by=owner, now=NOON)
    assert not stored(site).answers_consent
    assert {event.action for event in audit.of(site, workspace=workspace)} == {"site.consent_answered", "site.consent_left_alone"}
    assert audit.of(site, workspace=workspace).count() == 2
