"""What a field is for, so that its value gets a name among the Test Data: `card.number`, `shipping.email`, `coupon.code`.

Pure. Told by the field's label first, and then by the names that the shop gives it. To add one: a line in WORDS, before those that are more general. A
name that begins with a dot belongs to the shipping address, or to the billing address where the shop says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (
            r"card.?(?:number|no\b|num\b)|\bcc.?(?:number|num)|\bpan\b|kartennummer|num[eé]ro de (?:la )?carte|n[uú]mero de (?:la )?tarjeta|kaartnummer",
            "card.number",
        ),
        (r"\bcvc\b|\bcvv2?\b|\bcsc\b|security.?code|pr[uü]fziffer|kartenpr[uü]f|sicherheitscode|cryptogramme|c[oó]digo de seguridad", "card.cvc"),
        (r"(?:exp|expiry|expiration|valid|ablauf).{0,12}(?:month|monat|\bmm\b)", "card.month"),
        (r"(?:exp|expiry|expiration|valid|ablauf).{0,12}(?:year|jahr|\byy)", "card.year"),
        (r"expir|exp.?date|\bexp\b|\bmm ?/ ?[yj]|g[uü]ltig bis|ablaufdatum|date d.expiration|caducidad|vervaldatum|scadenza", "card.expiry"),
        (r"name.{0,8}card|card.?holder|cc.?name|holder.?name|karteninhaber|titulaire|titular", "card.name"),
        (
            r"coupon|promo|voucher|discount|gutschein|rabatt|gift.?card|cup[oó]n|code.?r[eé]duc|bon de r[eé]duction|kortingscode|codice sconto|bono",
            "coupon.code",
        ),
        (r"pass(?:word|wort|wd)|mot de passe|contrase|wachtwoord|\bkennwort\b", "login.password"),
        (r"\buser.?name|\bbenutzer|\blogin.?name", "login.username"),
        (r"\be.?mail|correo|courriel", ".email"),
        (r"first.?name|given.?name|vorname|pr[eé]nom|\bfname\b|voornaam", ".first_name"),
        (r"last.?name|surname|family.?name|nachname|apellido|\blname\b|achternaam|cognome|nom de famille", ".last_name"),
        (r"full.?name|your name|^name\b|\bname$|^nom\b|^nombre\b", ".name"),
        (r"phone|telefon|\bmobile|\bmobil\b|t[eé]l[eé]phone|\btel\b|tel[eé]fono|telefoon", ".phone"),
        (r"company|organi[sz]ation|\bfirma\b|entreprise|\bsoci[eé]t[eé]\b|empresa|bedrijf", ".company"),
        (r"(?:address|adresse|line|street).{0,8}2\b|apartment|\bsuite\b|\bapt\b", ".address_2"),
        (r"post.?code|postal|\bzip|\bplz\b|postleitzahl|c[oó]digo postal|\bcap\b", ".postcode"),
        (r"\bcity\b|\btown\b|\bort\b|\bstadt\b|\bville\b|\bciudad\b|\bplaats\b|citt[aà]", ".city"),
        (r"country|\bland\b|\bpays\b|pa[ií]s\b", ".country"),
        (r"\bstate\b|province|region|county|bundesland|provincia", ".state"),
        (r"address|adresse|street|stra(?:ss|ß)e|direcci[oó]n|line.?1\b|\brue\b|indirizzo|\badres\b", ".address"),
        (r"quantity|\bqty\b|menge|anzahl|quantit|cantidad|\baantal\b", "cart.quantity"),
        (r"\bnotes?\b|comment|message|instruction|bemerkung|anmerkung", "order.note"),
        (r"search|suche|recherche|buscar|zoeken", "search.words"),
        (r"(?:birth|birthday|geburts|naissance)", ".birthday"),
    )
)
_BILLING = re.compile(r"billing|invoice|rechnung|facturation|facturaci[oó]n|factuur")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SIGNS = re.compile(r"[\s_\-\[\].#=\"'():>*|^$~]+")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
LONGEST = 30


def propose(labels: Iterable[str], names: Iterable[str] = ()) -> str:
    """`labels` are what people read at the field, `names` what the shop calls it (`#email`, `billing[city]`)."""
    said, called = [_plain(each) for each in labels], [_plain(each) for each in names]
    place = "billing" if any(_BILLING.search(each) for each in said + called) else "shipping"
    for words in filter(None, said + called):
        for pattern, name in WORDS:
            if pattern.search(words):
                return place + name if name.startswith(".") else name
    return f"field.{next((found for found in map(slug, said + called) if found), 'value')}"


def slug(words: str) -> str:
    """Small letters, digits and _, beginning with a letter; empty where there are none, or where a machine seems to have made them."""
    plain = unicodedata.normalize("NFKD", words).casefold()
    found = _NOT_PLAIN.sub("_", "".join(letter for letter in plain if not unicodedata.combining(letter))).strip("_")
    found = re.sub(r"^[^a-z]+", "", found)[:LONGEST].rstrip("_")
    return "" if re.search(r"[0-9]{3}", found) else found


def free(name: str, value: str, taken: Mapping[str, str]) -> str:
    """The same value keeps its name; another value of the same kind gets a number behind it."""
    number, tried = 1, name
    while tried in taken and taken[tried] != value:
        number += 1
        tried = f"{name[:36]}_{number}"
    return tried


def _plain(words: str) -> str:
    return " ".join(_SIGNS.sub(" ", _HUMP.sub(" ", words)).split()).casefold()
