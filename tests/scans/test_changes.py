from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DataError, IntegrityError, transaction

from accounts import audit
from accounts.models import AuditEvent
from scans import changes
from scans.models import Change
from tests.factories import NOON, make_change, make_client, make_ignore_rule, make_scan, make_site, make_user, make_workspace

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def again(change: Change) -> Change:
    return Change.objects.for_workspace(change.workspace_id).get(pk=change.pk)


def trail(change: Change) -> list[str]:
    return [event.action for event in audit.of(change, workspace=change.workspace)]


def change_on(site, **fields) -> Change:
    return make_change(scan=make_scan(site=site, status="ok"), **fields)


# --- deciding


def test_who_acknowledges_a_change_is_remembered(owner, workspace):
    change = change_on(make_site(workspace=workspace))
    changes.acknowledge(change, by=owner, now=LATER)
    found = again(change)
    assert (found.review, found.reviewed_by, found.reviewed_at) == ("acknowledged", owner, LATER)
    event = audit.of(change, workspace=workspace).get()
    assert (event.action, event.actor, event.at, event.details["was"]) == ("change.acknowledged", owner, LATER, "open")


def test_acknowledging_twice_keeps_the_first_name(owner):
    change = make_change()
    changes.acknowledge(change, by=owner, now=LATER)
    changes.acknowledge(change, by=make_user(), now=LATER + timedelta(hours=1))
    assert (again(change).reviewed_by, trail(change)) == (owner, ["change.acknowledged"])


def test_an_expected_change_needs_a_justification(owner):
    change = make_change()
    with pytest.raises(changes.JustificationMissing, match="Say why"):
        changes.expect(change, by=owner, justification=" \n ", now=LATER)
    with pytest.raises(changes.JustificationMissing, match="at most 2000"):
        changes.expect(change, by=owner, justification="x" * 2001, now=LATER)
    changes.expect(change, by=owner, justification=" The new chat. ", now=LATER)
    assert (again(change).review, again(change).justification) == ("expected", "The new chat.")
    assert audit.of(change, workspace=change.workspace).get().details["justification"] == "The new chat."


def test_an_acknowledged_change_may_turn_out_to_be_expected(owner):
    change = make_change()
    changes.acknowledge(change, by=owner, now=NOON)
    changes.expect(change, by=owner, justification="The new chat.", now=LATER)
    assert (again(change).review, trail(change)) == ("expected", ["change.expected", "change.acknowledged"])


def test_a_decision_is_not_overwritten_from_a_stale_page(owner):
    change = make_change()
    stale = again(change)
    changes.expect(change, by=owner, justification="The new chat.", now=NOON)
    with pytest.raises(changes.AlreadyReviewed, match="Reopen it first"):
        changes.acknowledge(stale, by=make_user(), now=LATER)
    with pytest.raises(changes.AlreadyReviewed, match="another reason"):
        changes.expect(stale, by=make_user(), justification="Something else.", now=LATER)
    changes.expect(stale, by=make_user(), justification="The new chat.", now=LATER)
    assert (again(change).reviewed_by, len(trail(change))) == (owner, 1)


def test_a_reopened_change_is_as_if_nobody_had_looked_and_the_trail_remembers(owner):
    change = make_change()
    changes.expect(change, by=owner, justification="The new chat.", now=NOON)
    changes.reopen(change, by=owner, now=LATER)
    changes.reopen(change, by=owner, now=LATER)
    found = again(change)
    assert (found.review, found.justification, found.reviewed_by, found.reviewed_at) == ("open", "", None, None)
    assert trail(change) == ["change.reopened", "change.expected"]
    assert audit.of(change, workspace=change.workspace)[0].details["was_justification"] == "The new chat."


def test_a_program_decides_under_the_name_of_its_key():
    change = make_change()
    changes.acknowledge(change, by=None, now=LATER, program="API key “CI”")
    assert again(change).reviewed_by is None
    assert audit.of(change, workspace=change.workspace).get().actor_name == "API key “CI”"


def test_no_decision_without_its_line_in_the_trail(owner):
    """A name that is too long for the trail undoes the decision as well."""
    change = make_change()
    with pytest.raises(DataError), transaction.atomic():
        changes.acknowledge(change, by=None, now=LATER, program="x" * 255)
    assert (again(change).review, trail(change)) == ("open", [])


def test_the_database_refuses_an_expected_change_without_a_reason():
    with pytest.raises(IntegrityError):
        make_change(review="expected", reviewed_at=NOON)


# --- finding


def test_a_rivals_change_is_never_found(workspace, rival):
    ours, theirs = change_on(make_site(workspace=workspace)), change_on(make_site(workspace=rival))
    assert list(changes.found(workspace)) == [ours]
    assert not changes.found(workspace, site=theirs.site).exists()
    assert not changes.found(workspace, client=theirs.site.client).exists()
    assert not changes.found(workspace, scan=theirs.scan, incident=theirs.incident).exists()


def test_changes_are_found_by_what_they_are(workspace):
    site, other = make_site(workspace=workspace, name="Green"), make_site(workspace=workspace, name="Blue")
    skimmer = change_on(site, category="script", severity=Change.Severity.CRITICAL, entity="Evil Inc", incident="skimmer", name="https://evil.test/s.js")
    quiet = change_on(site, severity=Change.Severity.INFO, told=False, kind="gone", found_at=LATER)
    rule = make_ignore_rule(workspace=workspace)
    hidden = change_on(other, ignored_by=rule, told=False, review="acknowledged", reviewed_at=NOON, found_at=NOON - timedelta(days=1))

    def ids(**wanted):
        return list(changes.found(workspace, **wanted))

    assert ids() == [quiet, skimmer, hidden]
    assert ids(site=site) == ids(site=site.pk) == ids(client=site.client) == [quiet, skimmer]
    assert ids(severity=changes.severity_named("critical")) == ids(category="script") == ids(entity="evil inc") == ids(incident="skimmer") == [skimmer]
    assert ids(severity=Change.Severity.HIGH) == [skimmer, hidden]
    assert ids(kind="gone") == ids(since=LATER) == [quiet]
    assert ids(told=True) == [skimmer]
    assert ids(told=False) == [quiet, hidden]
    assert ids(review="open") == [quiet, skimmer]
    assert ids(ignored_by=rule) == ids(until=NOON) == [hidden]
    assert ids(words="EVIL green") == [skimmer]
    assert ids(words="evil blue") == []
    assert ids(scan=skimmer.scan) == [skimmer]


def test_a_severity_is_known_by_its_name():
    assert [changes.severity_named(name) for name in ("info", "low", "medium", "high", "critical")] == [1, 2, 3, 4, 5]
    with pytest.raises(ValueError, match="no severity"):
        changes.severity_named("grave")


def test_a_list_of_changes_is_one_query(workspace, django_assert_num_queries):
    client = make_client(workspace=workspace)
    for _ in range(5):
        change_on(make_site(client=client))
    with django_assert_num_queries(1):
        assert {change.site.client.name for change in changes.found(workspace)} == {client.name}


# --- incidents


def test_the_same_cause_on_many_sites_is_one_incident(workspace, rival, django_assert_num_queries):
    fields = {"category": "script", "kind": "changed", "entity": "Chat Ltd", "incident": "script|changed|chat"}
    sites = [make_site(workspace=workspace) for _ in range(14)]
    for site in sites:
        change_on(site, **fields)
    newest = change_on(sites[0], **fields, severity=Change.Severity.CRITICAL, found_at=LATER)
    alone = change_on(make_site(workspace=workspace), severity=Change.Severity.MEDIUM)
    change_on(make_site(workspace=rival), **fields)
    change_on(make_site(workspace=workspace), **fields, told=False)
    change_on(make_site(workspace=workspace), **fields, review="acknowledged", reviewed_at=NOON)

    with django_assert_num_queries(2):
        many, one = changes.incidents(workspace)

    assert (many.incident, many.sites, many.changes, many.severity, many.newest_at) == ("script|changed|chat", 14, 15, 5, LATER)
    assert (many.change, many.sentence) == (newest, "The same vendor script changed on 14 sites.")
    assert (one.change, one.sites, one.sentence) == (alone, 1, alone.sentence)
    assert [found.sites for found in changes.incidents(workspace, client=sites[0].client)] == [1]
    assert len(changes.incidents(workspace, limit=1)) == 1


def test_an_incident_is_decided_at_once_and_only_where_it_is_open_and_ours(workspace, rival, owner):
    ours = [change_on(make_site(workspace=workspace), incident="chat") for _ in range(3)]
    decided = change_on(make_site(workspace=workspace), incident="chat", review="acknowledged", reviewed_at=NOON)
    theirs = change_on(make_site(workspace=rival), incident="chat")
    count = changes.expect_many(changes.found(workspace, incident="chat"), by=owner, justification="The new chat.", now=LATER)
    assert count == 3
    assert {(again(change).review, again(change).justification) for change in ours} == {("expected", "The new chat.")}
    assert (again(theirs).review, again(decided).review) == ("open", "acknowledged")
    assert AuditEvent.objects.for_workspace(workspace).filter(action="change.expected").count() == 3
    assert not AuditEvent.objects.for_workspace(rival).exists()
    assert changes.acknowledge_many(changes.found(workspace, incident="chat"), by=owner, now=LATER) == 0


def test_many_are_acknowledged_at_once(owner):
    workspace = make_workspace()
    site = make_site(workspace=workspace)
    for _ in range(2):
        change_on(site)
    assert changes.acknowledge_many(changes.found(workspace), by=owner, now=LATER) == 2
    with pytest.raises(changes.JustificationMissing):
        changes.expect_many(changes.found(workspace), by=owner, justification="", now=LATER)


# --- what is part of a change


def with_parts(**fields) -> tuple[Change, Change]:
    head = change_on(make_site())
    return head, make_change(scan=head.scan, part_of=head, told=False, **fields)


def test_what_is_part_of_a_change_is_decided_with_it_and_opened_with_it():
    head, part = with_parts()
    changes.acknowledge(head, by=None, now=NOON)
    assert again(part).review == "acknowledged"
    changes.expect(head, by=None, justification="Agreed.", now=LATER)
    assert (again(part).review, again(part).justification, again(part).reviewed_at) == ("expected", "Agreed.", LATER)
    assert audit.of(part, workspace=part.workspace)[0].details["part_of"] == str(head.pk)
    changes.reopen(head, by=None, now=LATER)
    assert again(part).review == "open"


def test_a_part_that_was_decided_by_itself_stays_as_it_is():
    head, part = with_parts()
    changes.expect(part, by=None, justification="Its own reason.", now=NOON)
    changes.acknowledge(head, by=None, now=LATER)
    changes.reopen(head, by=None, now=LATER)
    assert (again(part).review, again(part).justification) == ("expected", "Its own reason.")


def test_many_are_decided_in_as_many_queries_as_few(workspace, django_assert_max_num_queries):
    scan = make_scan(site=make_site(workspace=workspace), status="ok")
    made = [make_change(scan=scan) for _ in range(12)]
    with django_assert_max_num_queries(8):
        assert changes.expect_many(changes.found(workspace), by=None, justification="Agreed.", now=NOON) == 12
    assert {trail(change)[0] for change in made} == {"change.expected"}
