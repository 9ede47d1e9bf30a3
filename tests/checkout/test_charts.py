from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from checkout import charts

TODAY = date(2026, 3, 4)


def step(name):
    return {"action": "click", "target": {"selectors": [[name]]}}


def past(*runs):
    """Newest first: each is what its steps took, in the order of the flow."""
    steps = [step("#a"), step("#b")]
    return [{"steps": steps, "results": [{"index": place, "ms": ms, "status": "passed"} for place, ms in enumerate(took)]} for took in runs]


def test_thirty_days_have_a_mark_each_with_today_at_the_right():
    drawn = charts.days({TODAY: {"passed": 3}, TODAY - timedelta(days=29): {"failed": 1}, TODAY - timedelta(days=30): {"failed": 1}}, today=TODAY)
    assert len(drawn.days) == 30
    assert [bar.css for bar in drawn.days[-1].bars] == ["ok"]
    assert [bar.css for bar in drawn.days[0].bars] == ["failed"]
    assert drawn.days[-1].bars[0].x + drawn.days[-1].bars[0].width == drawn.width
    assert drawn.words == "Last 30 days: 1 passed, 1 with a failed run, 28 without a run"


def test_a_day_with_several_ends_is_split_and_no_failure_is_too_small_to_see():
    bars = charts.days({TODAY: {"passed": 95, "failed": 1}}, today=TODAY).days[-1].bars
    assert [bar.css for bar in bars] == ["failed", "ok"]
    assert bars[0].height >= 5
    assert sum(bar.height for bar in bars) == 22
    assert min(bar.y for bar in bars) == 0


def test_every_mix_of_ends_fills_the_mark_and_stays_inside():
    for counts in ({"passed": 1, "failed": 1, "unknown": 1, "inconclusive": 1, "running": 1}, {"failed": 9, "passed": 1}, {"unknown": 1, "inconclusive": 4}):
        bars = charts.days({TODAY: counts}, today=TODAY).days[-1].bars
        assert round(sum(bar.height for bar in bars), 1) == 22
        assert all(bar.y >= 0 and bar.height > 0 for bar in bars)


def test_without_runs_the_strip_says_so():
    assert charts.days({}, today=TODAY).words == "No run in the last 30 days"


def test_the_last_runs_stand_with_the_newest_at_the_right_as_tall_as_they_took():
    drawn = charts.runs([{"status": "failed", "total_ms": 500}, {"status": "passed", "total_ms": 1000}, {"status": "queued", "total_ms": None}], slots=4)
    assert [item.run["status"] for item in drawn.bars] == ["queued", "passed", "failed"]
    assert [item.bar.height for item in drawn.bars] == [4.0, 64.0, 32.0]
    assert len(drawn.empty) == 1


def test_a_line_for_each_step_says_what_is_usual_and_what_was_last():
    first, second = charts.timings({"steps": [step("#a"), step("#b")]}, past([100, 40], [300, 20], [200, 30]))
    assert (first.usual, first.newest, first.slowest) == (200, 100, 300)
    assert (second.usual, second.newest, second.slowest) == (30, 40, 40)
    assert [bar.height for bar in first.bars] == [16.0, 24.0, 8.0]
    assert first.bars[-1].x > first.bars[0].x


def test_a_step_that_was_moved_keeps_its_past_and_one_that_was_changed_begins_anew():
    moved = charts.timings({"steps": [step("#b"), step("#a")]}, past([100, 40]))
    assert [(line.number, line.newest) for line in moved] == [(1, 40), (2, 100)]
    assert [line.number for line in charts.timings({"steps": [step("#a"), step("#c")]}, past([100, 40]))] == [1]


def test_a_step_that_suddenly_takes_long_is_marked():
    runs = past([9000, 10], *[[1000, 10]] * 6)
    slow, even = charts.timings({"steps": [step("#a"), step("#b")]}, runs)
    assert slow.slower
    assert not even.slower


def test_skipped_steps_and_runs_without_results_leave_gaps():
    runs: list[dict[str, Any]] = [{"steps": [step("#a")], "results": None}, {"steps": [step("#a")], "results": [{"index": 0, "ms": 0, "status": "skipped"}]}]
    assert charts.timings({"steps": [step("#a")]}, runs) == []
