"""What Playwright reports, told apart: nothing was done, or it may have been done."""

from __future__ import annotations

import pytest

from checkout.flow import Step, Target
from checkout.runner import act
from checkout.runner.ending import Uncertain

STEP = Step(action="click", target=Target(selectors=(("#order",),)))
PERFORMED = "  - performing click action\n"
COVERED = "  - <div>Our newsletter</div> intercepts pointer events\n"


@pytest.mark.parametrize(
    ("log", "kind", "uncertain"),
    [
        (COVERED, "covered", False),
        (PERFORMED + COVERED, "covered", False),
        (COVERED + PERFORMED, "covered", True),
        (PERFORMED + "  - click action done\n", "no-effect", True),
        ("  - element is not enabled\n", "disabled", False),
        ("  - element is not stable\n", "moving", False),
        ("  - element is not visible\n", "hidden", False),
        ("", "no-effect", False),
    ],
)
def test_a_click_that_may_have_happened_is_uncertain(log, kind, uncertain):
    failed = act._trouble(STEP, f"Timeout 3000ms exceeded.\nCall log:\n{log}")
    assert (failed.kind, isinstance(failed, Uncertain)) == (kind, uncertain)


@pytest.mark.parametrize(("log", "again"), [("", True), (COVERED, True), (PERFORMED + COVERED, True), (PERFORMED, False), (COVERED + PERFORMED, False)])
def test_what_the_page_replaced_is_looked_for_again_unless_it_may_have_been_clicked(log, again):
    assert act._is_gone(f"Element is not attached to the DOM\nCall log:\n{log}") is again


@pytest.mark.parametrize(
    ("held", "value", "same"),
    [
        ("4242 4242 4242 4242", "4242424242424242", True),
        ("424", "4242424242424242", False),
        ("12 / 30", "12/30", True),
        ("JANE@EXAMPLE.COM", "jane@example.com", True),
        ("", "Jane", False),
        ("Jame", "Jane", False),
    ],
)
def test_a_field_may_group_and_capitalise_but_not_drop(held, value, same):
    assert act._is_same(held, value) is same
