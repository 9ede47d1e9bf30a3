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
    matrix = consent_matrix.of(states, start=page)
    assert matrix.heads == [("Untouched", ""), ("Rejected", "The banner went without an answer")]
    cookies, parties, storage = matrix.groups
    assert {tuple(row.cells) for row in cookies.rows} == {("yes", "")}
    assert {tuple(row.cells) for row in parties.rows} == {("yes", "")}
    assert {tuple(row.cells) for row in storage.rows} <= {("yes", "yes")}


def test_the_untouched_state_has_the_requests_of_the_scans_own_load():
    page = sample_page()
    states = [
        ConsentState(state="untouched", observation=replace(page, scripts=[], requests=[])),
        ConsentState(state="rejected", observation=replace(page, requests=[]), verdict="rejected"),
    ]
    _cookies, parties, _storage = consent_matrix.of(states, start=page).groups
    assert {tuple(row.cells) for row in parties.rows} == {("yes", "")}
    other = consent_matrix.of(states, start=replace(page, url="https://other.test/")).groups[1]
    assert other.rows == []


def test_what_googles_hits_say_stands_first():
    page = sample_page()
    states = [
        ConsentState(state="untouched", observation=page, signals={"ad_storage": "denied"}),
        ConsentState(state="accepted", observation=page, signals={"ad_storage": "granted", "analytics_storage": "granted"}, verdict="accepted"),
    ]
    signals, *_ = consent_matrix.of(states, start=page).groups
    assert [(row.name, row.cells) for row in signals.rows] == [("ad_storage", ["denied", "granted"]), ("analytics_storage", ["", "granted"])]


def test_a_scan_that_answered_the_banner_says_so_and_names_the_button():
    page = sample_page()
    accepted = ConsentState(state="accepted", observation=page, verdict="accepted", button="Accept all")
    stuck = ConsentState(state="rejected", observation=page, verdict="action_failed", button="#reject")
    said = consent_matrix.answered([ConsentState(state="untouched", observation=page), accepted, stuck])
    assert "accepted by a click on “Accept all”" in said
    assert "a click on “#reject” to have it rejected did not do that" in said
    assert consent_matrix.answered([ConsentState(state="gpc", observation=page)]) == ""
