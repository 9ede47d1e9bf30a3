from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError

from accounts import audit
from accounts.models import Role
from scans import ignore_rules
from scans.models import Change, IgnoreRule
from tests.factories import NOON, make_change, make_client, make_ignore_rule, make_membership, make_scan, make_site, make_user

pytestmark = pytest.mark.django_db
MONTH = NOON + timedelta(days=30)
CRITICAL, HIGH, MEDIUM, INFO = Change.Severity.CRITICAL, Change.Severity.HIGH, Change.Severity.MEDIUM, Change.Severity.INFO


def add(workspace, by, **fields) -> IgnoreRule:
    return ignore_rules.add(workspace, **{"by": by, "reason": "The client's own chat.", "expires_at": MONTH, "now": NOON, "entity": "Chat Ltd"} | fields)


def again(rule: IgnoreRule) -> IgnoreRule:
    return IgnoreRule.objects.for_workspace(rule.workspace_id).get(pk=rule.pk)


def trail(rule: IgnoreRule) -> set[str]:
    return {event.action for event in audit.of(rule, workspace=rule.workspace)}


def change_on(site, **fields) -> Change:
    return make_change(scan=make_scan(site=site, status="ok"), **fields)


# --- adding


def test_a_rule_names_its_scope_its_reason_and_its_end(workspace, owner):
    site = make_site(workspace=workspace)
    rule = again(add(workspace, owner, site=site, category="script", kind="changed", pattern=" *.chat.test/* ", up_to=HIGH))
    assert (rule.category, rule.kind, rule.entity, rule.pattern, rule.up_to) == ("script", "changed", "Chat Ltd", "*.chat.test/*", HIGH)
    assert (rule.site, rule.client, rule.created_by, rule.created_at, rule.expires_at) == (site, None, owner, NOON, MONTH)
    event = audit.of(rule, workspace=workspace).get()
    assert (event.action, event.actor, event.details["up_to"], event.details["site"]) == ("ignore_rule.added", owner, "high", str(site.pk))


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"reason": " "}, "reason", "Say why"),
        ({"reason": "x" * 2001}, "reason", "at most 2000"),
        ({"expires_at": NOON}, "expires_at", "within 365 days"),
        ({"expires_at": NOON + timedelta(days=365, seconds=1)}, "expires_at", "within 365 days"),
        ({"entity": ""}, "category", "does not hide everything"),
        ({"entity": " ", "pattern": "**"}, "category", "does not hide everything"),
        ({"category": "weather"}, "category", "is no category"),
        ({"kind": "moved"}, "kind", "is no kind"),
        ({"up_to": 6}, "up_to", "no severity"),
        ({"pattern": "x" * 301}, "pattern", "At most 300"),
        ({"entity": "x" * 201}, "entity", "At most 200"),
    ],
)
def test_what_is_no_rule_is_refused_with_a_sentence(workspace, owner, fields, field, words):
    with pytest.raises(ignore_rules.BadRule, match=words) as refusal:
        add(workspace, owner, **fields)
    assert refusal.value.field == field
    assert not IgnoreRule.objects.for_workspace(workspace).exists()


def test_a_rule_lasts_a_year_at_most(workspace, owner):
    assert add(workspace, owner, expires_at=NOON + timedelta(days=365)).pk


def test_a_rule_reaches_no_rivals_site(workspace, rival, owner):
    theirs = make_site(workspace=rival)
    with pytest.raises(ignore_rules.BadRule, match="no such site"):
        add(workspace, owner, site=theirs)
    with pytest.raises(ignore_rules.BadRule, match="no such client"):
        add(workspace, owner, client=theirs.client)
    with pytest.raises(ignore_rules.BadRule, match="none of"):
        add(workspace, owner, site=make_site(workspace=workspace), client=make_client(workspace=workspace))


# --- previewing


def test_a_preview_says_what_would_have_been_hidden(workspace, rival):
    site, other = make_site(workspace=workspace), make_site(workspace=workspace)
    for _ in range(6):
        change_on(site, entity="Chat Ltd", severity=MEDIUM, told=False)
    gravest = change_on(site, entity="chat ltd", severity=CRITICAL, found_at=NOON + timedelta(days=1))
    change_on(site, entity="Other")
    change_on(other, entity="Chat Ltd")
    change_on(make_site(workspace=rival), entity="Chat Ltd")

    shown = ignore_rules.preview(workspace, entity="Chat Ltd", site=site, up_to=CRITICAL)

    assert (shown.changes, dict(shown.by_severity), shown.told) == (7, {CRITICAL: 1, MEDIUM: 6}, 1)
    assert shown.sentence == "7 changes, 1 critical, 6 medium"
    assert (shown.examples[0], len(shown.examples)) == (gravest, 5)
    assert ignore_rules.preview(workspace, entity="Chat Ltd", site=site).changes == 6, "nothing graver than asked for"
    assert ignore_rules.preview(workspace, entity="Chat Ltd", client=other.client, up_to=HIGH).changes == 1
    assert ignore_rules.preview(workspace, pattern="nothing-*").sentence == "No change so far"


def test_a_preview_writes_nothing(workspace):
    change = change_on(make_site(workspace=workspace), entity="Chat Ltd", severity=MEDIUM)
    ignore_rules.preview(workspace, entity="Chat Ltd")
    assert not IgnoreRule.objects.for_workspace(workspace).exists()
    assert Change.objects.for_workspace(workspace).get(pk=change.pk).ignored_by is None


def test_a_preview_is_two_queries_whatever_the_past(workspace, django_assert_num_queries):
    for _ in range(4):
        change_on(make_site(workspace=workspace), severity=MEDIUM)
    client = make_client(workspace=workspace)
    with django_assert_num_queries(2):
        assert ignore_rules.preview(workspace, category="third_party", pattern="tracker*.test").changes == 4
    with django_assert_num_queries(2):
        assert ignore_rules.preview(workspace, category="third_party", client=client).changes == 0


def test_a_preview_without_a_pattern_says_what_one_with_a_pattern_says(workspace):
    site = make_site(workspace=workspace)
    for severity, told in ((MEDIUM, True), (MEDIUM, False), (MEDIUM - 1, False)):
        change_on(site, severity=severity, told=told, entity="Meta", name="a.meta.test")
    change_on(site, severity=MEDIUM + 1, entity="Meta")
    by_vendor = ignore_rules.preview(workspace, entity="META")
    by_name = ignore_rules.preview(workspace, entity="meta", pattern="*.meta.test")
    assert (by_vendor.sentence, by_vendor.told, by_vendor.examples) == (by_name.sentence, by_name.told, by_name.examples)
    assert (by_name.sentence, by_name.told) == ("3 changes, 2 medium, 1 low", 1)


def test_a_rule_that_is_sent_twice_is_one_rule(workspace, owner):
    sent = {"by": owner, "reason": "Agreed.", "expires_at": NOON + timedelta(days=9), "now": NOON, "category": "cookie", "id": uuid4()}
    first, again = ignore_rules.add(workspace, **sent), ignore_rules.add(workspace, **sent)
    assert first == again
    assert IgnoreRule.objects.for_workspace(workspace).count() == 1
    assert audit.of(first, workspace=workspace).count() == 1


def test_what_a_program_added_an_admin_approves_who_did_not_make_its_key(workspace, owner):
    until = NOON + timedelta(days=9)
    rule = ignore_rules.add(workspace, by=owner, program="API key “CI”", reason="Agreed.", expires_at=until, now=NOON, category="cookie", up_to=5)
    assert rule.program == "API key “CI”"
    member, admin = (make_membership(workspace=workspace, role=role).user for role in (Role.MEMBER, Role.ADMIN))
    with pytest.raises(ignore_rules.ApprovalRefused, match="made the API key"):
        ignore_rules.approve(rule, by=owner, now=NOON)
    with pytest.raises(ignore_rules.ApprovalRefused, match="an owner or admin approves it"):
        ignore_rules.approve(rule, by=member, now=NOON)
    ignore_rules.approve(rule, by=admin, now=NOON)
    assert rule.approved_by == admin


# --- a second person


def test_a_rule_for_critical_changes_waits_for_a_second_person(workspace, owner):
    site = make_site(workspace=workspace)
    rule = add(workspace, owner, up_to=CRITICAL)
    assert ignore_rules.state(rule, now=NOON) == "waiting"
    assert ignore_rules.active(workspace, site=site, now=NOON) == []
    second = make_membership(workspace=workspace, role=Role.MEMBER).user
    ignore_rules.approve(rule, by=second, now=NOON)
    ignore_rules.approve(rule, by=second, now=MONTH - timedelta(days=1))
    assert (again(rule).approved_by, again(rule).approved_at) == (second, NOON)
    assert ignore_rules.active(workspace, site=site, now=NOON) == [rule]
    assert trail(rule) == {"ignore_rule.approved", "ignore_rule.added"}


def test_who_added_a_rule_does_not_approve_it(workspace, owner):
    rule = add(workspace, owner, up_to=CRITICAL)
    with pytest.raises(ignore_rules.ApprovalRefused, match="somebody else"):
        ignore_rules.approve(rule, by=owner, now=NOON)
    assert again(rule).approved_at is None


def test_who_made_the_key_that_added_a_rule_does_not_approve_it(workspace, owner):
    rule = add(workspace, owner, up_to=CRITICAL, program="API key “CI”")
    assert audit.of(rule, workspace=workspace).get().actor_name == "API key “CI”"
    with pytest.raises(ignore_rules.ApprovalRefused, match="somebody else"):
        ignore_rules.approve(rule, by=owner, now=NOON)


def test_viewers_rivals_and_strangers_approve_nothing(workspace, rival, owner):
    rule = add(workspace, owner, up_to=CRITICAL)
    viewer = make_membership(workspace=workspace, role=Role.VIEWER).user
    for person in (viewer, make_membership(workspace=rival, role=Role.OWNER).user, make_user()):
        with pytest.raises(ignore_rules.ApprovalRefused, match="Only who may work"):
            ignore_rules.approve(rule, by=person, now=NOON)
    assert again(rule).approved_at is None


def test_a_rule_that_hides_nothing_critical_or_has_ended_is_not_approved(workspace, owner):
    second = make_membership(workspace=workspace).user
    with pytest.raises(ignore_rules.ApprovalRefused, match="no critical change"):
        ignore_rules.approve(add(workspace, owner, up_to=HIGH), by=second, now=NOON)
    rule = add(workspace, owner, up_to=CRITICAL)
    with pytest.raises(ignore_rules.ApprovalRefused, match="has ended"):
        ignore_rules.approve(rule, by=second, now=MONTH)
    ignore_rules.end(rule, by=owner, now=NOON)
    with pytest.raises(ignore_rules.ApprovalRefused, match="has ended"):
        ignore_rules.approve(rule, by=second, now=NOON)


def test_the_database_knows_that_two_people_are_two(workspace, owner):
    with pytest.raises(IntegrityError):
        make_ignore_rule(workspace=workspace, up_to=CRITICAL, created_by=owner, approved_by=owner, approved_at=NOON)


# --- in force


def test_a_rule_is_in_force_where_and_while_it_says(workspace, rival, owner):
    site, other = make_site(workspace=workspace), make_site(workspace=workspace)
    everywhere, here, clients = add(workspace, owner), add(workspace, owner, site=site), add(workspace, owner, client=site.client)
    ended = add(workspace, owner)
    ignore_rules.end(ended, by=owner, now=NOON)
    ignore_rules.end(ended, by=owner, now=NOON)
    make_ignore_rule(workspace=rival)
    assert set(ignore_rules.active(workspace, site=site, now=NOON)) == {everywhere, here, clients}
    assert ignore_rules.active(workspace, site=other, now=NOON) == [everywhere]
    assert ignore_rules.active(workspace, site=site, now=MONTH) == []
    assert trail(ended) == {"ignore_rule.ended", "ignore_rule.added"}
    states = [ignore_rules.state(again(rule), now=at) for rule, at in ((here, NOON), (here, MONTH), (ended, NOON))]
    assert states == ["active", "expired", "ended"]


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ({}, True),
        ({"category": "third_party"}, True),
        ({"category": "script"}, False),
        ({"kind": "new"}, True),
        ({"kind": "gone"}, False),
        ({"entity": "CHAT ltd"}, True),
        ({"entity": "Chat"}, False),
        ({"pattern": "*.chat.test"}, True),
        ({"pattern": "chat.*"}, True),
        ({"pattern": "*.evil.test"}, False),
        ({"up_to": HIGH}, True),
        ({"up_to": MEDIUM}, False),
    ],
)
def test_a_rule_covers_what_it_names_and_nothing_graver(scope, covered):
    about = {"host": "cdn.chat.test", "domain": "chat.test"}
    change = make_change(name="chat.test", key="chat.test", entity="Chat Ltd", severity=HIGH, about=about)
    rule = make_ignore_rule(workspace=change.workspace, **{"category": "", "pattern": "chat*", "up_to": CRITICAL} | scope)
    assert ignore_rules.applies(rule, change) is covered


def test_a_rule_covers_its_own_client_and_site_only(workspace):
    site, other = make_site(workspace=workspace), make_site(workspace=workspace)
    for scope in ({"site": site}, {"client": site.client}):
        rule = make_ignore_rule(workspace=workspace, up_to=CRITICAL, **scope)
        assert [ignore_rules.applies(rule, change_on(where)) for where in (site, other)] == [True, False]


def test_what_is_hidden_lies_under_its_rule_untold_and_unsaved():
    covered, grave, other = (make_change(name=name, severity=severity) for name, severity in (("a.chat", INFO), ("b.chat", CRITICAL), ("c.shop", INFO)))
    first, second = (make_ignore_rule(workspace=covered.workspace, pattern="*.chat", category="") for _ in range(2))
    assert ignore_rules.hide([covered, grave, other], [first, second]) == [covered]
    assert (covered.ignored_by, covered.told) == (first, False)
    assert [(change.ignored_by, change.told) for change in (grave, other)] == [(None, True)] * 2
    assert Change.objects.for_workspace(covered.workspace).get(pk=covered.pk).told


def test_rules_are_listed_with_what_they_hid_newest_first(workspace, rival, owner):
    older = make_ignore_rule(workspace=workspace)
    newer = make_ignore_rule(workspace=workspace, created_at=NOON + timedelta(hours=1))
    make_ignore_rule(workspace=rival)
    change_on(make_site(workspace=workspace), ignored_by=older, told=False)
    assert [(rule, rule.hidden) for rule in ignore_rules.found(workspace)] == [(newer, 0), (older, 1)]
