"""Changes, over the API."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts import audit
from scans.models import Change, Evidence, Snapshot
from tests.callers import send
from tests.factories import NOON, make_change, make_scan, make_site

pytestmark = pytest.mark.django_db
CHANGES = "/api/v1/changes/"


def change_in(workspace, **fields) -> Change:
    return make_change(scan=make_scan(site=make_site(workspace=workspace), status="ok"), **fields)


def ids(response) -> list[str]:
    return [row["id"] for row in response.json()["results"]]


def test_changes_are_listed_newest_first_and_only_ours(program, workspace, rival):
    older, newer = change_in(workspace), change_in(workspace, found_at=NOON + timedelta(days=1))
    change_in(rival)
    assert ids(program.get(CHANGES)) == [str(newer.pk), str(older.pk)]


def test_a_long_list_comes_in_pages_without_loss(program, workspace):
    wanted = {str(change_in(workspace).pk) for _ in range(5)}
    first = program.get(CHANGES, {"page_size": 3}).json()
    second = program.get(first["next"]).json()
    assert {row["id"] for row in first["results"] + second["results"]} == wanted
    assert second["next"] is None


def test_changes_are_filtered(program, workspace):
    grave = change_in(workspace, severity=5, category="script", entity="Evil Inc", incident="skimmer", name="https://evil.test/s.js")
    calm = change_in(workspace, severity=1, kind="gone", told=False, found_at=NOON + timedelta(days=1))
    for query, found in (
        ({"severity": "critical"}, [grave]),
        ({"severity": "info"}, [calm, grave]),
        ({"category": "script"}, [grave]),
        ({"kind": "gone"}, [calm]),
        ({"entity": "evil inc"}, [grave]),
        ({"incident": "skimmer"}, [grave]),
        ({"told": "false"}, [calm]),
        ({"review": "open", "site": str(calm.site_id)}, [calm]),
        ({"client": str(grave.site.client_id)}, [grave]),
        ({"scan": str(grave.scan_id)}, [grave]),
        ({"since": "2026-03-05T00:00:00Z"}, [calm]),
        ({"until": "2026-03-05T00:00:00Z"}, [grave]),
        ({"q": "evil"}, [grave]),
        ({"ignored_by": str(uuid4())}, []),
    ):
        assert ids(program.get(CHANGES, query)) == [str(change.pk) for change in found], query


@pytest.mark.parametrize("query", ["severity=grave", "category=weather", "site=1", "told=perhaps", "since=noon", "q=%00"])
def test_a_question_that_makes_no_sense_is_refused(program, query):
    response = program.get(f"{CHANGES}?{query}")
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, query.split("=")[0])


def test_the_number_of_queries_does_not_grow_with_the_page(program, workspace, django_assert_max_num_queries):
    for _ in range(8):
        change_in(workspace)
    program.get(CHANGES)
    with django_assert_max_num_queries(4):
        assert len(program.get(CHANGES).json()["results"]) == 8


def test_one_change_shows_its_cause_its_rule_and_its_evidence(program, workspace, rival):
    sha256 = "e" * 64
    change = change_in(workspace, after={"sha256": sha256}, chain=["https://a.test/tag.js"], inputs={"domain": "a.test"}, rule_version=3)
    ours, theirs = (
        Evidence.objects.create(snapshot=snapshot, kind="script", media_type="text/javascript", sha256=sha256, size=1, object_key="x")
        for snapshot in (
            Snapshot.objects.create(scan=scan, version=1, object_key="k", sha256="a" * 64, size=1, captured_at=NOON)
            for scan in (change.scan, change_in(rival).scan)
        )
    )
    body = program.get(f"{CHANGES}{change.pk}/").json()
    assert body["rule"] == {"id": "third_party.new", "version": 3, "inputs": {"domain": "a.test"}}
    assert (body["before"], body["after"], body["chain"], body["severity"]) == (None, {"sha256": sha256}, ["https://a.test/tag.js"], "high")
    assert body["evidence"] == [{"sha256": sha256, "kind": "script", "url": f"/api/v1/scans/{change.scan_id}/evidence/{ours.pk}/"}]
    assert str(theirs.pk) not in str(body)


def test_a_program_decides_and_the_trail_names_its_key(program, workspace):
    change = change_in(workspace)
    assert send(program, "post", f"{CHANGES}{change.pk}/acknowledge/").json()["review"] == "acknowledged"
    expected = send(program, "post", f"{CHANGES}{change.pk}/expected/", {"justification": "The new chat."}).json()
    assert (expected["review"], expected["justification"]) == ("expected", "The new chat.")
    refused = send(program, "post", f"{CHANGES}{change.pk}/acknowledge/")
    assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
    assert "Reopen it first" in refused.json()["detail"]
    assert send(program, "post", f"{CHANGES}{change.pk}/reopen/").json()["review"] == "open"
    assert {event.actor_name for event in audit.of(change, workspace=workspace)} == {"API key “Pipeline”"}


@pytest.mark.parametrize("sent", [{}, {"justification": " "}, {"justification": "x" * 2001}])
def test_an_expected_change_needs_a_justification(program, workspace, sent):
    response = send(program, "post", f"{CHANGES}{change_in(workspace).pk}/expected/", sent)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "justification")


@pytest.mark.parametrize(("method", "deed"), [("get", ""), ("post", "acknowledge/"), ("post", "expected/"), ("post", "reopen/")])
def test_a_rivals_change_is_as_good_as_none(program, rival, method, deed):
    theirs = change_in(rival)
    answers = [send(program, method, f"{CHANGES}{pk}/{deed}", {"justification": "x"}) for pk in (theirs.pk, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert Change.objects.for_workspace(rival).get().review == "open"


@pytest.mark.parametrize("deed", ["acknowledge/", "expected/", "reopen/"])
def test_a_key_that_only_reads_decides_nothing(reader, workspace, deed):
    change = change_in(workspace)
    assert send(reader, "post", f"{CHANGES}{change.pk}/{deed}", {"justification": "x"}).status_code == 403
    assert reader.get(f"{CHANGES}{change.pk}/").json()["review"] == "open"
