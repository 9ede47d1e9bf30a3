from dataclasses import replace

from scans import consent_matrix
from scans.snapshot import ConsentState
from tests.scans.sample_snapshot import sample_page


def test_each_thing_says_in_which_states_it_was_there():
    page = sample_page()
    states = [
        ConsentState(state="untouched", observation=page),
        ConsentState(state="rejected", observation=replace(page, cookies=[], requests=[]), verdict="hidden_only"),
    ]
    matrix = consent_matrix.of(states)
    assert matrix.heads == [("Untouched", ""), ("Rejected", "The banner went without an answer")]
    cookies, parties, storage = matrix.groups
    assert {tuple(row.cells) for row in cookies.rows} == {(True, False)}
    assert {tuple(row.cells) for row in parties.rows} == {(True, False)}
    assert {tuple(row.cells) for row in storage.rows} <= {(True, True)}
