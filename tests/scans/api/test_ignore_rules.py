"""Ignore rules, over the API."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts import api_keys, audit
from accounts.models import Role
from scans import ignore_rules
from scans.models import Change, IgnoreRule
from tests.callers import send
from tests.factories import NOON, make_change, make_ignore_rule, make_membership, make_scan, make_site

pytestmark = pytest.mark.django_db
RULES = "/api/v1/ignore-rules/"


def wanted(**fields):
    ends = (timezone.now() + timedelta(days=30)).isoformat()
    return {"entity": "Chat Ltd", "reason": "The client's own chat.", "expires_at": ends} | fields


def test_a_rule_is_added_and_the_trail_names_the_key(program, workspace):
    site = make_site(workspace=workspace)
    response = send(program, "post", RULES, wanted(category="script", pattern="*.chat.test/*", site=str(site.pk), up_to="high"))
    rule = IgnoreRule.objects.for_workspace(workspace).get()
    assert (response.status_code, response["Location"]) == (201, f"{RULES}{rule.pk}/")
    body = response.json()
    assert (body["state"], body["up_to"], body["site"], body["client"], body["hidden"]) == ("active", "high", str(site.pk), None, 0)
    assert audit.of(rule, workspace=workspace).get().actor_name == "API key “Pipeline”"
    assert program.get(f"{RULES}{rule.pk}/").json() == body


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2999-01-01T00:00:00Z"}, "expires_at"),
        ({"entity": "*", "category": "weather"}, "category"),
        ({"up_to": "grave"}, "up_to"),
        ({"site": str(uuid4())}, "site"),
        ({"client": "x"}, "client"),
    ],
)
def test_what_is_no_rule_is_refused_by_field(program, workspace, fields, field):
    response = send(program, "post", RULES, wanted(**fields))
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, field)
    assert not IgnoreRule.objects.for_workspace(workspace).exists()


def test_a_rule_without_a_scope_is_refused(program):
    sent = wanted(pattern="*")
    del sent["entity"]
    response = send(program, "post", RULES, sent)
    assert (response.status_code, "does not hide everything" in response.json()["detail"]) == (400, True)


def test_a_preview_says_what_would_have_been_hidden_and_hides_nothing(program, workspace, rival):
    ours, _theirs = (make_change(scan=make_scan(site=make_site(workspace=each)), entity="Chat Ltd", severity=5) for each in (workspace, rival))
    body = send(program, "post", f"{RULES}preview/", {"entity": "chat ltd", "up_to": "critical"}).json()
    assert (body["changes"], body["by_severity"], body["sentence"], body["told"]) == (1, {"critical": 1}, "1 change, 1 critical", 1)
    assert [example["id"] for example in body["examples"]] == [str(ours.pk)]
    assert Change.objects.for_workspace(workspace).get().ignored_by is None
    assert send(program, "post", f"{RULES}preview/", {}).status_code == 400


def test_a_key_approves_nothing_and_is_told_why(program, workspace):
    rule = make_ignore_rule(workspace=workspace, up_to=5)
    response = send(program, "post", f"{RULES}{rule.pk}/approve/")
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    assert response.json()["detail"].startswith("An API key acts as a program")
    assert IgnoreRule.objects.for_workspace(workspace).get().approved_at is None


def test_who_made_the_key_does_not_approve_what_it_added(workspace, owner, client):
    _key, plain = api_keys.create(workspace=workspace, name="CI", by=owner, can_write=True)
    headers = {"Authorization": f"Bearer {plain}"}
    assert client.post(RULES, wanted(up_to="critical"), content_type="application/json", headers=headers).json()["state"] == "waiting"
    rule = IgnoreRule.objects.for_workspace(workspace).get()
    with pytest.raises(ignore_rules.ApprovalRefused):
        ignore_rules.approve(rule, by=owner, now=NOON)
    ignore_rules.approve(rule, by=make_membership(workspace=workspace, role=Role.ADMIN).user, now=timezone.now())
    assert client.get(f"{RULES}{rule.pk}/", headers=headers).json()["state"] == "active"


def test_a_rule_is_ended_and_stays_listed(program, workspace, rival):
    rule = make_ignore_rule(workspace=workspace)
    make_ignore_rule(workspace=rival)
    for _ in range(2):
        assert send(program, "post", f"{RULES}{rule.pk}/end/").json()["state"] == "ended"
    assert [row["id"] for row in program.get(RULES).json()["results"]] == [str(rule.pk)]
    assert audit.of(rule, workspace=workspace).count() == 1


@pytest.mark.parametrize(("method", "deed"), [("get", ""), ("post", "end/"), ("post", "approve/")])
def test_a_rivals_rule_is_as_good_as_none(program, rival, method, deed):
    theirs = make_ignore_rule(workspace=rival, up_to=5)
    answers = [send(program, method, f"{RULES}{pk}/{deed}") for pk in (theirs.pk, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert IgnoreRule.objects.for_workspace(rival).get().ended_at is None


def test_a_rivals_site_is_as_good_as_none(program, workspace, rival):
    theirs = make_site(workspace=rival)
    for path in (RULES, f"{RULES}preview/"):
        answers = [send(program, "post", path, wanted(site=str(pk))) for pk in (theirs.pk, uuid4())]
        assert [answer.status_code for answer in answers] == [400, 400]
        assert answers[0].content == answers[1].content


@pytest.mark.parametrize("path", ["", "preview/", "{}/end/", "{}/approve/"])
def test_a_key_that_only_reads_changes_nothing(reader, workspace, path):
    rule = make_ignore_rule(workspace=workspace)
    assert send(reader, "post", RULES + path.format(rule.pk), wanted()).status_code == 403
    assert IgnoreRule.objects.for_workspace(workspace).get().ended_at is None
