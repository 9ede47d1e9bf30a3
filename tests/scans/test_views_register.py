import hashlib
from dataclasses import replace

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from scans import register
from scans.models import Evidence, Page, RegisterEntry
from scans.snapshot import EvidenceRef
from tests.factories import NOON, make_register_entry, make_site
from tests.scans.hostile_snapshot import ATTACKS
from tests.scans.looking import scan_that_saw, text_of
from tests.scans.sample_snapshot import sample_captured
from tracefox import blobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(settings):
    settings.BLOBS = "memory"
    blobs.forget()
    yield
    blobs.forget()


@pytest.fixture
def site(workspace, kept):
    return make_site(workspace=workspace)


@pytest.fixture
def page(site):
    return Page.objects.create(site=site, url=f"{site.url}pay", kind="payment", position=1)


def look(browser, site):
    return browser.get(reverse("scans:register", args=[site.workspace.slug, site.id]))


def act(browser, name, entry, **sent):
    return browser.post(reverse(f"scans:register-{name}", args=["agency", entry.page.site_id, entry.id]), sent)


def authorise(browser, entry, **sent):
    """As the form does that shows the entry as it is now."""
    now = RegisterEntry.objects.across_workspaces().get(pk=entry.pk)
    return act(browser, "authorise", entry, **{"sha256": now.sha256, "stood": register.stands(now)} | sent)


def entry_of(workspace):
    return RegisterEntry.objects.for_workspace(workspace).get()


def test_without_a_payment_page_it_says_how_to_get_one(viewer_client, site):
    assert "No payment page is marked" in text_of(look(viewer_client, site))


def test_a_payment_page_waits_for_its_first_scan(viewer_client, site, page):
    assert "The next scan of this page" in text_of(look(viewer_client, site))


def test_the_register_says_what_is_there_and_claims_nothing(viewer_client, site, page):
    make_register_entry(page=page, name="https://js.stripe.test/v3/", entity="Stripe")
    make_register_entry(page=page, kind="header", key="content-security-policy", name="content-security-policy", gone_at=NOON)
    text = text_of(look(viewer_client, site))
    for part in (
        "Evidence for PCI DSS 6.4.3 and 11.6.1",
        "https://js.stripe.test/v3/",
        "Script of Stripe",
        "4 Mar 2026",
        "Not justified",
        "1 of 1 waits",
        "2 entries, 1 of them gone",
        "Not scanned yet",
    ):
        assert part in text
    assert "complian" not in text.lower()
    assert "Save and authorise" not in text


def test_an_entry_is_justified_and_then_authorised(owner_client, owner, workspace, site, page):
    entry = make_register_entry(page=page)
    assert authorise(owner_client, entry, justification="Takes the card.").status_code == 302
    assert (entry_of(workspace).justification, entry_of(workspace).authorised_at) == ("Takes the card.", None)
    authorise(owner_client, entry, justification="Takes the card.", authorise="1")
    assert entry_of(workspace).authorised_by == owner
    assert f"Authorised by {owner.email}" in text_of(look(owner_client, site))
    assert AuditEvent.objects.for_workspace(workspace).count() == 2


def test_authorising_needs_a_justification(owner_client, workspace, page):
    response = authorise(owner_client, make_register_entry(page=page), justification=" ", authorise="1")
    assert response.status_code == 422
    assert b'<details class="more" open>' in response.content
    assert entry_of(workspace).authorised_at is None


def test_nobody_authorises_a_content_that_they_did_not_see(owner_client, workspace, site, page):
    entry = make_register_entry(page=page, sha256="a" * 64)
    seen = {"sha256": entry.sha256, "stood": register.stands(entry), "justification": "Takes the card.", "authorise": "1"}
    RegisterEntry.objects.for_workspace(workspace).update(sha256="b" * 64)
    refused = act(owner_client, "authorise", entry, **seen)
    assert refused.status_code == 409
    assert "A scan saw another content of" in text_of(refused)
    assert (entry_of(workspace).justification, entry_of(workspace).authorised_at) == ("", None)
    html = refused.content.decode()
    assert "Takes the card.</textarea>" in html
    assert f'value="{"b" * 64}"' in html
    assert act(owner_client, "authorise", entry, justification="Takes the card.", authorise="1").status_code == 409


def test_nobody_overwrites_a_decision_that_they_did_not_see(owner_client, workspace, page):
    entry = make_register_entry(page=page)
    stood = register.stands(entry)
    authorise(owner_client, entry, justification="Takes the card.", authorise="1")
    refused = authorise(owner_client, entry, justification="Something else.", stood=stood)
    assert "Somebody else decided about" in text_of(refused)
    assert entry_of(workspace).justification == "Takes the card."


def test_an_authorisation_is_withdrawn_and_what_was_decided_stands_under_the_entry(owner_client, owner, workspace, site, page):
    entry = make_register_entry(page=page)
    authorise(owner_client, entry, justification="Takes the card.", authorise="1")
    assert act(owner_client, "withdraw", entry).status_code == 302
    assert entry_of(workspace).authorised_at is None
    text = text_of(look(owner_client, site))
    for part in ("Justified, not authorised", f"Register withdrawn by {owner.email}", f"Register authorised by {owner.email}"):
        assert part in text


def test_a_viewer_withdraws_nothing(viewer_client, page):
    assert act(viewer_client, "withdraw", make_register_entry(page=page)).status_code == 403


def test_an_entry_leads_to_its_stored_body_and_shows_a_headers_value(viewer_client, site, page):
    body = "function pay() {}"
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    captured = sample_captured()
    captured.snapshot.evidence.append(EvidenceRef(kind="script", sha256=sha256, size=len(body), media_type="text/javascript"))
    scan = scan_that_saw(site, replace(captured, evidence={**captured.evidence, sha256: body.encode()}))
    make_register_entry(page=page, body=sha256)
    make_register_entry(page=page, kind="header", key="x-frame-options", name="x-frame-options", value="DENY")
    response = look(viewer_client, site)
    evidence = Evidence.objects.for_workspace(site.workspace).get(sha256=sha256)
    assert reverse("scans:evidence-download", args=["agency", scan.pk, evidence.pk]) in response.content.decode()
    assert "DENY" in text_of(response)
    assert "Last scan" in text_of(response)


def test_a_page_that_is_no_payment_page_any_more_keeps_a_register_to_read(owner_client, workspace, site, page):
    make_register_entry(page=page, justification="Takes the card.")
    owner_client.post(reverse("scans:page-kind", args=["agency", site.id, page.id]), {"kind": "page"})
    text = text_of(look(owner_client, site))
    assert "No payment page any more" in text
    assert "Takes the card." in text


def test_a_page_goes_with_its_register_only_when_an_admin_says_so_twice(member_client, admin_client, workspace, site, page):
    make_register_entry(page=page, justification="Takes the card.")
    pages, path = Page.objects.for_workspace(workspace), reverse("scans:register-remove", args=["agency", site.id, page.id])
    kept = member_client.post(reverse("scans:page-remove", args=["agency", site.id, page.id]), follow=True)
    assert "a register with 1 justified entry" in text_of(kept)
    assert member_client.post(path, {"exported": "1"}).status_code == 403
    assert "stays. Export its register first" in text_of(admin_client.post(path, follow=True))
    assert pages.filter(pk=page.pk).exists()
    assert "its register is deleted" in text_of(admin_client.post(path, {"exported": "1"}, follow=True))
    assert not pages.filter(pk=page.pk).exists()
    assert AuditEvent.objects.for_workspace(workspace).get(action="page.removed").details["justified_entries"] == 1


def test_an_entry_belongs_to_its_site(owner_client, workspace, page):
    entry, other = make_register_entry(page=page), make_site(workspace=workspace)
    response = owner_client.post(reverse("scans:register-authorise", args=["agency", other.id, entry.id]), {"justification": "Why."})
    assert response.status_code == 404


def test_authorising_is_posted(owner_client, page):
    entry = make_register_entry(page=page)
    assert owner_client.get(reverse("scans:register-authorise", args=["agency", page.site_id, entry.id])).status_code == 405


def test_the_register_is_downloaded_as_csv(viewer_client, site, page):
    make_register_entry(page=page, name="=cmd|' /C calc'!A0")
    response = viewer_client.get(reverse("scans:register-csv", args=["agency", site.id]))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment")
    assert "'=cmd" in response.content.decode("utf-8-sig")


def test_a_page_is_marked_as_a_payment_page(owner_client, workspace, site):
    page = Page.objects.for_workspace(workspace).get()
    response = owner_client.post(reverse("scans:page-kind", args=["agency", site.id, page.id]), {"kind": "payment"}, follow=True)
    assert Page.objects.for_workspace(workspace).get().kind == "payment"
    assert "is now a payment page" in text_of(response)
    assert reverse("scans:register", args=["agency", site.id]) in response.content.decode()


def test_a_kind_that_is_none_changes_nothing(owner_client, workspace, site):
    page = Page.objects.for_workspace(workspace).get()
    owner_client.post(reverse("scans:page-kind", args=["agency", site.id, page.id]), {"kind": "nonsense"})
    assert Page.objects.for_workspace(workspace).get().kind == "page"


@pytest.mark.parametrize(("sent", "on"), [({"answers_consent": "on"}, True), ({}, False)])
def test_answering_the_consent_banner_is_switched(owner_client, workspace, site, sent, on):
    type(site).objects.for_workspace(workspace).update(answers_consent=not on)
    owner_client.post(reverse("scans:site-consent", args=["agency", site.id]), sent)
    assert type(site).objects.for_workspace(workspace).get().answers_consent is on


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if "\0" not in attack])
def test_what_a_site_wrote_is_text(owner_client, site, page, attack):
    make_register_entry(page=page, name=attack, entity=attack, integrity=attack, justification=attack)
    html = look(owner_client, site).content.decode()
    for mark in ("<script>alert", "<img src=x", "<svg onload", "<a href='javascript", "<iframe"):
        assert mark not in html


@pytest.mark.browser
def test_the_register_is_downloaded_as_pdf(viewer_client, site, page):
    make_register_entry(page=page, name="https://pay.test/<script>alert(1)</script>.js")
    response = viewer_client.get(reverse("scans:register-pdf", args=["agency", site.id]))
    assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
    assert response["Content-Disposition"].endswith('.pdf"')


def test_without_a_browser_the_pdf_says_so_and_the_register_stays(viewer_client, site, page, settings):
    settings.BROWSER = "/nowhere/chromium"
    response = viewer_client.get(reverse("scans:register-pdf", args=["agency", site.id]), follow=True)
    assert "The PDF could not be made right now" in response.content.decode()
