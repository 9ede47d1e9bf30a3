"""Reads the amounts that a shop writes: `€ 1.234,50`, `$0.00`, `0,00 kr`, `CHF 12.–`, `Free`.

Pure. Where a text can be read in two ways, `equals` and `is_zero` answer no: they stand before an order that must not cost money. To add a currency: its sign
or letters in SIGNS or CODES; a word for 'free': in FREE.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

SIGNS = {
    "US$": "USD",
    "CA$": "CAD",
    "C$": "CAD",
    "AU$": "AUD",
    "A$": "AUD",
    "NZ$": "NZD",
    "HK$": "HKD",
    "S$": "SGD",
    "R$": "BRL",
    "MX$": "MXN",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "￥": "JPY",
    "円": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "₺": "TRY",
    "₴": "UAH",
    "₩": "KRW",
    "₪": "ILS",
    "₫": "VND",
    "$": "$",
    "＄": "$",
    "฿": "THB",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "лв.": "BGN",
    "лв": "BGN",
    "lei": "RON",
    "руб.": "RUB",
    "руб": "RUB",
    "kr.": "kr",
    "kr": "kr",
    "Kr": "kr",
    "SFr.": "CHF",
    "Fr.": "CHF",
}
_CODES = (
    "AED ARS AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JOD JPY KES KRW KWD MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR "
    "PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD VND ZAR"
)
CODES = frozenset(_CODES.split(" "))
THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
FREE = frozenset(
    {
        *("free", "gratis", "kostenlos", "gratuit", "gratuite", "offert", "gratuito", "grátis", "gratuita", "za darmo", "zdarma", "zadarmo", "ingyenes"),
        *("ilmainen", "ücretsiz", "бесплатно", "безкоштовно", "δωρεάν", "無料", "免费", "免費", "무료", "kostenfrei", "no charge", "tasuta", "nemokamai"),
    }
)
TOTALS = frozenset(
    {"total", "order total", "grand total", "sum", "summe", "gesamt", "gesamtsumme", "totaal", "totale", "totalt", "montant total", "suma", "razem"}
)
_CURRENCY = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True)) + "|(?<![A-Za-z])(?:" + "|".join(sorted(CODES)) + ")(?![A-Za-z])"
_SPACES = "\u0020\u00a0\u202f\u2009\u2007"
_NUMBER = re.compile(rf"(?<![\d.,])(?:\d{{1,3}}(?:[{_SPACES}.,'’]\d{{2,3}})+(?:[.,]\d{{1,3}})?|\d+(?:[.,]\d{{1,3}})?)(?!\d)")
_BEFORE = re.compile(rf"(?P<minus>[-\u2212\u2013]\s?)?(?P<currency>{_CURRENCY})?\s{{0,3}}(?P<inner>[-\u2212\u2013]\s?)?$")
_AFTER = re.compile(rf"(?:[.,]?[-\u2013\u2014]{{1,2}})?\s{{0,3}}(?:(?P<currency>{_CURRENCY})|(?P<percent>%))?")
_AROUND = 12  # characters before a number in which its sign and currency stand
_CENTS = re.compile(r"[.,]\d\d$")
_PIECES = re.compile(r"[:\n\t]|\s{2,}")


@dataclass(frozen=True, slots=True)
class Amount:
    """`currency` is its ISO code, or its sign where that stands for several; empty: none is written."""

    value: Decimal
    currency: str = ""


def read(text: str) -> Amount | None:
    """The amount in this text, if it has exactly one. What is in brackets counts only if nothing else is there."""
    found = _one_each(amounts(_without_brackets(text)) or amounts(text))
    if not found and _is_free(text):
        return Amount(Decimal(0))
    return found[0] if len(found) == 1 else None


def equals(text: str, wanted: str) -> bool:
    """Is this amount, and no other, in the text? `wanted` is written as in `12.00`."""
    found = read(text)
    return found is not None and found.value == Decimal(wanted)


def is_zero(text: str) -> bool:
    """Is every amount in the text zero, those in brackets too? Or does it say 'free' and nothing else?"""
    found = amounts(text)
    if not found:
        return _is_free(text)
    return all(amount.value == 0 for amount in found)


def amounts(text: str) -> list[Amount]:
    """Those with a currency on either side, or with cents; where there is none, all numbers but percentages."""
    found = [(match[0], amount) for match in _NUMBER.finditer(text) if (amount := _amount(text, match))]
    return [amount for number, amount in found if amount.currency or _CENTS.search(number)] or [amount for _, amount in found]


def _amount(text: str, match: re.Match[str]) -> Amount | None:
    before, after = _BEFORE.search(text[max(0, match.start() - _AROUND) : match.start()]), _AFTER.match(text, match.end())
    if before is None or after is None or after["percent"]:
        return None
    written = before["currency"] or after["currency"] or ""
    currency = SIGNS.get(written, written)
    value = _value(match[0], currency)
    return Amount(-value if before["minus"] or before["inner"] else value, currency)


def _value(number: str, currency: str) -> Decimal:
    """The last separator divides the cents if two digits follow, or one; three are thousands, but for currencies that count in thousandths."""
    whole, separator, end = _last(number)
    if not separator:
        return Decimal(number)
    plain = re.sub(r"\D", "", whole)
    others = {sign for sign in whole if not sign.isdigit()}
    is_decimal = len(end) < 3 or currency in THREE_DECIMALS or plain.strip("0") == "" or (others and separator not in others)
    if separator in ".," and is_decimal and separator not in others:
        return Decimal(f"{plain}.{end}")
    return Decimal(plain + end)


def _last(number: str) -> tuple[str, str, str]:
    for place in range(len(number) - 1, -1, -1):
        if not number[place].isdigit():
            return number[:place], number[place], number[place + 1 :]
    return number, "", ""


def _one_each(amounts: list[Amount]) -> list[Amount]:
    return list(dict.fromkeys(amounts))


def _without_brackets(text: str) -> str:
    return re.sub(r"\([^()]{0,200}\)", " ", text)


def _is_free(text: str) -> bool:
    """The word alone, or behind a label such as 'Total:'."""
    pieces = [piece.strip(" .!*").casefold() for piece in _PIECES.split(text)]
    said = [piece for piece in pieces if piece]
    if not said:
        return False
    return (said[-1] in FREE and len(said) <= 2) or any(said == [f"{label} {word}"] for label in TOTALS for word in FREE)
