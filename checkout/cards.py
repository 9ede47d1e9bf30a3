"""Real payment cards never enter: tells a published test number from a number that could be a real card, in any text.

Pure; reads the table beside it once (`data/testcards.csv`, with its sources). The list is asked first, exactly, and the check digit second: one published
number has a wrong one, and no range of issuers is free of real cards. A number is found through spaces, dashes, dots and digits of any script, as long as
it begins and ends where a group of digits does. What is found is never repeated in a message.

To add a test number: a row in the table. To add a scheme: a line in SCHEMES.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from html import unescape
from itertools import accumulate
from pathlib import Path
from urllib.parse import unquote

TABLE = Path(__file__).parent / "data" / "testcards.csv"
_CARD_FIELD = re.compile(r"card[._]?number(?:_[0-9]+)?", re.IGNORECASE)
SHORTEST, LONGEST = 13, 19
# First digits, as ranges of four, and how long the numbers are. Narrower ranges lie inside these (Elo, Hipercard, Verve, RuPay, Dankort, LankaPay).
SCHEMES: tuple[tuple[str, tuple[tuple[int, int], ...], tuple[int, ...]], ...] = (
    ("Visa", ((4000, 4999),), (13, 16, 18, 19)),
    ("Mastercard", ((5100, 5599), (2221, 2720)), (16,)),
    ("American Express", ((3400, 3499), (3700, 3799)), (15,)),
    ("Diners Club", ((3000, 3059), (3095, 3095), (3600, 3699), (3800, 3999)), (14, 16, 19)),
    ("JCB", ((3528, 3589),), (16, 17, 18, 19)),
    ("JCB, old", ((1800, 1800), (2131, 2131)), (15, 16)),
    ("Discover, UnionPay, RuPay", ((6000, 6099), (6200, 6299), (6440, 6599), (8100, 8299)), (16, 17, 18, 19)),
    ("Maestro", ((5000, 5099), (5600, 6999)), (13, 14, 15, 16, 17, 18, 19)),
    ("Mir, Borica", ((2200, 2205),), (16, 17, 18, 19)),
    ("Troy, Humo, Uzcard", ((9792, 9792), (9860, 9860), (8600, 8600)), (16,)),
)
# What may stand between two digits of one number: spaces of all kinds, dashes of all kinds, a dot, an underscore, the plus of a form, and what is not seen.
_BETWEEN = r"[\s\-._+\u00ad\u00b7\u058a\u1680\u180e\u2000-\u2015\u202f\u205f\u2060\u2212\u2e3a\u2e3b\u3000\ufe58\ufe63\ufeff\uff0d\uff0e\uff3f]"
_RUN = re.compile(rf"(?<!\d)\d(?:{_BETWEEN}{{0,3}}\d){{{SHORTEST - 1},}}")
_NUMBER = re.compile(rf"\d(?:{_BETWEEN}{{0,3}}\d){{11,18}}")
_GROUP = re.compile(r"\d+")
_NOT_A_DIGIT = re.compile(r"\D+")
_PLAIN = bytes(each - 48 if 48 <= each <= 57 else 0 for each in range(256))
_TWICE = bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9, *range(10, 256)))
_UUID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])")
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?:[0-9A-Z]{11,30}|(?: [0-9A-Z]{4}){2,7}(?: [0-9A-Z]{1,4})?)(?![0-9A-Za-z])")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


class RealCard(ValueError):
    """There is a number that could be a real payment card. The message is for people; it names the place and never the number."""


@cache
def numbers() -> Mapping[str, str]:
    """The published test numbers, each with its sources."""
    return {row["number"]: row["sources"] for row in csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines())}


def is_test_number(text: str) -> bool:
    """Is this text one published test number, however it is grouped, and nothing else?"""
    text = text.strip()
    return bool(_NUMBER.fullmatch(text)) and _digits(text) in numbers()


def real_number_in(text: str) -> bool:
    """Does a number that could be a real card stand anywhere in this text?"""
    text = _without_other_forms(_spelt_out(text))
    return any(_holds_a_card(found[0], phone=text[max(0, found.start() - 1) : found.start()] == "+") for found in _RUN.finditer(text))


def refuse(data: object, *, where: str = "") -> None:
    """Walk through this JSON, names of fields and numbers included. RealCard for the first number that could be a real card."""
    for place, name, value in _texts(data, where):
        if real_number_in(value):
            raise RealCard(
                f"{place or 'This'} holds a number that could be a real payment card. Tracefox takes published test numbers only: "
                "put in a test card of your payment processor, or another number if this is none of a card."
            )
        if _CARD_FIELD.fullmatch(name) and len(_digits(value)) >= 12 and not is_test_number(value):
            raise RealCard(f"{place or 'This'} is no published test number. Put in a test card of your payment processor, exactly as it is published.")


def _holds_a_card(run: str, *, phone: bool) -> bool:
    """`run` is digits with something between them. A number begins and ends where a group of digits does."""
    digits = _digits(run)
    starts, ends = _groups(run, len(digits))
    if len(starts) == 1 and not SHORTEST <= len(digits) <= LONGEST:
        return False
    taken = _taken(digits, starts, ends)
    even, odd = _sums(digits)
    by_first_digits = _lengths()
    for start in starts:
        for length in by_first_digits.get(digits[start : start + 4], ()):
            end = start + length
            if end >= len(ends):
                break
            sums = odd if end % 2 else even
            if ends[end] and not (sums[end] - sums[start]) % 10 and not any(taken[start:end]) and not _is_no_card(digits[start:end], phone=phone and not start):
                return True
    return False


def _taken(digits: str, starts: list[int], ends: bytearray) -> bytearray:
    """Which digits belong to a published test number: they are not looked at again."""
    taken = bytearray(len(digits))
    begins = bytearray(len(digits))
    for start in starts:
        begins[start] = 1
    for number in numbers():
        at = digits.find(number)
        while at >= 0:
            if begins[at] and ends[at + len(number)]:
                taken[at : at + len(number)] = b"\1" * len(number)
            at = digits.find(number, at + 1)
    return taken


def _groups(run: str, length: int) -> tuple[list[int], bytearray]:
    """Where groups of digits begin, and a mark where one ends, counted in digits alone."""
    at = list(accumulate(map(len, _GROUP.findall(run)), initial=0))
    ends = bytearray(length + 1)
    for end in at[1:]:
        ends[end] = 1
    return at[:-1], ends


def _sums(digits: str) -> tuple[list[int], list[int]]:
    """For the check digit of any part at once: the sums up to each place, with the digits at even places doubled, and those at odd places."""
    plain = digits.encode().translate(_PLAIN)
    twice = plain.translate(_TWICE)
    even, odd = bytearray(plain), bytearray(plain)
    even[0::2], odd[1::2] = twice[0::2], twice[1::2]
    return list(accumulate(even, initial=0)), list(accumulate(odd, initial=0))


def _is_no_card(number: str, *, phone: bool) -> bool:
    """A telephone number behind a plus, or an article number: thirteen digits where no card has been issued for decades."""
    if phone and len(number) <= 14:
        return True
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(number))
    return len(number) == 13 and number[0] != "4" and weighted % 10 == 0


def _digits(text: str) -> str:
    plain = _NOT_A_DIGIT.sub("", text)
    return plain if plain.isascii() else "".join(str(unicodedata.decimal(letter)) for letter in plain)


@cache
def _lengths() -> Mapping[str, tuple[int, ...]]:
    """By the first four digits: how long a card number is that begins so."""
    found: dict[str, set[int]] = {}
    for _, ranges, lengths in SCHEMES:
        for first, last in ranges:
            for each in range(first, last + 1):
                found.setdefault(f"{each:04d}", set()).update(lengths)
    return {first: tuple(sorted(lengths)) for first, lengths in found.items()}


def _spelt_out(text: str) -> str:
    """The text, and beside it what it says when it is taken for an address or for HTML: `4000%201234` and `4000&nbsp;1234`."""
    plain = text
    for _ in range(2):  # an address in an address
        plain = unquote(plain) if _PERCENT.search(plain) else plain
    plain = unescape(plain) if "&" in plain else plain
    return text if plain == text else f"{text}\n\n\n\n{plain}"


def _without_other_forms(text: str) -> str:
    """The text without what is long and has digits, and is certainly no card: UUIDs, and account numbers (IBAN) whose check digits are right."""
    if "-" in text:
        text = _UUID.sub("uuid", text)
    return _IBAN.sub(lambda found: "iban" if _is_iban(found[0]) else found[0], text)


def _is_iban(text: str) -> bool:
    text = text.replace(" ", "")
    return 15 <= len(text) <= 34 and int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1


def _texts(data: object, where: str) -> Iterator[tuple[str, str, str]]:
    """Every text and number in the JSON, with its place and the name of its field."""
    waiting: list[tuple[str, str, object]] = [(where, "", data)]
    while waiting:
        place, name, value = waiting.pop()
        if isinstance(value, Mapping):
            for key, inner in value.items():
                yield place, "", str(key)
                waiting.append((_below(place, str(key)), str(key), inner))
        elif isinstance(value, list | tuple):
            waiting.extend((f"{place}[{index}]", name, inner) for index, inner in enumerate(value))
        elif isinstance(value, float):  # a measure, such as where a click was, unless it is a whole number
            yield place, name, str(int(value)) if value.is_integer() else ""
        elif isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            yield place, name, str(value)


def _below(place: str, key: str) -> str:
    """The place of a field. A name with many digits is not repeated: a number may be hidden in it."""
    shown = key if len(key) <= 40 and len(_digits(key)) <= 6 else "…"
    return f"{place}.{shown}" if place else shown
