"""What a page did after each answer to the consent banner, side by side: cookies, third parties and storage keys, state by state.

Pure: takes the consent states of a snapshot, gives what `templates/scans/_consent.html` shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

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
    """`cells` holds for each state whether it was there."""

    name: str
    cells: list[bool]


@dataclass(frozen=True)
class Group:
    title: str
    rows: list[Row]
    left_out: int


@dataclass(frozen=True)
class Matrix:
    heads: list[tuple[str, str]]
    groups: list[Group]


def of(states: Sequence[ConsentState]) -> Matrix:
    heads = [(LABELS.get(state.state, state.state), VERDICTS.get(state.verdict, state.verdict)) for state in states]
    return Matrix(heads, [_group(title, states, names) for title, names in GROUPS.items()])


def _group(title: str, states: Sequence[ConsentState], names: Callable[[Observation], Iterable[str]]) -> Group:
    seen = [set(names(state.observation)) for state in states]
    every = sorted(set().union(*seen))
    return Group(title, [Row(name, [name in here for here in seen]) for name in every[:ROWS_SHOWN]], max(len(every) - ROWS_SHOWN, 0))


def _cookies(page: Observation) -> Iterable[str]:
    return (f"{cookie.name} ({cookie.domain.lstrip('.')})" for cookie in page.cookies)


def _third_parties(page: Observation) -> Iterable[str]:
    return (addresses.registrable_domain(request.host) for request in page.requests if request.party == "third" and request.host)


def _storage(page: Observation) -> Iterable[str]:
    return (entry.key for entry in page.storage)


GROUPS: dict[str, Callable[[Observation], Iterable[str]]] = {"Cookies": _cookies, "Third parties": _third_parties, "Storage keys": _storage}
