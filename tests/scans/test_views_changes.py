import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from scans import inbox
from scans.classify import rules
from scans.models import Change
from scans.snapshot import EvidenceRef
from tests.factories import NOON, make_change, make_client, make_ignore_rule, make_scan, make_site
from tests.scans.hostile_snapshot import ATTACKS
from tests.scans.looking import scan_that_saw, section_url, text_of
from tests.scans.sample_snapshot import sample_captured
from tracefox import blobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings):
    settings.BLOBS = "memory"
    blobs.forget()
    yield
    blobs.forget()


def change_in(workspace, *, site=None, **fields):
    return make_change(scan=make_scan(site=site or make_site(workspace=workspace), status="ok"), **fields)


def inbox_of(browser, workspace, **asked):
    return browser.get(reverse("scans:change-list", args=[workspace.slug]), asked)


def url(name, change):
    return reverse(f"scans:{name}", args=[change.workspace.slug, change.id])


def decide(browser, workspace, **sent):
    return browser.post(reverse("scans:change-decide", args=[workspace.slug]), sent)


def with_bodies(site, kind, *bodies, media_type="text/plain"):
    """A scan of the site that stored these bodies; their hashes."""
    captured = sample_captured()
    stored, refs = dict(captured.evidence), []
    for body in bodies:
        sha256 = hashlib.sha256(body).hexdigest()
        stored[sha256] = body
        refs.append(EvidenceRef(kind=kind, sha256=sha256, size=len(body), media_type=media_type))
    captured.snapshot.evidence.extend(refs)
    return scan_that_saw(site, replace(captured, evidence=stored)), [ref.sha256 for ref in refs]


# --- the inbox


def test_an_empty_inbox_says_what_will_stand_there(member_client, workspace):
    assert "Nothing changed so far" in text_of(inbox_of(member_client, workspace))


def test_a_change_is_listed_with_all_that_is_needed_to_judge_it(viewer_client, workspace):
    site = make_site(client=make_client(workspace=workspace, name="Bergmann"), name="Optics")
    chain = ["https://www.googletagmanager.com/gtm.js?id=GTM-ABC123", "https://shop.test/"]
    change_in(workspace, site=site, chain=chain, cause="GTM-ABC123", payment_pages=[site.url], sentence="The page now contacts evil.test.")
    text = text_of(inbox_of(viewer_client, workspace))
    for part in ("High", "The page now contacts evil.test.", "Optics", "Bergmann", "Third party, on a payment page", "through GTM-ABC123"):
        assert part in text


def test_the_bar_counts_what_waits(member_client, workspace):
    change_in(workspace)
    change_in(workspace, review="acknowledged", reviewed_at=NOON)
    change_in(workspace, told=False)
    assert 'title="1 open"' in inbox_of(member_client, workspace).content.decode()


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 2),
        ({"severity": "critical"}, 1),
        ({"severity": "low"}, 2),
        ({"category": "cookie"}, 1),
        ({"category": "nonsense"}, 2),
        ({"entity": "Meta"}, 1),
        ({"q": "meta PIXEL"}, 1),
        ({"q": "\0"}, 2),
        ({"review": "acknowledged"}, 1),
        ({"review": "any"}, 3),
        ({"client": "nonsense"}, 2),
        ({"page": "9999999999"}, 2),
    ],
)
def test_a_filter_leaves_what_it_names(member_client, workspace, asked, count):
    change_in(workspace, severity=5, category="cookie", entity="Meta", sentence="A pixel of Meta came.")
    change_in(workspace)
    change_in(workspace, review="acknowledged", reviewed_at=NOON)
    assert inbox_of(member_client, workspace, **asked).context["inbox"].matched == count


def test_the_inbox_is_narrowed_to_a_client_and_a_site(member_client, workspace):
    ours, other = change_in(workspace), change_in(workspace)
    by_client = inbox_of(member_client, workspace, client=str(ours.site.client_id)).context["inbox"]
    by_site = inbox_of(member_client, workspace, site=str(other.site_id)).context["inbox"]
    assert [row.change for row in by_client.rows] == [ours]
    assert [row.change for row in by_site.rows] == [other]


def test_the_same_on_many_sites_is_one_line_when_grouped(member_client, workspace):
    for _ in range(4):
        change_in(workspace, incident="third_party|new|evil.test", name="evil.test")
    response = inbox_of(member_client, workspace, view="grouped")
    assert len(response.context["inbox"].groups) == 1
    assert "on 4 sites" in text_of(response)
    assert "and 1 more" in text_of(response)


def test_what_a_rule_hides_stands_collapsed_under_it(member_client, workspace):
    rule = make_ignore_rule(workspace=workspace, reason="Their own pixel.")
    change_in(workspace, told=False, ignored_by=rule, sentence="A hidden one.")
    text = text_of(inbox_of(member_client, workspace))
    assert text.index("Hidden by ignore rules") < text.index("Their own pixel.") < text.index("A hidden one.")


def test_the_inbox_comes_in_pages(member_client, workspace):
    scan = make_scan(site=make_site(workspace=workspace), status="ok")
    for _ in range(inbox.ROWS_PER_PAGE + 1):
        make_change(scan=scan)
    first, second = inbox_of(member_client, workspace), inbox_of(member_client, workspace, page="2")
    assert len(first.context["inbox"].rows) == inbox.ROWS_PER_PAGE
    assert len(second.context["inbox"].rows) == 1
    assert "Page 2 of 2" in text_of(second)


def test_the_grouped_inbox_comes_in_pages(member_client, workspace):
    scan = make_scan(site=make_site(workspace=workspace), status="ok")
    for number in range(inbox.ROWS_PER_PAGE + 1):
        make_change(scan=scan, incident=f"cause {number}")
    response = inbox_of(member_client, workspace, view="grouped", page="2")
    assert len(response.context["inbox"].groups) == 1
    assert "Page 2 of 2" in text_of(response)


@pytest.mark.parametrize("view", ["", "grouped"])
def test_a_page_beyond_the_last_is_the_last(member_client, workspace, view):
    change_in(workspace, sentence="It waits.", incident="cause")
    response = inbox_of(member_client, workspace, page="999", view=view)
    assert "It waits." in text_of(response)
    assert "Nothing waits for you" not in text_of(response)


def test_what_a_scan_found_stands_gravest_first(member_client, workspace):
    scan = make_scan(site=make_site(workspace=workspace), status="ok")
    for severity in (3, 5, 4, 3, 5):
        make_change(scan=scan, severity=severity)
    assert [row.change.severity for row in inbox_of(member_client, workspace).context["inbox"].rows] == [5, 5, 4, 3, 3]


def test_a_site_shows_the_gravest_first(workspace):
    site = make_site(workspace=workspace)
    grave = change_in(workspace, site=site, severity=5)
    change_in(workspace, site=site, severity=3, found_at=grave.found_at + timedelta(days=1))
    assert [row.change.severity for row in inbox.latest(site)] == [5, 3]


def test_the_inbox_is_narrowed_to_a_cause_that_it_offers(member_client, workspace):
    change_in(workspace, cause="GTM-ABC123", sentence="Through the tag manager.")
    change_in(workspace, cause="cdn.test")
    response = inbox_of(member_client, workspace, cause="GTM-ABC123")
    assert response.context["inbox"].matched == 1
    assert list(response.context["choices"]["causes"]) == ["GTM-ABC123", "cdn.test"]
    assert '<option value="GTM-ABC123" selected>' in response.content.decode()


def test_under_a_filter_a_group_names_only_the_sites_that_it_is_about(member_client, workspace):
    ours = change_in(workspace, site=make_site(client=make_client(workspace=workspace), name="Ours"), incident="cause")
    change_in(workspace, site=make_site(workspace=workspace, name="Elsewhere"), incident="cause")
    (group,) = inbox_of(member_client, workspace, view="grouped", client=str(ours.site.client_id)).context["inbox"].groups
    assert (group.names, group.incident.sites) == (["Ours"], 1)


def test_all_that_a_rule_hides_is_counted_and_can_be_reached(member_client, workspace, monkeypatch):
    monkeypatch.setattr(inbox, "HIDDEN_SHOWN", 2)
    rule, other = make_ignore_rule(workspace=workspace), make_ignore_rule(workspace=workspace)
    scan = make_scan(site=make_site(workspace=workspace), status="ok")
    for _ in range(4):
        make_change(scan=scan, told=False, ignored_by=rule)
    make_change(scan=scan, told=False, ignored_by=other)
    response = inbox_of(member_client, workspace)
    assert {under.rule: under.count for under in response.context["inbox"].hidden} == {rule: 4, other: 1}
    assert f"?ignored_by={rule.id}" in response.content.decode()
    under = inbox_of(member_client, workspace, ignored_by=str(rule.id)).context["inbox"]
    assert (len(under.rows), under.rule, under.hidden) == (4, rule, [])
    assert f"ignored_by={rule.id}" in member_client.get(reverse("scans:rule-list", args=["agency"])).content.decode()


def test_only_where_a_decision_is_offered_changes_can_be_ticked(owner_client, workspace):
    change_in(workspace)
    assert "change__tick" in inbox_of(owner_client, workspace).content.decode()
    assert "change__tick" not in inbox_of(owner_client, workspace, review="any").content.decode()


def test_what_a_rule_hides_can_be_decided_where_it_is_listed(owner_client, workspace):
    rule = make_ignore_rule(workspace=workspace)
    change = change_in(workspace, told=False, ignored_by=rule)
    decide(owner_client, workspace, decision="acknowledge", change=str(change.id), back=f"ignored_by={rule.id}")
    assert Change.objects.for_workspace(workspace).get().review == "acknowledged"


def test_htmx_gets_the_list_alone(member_client, workspace):
    change_in(workspace)
    response = member_client.get(reverse("scans:change-list", args=[workspace.slug]), headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert b'id="changes"' in response.content


def test_the_number_of_queries_does_not_grow_with_the_changes(member_client, workspace):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            inbox_of(member_client, workspace)
        return len(seen)

    change_in(workspace)
    change_in(workspace, told=False, ignored_by=make_ignore_rule(workspace=workspace))
    queries()
    few = queries()
    for _ in range(5):
        change_in(workspace, told=False, ignored_by=make_ignore_rule(workspace=workspace))
        change_in(workspace)
    assert queries() == few


def test_a_rivals_change_is_nowhere(member_client, workspace, rival):
    theirs = change_in(rival, site=make_site(workspace=rival, name="A rival's shop"))
    ours = change_in(workspace, incident=theirs.incident)
    for response in (inbox_of(member_client, workspace), inbox_of(member_client, workspace, view="grouped"), member_client.get(url("change-detail", ours))):
        assert theirs.site.name not in response.content.decode()


# --- deciding about several


def test_ticked_changes_are_acknowledged_together_and_the_filter_stays(owner_client, workspace):
    ours, other, left = (change_in(workspace) for _ in range(3))
    response = decide(owner_client, workspace, decision="acknowledge", change=[ours.id, other.id], back="q=page&severity=low")
    assert response["Location"].endswith("/changes/?q=page&severity=low")
    assert set(Change.objects.for_workspace(workspace).filter(review="acknowledged")) == {ours, other}
    left.refresh_from_db(from_queryset=Change.objects.for_workspace(workspace))
    assert left.review == "open"


def test_an_incident_is_decided_on_all_sites_at_once_within_the_filter(owner_client, workspace):
    same = [change_in(workspace, incident="cause") for _ in range(3)]
    sent = {"decision": "expect", "justification": "Agreed.", "incident": "cause", "newest_at": same[0].found_at.isoformat()}
    decide(owner_client, workspace, **sent, back=f"site={same[0].site_id}")
    assert Change.objects.for_workspace(workspace).filter(review="expected").count() == 1
    decide(owner_client, workspace, **sent)
    assert Change.objects.for_workspace(workspace).filter(review="expected", justification="Agreed.").count() == 3


@pytest.mark.parametrize("sent", [{"decision": "expect"}, {"decision": "nonsense"}, {}])
def test_a_decision_that_is_none_changes_nothing(owner_client, workspace, sent):
    change = change_in(workspace)
    assert decide(owner_client, workspace, change=str(change.id), **sent).status_code == 302
    assert Change.objects.for_workspace(workspace).get().review == "open"


def test_what_a_scan_found_since_the_list_was_drawn_is_not_decided(owner_client, workspace):
    seen = change_in(workspace, incident="cause")
    shown = inbox_of(owner_client, workspace, view="grouped").context["inbox"]
    assert shown.newest_at == seen.found_at
    late = change_in(workspace, incident="cause", found_at=seen.found_at + timedelta(seconds=1))
    decide(owner_client, workspace, decision="acknowledge", incident="cause", newest_at=shown.newest_at.isoformat())
    assert set(Change.objects.for_workspace(workspace).filter(review="open")) == {late}
    response = owner_client.post(reverse("scans:change-decide", args=["agency"]), {"decision": "acknowledge", "incident": "cause"}, follow=True)
    assert "Open the list again" in text_of(response)


@pytest.mark.parametrize("text", ["", "x" * 2001])
def test_a_refused_decision_keeps_what_was_ticked_and_written(owner_client, workspace, text):
    ticked, left = change_in(workspace), change_in(workspace)
    sent = {"decision": "expect", "justification": text, "change": str(ticked.id)}
    html = owner_client.post(reverse("scans:change-decide", args=["agency"]), sent, follow=True).content.decode()
    assert f'value="{ticked.id}" checked' in html
    assert f'value="{left.id}" checked' not in html
    assert f'maxlength="2000">{text}</textarea>' in html
    assert "checked" not in inbox_of(owner_client, workspace).content.decode()


def test_the_end_of_a_line_counts_once(owner_client, workspace):
    change = change_in(workspace)
    decide(owner_client, workspace, decision="expect", justification="x\r\n" * 1000, change=str(change.id))
    assert Change.objects.for_workspace(workspace).get().review == "expected"


def test_nothing_ticked_is_said(owner_client, workspace):
    change_in(workspace)
    response = owner_client.post(reverse("scans:change-decide", args=["agency"]), {"decision": "acknowledge", "change": "nonsense"}, follow=True)
    assert "Tick at least one change first." in text_of(response)


def test_a_rivals_change_is_not_decided(owner_client, workspace, rival):
    theirs = change_in(rival, incident="cause")
    decide(owner_client, workspace, decision="acknowledge", change=str(theirs.id), incident="cause")
    assert Change.objects.for_workspace(rival).get().review == "open"


# --- one change


def test_a_change_says_why_it_is_grave_and_where_it_came_from(viewer_client, workspace):
    change = change_in(
        workspace,
        chain=["https://cdn.test/a.js", "https://www.googletagmanager.com/gtm.js?id=GTM-ABC123", "https://shop.test/"],
        inputs={"about.known_party": False, "hosts": ["a.test", "b.test"]},
        before={"integrity": "sha384-old"},
        after={"integrity": "sha384-new"},
        differs=["integrity"],
        about={"url": "https://evil.test/x.js"},
    )
    text = text_of(viewer_client.get(url("change-detail", change)))
    for part in (
        "Potential Risk",
        "Observed",
        "third_party.new , version 1",
        "Its domain was in touch with the site before no",
        "a.test, b.test",
        "sha384-old",
        "sha384-new",
    ):
        assert part in text
    assert text.index("https://shop.test/") < text.index("gtm.js?id=GTM-ABC123") < text.index("https://cdn.test/a.js") < text.index("https://evil.test/x.js")


def test_the_rule_says_in_its_own_words_why(viewer_client, workspace):
    rule = rules.BY_CATEGORY["third_party"][0]
    change = change_in(workspace, rule=rule.id, rule_version=rule.version)
    assert rule.what in unescape(text_of(viewer_client.get(url("change-detail", change))))
    older = change_in(workspace, rule=rule.id, rule_version=rule.version + 1)
    assert rule.what not in unescape(text_of(viewer_client.get(url("change-detail", older))))


def test_the_sites_own_file_has_no_vendor_and_is_not_the_same_elsewhere(viewer_client, workspace):
    site = make_site(workspace=workspace)
    change_in(workspace, site=site, incident="cause")
    change = change_in(workspace, site=site, incident="cause", entity="Own Shop", about={"party": "first"})
    text = text_of(viewer_client.get(url("change-detail", change)))
    assert "Own Shop" not in text
    assert "The same elsewhere" not in text


def test_the_decision_stands_before_the_evidence(owner_client, workspace):
    text = text_of(owner_client.get(url("change-detail", change_in(workspace, after={"integrity": "x"}))))
    assert text.index("Decision") < text.index("Before and after")


def test_a_slight_change_is_no_potential_risk(viewer_client, workspace):
    assert "Potential Risk" not in text_of(viewer_client.get(url("change-detail", change_in(workspace, severity=2))))


def test_a_viewer_is_offered_no_decision(viewer_client, workspace):
    html = viewer_client.get(url("change-detail", change_in(workspace))).content.decode()
    assert "change-expect" not in html
    assert "Acknowledge</button>" not in html
    assert "change__tick" not in inbox_of(viewer_client, workspace).content.decode()


def test_a_change_is_acknowledged_expected_and_opened_again(owner_client, owner, workspace):
    change = change_in(workspace)
    for name, sent, review in [
        ("acknowledge", {}, "acknowledged"),
        ("expect", {"justification": "Agreed with them."}, "expected"),
        ("reopen", {}, "open"),
    ]:
        assert owner_client.post(url(f"change-{name}", change), sent).status_code == 302
        assert Change.objects.for_workspace(workspace).get().review == review
    assert AuditEvent.objects.for_workspace(workspace).filter(subject_id=str(change.id), actor=owner).count() == 3
    text = text_of(owner_client.get(url("change-detail", change)))
    assert "Change expected by" in text
    assert "Agreed with them." in text


def test_expecting_needs_a_reason(owner_client, workspace):
    change = change_in(workspace)
    response = owner_client.post(url("change-expect", change), {"justification": "  "})
    assert response.status_code == 422
    assert "Say why." in text_of(response)


def test_what_was_decided_meanwhile_is_said(owner_client, workspace):
    change = change_in(workspace, review="expected", justification="Agreed.", reviewed_at=NOON)
    for name, sent in [("change-acknowledge", {}), ("change-expect", {"justification": "Other."})]:
        assert "Reopen it first." in text_of(owner_client.post(url(name, change), sent, follow=True))


@pytest.mark.parametrize("name", ["change-acknowledge", "change-expect", "change-reopen"])
def test_a_decision_is_posted(owner_client, workspace, name):
    assert owner_client.get(url(name, change_in(workspace))).status_code == 405


def test_a_change_that_is_none_is_not_found(owner_client, workspace):
    assert owner_client.get(reverse("scans:change-detail", args=["agency", uuid4()])).status_code == 404


def test_a_change_leads_to_its_parts_and_to_the_same_elsewhere(viewer_client, workspace):
    change = change_in(workspace, incident="cause")
    part = make_change(scan=change.scan, part_of=change, told=False, sentence="It set a cookie.")
    other = change_in(workspace, incident="cause")
    text = text_of(viewer_client.get(url("change-detail", change)))
    assert "It set a cookie." in text
    assert other.site.name in text
    assert "Part of a larger change" in text_of(viewer_client.get(url("change-detail", part)))


# --- its evidence


def test_both_bodies_of_a_script_stand_side_by_side(viewer_client, workspace):
    site = make_site(workspace=workspace)
    scan, (before, after) = with_bodies(site, "script", b"var a=1;var b=2;", b"var a=1;var b=3;steal();")
    change = make_change(scan=scan, category="script", kind="changed", before={"sha256": before}, after={"sha256": after}, differs=["sha256"])
    html = viewer_client.get(url("change-detail", change)).content.decode()
    assert "steal();" in html
    assert "diff__new" in html
    assert reverse("scans:evidence-download", args=["agency", scan.id, scan.snapshot.evidence.get(sha256=after).id]) in html


def test_a_body_of_an_earlier_scan_of_the_site_is_found_and_that_of_another_site_is_not(viewer_client, workspace):
    site, other = make_site(workspace=workspace), make_site(workspace=workspace)
    _, (here,) = with_bodies(site, "script", b"here();")
    _, (there,) = with_bodies(other, "script", b"there();")
    change = change_in(workspace, site=site, category="script", kind="changed", before={"sha256": here}, after={"sha256": there})
    text = text_of(viewer_client.get(url("change-detail", change)))
    assert "here();" in text
    assert "there();" not in text
    assert "After: This body was not kept." in text


def test_a_body_that_does_not_open_says_so(viewer_client, workspace):
    scan, (body,) = with_bodies(make_site(workspace=workspace), "script", b"gone();")
    change = make_change(scan=scan, category="script", after={"sha256": body})
    blobs.forget()
    assert "This body cannot be opened any more." in text_of(viewer_client.get(url("change-detail", change)))


def test_a_policy_shows_what_weighs(viewer_client, workspace):
    scan, (before, after) = with_bodies(make_site(workspace=workspace), "policy_text", b"We keep data for 30 days.", b"We keep data for 24 months.")
    change = make_change(scan=scan, category="policy", kind="changed", before={"text": before}, after={"text": after}, differs=["text"])
    text = text_of(viewer_client.get(url("change-detail", change)))
    assert "Period" in text
    assert "24 months" in text


def test_two_screenshots_can_be_compared(viewer_client, workspace):
    pictures = [b"\x89PNG\r\n\x1a\none", b"\x89PNG\r\n\x1a\ntwo"]
    scan, (before, after) = with_bodies(make_site(workspace=workspace), "screenshot", *pictures, media_type="image/png")
    about = {"regions": [{"x": 1, "y": 2, "width": 30, "height": 40}, {"x": "<b>"}, None]}
    change = make_change(scan=scan, category="visual", kind="changed", before={"screenshot": before}, after={"screenshot": after}, about=about)
    html = viewer_client.get(url("change-detail", change)).content.decode()
    for sha256 in (before, after):
        assert reverse("scans:screenshot", args=["agency", scan.id, sha256]) in html
    assert re.findall(r"<rect [^>]*>", html) == ['<rect x="1" y="2" width="30" height="40" rx="3">']


# --- elsewhere


def test_a_site_shows_its_latest_changes_and_a_scan_all_of_its_own(viewer_client, workspace):
    site = make_site(workspace=workspace)
    scan = scan_that_saw(site)
    make_change(scan=scan, sentence="Told and open.")
    make_change(scan=scan, sentence="Not confirmed.", told=False, confirmed=False)
    page = text_of(viewer_client.get(reverse("scans:site-detail", args=["agency", site.id])))
    assert "Told and open." in page
    assert "Not confirmed." not in page
    section = text_of(viewer_client.get(section_url(scan, "changes")))
    assert section.index("Told and open.") < section.index("Recorded, not told") < section.index("Not confirmed.")


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if "\0" not in attack])
def test_what_a_site_wrote_is_text_everywhere(owner_client, workspace, attack):
    rule = make_ignore_rule(workspace=workspace, pattern=attack, entity=attack[:200], reason=attack)
    fields = {
        "name": attack,
        "sentence": attack,
        "entity": attack,
        "key": attack,
        "incident": attack,
        "chain": [f"https://evil.test/{attack}", attack],
        "pages": [attack],
        "inputs": {attack: attack},
        "before": {attack: attack},
        "after": {attack: attack, "sha256": attack},
        "about": {"url": attack, "regions": attack},
        "category": "script",
    }
    change = change_in(workspace, **fields)
    change_in(workspace, **fields | {"ignored_by": rule, "told": False})
    pages = [inbox_of(owner_client, workspace), inbox_of(owner_client, workspace, view="grouped"), owner_client.get(url("change-detail", change))]
    pages += [owner_client.get(reverse(f"scans:{name}", args=["agency"]) + f"?like={change.id}") for name in ("rule-list", "rule-add")]
    pages.append(owner_client.get(reverse("scans:site-detail", args=["agency", change.site_id])))
    for response in pages:
        assert response.status_code == 200
        html = response.content.decode()
        for mark in ("<script>alert", "<img src=x", "<svg onload", "<a href='javascript", "<iframe", 'href="javascript:'):
            assert mark not in html
