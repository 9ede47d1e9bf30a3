"""Two texts side by side: rows of lines, with the words that changed marked, and long stretches without a change folded. Pure.

Works on any lines; `key` says what of a line is compared. Time and memory are bounded whatever the lines are: lines are matched by their longest common
subsequence where that is cheap, and elsewhere between lines that occur once on either side.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rapidfuzz import distance, fuzz

Kind = Literal["same", "changed", "added", "removed", "folded", "cut"]

CONTEXT, MOST_ROWS, LONGEST_LINE = 3, 1500, 2000
MOST_PAIRS = 200_000_000  # lines times lines: what a comparison may cost in bits of memory
MOST_WORD_PAIRS = 4_000_000
LOOK_AHEAD, ALIKE, MOST_TO_PAIR = 8, 50.0, 4000
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    changed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of each side, with its number there from 1, or None where it has none. The parts of a side make up its text.

    `folded` stands for `skipped` lines that are the same, `cut` for `skipped` rows left out at the end.
    """

    kind: Kind
    before: str = ""
    after: str = ""
    before_line: int | None = None
    after_line: int | None = None
    before_parts: tuple[Part, ...] = ()
    after_parts: tuple[Part, ...] = ()
    skipped: int = 0


def side_by_side(before: Sequence[str], after: Sequence[str], *, key: Callable[[str], str] = str, context: int = CONTEXT, most: int = MOST_ROWS) -> list[Row]:
    """All rows, the same on both sides only within `context` of a change. Nothing when nothing changed."""
    pairs = list(_paired(before, after, key))
    if not any(kind != "same" for kind, _, _ in pairs):
        return []
    folded = list(_folded(pairs, context))
    shown = [Row(kind="folded", skipped=one) if isinstance(one, int) else _row(one, before, after) for one in folded[:most]]
    return [*shown, Row(kind="cut", skipped=len(folded) - most)] if len(folded) > most else shown


Pair = tuple[Kind, int | None, int | None]
Match = tuple[int, int, int]  # where it starts on either side, and how many lines


def _paired(before: Sequence[str], after: Sequence[str], key: Callable[[str], str]) -> Iterator[Pair]:
    """Which line stands beside which: of every line of either side, once, in order."""
    names: dict[str, int] = {}
    one, other = ([names.setdefault(key(line), len(names)) for line in lines] for lines in (before, after))
    left, right = 0, 0
    for start, beside, length in [*_matches(one, other), (len(one), len(other), 0)]:
        yield from _replaced(before, after, range(left, start), range(right, beside))
        yield from (("same", start + step, beside + step) for step in range(length))
        left, right = start + length, beside + length


def _matches(one: list[int], other: list[int]) -> Iterator[Match]:
    head = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest = min(len(one), len(other)) - head
    tail = next((at for at in range(rest) if one[-1 - at] != other[-1 - at]), rest)
    left, right = one[head : len(one) - tail], other[head : len(other) - tail]
    inner = _subsequence(left, right) if len(left) * len(right) <= MOST_PAIRS else _anchored(left, right)
    yield 0, 0, head
    yield from ((start + head, beside + head, length) for start, beside, length in inner)
    yield len(one) - tail, len(other) - tail, tail


def _subsequence(one: list[int], other: list[int]) -> Iterator[Match]:
    for found in distance.LCSseq.opcodes(one, other):
        if found.tag == "equal":
            yield found.src_start, found.dest_start, found.src_end - found.src_start


def _anchored(one: list[int], other: list[int]) -> Iterator[Match]:
    """Lines that occur once on either side, the most of them that stand in one order, each with what is the same right behind it."""
    once, once_there = Counter(one), Counter(other)
    place = {line: at for at, line in enumerate(other) if once_there[line] == 1}
    chain = _rising([(at, place[line]) for at, line in enumerate(one) if once[line] == 1 and line in place])
    for (at, there), (end, beside_end) in pairwise([*chain, (len(one), len(other))]):
        length = 1
        while at + length < end and there + length < beside_end and one[at + length] == other[there + length]:
            length += 1
        yield at, there, length


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest series of pairs in which the second rises too."""
    ends: list[int] = []
    places: list[int] = []
    behind: list[int] = []
    for index, (_, there) in enumerate(pairs):
        at = bisect_left(ends, there)
        behind.append(places[at - 1] if at else -1)
        ends[at : at + 1] = [there]
        places[at : at + 1] = [index]
    chain, index = [], places[-1] if places else -1
    while index >= 0:
        chain.append(pairs[index])
        index = behind[index]
    return chain[::-1]


def _replaced(before: Sequence[str], after: Sequence[str], gone: range, come: range) -> Iterator[Pair]:
    """Lines that went and lines that came instead: those that are alike stand beside each other."""
    right = come.start
    for left in gone if len(gone) + len(come) <= MOST_TO_PAIR else ():
        likeness = {at: _alike(before[left], after[at]) for at in range(right, min(right + LOOK_AHEAD, come.stop))}
        best = max(likeness, key=lambda at: (likeness[at], -at), default=right)
        if not likeness.get(best):
            yield "removed", left, None
            continue
        yield from (("added", None, at) for at in range(right, best))
        yield "changed", left, best
        right = best + 1
    if len(gone) + len(come) > MOST_TO_PAIR:
        yield from (("removed", at, None) for at in gone)
    yield from (("added", None, at) for at in range(right, come.stop))


def _alike(one: str, other: str) -> float:
    return float(fuzz.ratio(one[:LONGEST_LINE], other[:LONGEST_LINE], score_cutoff=ALIKE))


def _folded(pairs: Sequence[Pair], context: int) -> Iterator[Pair | int]:
    """The pairs near a change, and how many lie between."""
    near = bytearray(len(pairs))
    for at, (kind, _, _) in enumerate(pairs):
        if kind != "same":
            near[max(0, at - context) : at + context + 1] = b"\1" * (min(len(pairs), at + context + 1) - max(0, at - context))
    skipped = 0
    for wanted, pair in zip(near, pairs, strict=True):
        if not wanted:
            skipped += 1
            continue
        if skipped:
            yield skipped
            skipped = 0
        yield pair
    if skipped:
        yield skipped


def _row(pair: Pair, before: Sequence[str], after: Sequence[str]) -> Row:
    kind, left, right = pair
    one, other = _windows("" if left is None else before[left], "" if right is None else after[right])
    parts, other_parts = _marked(one, other) if kind == "changed" else (_whole(one, changed=kind != "same"), _whole(other, changed=kind != "same"))
    return Row(
        kind=kind,
        before=one,
        after=other,
        before_line=None if left is None else left + 1,
        after_line=None if right is None else right + 1,
        before_parts=parts,
        after_parts=other_parts,
    )


def _windows(one: str, other: str) -> tuple[str, str]:
    """Two lines, of very long ones what stands around their first difference."""
    if max(len(one), len(other)) <= LONGEST_LINE:
        return one, other
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, min(same - 200, max(len(one), len(other)) - LONGEST_LINE)) if one and other else 0
    return _window(one, start), _window(other, start)


def _window(line: str, start: int) -> str:
    shown = line[start : start + LONGEST_LINE]
    return ("…" if start and shown else "") + shown + ("…" if len(line) > start + LONGEST_LINE else "")


def _whole(text: str, *, changed: bool) -> tuple[Part, ...]:
    return (Part(text, changed),) if text else ()


def _marked(one: str, other: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    words, other_words = _WORD.findall(one), _WORD.findall(other)
    if len(words) * len(other_words) > MOST_WORD_PAIRS:
        return _whole(one, changed=True), _whole(other, changed=True)
    left, right = [], []
    for step in distance.LCSseq.opcodes(words, other_words):
        left.append(Part("".join(words[step.src_start : step.src_end]), step.tag != "equal"))
        right.append(Part("".join(other_words[step.dest_start : step.dest_end]), step.tag != "equal"))
    return _merged(left), _merged(right)


def _merged(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Neighbours of one sort made one; a space between two changed words is changed with them."""
    written = [part for part in parts if part.text]
    merged: list[Part] = []
    for at, part in enumerate(written):
        between = part.text.isspace() and 0 < at < len(written) - 1 and written[at - 1].changed and written[at + 1].changed
        changed = part.changed or between
        if merged and merged[-1].changed == changed:
            merged[-1] = Part(merged[-1].text + part.text, changed)
        else:
            merged.append(Part(part.text, changed))
    return tuple(merged)
