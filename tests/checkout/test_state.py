import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout import state
from checkout.state import State

# A busy machine is no failure.
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

RESULTS = st.lists(st.sampled_from(["passed", "failed", "unknown", "inconclusive", "running"]), max_size=30)


def story(results):
    """The states one after the other, as they follow from a row of results."""
    found = [State(name="unknown")]
    for count in range(1, len(results) + 1):
        found.append(state.after(found[-1].name, [{"P": "passed", "F": "failed", "U": "unknown", "I": "inconclusive"}[each] for each in results[:count]]))
    return found[1:]


@pytest.mark.parametrize(
    ("results", "names", "news"),
    [
        ("P", "p", "-"),
        ("F", "f", "F"),
        ("PPF", "ppf", "--F"),
        ("PFF", "pff", "-F-"),
        ("PFPP", "pfpp", "-FR-"),
        ("PFPF", "pfpx", "-FRF"),
        ("PFPFPFPF", "pfpxxxxx", "-FRF----"),
        ("PFPFPPP", "pfpxxxp", "-FRF--R"),
        ("PFPFFF", "pfpxxf", "-FRF-F"),
        ("PFPFPPPP", "pfpxxxpp", "-FRF--R-"),
        ("UIU", "uuu", "---"),
        ("PUI", "ppp", "---"),
        ("FUIF", "ffff", "F---"),
    ],
)
def test_a_row_of_results_makes_a_row_of_states(results, names, news):
    told = story(results)
    assert "".join({"passing": "p", "failing": "f", "flapping": "x", "unknown": "u"}[each.name] for each in told) == names
    assert "".join({"": "-", "failing": "F", "recovered": "R"}[each.news] for each in told) == news


@calmly
@given(RESULTS)
def test_what_does_not_count_changes_nothing(results):
    known = [result for result in results if result in ("passed", "failed")]
    for previous in ("unknown", "passing", "failing", "flapping"):
        assert state.after(previous, results) == state.after(previous, known)


@calmly
@given(st.text("PF", max_size=40))
def test_nobody_hears_of_a_recovery_without_a_failure(results):
    failing = False
    for each in story(results):
        if each.news == "failing":
            failing = True
        if each.news == "recovered":
            assert failing
            failing = False


@calmly
@given(st.text("PF", max_size=40))
def test_three_equal_results_settle_it(results):
    assert story(results + "PPP")[-1].name == "passing"
    assert story(results + "FFF")[-1].name == "failing"
