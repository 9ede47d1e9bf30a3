"""Companies named in running text, known by their form: `Stripe Payments Europe, Ltd.`, `Muster & Sohn GmbH & Co. KG`. Pure.

The form is found first; what belongs to the name are the words before it that begin with a capital or a digit, and what joins them.
To add a form: its writing in `_FORM`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FORM = re.compile(
    r"(?<![\w.])(?:GmbH(?:\s&\sCo\.?\s(?:KG(?:aA)?|OHG))?|gGmbH|UG(?:\s\(haftungsbeschränkt\))?|KGaA|AG\s&\sCo\.?\sKG|AG|KG|OHG|e\.\s?K\.|SE|Inc|Incorporated|Ltd|Limited"
    r"|LLC|L\.L\.C|LLP|PLC|plc|Corp|Corporation|Pty\.?\sLtd|S\.\s?A\.\s?S|SAS|SASU|S\.\s?A|SA|SARL|S\.\s?à\s?r\.\s?l|S\.\s?r\.\s?l|Srl|S\.\s?p\.\s?A|SpA|S\.\s?L|B\.\s?V"
    r"|BV|N\.\s?V|NV|A/S|ApS|AB|AS|Oy|Oyj|sp\.\sz\so\.\s?o|s\.\s?r\.\s?o|Lda|d\.\s?o\.\s?o|Kft)(?![\w&]|\.\w)\.?"
)
_WORD_BEFORE = re.compile(r"(\S{1,60})\s{1,3}$")
_JOINING = frozenset(["&", "+", "of", "de", "di", "der"])
_SHORTENED = ("Inc.", "Ltd.", "Corp.", "Co.")
_NOT_A_NAME = frozenset(
    """the die der das den dem des our unser unsere unserer we wir i a an la le les el los il lo firma company companies unternehmen anbieter provider
    dienstleister is ist bei by with mit von from to an this diese dieser our notre nostra nuestra""".split()  # noqa: SIM905
)
MOST_WORDS = 6


def named(text: str) -> Iterator[tuple[str, int]]:
    """Each company with where its name starts."""
    done = 0
    for form in _FORM.finditer(text):
        start = _start(text, form.start(), not_before=done)
        if start < form.start():
            name = " ".join(text[start : form.end()].split())
            ends_a_sentence = name.endswith(".") and not name.endswith(_SHORTENED) and "." not in form[0][:-1]
            yield name.rstrip(".") if ends_a_sentence else name, start
            done = form.end()


def key(name: str) -> str:
    """The same for `Google, Inc.` and `Google Inc`."""
    return re.sub(r"[.,\s]+", " ", name).strip().casefold()


def _start(text: str, form: int, *, not_before: int) -> int:
    """Where the name before this form begins; the form's own place if none stands there."""
    start = at = form
    for step in range(MOST_WORDS):
        found = _WORD_BEFORE.search(text, max(not_before, at - 64), at)
        if not found:
            break
        word, at = found[1], found.start()
        bare = word.strip("(),")
        if word[-1] in ":;!?" or (word[-1] == "." and len(bare) > 4) or (word[-1] == "," and step):
            break
        if bare[:1].isupper() or bare[:1].isdigit() or (bare[1:2].isupper() and bare.isalpha()):
            if bare.casefold() in _NOT_A_NAME:
                break
            start = at + (len(word) - len(word.lstrip("(")))
        elif bare.casefold() not in _JOINING:
            break
    return start
