from __future__ import annotations

import itertools

import pytest

from checkout import editor, outline
from checkout.editor import CannotEdit


def flow(count=5, *, stop=3, order=None):
    steps = [{"action": "navigate", "url": "https://shop.test/"}, *({"action": "click", "target": {"selectors": [[f"#b{n}"]]}} for n in range(1, count))]
    return {"steps": steps, "conditions": [], "stop_after": stop, "order_step": order}


def names(edited):
    """Which steps stand where: b1 b2 | b3 with the stop point as a bar, and the order marked."""
    words = []
    for place, step in enumerate(edited["steps"]):
        name = "start" if step["action"] == "navigate" else step["target"]["selectors"][0][0][1:]
        words.append(name + ("!" if place == edited["order_step"] else ""))
        if place == edited["stop_after"]:
            words.append("|")
    return " ".join(words)


NEW = {"action": "click", "target": {"selectors": [["#new"]]}}


def test_a_step_goes_where_it_is_put_and_the_stop_point_stays_at_its_step():
    assert names(editor.insert(flow(), NEW, at=1)) == "start new b1 b2 b3 | b4"
    assert names(editor.insert(flow(), NEW, at=5)) == "start b1 b2 b3 | b4 new"


def test_at_the_stop_point_a_step_is_put_on_the_side_that_was_asked_for():
    assert names(editor.insert(flow(), NEW, at=4)) == "start b1 b2 b3 new | b4"
    assert names(editor.insert(flow(), NEW, at=4, past_stop=True)) == "start b1 b2 b3 | new b4"
    assert names(editor.insert(flow(stop=4), NEW, at=5)) == "start b1 b2 b3 b4 new |"
    assert names(editor.insert(flow(stop=4), NEW, at=5, past_stop=True)) == "start b1 b2 b3 b4 | new"


def test_a_step_changes_places_with_its_neighbour_and_the_stop_point_is_one():
    assert names(editor.move(flow(), 1, by=1)) == "start b2 b1 b3 | b4"
    assert names(editor.move(flow(), 3, by=1)) == "start b1 b2 | b3 b4"
    assert names(editor.move(flow(), 4, by=-1)) == "start b1 b2 b3 b4 |"


def test_no_step_comes_to_act_because_another_was_moved():
    """Whatever is moved once, at most the moved step itself changes sides."""
    for stop, index, by in itertools.product(range(5), range(5), (-1, 1)):
        before = flow(stop=stop)
        try:
            after = editor.move(before, index, by=by)
        except CannotEdit:
            continue
        acted, acts = (set(names(each).partition(" |")[0].split()) for each in (before, after))
        moved = names(before | {"stop_after": None}).split()[index]
        assert (acted ^ acts) <= {moved}


def test_the_stop_point_moves_and_can_be_set_anywhere_after_a_step():
    assert names(editor.move_stop(flow(), by=-1)) == "start b1 b2 | b3 b4"
    assert names(editor.move_stop(flow(), by=1)) == "start b1 b2 b3 b4 |"
    assert names(editor.stop_after(flow(stop=None, order=4), 0)) == "start | b1 b2 b3 b4!"
    assert names(editor.stop_after(flow(), None)) == "start b1 b2 b3 b4"


def test_the_mark_of_the_order_goes_with_its_step():
    assert names(editor.move(flow(stop=2, order=3), 3, by=1)) == "start b1 b2 | b4 b3!"
    assert names(editor.insert(flow(order=4), NEW, at=0)) == "new start b1 b2 b3 | b4!"
    assert names(editor.mark_order(flow(stop=1, order=4), 2)) == "start b1 | b2! b3 b4"
    assert names(editor.mark_order(flow(stop=None, order=4), None)) == "start b1 b2 b3 b4 |"


def test_the_order_stays_below_the_stop_point():
    for change in (
        lambda: editor.move(flow(order=4), 4, by=-1),
        lambda: editor.move_stop(flow(order=4), by=1),
        lambda: editor.mark_order(flow(order=4), 2),
        lambda: editor.stop_after(flow(stop=None, order=2), 3),
    ):
        with pytest.raises(CannotEdit, match="stays below the stop point"):
            change()


def test_without_the_step_that_places_the_order_there_is_a_stop_point_again():
    assert names(editor.remove(flow(stop=None, order=4), 4)) == "start b1 b2 b3 |"
    assert names(editor.remove(flow(stop=None, order=4), 1)) == "start b2 b3 b4!"


def test_a_step_is_replaced_and_removed():
    assert names(editor.replace(flow(order=4), NEW, index=4)) == "start b1 b2 b3 | new!"
    assert names(editor.remove(flow(), 3)) == "start b1 b2 | b4"


def test_nothing_is_changed_in_place():
    before = flow()
    editor.remove(before, 1)
    editor.put_condition(before, {"kind": "no_console_error"})
    assert before == flow()


@pytest.mark.parametrize(
    "change",
    [
        lambda: editor.move(flow(), 0, by=-1),
        lambda: editor.move(flow(), 4, by=1),
        lambda: editor.move(flow(), 9, by=1),
        lambda: editor.move_stop(flow(stop=0), by=-1),
        lambda: editor.move_stop(flow(stop=4), by=1),
        lambda: editor.move_stop(flow(stop=None, order=4), by=1),
        lambda: editor.remove(flow(count=1, stop=0), 0),
        lambda: editor.remove(flow(), -1),
        lambda: editor.remove(flow(count=2, stop=0), 0),
        lambda: editor.remove_condition(flow(), 0),
        lambda: editor.put_condition(flow(), {"kind": "no_console_error"}, at=3),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(change):
    with pytest.raises(CannotEdit, match=r"\w.*\."):
        change()


def test_a_step_keeps_its_name_when_it_is_moved_and_equal_steps_have_names_of_their_own():
    before = flow()
    before["steps"][2] = before["steps"][1]
    assert len(set(editor.keys(before))) == 5
    moved = editor.move(before, 3, by=-1)
    assert editor.keys(before)[3] == editor.keys(moved)[2]


def test_success_conditions_are_added_changed_and_removed():
    one, other = {"kind": "no_console_error"}, {"kind": "no_server_error"}
    edited = editor.put_condition(editor.put_condition(flow(), one), other)
    assert edited["conditions"] == [one, other]
    assert editor.put_condition(edited, other, at=0)["conditions"] == [other, other]
    assert editor.remove_condition(edited, 0)["conditions"] == [other]


def test_the_page_lists_the_stop_point_between_the_steps():
    rows = outline.rows(flow(order=4))
    assert [row.is_stop for row in rows] == [False, False, False, False, True, False]
    assert [row.acts for row in rows if not row.is_stop] == [True, True, True, True, False]
    assert [row.places_order for row in rows] == [False] * 5 + [True]
    assert not rows[0].may_rise
    assert not rows[-1].may_sink
    assert [row.may_sink for row in outline.rows(flow(stop=4))][-2:] == [True, False]
