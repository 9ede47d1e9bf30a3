"""How the text of a policy page changed: its paragraphs side by side, and what in them weighs. Pure.

What weighs are dates, e-mail addresses, companies that data goes to (names of our vendor lists, and names with a company form), and periods. They are looked up
in the whole text on either side and then compared, so that a paragraph that only moved says nothing, nor does a date written in another way.
To add a kind: a function in `FOUND` that gives what is compared and what is shown. To add a language: see `times`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from scans.classify import book
from scans.diff import companies, rows, times
from scans.diff.rows import Row

Kind = Literal["date", "email", "processor", "period"]

LONGEST_TEXT, MOST_WEIGHTY, LONGEST_SENTENCE = 400_000, 100, 240
CONTEXT = 2

_EMAIL = re.compile(r"(?<![\w.+-])((?:[\w.+-]{1,64}|\{redacted\}))\s?(?:@|[\[(]\s?(?:at|ät|@)\s?[\])])\s?((?:[\w-]{1,63}\.){1,6}[a-z]{2,24})\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "\u00ad": None, "\u200b": None})
# Names of vendors that are words of their own: alone they say nothing.
_PLAIN_WORDS = frozenset(
    """accentuate affirm agility alchemy altitude ambassador ambient answers apple arbor arena arm asp attentive attribution augur autopilot avail basis bolt
    box buffer builder bunny button cabin capita carrot cast castle catch chameleon collective communicator compete concert consumable convert
    creators crisp cubed dealer drift drip elevate engage fam fathom fifty framer genie gleam heap heatmap here hero hybrid indeed infoline ink
    insider instinctive integrate interstate interview issue iterate jellyfish keen leaflet loop looper magnetic marker measured medium mega melt meme
    mobify monitor narrative navis needle news numero numberly optimize pepper perform performio periscope piano placed playground polar radar ram
    ranker rapid reach realtime recommend reflow roost ruler run runner samba scenario scroll segment signal snap square strands superblock switch
    synthetix tail tailored target terminus test thesis time tonic tracker truffle tune turn unite whitespace windows wishlist""".split()  # noqa: SIM905
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighty:
    """`text` is what came or went as it is written there, `sentence` where it stands."""

    kind: Kind
    change: Literal["added", "removed"]
    text: str
    sentence: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyDiff:
    rows: list[Row]
    weighty: list[Weighty]


@dataclass(frozen=True, slots=True)
class Found:
    """`key` is what is compared, `text` what is shown; it stands at `start`."""

    key: str
    text: str
    start: int


def compare(before: str, after: str) -> PolicyDiff:
    """Texts as `scans.capture.dom.readable_text` gives them, a line for a paragraph. Quotes, dashes and spaces of another kind are no change."""
    before, after = before[:LONGEST_TEXT], after[:LONGEST_TEXT]
    lines, other_lines = ([line for line in text.split("\n") if line.strip()] for text in (before, after))
    found = rows.side_by_side(lines, other_lines, key=_steady, context=CONTEXT)
    return PolicyDiff(rows=found, weighty=list(_weighty(before, after))[:MOST_WEIGHTY] if found else [])


def _steady(line: str) -> str:
    return " ".join(line.translate(_QUOTES).split())


def _weighty(before: str, after: str) -> Iterator[Weighty]:
    for kind, find in FOUND.items():
        gone, come = list(find(before)), list(find(after))
        counted, counted_after = (Counter(one.key for one in found) for found in (gone, come))
        if kind != "period":  # a period stands for something each time it is written, a name only once
            counted, counted_after = (Counter(dict.fromkeys(counts, 1)) for counts in (counted, counted_after))
        yield from _told(kind, "removed", gone, counted - counted_after, before)
        yield from _told(kind, "added", come, counted_after - counted, after)


def _told(kind: Kind, change: Literal["added", "removed"], found: Iterable[Found], wanted: Counter[str], text: str) -> Iterator[Weighty]:
    """A vendor's name is left out where a company is told whose name holds it."""
    told: list[Weighty] = []
    for one in sorted(found, key=lambda each: (-len(each.text), each.start)):
        if wanted[one.key] > 0 and not (kind == "processor" and any(one.text in other.text for other in told)):
            told.append(Weighty(kind=kind, change=change, text=one.text, sentence=_sentence(text, one.start)))
        wanted[one.key] -= 1
        if len(told) == MOST_WEIGHTY:
            break
    return iter(sorted(told, key=lambda each: each.text.casefold()))


def _sentence(text: str, at: int) -> str:
    """What stands around a place: its sentence, or as much of it as fits."""
    line_start, line_end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    start = max(line_start, text.rfind(". ", line_start, at) + 2 if ". " in text[line_start:at] else line_start, at - LONGEST_SENTENCE // 2)
    end = min(line_end if line_end >= 0 else len(text), start + LONGEST_SENTENCE)
    return text[start:end].strip()


def _emails(text: str) -> Iterator[Found]:
    for found in _EMAIL.finditer(text):
        yield Found(f"{found[1]}@{found[2]}".lower(), f"{found[1]}@{found[2]}", found.start())


def _dates(text: str) -> Iterator[Found]:
    return (Found(key, shown, start) for key, shown, start in times.dates(text))


def _periods(text: str) -> Iterator[Found]:
    return (Found(key, shown, start) for key, shown, start in times.periods(text))


def _processors(text: str) -> Iterator[Found]:
    for shown, start in companies.named(text):
        yield Found(companies.key(shown), shown, start)
    names = _vendor_names()
    end = 0
    for word in _WORD.finditer(text):
        if word.start() < end:
            continue
        for name in names.get(word[0], ()):
            end = word.start() + len(name)
            if text.startswith(name, word.start()) and not text[end : end + 1].isalnum():
                yield Found(name, name, word.start())
                break
        else:
            end = 0


@cache
def _vendor_names() -> dict[str, list[str]]:
    """Vendors' names by their first word, the longest first."""
    opened = book.opened()
    vendors = [*opened.exact.values(), *opened.below.values()]
    found: dict[str, list[str]] = {}
    for name in sorted({vendor.entity for vendor in vendors} | {vendor.company for vendor in vendors}, key=lambda name: (-len(name), name)):
        first = _WORD.match(name)
        if first and len(name) > 2 and name.casefold() not in _PLAIN_WORDS and not (name.islower() and name.isalpha() and len(name) < 5):
            found.setdefault(first[0], []).append(name)
    return found


FOUND: dict[Kind, Callable[[str], Iterator[Found]]] = {"date": _dates, "email": _emails, "processor": _processors, "period": _periods}
