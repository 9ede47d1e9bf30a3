from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from scans.models import IgnoreRule
from tests.factories import NOON, make_change, make_client, make_ignore_rule, make_scan, make_site
from tests.scans.looking import text_of

pytestmark = pytest.mark.django_db

SENT = {"category": "third_party", "entity": "", "pattern": "*.tracker.test", "up_to": "3", "reason": "The client's own.", "days": "30"}


def add(browser, **sent):
    return browser.post(reverse("scans:rule-add", args=["agency"]), SENT | sent)


def rule_list(browser):
    return browser.get(reverse("scans:rule-list", args=["agency"]))


def act(browser, name, rule):
    return browser.post(reverse(f"scans:{name}", args=["agency", rule.id]), follow=True)


def rules(workspace):
    return IgnoreRule.objects.for_workspace(workspace)


def change_in(workspace, **fields):
    return make_change(scan=make_scan(site=make_site(workspace=workspace), status="ok"), **fields)


def in_force(workspace, **fields):
    now = timezone.now()
    return make_ignore_rule(workspace=workspace, created_at=now - timedelta(days=1), expires_at=now + timedelta(days=9), **fields)


def test_no_rule_yet_says_how_to_make_one(viewer_client, workspace):
    text = text_of(rule_list(viewer_client))
    assert "No rule is in force" in text
    assert "Add a rule" not in text


def test_the_form_is_filled_in_after_a_change(owner_client, workspace):
    change = change_in(workspace, entity="Meta", name="connect.facebook.net", severity=5)
    form = owner_client.get(reverse("scans:rule-add", args=["agency"]), {"like": str(change.id)}).context["form"]
    assert form.initial == {"category": "third_party", "kind": "new", "entity": "Meta", "pattern": "connect.facebook.net", "site": change.site_id, "up_to": 5}


@pytest.mark.parametrize("like", ["nonsense", "", "00000000-0000-4000-8000-000000000000"])
def test_a_form_after_no_change_is_empty(owner_client, workspace, like):
    assert owner_client.get(reverse("scans:rule-add", args=["agency"]), {"like": like}).context["form"].initial == {}


def test_a_rivals_change_fills_in_nothing(owner_client, workspace, rival):
    assert owner_client.get(reverse("scans:rule-add", args=["agency"]), {"like": str(change_in(rival).id)}).context["form"].initial == {}


def test_before_it_is_saved_a_rule_shows_what_it_would_have_hidden(owner_client, workspace):
    for severity in (3, 5, 5):
        change_in(workspace, name="a.tracker.test", severity=severity)
    shown = add(owner_client, up_to="5", save="1")
    assert "would have hidden: 3 changes, 2 critical, 1 medium." in text_of(shown)
    assert "waits for a second person" in text_of(shown)
    assert not rules(workspace).exists()
    saved = add(owner_client, up_to="5", save="1", seen=shown.context["seen"])
    assert saved.status_code == 302
    assert rules(workspace).get().pattern == "*.tracker.test"


def test_another_scope_than_the_shown_one_is_shown_first(owner_client, workspace):
    seen = add(owner_client, look="1").context["form"].fingerprint
    again = add(owner_client, pattern="*", category="cookie", save="1", seen=seen)
    assert again.status_code == 200
    assert not rules(workspace).exists()


def test_to_look_at_a_rule_its_scope_is_enough(owner_client, workspace):
    change_in(workspace, name="a.tracker.test", severity=3)
    shown = add(owner_client, reason="", days="", look="1")
    assert "would have hidden: 1 change" in text_of(shown)
    assert "Say why." not in text_of(shown)
    refused = add(owner_client, reason="", save="1", seen=shown.context["seen"])
    assert refused.status_code == 422
    assert text_of(refused).count("Say why.") == 1
    assert "would have hidden: 1 change" in text_of(refused)


def test_a_form_that_is_sent_twice_makes_one_rule(owner_client, workspace):
    once, seen = str(uuid4()), add(owner_client, look="1").context["seen"]
    for _ in range(2):
        assert add(owner_client, save="1", seen=seen, once=once).status_code == 302
    assert rules(workspace).count() == 1
    add(owner_client, save="1", seen=seen, once=once, reason="Another reason.")
    assert rules(workspace).count() == 2


def test_the_button_that_saves_is_no_part_of_what_is_swapped(owner_client, workspace):
    part = owner_client.post(reverse("scans:rule-add", args=["agency"]), SENT, headers={"HX-Request": "true"}).content.decode()
    assert "<button" not in part
    assert 'name="save"' in owner_client.get(reverse("scans:rule-add", args=["agency"])).content.decode()


def test_who_approves_sees_what_the_rule_would_have_hidden(owner, admin_client, member_client, workspace):
    change_in(workspace, severity=5, sentence="A grave one.")
    rule = in_force(workspace, up_to=5, created_by=owner, program="API key “CI”")
    text = text_of(rule_list(admin_client))
    for part in ("would have hidden: 1 change, 1 critical", "A grave one.", "API key “CI”", "an owner or admin approves it"):
        assert part in text
    path = reverse("scans:rule-approve", args=["agency", rule.id])
    assert path in rule_list(admin_client).content.decode()
    assert path not in rule_list(member_client).content.decode()


def test_what_was_decided_about_a_rule_stands_under_it(owner_client, owner, workspace):
    act(owner_client, "rule-end", in_force(workspace))
    assert f"Ignore rule ended by {owner.email}" in text_of(rule_list(owner_client))


def test_htmx_gets_the_preview_alone(owner_client, workspace):
    response = owner_client.post(reverse("scans:rule-add", args=["agency"]), SENT, headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert b'id="preview"' in response.content


@pytest.mark.parametrize("wrong", [{"category": "", "pattern": "*"}, {"reason": " "}, {"up_to": "9"}, {"days": "9999"}, {"category": "new"}, {"site": "1"}])
def test_what_is_no_rule_comes_back_with_a_sentence(owner_client, workspace, wrong):
    response = add(owner_client, **wrong, save="1")
    assert response.status_code == 422
    assert b"field__errors" in response.content


def test_a_rivals_client_and_site_are_no_choice(owner_client, workspace, rival):
    site = make_site(client=make_client(workspace=rival))
    for sent in ({"site": str(site.id)}, {"client": str(site.client_id)}):
        assert add(owner_client, **sent).status_code == 422


def test_a_rule_that_may_hide_critical_changes_waits_for_a_second_person(owner_client, owner, admin_client, workspace):
    rule = in_force(workspace, up_to=5, created_by=owner)
    page = rule_list(owner_client)
    assert "Waits for a second person" in text_of(page)
    assert reverse("scans:rule-approve", args=["agency", rule.id]) not in page.content.decode()
    assert "somebody else" in text_of(act(owner_client, "rule-approve", rule))
    assert reverse("scans:rule-approve", args=["agency", rule.id]) in rule_list(admin_client).content.decode()
    assert "Approved." in text_of(act(admin_client, "rule-approve", rule))
    assert rules(workspace).get().approved_at is not None


def test_a_rule_is_ended_and_stands_among_the_ended(owner_client, workspace):
    rule = in_force(workspace)
    text = text_of(act(owner_client, "rule-end", rule))
    assert "The rule has ended." in text
    assert text.index("Ended rules") < text.index(rule.reason)


def test_what_expired_by_itself_is_no_longer_in_force(viewer_client, workspace):
    make_ignore_rule(workspace=workspace, expires_at=NOON + timedelta(days=1))
    text = text_of(rule_list(viewer_client))
    assert "No rule is in force" in text
    assert "Expired 5 Mar 2026" in text


@pytest.mark.parametrize("name", ["rule-approve", "rule-end"])
def test_a_deed_is_posted(owner_client, workspace, name):
    assert owner_client.get(reverse(f"scans:{name}", args=["agency", in_force(workspace).id])).status_code == 405


def test_a_viewer_adds_no_rule(viewer_client, workspace):
    assert viewer_client.get(reverse("scans:rule-add", args=["agency"])).status_code == 403
