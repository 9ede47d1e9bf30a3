"""Expressions mean the same to every Python that we promise to run on: read from the sources, nothing is run.

Before 3.11.5 a possessive repeat of a group, or an atomic group, could keep signs that it had only tried. Of a single sign or a class of signs it was right.
"""

import re

import pytest

from tests.sources import sources

OF_A_GROUP = re.compile(r"(?<![\\(])\)(?:[*+?]|\{\{?[\d,]+\}?\})\+|\(\?>")


def test_no_group_is_possessive_or_atomic():
    assert [f"{source.path}: {found[0]}" for source in sources() for found in OF_A_GROUP.finditer(source.text)] == []


@pytest.mark.parametrize("expression", ["(?:ab?c)*+", "(a|b)++", "(?:a)?+", "(?:a){1,3}+", "(?:a){{2}}+", "(?>a)"])
def test_such_a_group_would_be_noticed(expression):
    assert OF_A_GROUP.search(expression)


@pytest.mark.parametrize("expression", [r"[()]*+", r"\)++", r"[^)]{1,40}+", r"(?:a)+b", r"(a+)(b+)"])
def test_other_repeats_are_free(expression):
    assert not OF_A_GROUP.search(expression)
