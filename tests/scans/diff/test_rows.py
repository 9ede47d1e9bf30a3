"""Two texts side by side, whatever they are."""

from hypothesis import given
from hypothesis import strategies as st

from scans.diff import rows
from scans.diff.rows import Part, Row

LINES = st.lists(st.sampled_from(["a", "b", "c", "let x = 1;", "let y = 2;", "}", ""]), max_size=30)


def kinds(found: list[Row]) -> list[str]:
    return [row.kind for row in found]


def test_what_is_the_same_has_no_rows():
    assert rows.side_by_side([], []) == []
    assert rows.side_by_side(["a", "b"], ["a", "b"]) == []


def test_a_line_that_came_and_one_that_went_stand_in_their_places():
    found = rows.side_by_side(["one", "two", "three"], ["one", "three", "fourteen"])
    assert [(row.kind, row.before, row.after) for row in found] == [
        ("same", "one", "one"),
        ("removed", "two", ""),
        ("same", "three", "three"),
        ("added", "", "fourteen"),
    ]
    assert [(row.before_line, row.after_line) for row in found] == [(1, 1), (2, None), (3, 2), (None, 3)]


def test_the_words_that_changed_are_marked():
    [row] = rows.side_by_side(["We keep it for 14 months only."], ["We keep it for 26 months only."])
    assert row.kind == "changed"
    assert row.before_parts == (Part("We keep it for "), Part("14", changed=True), Part(" months only."))
    assert row.after_parts == (Part("We keep it for "), Part("26", changed=True), Part(" months only."))


def test_a_space_between_changed_words_is_marked_with_them():
    [row] = rows.side_by_side(["send it to our own office in town"], ["send it to Acme Inc in town"])
    assert [part.text for part in row.after_parts if part.changed] == ["Acme Inc"]


def test_lines_that_have_nothing_in_common_do_not_stand_beside_each_other():
    assert kinds(rows.side_by_side(["aaaaaaaa"], ["zzzzzzzz"])) == ["removed", "added"]


def test_long_stretches_without_a_change_are_folded():
    lines = [f"line {number}" for number in range(100)]
    found = rows.side_by_side(lines, [*lines[:50], "something else", *lines[50:]])
    assert kinds(found) == ["folded", "same", "same", "same", "added", "same", "same", "same", "folded"]
    assert [row.skipped for row in found if row.kind == "folded"] == [47, 47]


def test_lines_are_compared_by_their_key_and_shown_as_they_are():
    assert rows.side_by_side(["A  b"], ["A b"], key=lambda line: " ".join(line.split())) == []


def test_what_is_too_long_to_show_is_counted():
    found = rows.side_by_side([], [f"line {number}" for number in range(500)], most=100)
    assert len(found) == 101
    assert (found[-1].kind, found[-1].skipped) == ("cut", 400)


def test_of_a_very_long_line_the_place_of_the_change_is_shown():
    line = "x" * 50_000
    [row] = rows.side_by_side([line + "old" + line], [line + "new" + line])
    assert "old" in row.before
    assert "new" in row.after
    assert max(len(row.before), len(row.after)) <= rows.LONGEST_LINE + 2


@given(LINES, LINES)
def test_every_line_of_either_side_is_there_once_and_in_order(before, after):
    found = rows.side_by_side(before, after, context=1000)
    if before == after:
        assert found == []
        return
    assert [row.before_line for row in found if row.before_line] == list(range(1, len(before) + 1))
    assert [row.after_line for row in found if row.after_line] == list(range(1, len(after) + 1))
    assert [row.before for row in found if row.before_line] == before
    assert [row.after for row in found if row.after_line] == after


@given(LINES, LINES)
def test_the_parts_of_a_side_make_up_its_text(before, after):
    for row in rows.side_by_side(before, after):
        if row.kind not in ("folded", "cut"):
            assert "".join(part.text for part in row.before_parts) == row.before
            assert "".join(part.text for part in row.after_parts) == row.after


@given(LINES, LINES)
def test_where_lines_are_too_many_the_ones_that_occur_once_hold_them_together(before, after):
    one = [hash(line) for line in before]
    other = [hash(line) for line in after]
    matched = list(rows._anchored(one, other))
    assert all(one[start : start + length] == other[beside : beside + length] for start, beside, length in matched)
    ends = [(start + length, beside + length) for start, beside, length in matched]
    assert all(end <= start and beside_end <= beside for (end, beside_end), (start, beside, _) in zip(ends, matched[1:], strict=False))


def test_texts_of_very_many_lines_are_compared():
    before = [f"line {number}" for number in range(40_000)]
    after = ["first", *before[:20_000], "middle", *before[20_001:], "last"]
    changed = [row for row in rows.side_by_side(before, after) if row.kind not in ("same", "folded")]
    assert [row.after for row in changed if row.after] == ["first", "middle", "last"]
