"""What the demo's terminal says of a scan's changes."""

from __future__ import annotations

import pytest

from alerts import outbox
from demo import workspace
from scans.models import Change, Page, Site
from tests.factories import make_change, make_scan

pytestmark = pytest.mark.django_db


def alert_about(change: Change, *, changes: int) -> None:
    outbox.raise_for(workspace=change.workspace, change=change, headline=f"Kesselhaus: {changes} changes.", changes=changes, now=change.found_at)


def test_a_scan_without_told_changes_has_nothing_to_tell():
    quiet = make_change(told=False)
    assert workspace.news(quiet.scan) == "Nothing to tell."


def test_what_is_told_comes_gravest_first_with_its_cause_and_the_headline():
    scan = make_scan(status="ok")
    make_change(scan=scan, sentence="A tracker came.", cause="GTM-5F7K2QX")
    grave = make_change(scan=scan, severity=Change.Severity.CRITICAL, category="script", sentence="A script came to the payment page.")
    make_change(scan=scan, told=False, sentence="A part of it.")
    alert_about(grave, changes=2)
    headline, first, second = workspace.news(scan).splitlines()
    assert headline == "Alert: Kesselhaus: 2 changes."
    assert " ".join(first.split()) == "Critical Script A script came to the payment page."
    assert " ".join(second.split()) == "High Third party A tracker came. (through GTM-5F7K2QX)"


def test_what_a_page_wrote_cannot_write_to_the_terminal():
    change = make_change(sentence="\x1b[2JGone.", told=True)
    alert_about(change, changes=1)
    assert "\x1b" not in workspace.news(change.scan)


def test_each_demo_begins_its_story_anew_in_the_same_workspace():
    first = workspace.prepare()
    again = workspace.prepare()
    assert again.workspace == first.workspace
    assert again.site != first.site
    assert list(Site.objects.for_workspace(first.workspace)) == [again.site]


def test_the_checkout_is_watched_as_a_payment_page_and_the_privacy_page_as_a_policy():
    login = workspace.prepare()
    kinds = dict(Page.objects.for_workspace(login.workspace).values_list("url", "kind"))
    assert {url.rpartition("/")[2]: kind for url, kind in kinds.items()} == {
        "": Page.Kind.PAGE,
        "boiler-red": Page.Kind.PAGE,
        "cart": Page.Kind.PAGE,
        "checkout": Page.Kind.PAYMENT,
        "privacy": Page.Kind.POLICY,
    }
