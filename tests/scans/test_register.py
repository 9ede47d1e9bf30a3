from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts import audit
from scans import register, register_sheet
from scans.models import Page, RegisterEntry, Site
from scans.snapshot import Browser, Observation, Outcome, Script, Snapshot
from tests.factories import NOON, make_register_entry, make_site

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=7)
CARD = "https://js.processor.test/card.js"
A, B = "a" * 64, "b" * 64
OK = Outcome(status="ok")


def shop(workspace: Any = None, **fields: Any) -> Site:
    site = make_site(workspace=workspace, pages=2, **fields)
    Page.objects.for_workspace(site.workspace).filter(site=site, position=1).update(kind=Page.Kind.PAYMENT)
    return site


def checkout_of(site: Site) -> Page:
    return Page.objects.for_workspace(site.workspace).get(site=site, position=1)


def external(url: str = CARD, sha256: str = A, **fields: Any) -> Script:
    return Script(url=url, sha256=sha256, size=10, inline=False, party="third", **fields)


def inline(sha256: str = A, **fields: Any) -> Script:
    return Script(url="", sha256=sha256, size=10, inline=True, party="first", **fields)


def scan(site: Site, *scripts: Script, headers: dict[str, str] | None = None, outcome: Outcome = OK, now=NOON, kind: Any = "payment") -> list[RegisterEntry]:
    """Note a scan that saw these on the payment page, and the same script on an ordinary page; the register after it."""
    pages = [
        Observation(url=site.url, kind="page", outcome=OK, scripts=[external("https://elsewhere.test/x.js")]),
        Observation(url=checkout_of(site).url, kind=kind, outcome=outcome, scripts=list(scripts), headers=headers or {}),
    ]
    browser = Browser(product="", user_agent="", viewport_width=1, viewport_height=1, wait_policy="")
    at = now.isoformat()
    register.update(site, Snapshot(version=1, started_at=at, finished_at=at, outcome=OK, browser=browser, observations=pages), now=now)
    return [row.entry for row in register.rows(site)]


def the(site: Site) -> RegisterEntry:
    (row,) = register.rows(site)
    return row.entry


# --- what a scan saw


def test_every_script_and_security_header_of_a_payment_page_is_in_the_register():
    site = shop()
    headers = {"content-security-policy": "script-src 'self'", "x-powered-by": "PHP"}
    found = scan(site, external(), external("https://js.processor.test/sri.js", integrity="sha384-x"), inline(shape="s" * 64), headers=headers)
    assert [(entry.kind, entry.name, entry.integrity) for entry in found] == [
        ("script", CARD, "hash of the body watched"),
        ("script", "https://js.processor.test/sri.js", "SRI"),
        ("script", "inline script 1", "hash of the body watched"),
        ("header", "content-security-policy", "value watched"),
    ]
    assert {(entry.first_seen_at, entry.last_seen_at, entry.gone_at, entry.changed_at) for entry in found} == {(NOON, NOON, None, None)}
    assert {entry.page for entry in found} == {checkout_of(site)}
    assert register.state(found[0]) == "open"


def test_a_script_whose_body_could_not_be_read_says_so():
    (entry,) = scan(shop(), external(sha256=""))
    assert entry.integrity == "address watched, the body could not be read"


def test_the_same_things_again_are_the_same_entries():
    site = shop()
    (first,) = scan(site, external())
    (again,) = scan(site, external(), now=LATER)
    assert (again.pk, again.first_seen_at, again.last_seen_at, again.changed_at) == (first.pk, NOON, LATER, None)


def test_a_changed_body_keeps_its_authorisation_and_says_that_it_changed_since(owner):
    site = shop()
    scan(site, external())
    register.justify(the(site), by=owner, justification="Card fields.", now=NOON)
    register.authorise(the(site), by=owner, now=NOON)
    (changed,) = scan(site, external(sha256=B), now=LATER)
    assert (changed.sha256, changed.changed_at, changed.authorised_at, register.state(changed)) == (B, LATER, NOON, "changed")
    register.authorise(the(site), by=owner, now=LATER + timedelta(hours=1))
    assert register.state(the(site)) == "authorised"


def test_a_body_that_could_not_be_read_this_time_is_no_change():
    site = shop()
    scan(site, external())
    (entry,) = scan(site, external(sha256=""), now=LATER)
    assert (entry.sha256, entry.changed_at) == (A, None)


def test_what_is_gone_stays_with_the_time_and_may_come_back():
    site = shop()
    scan(site, external(), headers={"content-security-policy": "x"})
    (script, header) = scan(site, now=LATER)
    assert (script.gone_at, header.gone_at, register.state(script)) == (LATER, LATER, "gone")
    scan(site, now=LATER + timedelta(days=7))
    assert {entry.gone_at for entry in scan(site, now=LATER + timedelta(days=14))} == {LATER}
    (back, still_gone) = scan(site, external(), now=LATER + timedelta(days=21))
    assert (back.gone_at, back.first_seen_at, still_gone.gone_at) == (None, NOON, LATER)


def test_an_inline_script_is_known_by_its_shape_and_watched_without_its_tokens():
    site = shop()
    one = inline(shape="s" * 64, normalised_sha256=A, reaches=["stats.test"])
    (first,) = scan(site, one)
    (second,) = scan(site, replace(one, sha256="c" * 64, position=3), now=LATER)
    assert (second.pk, second.changed_at, second.name) == (first.pk, None, "inline script 4, names stats.test")
    (third,) = scan(site, replace(one, normalised_sha256=B), now=LATER)
    assert (third.pk, third.changed_at) == (first.pk, LATER)
    other, gone = scan(site, inline(sha256=B), now=LATER)
    assert (other.key, gone.pk) == (f"inline:{B}", first.pk)


def test_several_scripts_of_one_identity_are_one_entry_in_which_each_counts():
    site = shop()
    pair = [inline(sha256=A, shape="s" * 64), inline(sha256=B, shape="s" * 64)]
    (first,) = scan(site, *pair)
    (same,) = scan(site, *reversed(pair), now=LATER)
    assert same.changed_at is None
    (changed,) = scan(site, pair[0], inline(sha256="c" * 64, shape="s" * 64), now=LATER)
    assert (changed.pk, changed.changed_at) == (first.pk, LATER)


def test_an_entry_names_its_stored_body_and_a_header_keeps_what_it_said():
    site = shop()
    found = scan(site, external(), inline(sha256=B, normalised_sha256="c" * 64), headers={"x-frame-options": "DENY"})
    assert {(entry.kind, entry.body, entry.value) for entry in found} == {("script", A, ""), ("script", B, ""), ("header", "", "DENY")}


def test_a_blocked_page_and_an_ordinary_page_touch_nothing():
    site = shop()
    scan(site, external())
    (entry,) = scan(site, outcome=Outcome(status="inconclusive", reason="blocked"), now=LATER)
    assert (entry.last_seen_at, entry.gone_at) == (NOON, None)
    (entry,) = scan(site, kind="page", now=LATER)
    assert (entry.last_seen_at, entry.gone_at) == (NOON, None)


def test_another_sites_payment_page_of_the_same_address_is_another_page(workspace, rival):
    ours, theirs = shop(workspace, url="https://shop.test/"), shop(rival, url="https://shop.test/")
    scan(ours, external())
    assert (len(register.rows(ours)), register.rows(theirs)) == (1, [])
    assert not RegisterEntry.objects.for_workspace(rival).exists()


# --- what people decide


def test_nothing_is_authorised_without_a_reason(owner):
    entry = make_register_entry(page=checkout_of(shop()))
    with pytest.raises(register.JustificationMissing, match="then authorise it"):
        register.authorise(entry, by=owner, now=NOON)
    for words in (" ", "x" * 2001):
        with pytest.raises(register.JustificationMissing):
            register.justify(entry, by=owner, justification=words, now=NOON)
    assert not audit.of(entry, workspace=entry.page.site.workspace).exists()


def test_who_authorised_what_is_remembered(owner, workspace):
    site = shop(workspace)
    entry = make_register_entry(page=checkout_of(site))
    register.justify(entry, by=owner, justification=" Card fields. ", now=NOON)
    register.justify(entry, by=owner, justification="Card fields.", now=NOON)
    assert register.state(entry) == "justified"
    register.authorise(entry, by=owner, now=LATER)
    register.authorise(entry, by=owner, now=LATER)
    (row,) = register.rows(site)
    assert (row.state, row.label, row.authorised_by, row.entry.authorised_at) == ("authorised", "Authorised", owner.email, LATER)
    events = list(audit.of(entry, workspace=workspace))
    assert [event.action for event in events] == ["register.authorised", "register.justified"]
    assert events[0].details["sha256"] == entry.sha256


def test_the_name_of_who_authorised_stays_when_the_person_is_gone(owner, workspace):
    site = shop(workspace)
    entry = make_register_entry(page=checkout_of(site), justification="Card fields.")
    register.authorise(entry, by=owner, now=NOON)
    email = owner.email
    owner.delete()
    assert [(row.authorised_by, row.entry.authorised_by) for row in register.rows(site)] == [(email, None)]


def test_new_words_or_a_withdrawal_end_an_authorisation(owner, workspace):
    site = shop(workspace)
    entry = make_register_entry(page=checkout_of(site), justification="Card fields.")
    register.authorise(entry, by=owner, now=NOON)
    register.justify(entry, by=owner, justification="Statistics.", now=NOON)
    assert (register.state(the(site)), register.rows(site)[0].authorised_by) == ("justified", "")
    register.authorise(entry, by=None, now=LATER, program="API key “CI”")
    assert register.rows(site)[0].authorised_by == "API key “CI”"
    for _ in range(2):
        register.withdraw(entry, by=owner, now=NOON)
    assert register.state(the(site)) == "justified"
    assert audit.of(entry, workspace=workspace).filter(action="register.withdrawn").count() == 1


# --- reading it


def test_a_register_is_read_in_one_query(workspace, django_assert_num_queries):
    site = shop(workspace)
    page = checkout_of(site)
    for _ in range(4):
        make_register_entry(page=page)
    with django_assert_num_queries(1):
        assert {row.page.url for row in register.rows(site)} == {page.url}


def test_a_page_that_is_no_payment_page_any_more_keeps_its_register(workspace):
    site = shop(workspace)
    entry = make_register_entry(page=checkout_of(site))
    Page.objects.for_workspace(workspace).update(kind=Page.Kind.PAGE)
    (row,) = register.rows(site)
    assert (row.entry, row.is_watched) == (entry, False)
    assert register.pages(site) == [entry.page]
    (line,) = csv.DictReader(io.StringIO(register_sheet.as_csv([row]).decode("utf-8-sig")))
    assert line["page is now"] == "no payment page"


def test_the_csv_says_what_it_is_and_never_that_anybody_complies():
    site = shop()
    make_register_entry(page=checkout_of(site), justification="Card fields.")
    text = register_sheet.as_csv(register.rows(site)).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    assert (line["register"], line["justification"], line["state"]) == ("evidence for PCI DSS 6.4.3 and 11.6.1", "Card fields.", "Justified, not authorised")
    assert line["first seen"] == NOON.isoformat()
    assert "complian" not in text.lower()


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("https://evil.test")'])
def test_no_cell_is_a_formula(word):
    site = shop()
    make_register_entry(page=checkout_of(site), name=word, entity=word)
    (line,) = csv.DictReader(io.StringIO(register_sheet.as_csv(register.rows(site)).decode("utf-8-sig"), newline=""))
    assert (line["name"], line["vendor"]) == (f"'{word}", f"'{word}")
