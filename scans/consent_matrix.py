"""What a page did after each answer to the consent banner, side by side: cookies, third parties and storage keys, state by state.

Pure: takes the consent states of a snapshot and its start page, gives what `templates/scans/_consent.html` shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from scans import addresses
from scans.snapshot import ConsentState, Observation

LABELS = {"untouched": "Untouched", "accepted": "Accepted", "rejected": "Rejected", "gpc": "Global Privacy Control"}
VERDICTS = {
    "accepted": "Accepted",
    "rejected": "Rejected",
    "hidden_only": "The banner went without an answer",
    "no_reject_button": "No button to reject",
    "no_banner": "No banner",
    "action_failed": "Could not be answered",
}
ROWS_SHOWN = 200


@dataclass(frozen=True)
class Row:
    """`cells` holds a word for each state, empty where there was nothing."""

    name: str
    cells: list[str]


@dataclass(frozen=True)
class Group:
    title: str
    rows: list[Row]
    left_out: int


@dataclass(frozen=True)
class Matrix:
    heads: list[tuple[str, str]]
    groups: list[Group]


def of(states: Sequence[ConsentState], *, start: Observation) -> Matrix:
    """`start` is the start page as the scan's own load saw it: the untouched state is that load, and leaves its requests out so as not to hold them twice."""
    states = [replace(state, observation=_whole(state, start)) for state in states]
    heads = [(LABELS.get(state.state, state.state), VERDICTS.get(state.verdict, state.verdict)) for state in states]
    groups = [_group(title, states, names) for title, names in GROUPS.items()]
    return Matrix(heads, [_signals(states), *groups] if any(state.signals for state in states) else groups)


def answered(states: Iterable[ConsentState]) -> str:
    """What reports must say wherever a scan answered the banner: the one thing that a scan ever clicks. Empty if it answered none."""
    clicked = [state for state in states if state.button]
    if not clicked:
        return ""
    said = [f"{state.verdict} by a click on “{state.button}”" for state in clicked if state.verdict == state.state]
    said += [f"a click on “{state.button}” to have it {state.state} did not do that" for state in clicked if state.verdict != state.state]
    return f"This scan answered the consent banner, as set for the site: {'; '.join(said)}. Each in a fresh browser; nothing else was clicked."


def _whole(state: ConsentState, start: Observation) -> Observation:
    seen = state.observation
    return replace(seen, requests=start.requests) if state.state == "untouched" and seen.url == start.url and not seen.requests else seen


def _signals(states: Sequence[ConsentState]) -> Group:
    """What Google's own hits said about consent."""
    names = list(dict.fromkeys(name for state in states for name in state.signals))
    return Group("Consent in Google's hits (gcs, gcd)", [Row(name, [state.signals.get(name, "") for state in states]) for name in names], 0)


def _group(title: str, states: Sequence[ConsentState], names: Callable[[Observation], Iterable[str]]) -> Group:
    seen = [set(names(state.observation)) for state in states]
    every = sorted(set().union(*seen))
    return Group(title, [Row(name, ["yes" if name in here else "" for here in seen]) for name in every[:ROWS_SHOWN]], max(len(every) - ROWS_SHOWN, 0))


def _cookies(page: Observation) -> Iterable[str]:
    return (f"{cookie.name} ({cookie.domain.lstrip('.')})" for cookie in page.cookies)


def _third_parties(page: Observation) -> Iterable[str]:
    return (addresses.registrable_domain(request.host) for request in page.requests if request.party == "third" and request.host)


def _storage(page: Observation) -> Iterable[str]:
    return (entry.key for entry in page.storage)


GROUPS: dict[str, Callable[[Observation], Iterable[str]]] = {"Cookies": _cookies, "Third parties": _third_parties, "Storage keys": _storage}
