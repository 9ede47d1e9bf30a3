"""The window: what counts as new, gone and changed, and what says nothing."""

from __future__ import annotations

import pytest

from scans.diff import compare, history
from scans.diff.change import Item
from scans.diff.digest import Digest, Entry, PageLoad

PAGE, OTHER = "https://shop.test/", "https://shop.test/checkout"


def item(key, category="request", *, domain="vendor.test", vendor_category="unknown", presence=True, **facts):
    about = {"domain": domain, "party": "first" if domain == "shop.test" else "third", "vendor_category": vendor_category}
    return Item(category=category, key=key, name=key, facts=facts, about=about, presence=presence)


def load(*items, at="2026-03-04T12:00:00Z", url=PAGE, kind="page"):
    page = PageLoad(kind)
    for one in items:
        entry = page.entries.setdefault((one.category, one.key), Entry(one))
        for fact, value in one.facts.items():
            entry.facts.setdefault(fact, set()).add(value)
    return Digest(at=at, first_party="shop.test", pages={url: page})


def after(*loads):
    known = history.empty()
    for one in loads:
        known = history.after(known, one)
    return known


def told(known, seen, **options):
    return [(change.kind, change.category, change.key, change.differs) for change in compare.changes(known, seen, **options)]


def test_a_page_that_was_never_loaded_has_no_changes():
    assert told(history.empty(), load(item("a"))) == []


def test_what_was_never_seen_in_the_window_is_new():
    assert told(after(load(item("a"))), load(item("a"), item("b"))) == [("new", "request", "b", ())]


def test_what_comes_back_within_the_window_is_not_new():
    known = after(load(item("a")), *[load()] * (history.WINDOW - 1))
    assert told(known, load(item("a"))) == []
    assert told(history.after(known, load()), load(item("a"))) == [("new", "request", "a", ())]


def test_what_was_steadily_there_is_gone_after_three_loads_without_it():
    known = after(*[load(item("a"))] * 5)
    for _ in range(2):
        assert told(known, load()) == []
        known = history.after(known, load())
    assert told(known, load()) == [("gone", "request", "a", ())]


def test_what_is_gone_is_told_once():
    known = after(*[load(item("a"))] * 5, load(), load())
    known = history.after(known, load(), gone={("request", "a")})
    assert told(known, load()) == []


def test_what_comes_and_goes_is_never_gone():
    known = after(load(item("a")), load(), load(item("a")), load(), load(item("a")), load(), load())
    assert told(known, load()) == []


def test_a_header_is_gone_from_the_first_load_without_it():
    known = after(load(item("content-security-policy", "security_header", value="x")))
    assert told(known, load()) == [("gone", "security_header", "content-security-policy", ())]


def test_a_value_never_seen_is_a_change_and_one_that_comes_back_is_none():
    known = after(load(item("a", sha256="1")), load(item("a", sha256="2")), load(item("a", sha256="2")))
    assert told(known, load(item("a", sha256="1"))) == []
    assert told(known, load(item("a", sha256="3"))) == [("changed", "request", "a", ("sha256",))]


def test_what_differs_in_every_load_says_nothing():
    known = after(*[load(item("a", sha256=str(number))) for number in range(6)])
    assert told(known, load(item("a", sha256="new"))) == []


def test_a_key_that_occurs_several_times_is_compared_value_by_value():
    known = after(load(item("chunk", sha256="1"), item("chunk", sha256="2")))
    assert told(known, load(item("chunk", sha256="2"))) == []
    (change,) = compare.changes(known, load(item("chunk", sha256="2"), item("chunk", sha256="3")))
    assert (change.before, change.after) == ({"sha256": "1"}, {"sha256": "3"})


def test_only_the_facts_of_a_watched_thing_are_told():
    known = after(load(item("exact:a", "script", presence=False, sha256="1")))
    assert told(known, load()) == []
    assert told(known, load(item("exact:b", "script", presence=False, sha256="1"))) == []
    assert told(known, load(item("exact:a", "script", presence=False, sha256="2"))) == [("changed", "script", "exact:a", ("sha256",))]


def test_an_account_that_is_exchanged_is_one_change():
    def tag(account):
        about = {"vendor": "Meta", "account_id": account}
        return Item(category="tag", key=f"Meta|{account}", name=f"Meta {account}", about=about)

    (change,) = compare.changes(after(load(tag("111"))), load(tag("222")))
    assert (change.kind, change.differs, change.before, change.after) == ("changed", ("account_id",), {"account_id": "111"}, {"account_id": "222"})


def test_the_same_on_several_pages_is_one_change_that_names_them_and_the_payment_pages():
    known = history.after(after(load()), load(url=OTHER))
    seen = load(item("a"))
    seen.pages[OTHER] = load(item("a"), kind="payment").pages[PAGE]
    (change,) = compare.changes(known, seen)
    assert (change.pages, change.payment_pages) == ((PAGE, OTHER), (OTHER,))


def test_a_thing_new_on_one_page_says_whether_the_site_knows_it():
    known = history.after(after(load(item("a"))), load(url=OTHER))
    (change,) = compare.changes(known, load(item("a"), url=OTHER))
    assert change.about["known_on_site"]


def test_the_things_of_a_known_advertiser_come_and_go():
    party = item("ads.test", "third_party", domain="ads.test", vendor_category="advertising")
    known = after(load(party))
    (change,) = compare.changes(known, load(party, item("b", domain="ads.test", vendor_category="advertising")))
    assert (change.about["known_party"], change.about["rotating"]) == (True, True)


def test_a_new_advertiser_is_not_taken_for_one_that_comes_and_goes():
    (change,) = compare.changes(after(load()), load(item("b", domain="ads.test", vendor_category="advertising")))
    assert (change.about["known_party"], change.about["rotating"]) == (False, False)


def test_only_what_another_load_shows_too_has_repeated():
    known = after(load(item("a", sha256="1")))
    first = compare.changes(known, load(item("a", sha256="2"), item("b")))
    assert compare.repeated(first, compare.changes(known, load(item("a", sha256="3"), item("b")))) == [False, True]
    assert compare.repeated(first, compare.changes(known, load(item("a", sha256="2")))) == [True, False]


def test_a_history_survives_being_stored():
    known = after(load(item("a", sha256="1")), load(item("b", value="ü")))
    assert history.from_bytes(history.to_bytes(known)) == known


def test_bytes_that_are_no_history_say_so():
    for document in (b"", b"[]", b"{}", b'{"version": 99}', b'{"version": 1, "pages": {"x": 1}, "volatile": [], "glimpsed": {}}'):
        with pytest.raises(history.NotAHistory):
            history.from_bytes(document)


def test_what_differs_otherwise_from_page_to_page_is_judged_by_itself():
    known = {PAGE: load(item("csp", "security_header", value="a")), OTHER: load(item("csp", "security_header", value="a"), url=OTHER)}
    before = history.after(history.after(history.empty(), known[PAGE]), known[OTHER])
    now = Digest(
        at="2026-03-05T12:00:00Z",
        first_party="shop.test",
        pages={
            PAGE: load(item("csp", "security_header", value="harmless")).pages[PAGE],
            OTHER: load(item("csp", "security_header", value="open to all"), url=OTHER).pages[OTHER],
        },
    )
    found = compare.changes(before, now)
    assert {(change.pages, (change.after or {})["value"]) for change in found} == {((PAGE,), "harmless"), ((OTHER,), "open to all")}


def test_every_new_value_under_one_key_is_judged():
    known = after(*[load(item("f", "form", host="shop.test"))] * 5)
    found = compare.changes(known, load(item("f", "form", host="shop.test"), item("f", "form", host="evil.test"), item("f", "form", host="also.test")))
    assert {(change.after or {})["host"] for change in found} == {"evil.test", "also.test"}


def test_values_that_stand_side_by_side_do_not_hide_a_new_one():
    four = [item("f", "form", action=f"/{number}") for number in range(4)]
    known = after(*[load(*four)] * 7)
    (change,) = compare.changes(known, load(*four[:3], item("f", "form", action="https://evil.test/")))
    assert (change.after or {})["action"] == "https://evil.test/"


def test_where_something_is_sent_is_never_taken_for_what_moves():
    known = after(*[load(item("f", "form", host=f"{number}.test", token=str(number))) for number in range(8)])
    (change,) = compare.changes(known, load(item("f", "form", host="evil.test", token="9")))
    assert change.differs == ("host",)


def test_two_accounts_that_go_are_each_taken_for_the_one_that_comes_on_their_page():
    def tag(account, url):
        one = Item(category="tag", key=f"Meta|{account}", name=account, about={"vendor": "Meta", "account_id": account})
        return load(one, url=url)

    known = history.empty()
    for _ in range(3):
        known = history.after(history.after(known, tag("1", PAGE)), tag("2", OTHER))
    now = Digest(at="2026-03-05T12:00:00Z", first_party="shop.test", pages={PAGE: tag("8", PAGE).pages[PAGE], OTHER: tag("9", OTHER).pages[OTHER]})
    swaps = {((change.before or {})["account_id"], (change.after or {})["account_id"]) for change in compare.changes(known, now) if change.kind == "changed"}
    assert swaps == {("1", "8"), ("2", "9")}


def test_a_cause_that_is_no_address_is_no_trouble():
    about = {"domain": "evil.test", "party": "third", "chain": ["https://[evil"], "vendor_category": "unknown"}
    odd = Item(category="third_party", key="evil.test", name="evil.test", about=about)
    (change,) = compare.changes(after(load()), load(odd))
    assert change.chain == ("https://[evil",)


def test_a_script_without_a_body_is_nobodys_known_code():
    unread = Item(category="script", key="a", name="a", facts={"sha256": ""}, about={"party": "third", "domain": "a.test", "body": ""})
    known = after(load(Item(category="script", key="b", name="b", facts={"sha256": ""}, about={"inline": True, "body": ""})))
    (change,) = compare.changes(known, load(unread))
    assert "same_body" not in change.about


def test_what_was_kept_under_an_address_is_found_again_once_a_parameter_of_it_is_known_to_move():
    url = "https://vendor.test/tag.js?z=1"
    about = {"url": url, "host": "vendor.test", "domain": "vendor.test", "party": "third", "vendor_category": "unknown"}
    script = Item(category="script", key="https://vendor.test/tag.js?z=1", name="tag.js", facts={"sha256": "1"}, about=about)
    volatile = frozenset({("vendor.test", "/tag.js", "z")})
    known = history.learnt(after(load(script)), volatile, first_party="shop.test")
    ((_, key),) = known.pages[PAGE].known
    assert "z=*" in key or "z=1" not in key
    assert history.learnt(known, volatile, first_party="shop.test") is known
