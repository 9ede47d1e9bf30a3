"""`python -m benchmarks.diff` runs, and what it measures is what it says: two loads that differ in noise and in a few things that matter."""

from benchmarks import diff
from scans import judgement
from scans.diff import history

SIZES = {"requests": 60, "scripts": 20, "cookies": 10}


def test_every_step_and_the_plain_way_are_measured() -> None:
    measured = diff.measured(**SIZES, times=1)
    assert [name.strip() for name in measured.spent] == [
        *("plain: open both", "plain: compare", "ours: open both", "ours: first", "ours: next", "ours: again"),
        *("of it digest", "of it compare", "of it judge", "of it history after"),
    ]


def test_loads_have_the_size_asked_for_and_are_the_same_each_time() -> None:
    page = diff.load(0, **SIZES).observations[0]
    assert (len(page.requests), len(page.scripts), len(page.cookies)) == (60, 20, 10)
    assert diff.load(0, **SIZES) == diff.load(0, **SIZES)


def test_what_matters_is_told_and_the_noise_is_not() -> None:
    known = judgement.learn(history.empty(), [diff.load(0, **SIZES)] * 3)
    told = {one.change.key for one in judgement.weigh(known, diff.load(1, **SIZES)).judged if one.told}
    assert "jquery-stat.example" in told
    assert "img-store.example" in told
    assert not any(site in key for key in told for site in ("google-analytics", "doubleclick", "facebook"))


def test_the_plain_way_names_each_place_that_differs() -> None:
    assert sorted(diff.paths({"a": [1, {"b": 2}], "c": 3}, {"a": [1, {"b": 4}, 5], "d": 3})) == [".a[1].b", ".a[2]", ".c", ".d"]
