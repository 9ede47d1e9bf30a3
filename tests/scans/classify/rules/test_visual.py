import pytest

from tests.scans.classify.rules.judging import check, make


@pytest.mark.parametrize(
    ("share", "severity", "rule", "fragment"),
    [
        (0.05, "medium", "visual.large_part_changed", "About 5 %"),
        (0.6, "medium", "visual.large_part_changed", "About 60 %"),
        (0.049, "low", "visual.small_part_changed", "5 %"),
        (0.001, "low", "visual.small_part_changed", "less than 1 %"),
        (None, "info", "visual.other", "not known"),
        (0.0, "info", "visual.other", "not known"),
    ],
)
def test_a_picture_is_judged_by_the_part_that_differs(share, severity, rule, fragment):
    change = make("visual", "changed", "viewport", before={"screenshot": "a"}, after={"screenshot": "b"}, about={"share": share})
    assert check(change, severity, rule, fragment).inputs == {"about.share": share}
