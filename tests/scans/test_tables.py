from dataclasses import replace

import pytest

from scans import tables
from scans.snapshot import ConsentCall
from scans.tables import RequestQuery
from tests.scans.sample_snapshot import GTM_JS, MAIN_JS, SHOP, sample_page, sample_snapshot


def _urls(**asked):
    return [row.request.url for row in tables.requests(sample_page(), RequestQuery.of(asked)).rows]


def test_requests_are_filtered_by_words_in_the_address_whatever_their_case():
    assert _urls(q="GTM.JS") == [GTM_JS]


def test_filters_narrow_each_other():
    table = tables.requests(sample_page(), RequestQuery.of({"party": "third", "type": "script", "q": "google"}))
    assert [row.request.host for row in table.rows] == ["www.googletagmanager.com"] * 2
    assert (table.matched, table.total) == (2, 8)
    assert table.transfer_size == 94_120 + 101_500


def test_the_filters_offer_what_there_is_the_most_frequent_first():
    table = tables.requests(sample_page(), RequestQuery())
    assert table.types[0] == ("script", 5)
    assert dict(table.outcomes) == {"loaded": 7, "blocked": 1}
    assert dict(table.parties) == {"first": 3, "third": 5}


def test_requests_are_sorted_both_ways():
    assert _urls(sort="-size")[0] == "https://js.stripe.com/v3/"
    assert _urls(sort="size")[-1] == "https://js.stripe.com/v3/"


@pytest.mark.parametrize("asked", [{"sort": "__class__"}, {"sort": "--size"}, {"rows": "-1"}, {"rows": "999999999999"}, {"rows": "two"}, {"type": "nothing"}])
def test_what_nobody_offers_asks_for_nothing_and_breaks_nothing(asked):
    query = RequestQuery.of(asked)
    assert query.rows == 1
    assert query.sort == "start"
    tables.requests(sample_page(), query)


def test_many_requests_come_in_pages():
    page = sample_page()
    page = replace(page, requests=[replace(page.requests[0], start=float(number)) for number in range(25)])
    first = tables.requests(page, RequestQuery(), per_page=10)
    last = tables.requests(page, RequestQuery(rows=3), per_page=10)
    assert (first.first, first.last, first.previous_page, first.next_page, first.pages) == (1, 10, None, 2, 3)
    assert (last.first, last.last, last.previous_page, last.next_page) == (21, 25, 2, None)


def test_a_page_beyond_the_last_is_empty():
    table = tables.requests(sample_page(), RequestQuery(rows=9))
    assert table.rows == []
    assert table.next_page is None


def test_a_click_on_a_column_asks_for_the_largest_first_and_a_second_click_turns_it():
    def size(sort):
        return next(head for head in tables.heads(RequestQuery(sort=sort)) if head.label == "Size")

    assert (size("start").sort, size("start").aria) == ("-size", "")
    assert (size("-size").sort, size("-size").aria) == ("size", "descending")
    assert (size("size").sort, size("size").aria) == ("-size", "ascending")


def test_a_row_says_why_a_request_went_nowhere():
    rows = tables.requests(sample_page(), RequestQuery(outcome="blocked")).rows
    assert [(row.path, row.note) for row in rows] == [("/g/collect?v=2&tid=G-1A2B3C4D5E&cid={redacted}", "write: answered locally")]


@pytest.mark.parametrize("url", ["data:text/plain,x", "blob:https://a.test/1", "javascript:alert(1)", "https://?a=/", "https://", "about:blank"])
def test_an_address_that_is_none_is_shown_as_it_is(url):
    page = sample_page()
    odd = replace(page, requests=[replace(page.requests[0], url=url)], scripts=[replace(page.scripts[0], url=url)])
    assert [row.path for row in tables.requests(odd, RequestQuery()).rows] == [url]
    assert len(tables.scripts(odd, {})) == 1


def test_an_address_that_no_parser_takes_is_shown_all_the_same():
    page = sample_page()
    odd = replace(page, requests=[replace(page.requests[0], url="https://[/a?b")], scripts=[replace(page.scripts[0], url="https://[/a?b")])
    assert [row.path for row in tables.requests(odd, RequestQuery()).rows] == ["/a?b"]
    assert [row.host for row in tables.scripts(odd, {})] == ["["]


def test_a_script_knows_its_body_by_hash():
    page = sample_page()
    rows = tables.scripts(page, {page.scripts[0].sha256: "the id"})
    assert [row.body for row in rows] == ["the id", None, None, None, None]
    assert (rows[0].host, rows[0].path) == ("shop.example", "/assets/main.8f3a2c1d.js")


def test_headers_that_protect_are_listed_whether_sent_or_not():
    found = tables.headers(sample_page(headers={"Strict-Transport-Security": "max-age=1", "X-Powered-By": "PHP"}))
    assert [row.name for row in found.sent] == ["strict-transport-security"]
    assert "content-security-policy" in [row.name for row in found.missing]
    assert [(row.name, row.value) for row in found.others] == [("x-powered-by", "PHP")]
    assert found.asked == len(tables.PROTECTIVE)


def test_consent_signals_show_what_each_call_set():
    calls = [
        ConsentCall(command="default", signals={"ad_storage": "denied"}),
        ConsentCall(command="update", signals={"ad_storage": "granted", "custom": "granted"}),
    ]
    rows = {row.signal: row.states for row in tables.signals(calls)}
    assert rows["ad_storage"] == ["denied", "granted"]
    assert rows["ad_personalization"] == ["", ""]
    assert rows["custom"] == ["", "granted"]


def test_evidence_is_named_by_what_it_is_of():
    document = sample_snapshot()
    rows = tables.evidence(document, document.evidence)
    assert [(row.label, row.of) for row in rows][:3] == [("Screenshot", SHOP), ("DOM", SHOP), ("DOM, normalised", SHOP)]
    assert ("Script", MAIN_JS) in [(row.label, row.of) for row in rows]
    assert len(rows) == len(document.evidence)
