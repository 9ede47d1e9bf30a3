"""The register of payment pages, over the API."""

from __future__ import annotations

from uuid import uuid4

import pytest

from accounts import audit
from scans.models import Page, RegisterEntry, Site
from tests.callers import send
from tests.factories import make_register_entry, make_site

pytestmark = pytest.mark.django_db


def entry_in(workspace, **fields) -> RegisterEntry:
    site = make_site(workspace=workspace)
    Page.objects.for_workspace(workspace).filter(site=site).update(kind=Page.Kind.PAYMENT)
    return make_register_entry(page=Page.objects.for_workspace(workspace).get(site=site), **fields)


def path_of(entry: RegisterEntry, what: str = "") -> str:
    return f"/api/v1/sites/{entry.page.site_id}/register/{what}"


def test_a_register_is_listed_for_one_site(program, workspace):
    entry = entry_in(workspace)
    entry_in(workspace)
    (row,) = program.get(path_of(entry)).json()["results"]
    assert (row["id"], row["page"], row["name"], row["state"], row["authorised_by"]) == (str(entry.pk), entry.page.url, entry.name, "open", "")


def test_an_entry_is_justified_authorised_and_withdrawn(program, workspace):
    entry = entry_in(workspace)
    body = send(program, "patch", path_of(entry, f"{entry.pk}/"), {"justification": "Card fields.", "authorised": True}).json()
    assert (body["state"], body["justification"], body["authorised_by"]) == ("authorised", "Card fields.", "API key “Pipeline”")
    assert send(program, "patch", path_of(entry, f"{entry.pk}/"), {"authorised": False}).json()["state"] == "justified"
    actions = {event.action for event in audit.of(entry, workspace=workspace)}
    assert actions == {"register.justified", "register.authorised", "register.withdrawn"}


@pytest.mark.parametrize("sent", [{"authorised": True}, {"justification": "", "authorised": True}, {"justification": "x" * 2001}])
def test_nothing_is_authorised_without_a_reason(program, workspace, sent):
    entry = entry_in(workspace)
    response = send(program, "patch", path_of(entry, f"{entry.pk}/"), sent)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "justification")
    assert RegisterEntry.objects.for_workspace(workspace).get().authorised_at is None


def test_a_content_that_was_not_seen_is_not_authorised(program, workspace):
    entry = entry_in(workspace, justification="Card fields.")
    refused = send(program, "patch", path_of(entry, f"{entry.pk}/"), {"authorised": True, "justification": "Other.", "sha256": "e" * 64})
    assert refused.status_code == 409
    assert "another content" in refused.json()["detail"]
    assert RegisterEntry.objects.for_workspace(workspace).get().justification == "Card fields."
    assert send(program, "patch", path_of(entry, f"{entry.pk}/"), {"authorised": True, "sha256": entry.sha256}).json()["state"] == "authorised"


def test_a_page_that_is_no_payment_page_any_more_keeps_its_register(program, workspace):
    entry = entry_in(workspace, justification="Card fields.", value="DENY")
    Page.objects.for_workspace(workspace).update(kind=Page.Kind.PAGE)
    (row,) = program.get(path_of(entry)).json()["results"]
    assert (row["payment_page"], row["value"], row["justification"]) == (False, "DENY", "Card fields.")


def test_a_page_with_a_register_that_people_worked_on_is_not_removed(program, workspace):
    site = make_site(workspace=workspace, pages=2)
    page = Page.objects.for_workspace(workspace).get(site=site, position=1)
    make_register_entry(page=page, justification="Card fields.")
    response = program.delete(f"/api/v1/sites/{site.pk}/pages/{page.pk}/")
    assert (response.status_code, "1 justified entry" in response.json()["detail"]) == (409, True)


def test_a_register_is_downloaded_as_csv(program, workspace):
    entry = entry_in(workspace, name="=1+1")
    response = program.get(path_of(entry, "csv/"))
    assert (response["Content-Type"], "attachment" in response["Content-Disposition"]) == ("text/csv", True)
    text = response.content.decode("utf-8-sig")
    assert "evidence for PCI DSS 6.4.3 and 11.6.1" in text
    assert ",'=1+1," in text


@pytest.mark.browser
def test_a_register_is_downloaded_as_pdf(program, workspace):
    response = program.get(path_of(entry_in(workspace), "pdf/"))
    assert (response["Content-Type"], "attachment" in response["Content-Disposition"], response.content[:5]) == ("application/pdf", True, b"%PDF-")


def test_without_a_browser_the_pdf_is_a_problem_that_says_what_to_do(program, workspace, settings):
    settings.BROWSER = "/nowhere"
    response = program.get(path_of(entry_in(workspace), "pdf/"))
    assert (response.status_code, "the CSV" in response.json()["detail"]) == (503, True)


@pytest.mark.parametrize("what", ["", "csv/", "pdf/"])
def test_a_rivals_register_is_as_good_as_none(program, rival, what):
    theirs = entry_in(rival)
    answers = [program.get(path_of(theirs, what)), program.get(f"/api/v1/sites/{uuid4()}/register/{what}")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_a_rivals_entry_is_as_good_as_none_also_under_our_site(program, workspace, rival):
    ours, theirs = entry_in(workspace), entry_in(rival)
    for path in (path_of(theirs, f"{theirs.pk}/"), path_of(ours, f"{theirs.pk}/"), path_of(ours, f"{uuid4()}/")):
        assert send(program, "patch", path, {"justification": "x"}).status_code == 404
    assert RegisterEntry.objects.for_workspace(rival).get().justification == ""


def test_a_key_that_only_reads_authorises_nothing(reader, workspace):
    entry = entry_in(workspace, justification="Card fields.")
    assert send(reader, "patch", path_of(entry, f"{entry.pk}/"), {"authorised": True}).status_code == 403
    assert reader.get(path_of(entry)).status_code == 200


def test_marking_a_payment_page_is_told_with_what_follows(program, workspace):
    site = make_site(workspace=workspace, pages=2, scan_every_minutes=31 * 24 * 60)
    page = Page.objects.for_workspace(workspace).get(site=site, position=1)
    body = send(program, "patch", f"/api/v1/sites/{site.pk}/pages/{page.pk}/", {"kind": "payment"}).json()
    assert (body["kind"], body["notice"]) == ("payment", "A site with a payment page is scanned at least once a week. So is this one from now on.")
    refused = send(program, "patch", f"/api/v1/sites/{site.pk}/", {"scan_every_minutes": 31 * 24 * 60})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "scan_every_minutes")
    assert send(program, "patch", f"/api/v1/sites/{site.pk}/pages/{page.pk}/", {"kind": "page"}).json()["notice"] == ""
    assert audit.of(page, workspace=workspace).count() == 2


def test_a_page_is_marked_only_through_its_own_site(program, workspace, rival):
    site, theirs = make_site(workspace=workspace), make_site(workspace=rival)
    page = Page.objects.for_workspace(rival).get()
    for path in (f"/api/v1/sites/{site.pk}/pages/{page.pk}/", f"/api/v1/sites/{theirs.pk}/pages/{page.pk}/"):
        assert send(program, "patch", path, {"kind": "payment"}).status_code == 404
    assert Page.objects.for_workspace(rival).get().kind == "page"


def test_answering_the_consent_banner_is_opted_in_by_name(program, workspace):
    site = make_site(workspace=workspace)
    path = f"/api/v1/sites/{site.pk}/"
    assert not program.get(path).json()["answers_consent"]
    assert send(program, "patch", path, {"answers_consent": True}).json()["answers_consent"]
    assert Site.objects.for_workspace(workspace).get().answers_consent
    assert audit.of(site, workspace=workspace).get().action == "site.consent_answered"
