"""Does the element where the discount stands still say that it is applied?

Pure. An amount or a percentage that is not zero says so, unless a word beside it takes it back. To add such a word: REFUSALS.
"""

from __future__ import annotations

import re

from checkout import money

# Beginnings of words, so that all their forms count.
REFUSALS = (
    *("invalid", "not valid", "expired", "not applied", "cannot be", "can't be", "could not", "couldn't", "does not exist", "doesn't exist", "not found"),
    *("removed", "no longer", "not applicable", "ungültig", "abgelaufen", "nicht gültig", "nicht eingelöst", "entfernt", "existiert nicht", "pas valide"),
    *("invalide", "expiré", "n'existe pas", "no es válid", "no válid", "caducad", "vencid", "inválid", "non valid", "scadut", "ongeldig", "verlopen"),
    *("nieprawidłow", "wygas", "ogiltig", "ugyldig", "neplatn", "geçersiz"),
)
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s?%")


def is_applied(seen: str, text: str = "") -> bool:
    """`seen` is what the element says, `text` what it must hold as well, such as the name of the coupon."""
    said = " ".join(seen.split()).casefold()
    wanted = " ".join(text.split()).casefold()
    if not said or (wanted and wanted not in said) or any(word in said for word in REFUSALS):
        return False
    # A coupon's own name has digits (`SAVE10`): they are no amount.
    rest = said.replace(wanted, " ") if wanted else said
    numbers = money.amounts(rest)
    percents = [float(found.replace(",", ".")) for found in _PERCENT.findall(rest)]
    if numbers or percents:
        return any(amount.value for amount in numbers) or any(percents)
    return bool(wanted) or money.is_zero(rest)
