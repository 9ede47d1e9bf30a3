"""Dates and periods in running text, in the languages of European shops. Pure.

`dates` reads `2026-01-31`, `31.01.2026`, `31 January 2026`, `January 31st, 2026`, `le 1er mars 2026`, `März 2026`; `periods` reads `14 months`, `two years`,
`30-day`, `sechs Monate`. Each gives what is compared, the same for the same day or span in any writing, what is shown, and where it stands.
To add a language: its words in the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Found = tuple[str, str, int]

_MONTHS = (
    "january januar jänner janvier enero gennaio januari janeiro stycznia styczeń jan",
    "february februar feber février fevrier febrero febbraio februari fevereiro lutego luty feb",
    "march märz maerz mars marzo maart março marca marzec mar mär",
    "april avril abril aprile kwietnia kwiecień apr",
    "may mai mayo maggio mei maio maj maja",
    "june juni juin junio giugno junho czerwca czerwiec jun",
    "july juli juillet julio luglio julho lipca lipiec jul",
    "august août aout agosto augustus augusti sierpnia sierpień aug",
    "september septembre septiembre settembre setembro września wrzesień sept sep",
    "october oktober octobre octubre ottobre outubro października październik oct okt",
    "november novembre noviembre novembro listopada listopad nov",
    "december dezember décembre decembre diciembre dicembre dezembro grudnia grudzień dec dez",
)
_MONTH_OF = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_UNITS = {
    "hour": "hour hours stunde stunden heure heures hora horas ora ore uur uren godzin godziny",
    "day": "day days tag tage tagen jour jours día días dia dias giorno giorni dag dagen dni dzień",
    "week": "week weeks woche wochen semaine semaines semana semanas settimana settimane weken tydzień tygodnie tygodni",
    "month": "month months monat monate monaten mois mes meses mese mesi maand maanden mês miesiąc miesiące miesięcy",
    "year": "year years jahr jahre jahren an ans année années año años anno anni jaar jaren ano anos rok lata lat",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_NUMBERS = (
    "one ein eine einem einen einer un une uno una een um uma jeden",
    "two zwei deux dos due twee dois duas dwa",
    "three drei trois tres tre drie três trzy",
    "four vier quatre cuatro quattro quatro cztery",
    "five fünf cinq cinco cinque vijf pięć",
    "six sechs seis sei zes sześć",
    "seven sieben sept siete sette zeven sete siedem",
    "eight acht huit ocho otto oito osiem",
    "nine neun neuf nueve nove negen dziewięć",
    "ten zehn dix diez dieci tien dez dziesięć",
    "eleven elf onze once undici",
    "twelve zwölf douze doce dodici twaalf doze",
)
_NUMBER_OF = {word: number for number, words in enumerate(_NUMBERS, 1) for word in words.split()}


def _any(words: dict[str, int] | dict[str, str]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_MONTH = rf"(?:{_any(_MONTH_OF)})\b\.?"
_YEAR = r"(?:19|20)\d\d"
_ISO = re.compile(rf"(?<![\d-])(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])")
_NUMERIC = re.compile(rf"(?<![\d./-])(?P<day>\d{{1,2}})(?P<sign>[./-])(?P<month>\d{{1,2}})(?P=sign)(?P<year>{_YEAR})(?!\d)")
_WRITTEN = (
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s(?:of\s|de\s)?(?P<month>{_MONTH}),?\s(?:de\s|del\s)?(?P<year>{_YEAR})\b", re.IGNORECASE),
    re.compile(rf"\b(?P<month>{_MONTH})\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>{_YEAR})\b", re.IGNORECASE),
    re.compile(rf"\b(?P<month>{_MONTH}),?\s(?:de\s|del\s)?(?P<year>{_YEAR})\b", re.IGNORECASE),
)
_PERIOD = re.compile(rf"\b(?P<number>\d{{1,4}}|{_any(_NUMBER_OF)})(?:\s|-)(?:\(\d{{1,4}}\)\s)?(?P<unit>{_any(_UNIT_OF)})\b", re.IGNORECASE)


def dates(text: str) -> Iterator[Found]:
    """In the order of their forms. A day and a month in digits are read as day first, and the other way round where only that can be."""
    taken: set[int] = set()
    for pattern in (_ISO, _NUMERIC, *_WRITTEN):
        for found in pattern.finditer(text):
            key = _day(**found.groupdict())
            if key and not any(at in taken for at in (found.start(), found.end() - 1)):
                taken.update(range(found.start(), found.end()))
                yield key, found[0], found.start()


def _day(*, year: str, month: str, day: str = "", sign: str = "") -> str:
    number = int(month) if month.isdigit() else _MONTH_OF[month.rstrip(".").lower()]
    on = int(day or 0)
    if number > 12 >= on and sign:
        number, on = on, number
    if not 1 <= number <= 12 or on > 31:
        return ""
    return f"{year}-{number:02}-{on:02}" if day else f"{year}-{number:02}"


def periods(text: str) -> Iterator[Found]:
    for found in _PERIOD.finditer(text):
        number, unit = found["number"].lower(), _UNIT_OF[found["unit"].lower()]
        many = int(number) if number.isdigit() else _NUMBER_OF[number]
        if not (many > 1900 and unit == "year"):
            yield f"{many} {unit}", found[0], found.start()
