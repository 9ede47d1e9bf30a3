from dataclasses import replace
from pathlib import Path

import pytest

from scans import charts
from scans.classify import vendors
from scans.snapshot import ThirdParty, Timing
from tests.scans.sample_snapshot import sample_page, sample_snapshot


def _scan(status="ok", third_parties=4):
    return {"status": status, "third_parties": third_parties}


def _party(domain, **fields):
    return ThirdParty(
        **{"domain": domain, "entity": "", "category": "", "hosts": [domain], "pages": [], "requests": 0, "scripts": 0, "cookies": 0, "transfer_size": 0}
        | fields
    )


def test_the_newest_scan_stands_at_the_right_and_empty_places_at_the_left():
    strip = charts.strip([_scan("failed", None), _scan()], slots=5, step=7)
    assert [item.bar.x for item in strip.bars] == [21, 28]
    assert [item.bar.css for item in strip.bars] == ["ok", "failed"]
    assert [bar.x for bar in strip.empty] == [0, 7, 14]


def test_a_bar_is_as_tall_as_the_scan_saw_third_parties():
    strip = charts.strip([_scan(third_parties=10), _scan(third_parties=5), _scan(third_parties=0)], slots=3, height=20)
    assert [item.bar.height for item in strip.bars] == [3, 10, 20]
    assert strip.most == 10


def test_a_strip_says_in_words_what_it_shows():
    assert charts.strip([_scan(), _scan(), _scan("failed", None)], slots=5).words == "Last 3 scans: 2 ok, 1 failed"
    assert charts.strip([], slots=5).words == "No scan yet"


def test_shares_of_categories_fill_the_whole_bar_the_largest_first():
    shares = charts.shares({"analytics": 1, "advertising": 3})
    assert [(share.label, share.count, share.x) for share in shares] == [("Advertising", 3, 0), ("Analytics", 1, 750)]
    assert shares[-1].x + shares[-1].width == pytest.approx(1000, abs=4)


def test_every_category_that_vendors_have_has_a_label_and_a_colour():
    colours = (Path(__file__).parents[2] / "tracefox/static/tracefox/scan.css").read_text()
    assert list(charts.CATEGORIES) == list(vendors.CATEGORIES)
    assert [name for name in vendors.CATEGORIES if f"\n.{name} {{ --tone:" not in colours] == []


def test_categories_that_nobody_knows_are_shown_together_as_unknown():
    assert [(share.css, share.count) for share in charts.shares({"made-up": 2, '"><script>': 1})] == [("unknown", 3)]


def test_no_third_parties_make_no_bar():
    assert charts.shares({}) == []
    assert charts.organisations([]) == []


def test_third_parties_are_ranked_by_requests():
    rows = charts.organisations(sample_snapshot().third_parties)
    assert [row.name for row in rows] == ["Google Tag Manager", "Google Analytics", "Meta", "Stripe"]
    assert [row.width for row in rows] == [100, 50, 50, 50]


def test_the_domains_of_one_organisation_stand_together():
    meta = _party("facebook.net", entity="Meta", requests=2, transfer_size=10, category="advertising")
    rows = charts.organisations([_party("facebook.com", entity="Meta", requests=1, transfer_size=5, category="social"), _party("a.test", requests=2), meta])
    assert [(row.name, row.requests, row.transfer_size, row.category, row.hosts) for row in rows] == [
        ("Meta", 3, 15, "Advertising", 2),
        ("a.test", 2, 0, "Unknown", 1),
    ]
    assert [row.is_known for row in rows] == [True, False]


def test_a_third_party_without_requests_has_no_bar_and_breaks_nothing():
    assert [row.width for row in charts.organisations([_party("a.test")])] == [0]


def test_the_time_axis_has_few_round_ticks_and_marks_what_happened():
    page = sample_page()
    axis = charts.axis(page.requests, page.timing)
    assert [tick.label for tick in axis.ticks] == ["0 s", "500 ms", "1 s", "1.5 s"]
    assert [(mark.label, round(mark.x)) for mark in axis.marks] == [("DOM ready", 208), ("Load", 620), ("Settled", 980)]


def test_a_page_that_never_got_anywhere_has_an_axis_too():
    axis = charts.axis([], Timing())
    assert axis.end > 0
    assert axis.ticks[0].x == 0


@pytest.mark.parametrize(("start", "duration"), [(0, None), (0, 0), (5, 1_000_000), (999_999, 1), (2_000, -5)])
def test_a_bar_never_leaves_the_chart(start, duration):
    page = sample_page()
    odd = replace(page.requests[0], start=start, duration=duration)
    for scale in (charts.axis([odd], page.timing), charts.axis(page.requests, page.timing)):
        bar = scale.bar(odd)
        assert 0 <= bar.x <= 1000
        assert bar.width > 0
        assert bar.x + bar.width <= 1003


def test_what_was_blocked_or_failed_is_told_before_what_it_was():
    request = sample_page().requests[1]
    assert [charts.kind(replace(request, outcome=outcome)) for outcome in ("loaded", "failed", "blocked", "pending")] == [
        "script",
        "failed",
        "blocked",
        "script",
    ]
    assert charts.kind(replace(request, type='"><b>')) == "other"


def test_requests_that_ran_at_once_stand_in_different_lanes():
    one, other, later = (replace(sample_page().requests[0], start=start, duration=100) for start in (0.0, 50.0, 200.0))
    picture = charts.overview([later, other, one], charts.axis([one, other, later], Timing()))
    assert [bar.y for bar in picture.bars] == [0, 4, 0]
    assert picture.height == 40


def test_more_requests_than_lanes_share_them():
    crowd = [replace(sample_page().requests[0], start=float(number), duration=1000) for number in range(100)]
    picture = charts.overview(crowd, charts.axis(crowd, Timing()), lanes=5, fewest=1)
    assert len(picture.bars) == 100
    assert {bar.y for bar in picture.bars} == {0, 4, 8, 12, 16}
    assert picture.height == 20
