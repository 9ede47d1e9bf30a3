"""The published test numbers as a list to choose from, by the processor that publishes them.

Pure. The table is that of `checkout.cards`; a number that several publish stands under each.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from checkout import cards

SCHEMES = (("34", "American Express"), ("37", "American Express"), ("35", "JCB"), ("4", "Visa"), ("5", "Mastercard"), ("2", "Mastercard"))
MORE = (("30", "Diners Club"), ("36", "Diners Club"), ("38", "Diners Club"), ("6", "Discover, Maestro or UnionPay"), ("8", "UnionPay"))


@cache
def grouped() -> list[tuple[str, list[tuple[str, str]]]]:
    """Processor by processor, each number with its words: '4242 4242 4242 4242, Visa'."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for number, sources in cards.numbers().items():
        for processor in dict.fromkeys(source.partition("[")[0].strip() for source in sources.split("|")):
            found[processor].append((number, _words(number)))
    return sorted(found.items(), key=lambda item: item[0].lower())


def takes_card(name: str) -> bool:
    """Is this the name of a card's number?"""
    return name.replace("_", ".").endswith(("card.number", "cardnumber", "card.pan")) or name == "payment.number"


def _words(number: str) -> str:
    scheme = next((words for start, words in (*SCHEMES, *MORE) if number.startswith(start)), "")
    spaced = " ".join(number[place : place + 4] for place in range(0, len(number), 4))
    return f"{spaced}, {scheme}" if scheme else spaced
