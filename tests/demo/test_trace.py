from __future__ import annotations

from demo.trace import Difference, Expected, ExpectedFrame, Trace, attempt, matches

HERE = "https://www.example.com"


def test_a_star_stands_for_anything_and_nothing_else_is_special():
    assert matches("https://a.example/?id=*&x=1", "https://a.example/?id=77&x=1")
    assert not matches("https://a.example/?id=1", "https://aXexample/?id=1")


def test_a_full_load_has_no_difference():
    trace = Trace(requests=(Expected(f"{HERE}/"), attempt(f"{HERE}/b"), attempt("wss://www.example.com/s", "WS")))
    difference = trace.compare([("POST", f"{HERE}/b"), ("GET", f"{HERE}/"), ("WS", "wss://www.example.com/s")])
    assert (difference.missing, difference.unexpected) == ([], [])


def test_what_is_missing_and_what_is_too_much_is_named():
    trace = Trace(requests=(Expected(f"{HERE}/"), Expected(f"{HERE}/app.js")))
    difference = trace.compare([("GET", f"{HERE}/"), ("GET", f"{HERE}/"), ("POST", f"{HERE}/app.js")])
    assert [each.url for each in difference.missing] == [f"{HERE}/app.js"]
    assert difference.unexpected == [f"GET {HERE}/", f"POST {HERE}/app.js"]


def test_a_read_only_visit_is_held_against_what_is_delivered():
    trace = Trace(requests=(Expected(f"{HERE}/"), attempt(f"{HERE}/b")))
    assert trace.compare([("GET", f"{HERE}/")], deliveries=frozenset({"delivered"})).missing == []
    assert [each.url for each in trace.compare([("GET", f"{HERE}/")]).missing] == [f"{HERE}/b"]


def test_what_may_come_or_not_is_never_a_difference():
    trace = Trace(requests=(Expected(f"{HERE}/icon.svg", delivery="either"),))
    for seen in ([], [("GET", f"{HERE}/icon.svg")]):
        assert trace.compare(seen) == Difference()


def test_a_literal_pattern_is_served_before_a_wide_one():
    trace = Trace(requests=(Expected(f"{HERE}/*"), Expected(f"{HERE}/a")))
    assert trace.compare([("GET", f"{HERE}/a"), ("GET", f"{HERE}/b")]).missing == []


def test_traces_add_up():
    whole = Trace(requests=(Expected(f"{HERE}/"),), frames=(ExpectedFrame(url=HERE, inline_scripts=2),)) + Trace(requests=(attempt("https://t.example.net/"),))
    assert whole.hosts == {"www.example.com", "t.example.net"}
    assert (len(whole.delivered), len(whole.attempted), whole.inline_scripts) == (1, 1, 2)
