"""E-mail addresses in the text of a policy page: those of a role stay, since whom to write to is part of the policy; of others only the domain does.

Pure. The addresses are taken out of the document before the redactor goes over it, and the text gets them back afterwards; what is kept of the document itself
never does. Only addresses that stand free are taken, none inside a URL, and none that is a value seen in cookies or storage.
To add a role: its word in `ROLES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote

from scans.capture.redact.shapes import MARK

ROLES = frozenset(
    """abuse accessibility accounts at au be billing biuro ca care ccpa ch client clients compliance contact contacto contactus contatti cs customer
    customercare customers customerservice customersupport dane data dataprivacy dataprotection dataprotectionofficer datenschutz
    datenschutzbeauftragte datenschutzbeauftragter de dk dpo dsar dsb dsgvo emea encarregado enquiries eprivacy es eu europe feedback fi fr gb gdpr
    global hallo hello help helpdesk hi hilfe ie impressum info inquiries int iod it kontakt kontakty kunden kundendienst kundenservice kundensupport
    legal lopd mail marketing media nl no odo office officer online optout order orders pl pomoc post press presse privacidad privacidade privacy
    privacyoffice privacypolicy privacyrequests privacyteam protecciondedatos protection pt questions recht request requests retouren returns rgpd
    rodo sales se security service services shop sklep store support team uk unsubscribe us webmaster webshop widerruf zentrale""".split()  # noqa: SIM905
)
MOST = 200
_ADDRESS = re.compile(
    r"(?<![^\s>(\[;])([A-Za-z0-9][\w.+-]{0,63})(?:@|&#64;|&#x40;|&commat;)((?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})(?![\w@/:-]|\.\w)",
    re.IGNORECASE | re.ASCII,
)
_BETWEEN = re.compile(r"[._+-]")
_DIGITS = re.compile(r"\d{1,3}")


class Taken:
    """The document with its free addresses taken out, and what stands for each of them. `secrets` are the values seen in cookies and storage."""

    def __init__(self, html: str, *, secrets: Iterable[str] = ()) -> None:
        self._sign = next(sign for sign in (f"{{address{'x' * more}" for more in range(len(html) + 2)) if sign not in html)
        self._kept: list[str] = []
        self._secrets = "\n".join(unquote(secret).lower() for secret in secrets if "@" in secret or "%40" in secret)
        self.html = _ADDRESS.sub(self._take, html)

    def masked(self, text: str) -> str:
        """No address comes back: for what is kept of the document."""
        return self._given(text, lambda number: MARK)

    def readable(self, text: str) -> str:
        """For the text of a policy page."""
        return self._given(text, lambda number: self._kept[number])

    def _take(self, found: re.Match[str]) -> str:
        if len(self._kept) == MOST:
            return found[0]
        local, domain = found[1], found[2]
        address = f"{local}@{domain}"
        if address.lower() in self._secrets:
            return found[0]
        self._kept.append(address if is_role(local) else f"{MARK}@{domain}")
        return f"{self._sign} {len(self._kept) - 1}}}"

    def _given(self, text: str, give: Callable[[int], str]) -> str:
        return re.sub(re.escape(self._sign) + r" (\d{1,3})\}", lambda found: give(int(found[1])), text) if self._kept else text


def is_role(local: str) -> bool:
    """Every part of it is a role, a country or a short number: `privacy`, `data-protection.eu`, `info2`; not `jane.support`."""
    parts = [_DIGITS.sub("", part) for part in _BETWEEN.split(local.lower())]
    return any(part in ROLES for part in parts) and all(not part or part in ROLES for part in parts)
