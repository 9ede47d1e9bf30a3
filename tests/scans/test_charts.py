from dataclasses import replace

import pytest

from scans import charts
from scans.snapshot import ThirdParty, Timing
from tests.scans.sample_snapshot import sample_page, sample_snapshot


def _scan(status="ok", third_parties=4):
    return {"status": status, "third_parties": third_parties}


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
    shares = charts.shares({"analytics": 1, "ad": 3})
    assert [(share.label, share.count, share.x) for share in shares] == [("Advertising", 3, 0), ("Analytics", 1, 750)]
    assert shares[-1].x + shares[-1].width == pytest.approx(1000, abs=4)


def test_categories_that_nobody_knows_are_shown_together_as_other():
    assert [(share.css, share.count) for share in charts.shares({"made-up": 2, '"><script>': 1})] == [("other", 3)]


def test_no_third_parties_make_no_bar():
    assert charts.shares({}) == []
    assert charts.party_bars([]) == []


def test_third_parties_are_ranked_by_requests():
    bars = charts.party_bars(sample_snapshot().third_parties)
    assert [bar.party.entity for bar in bars] == ["Google Tag Manager", "Google Analytics", "Meta", "Stripe"]
    assert [bar.width for bar in bars] == [100, 50, 50, 50]


def test_a_third_party_without_requests_has_no_bar_and_breaks_nothing():
    nobody = ThirdParty(domain="a.test", entity="", category="", hosts=[], pages=[], requests=0, scripts=0, cookies=0, transfer_size=0)
    assert [bar.width for bar in charts.party_bars([nobody])] == [0]


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


def test_the_small_picture_has_a_line_for_every_request():
    page = sample_page()
    lines = charts.overview(page.requests, charts.axis(page.requests, page.timing))
    assert len(lines) == len(page.requests)
    assert all(0 <= line.y < 96 for line in lines)
