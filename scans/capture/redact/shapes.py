"""What personal, financial and session data looks like, wherever it stands in a text. Pure.

Masked are e-mail addresses, phone numbers, IBANs (by checksum), card numbers (by issuer prefix and checksum, to their last four digits), JSON web tokens,
bearer credentials, secret keys of well-known services, and values that are named as a session or a token. Every repeat is bounded or possessive.

To add a shape: a function `text -> text` in `EVERYWHERE` or `IN_PROSE`, cheap where it finds nothing, and blind to what it wrote itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MARK = "{redacted}"

_GAP = r"(?:[ \u00a0\u2007\u2009\u202f-]|&nbsp;|%20)"
_WRITTEN_GAP = re.compile(r"&nbsp;|%20")

_AT = re.compile(r"@|%40|&#64;|&commat;", re.IGNORECASE)
_LOCAL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-")
_FILE_ENDINGS = "png|jpe?g|gif|webp|avif|svg|ico|css|m?js|jsx|tsx?|map|json|html?|php|aspx?|woff2?|ttf|otf|eot|mp[34]|webm|pdf|xml|txt|wasm|vue"
_AFTER_AT = re.compile(
    rf"(?!v?\d+[.@/]|\dx[.@])(?:[A-Za-z0-9\u00c0-\u024f-]{{1,63}}\.){{1,8}}(?!(?:{_FILE_ENDINGS})(?![A-Za-z0-9-]))[A-Za-z\u00c0-\u024f]{{2,24}}(?!\.?[A-Za-z0-9-])"
)

_PHONE = re.compile(
    rf"(?:\+{_GAP}?|(?<![\w.+/=-])00(?=[1-9]\d{{0,2}}[ \u00a0]))[1-9](?:(?:{_GAP}|[()./]){{0,3}}\d){{6,13}}(?!\w|-\d)"  # +49 (0)30 1234567
    rf"|(?<![\w.+/=-])(?:"
    rf"\(0\d{{1,5}}\){_GAP}?\d(?:{_GAP}?\d){{3,9}}"  # (030) 1234567
    rf"|(?!\d\d{_GAP}\d\d{_GAP}(?:19|20)\d\d(?!\d))0[1-9]\d{{0,3}}(?:{_GAP}|/){{1,3}}\d{{2,5}}(?:{_GAP}?\d{{2,5}}){{1,3}}"  # 020 7946 0958, and no date
    rf"|\(\d{{3}}\){_GAP}?\d{{3}}{_GAP}\d{{4}}"  # (555) 123-4567
    rf"|\d{{3}}-\d{{3}}-\d{{4}}"  # 555-123-4567
    rf")(?!\w|-\d)"
)
_MAYBE_PHONE = re.compile(r"[+(]|0\d{1,4}[ \u00a0/&-]|\d{3}-\d{3}-")

_IBAN = re.compile(rf"(?<![A-Za-z0-9])[A-Z]{{2}}\d{{2}}(?:{_GAP}?[A-Z0-9]){{11,30}}(?![A-Za-z0-9])")
_IBAN_LENGTHS = {
    **dict.fromkeys(["NO"], 15),
    **dict.fromkeys(["BE"], 16),
    **dict.fromkeys(["DK", "FI", "FO", "GL", "NL"], 18),
    **dict.fromkeys(["MK", "SI"], 19),
    **dict.fromkeys(["AT", "BA", "EE", "KZ", "LT", "LU", "XK", "MN"], 20),
    **dict.fromkeys(["CH", "CR", "HR", "LI", "LV"], 21),
    **dict.fromkeys(["BG", "BH", "DE", "GB", "GE", "IE", "ME", "RS"], 22),
    **dict.fromkeys(["AE", "GI", "IL", "IQ", "TL", "OM", "SO"], 23),
    **dict.fromkeys(["AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"], 24),
    **dict.fromkeys(["LY", "PT", "ST"], 25),
    **dict.fromkeys(["IS", "TR"], 26),
    **dict.fromkeys(["DJ", "FR", "GR", "IT", "MC", "MR", "SM", "BI"], 27),
    **dict.fromkeys(["AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "NI", "PL", "SV"], 28),
    **dict.fromkeys(["BR", "EG", "PS", "QA", "UA"], 29),
    **dict.fromkeys(["JO", "KW", "MU", "YE"], 30),
    **dict.fromkeys(["MT", "SC"], 31),
    "LC": 32,
    "RU": 33,
}

_DIGITS = re.compile(rf"(?<![\w.])\d(?:{_GAP}?\d){{12,18}}(?!\w|\.\d)")
# The outline of a text: capitals as A, digits as 0, gaps gone. It is read many times faster than the text, and tells where no such number can be.
_OUTLINE = bytes(ord("0") if chr(byte) in "0123456789?" else ord("A") if chr(byte).isupper() and byte < 128 else ord(".") for byte in range(256))
_IN_GAPS = b" -%&nbsp;"
_MAYBE_IBAN = re.compile(rb"AA00[A0]{11}")
_MAYBE_CARD = b"0" * 13
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}"
    r"|(?:6011|65\d\d|64[4-9]\d)\d{12,15}"
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"
    r"|3(?:0[0-59]|[689]\d)\d{11,16}"
    r"|62\d{14,17}"
    r"|(?:5[0678]|6[0137])\d{12,17}"
)

CARD_LEFT = re.compile(r"•••• \d{4}")

_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{5,4096}+\.[\w-]{4,8192}+(?:\.[\w-]{0,4096}+)?")
_BEARER = re.compile(r"\b(bearer|basic)(\s{1,5}|%20|\+)(?!\{)([\w~./+=-]{8,4096}+)", re.IGNORECASE)
_SCHEMES = ("bearer", "Bearer", "BEARER", "basic", "Basic", "BASIC")
_SECRET_KEY = re.compile(
    r"\b(?:[sr]k_(?:live|test)_\w{10,250}|whsec_[\w+/=-]{10,100}|tfx_\w{16,120}|sk-(?:\w{2,10}-)?[\w-]{20,200}|gh[opsur]_\w{20,255}|github_pat_\w{20,255}"
    r"|glpat-[\w-]{16,64}|xox[abeprs]-[\w-]{10,250}|AKIA[0-9A-Z]{16}|SG\.[\w-]{16,32}\.[\w-]{16,64}|shp(?:at|ca|pa|ss)_[0-9a-f]{32}|re_\w{8}_\w{16,40})\b"
)
# Each begins with one sign, and so flies over what has none of it.
_MAYBE_SECRET_KEY = (
    re.compile(r"_(?=[\w+/=-]{10})(?:(?<=[sr]k_)|(?<=whsec_)|(?<=tfx_)|(?<=gh[opsur]_)|(?<=github_)|(?<=shp.._)|(?<=\bre_))"),
    re.compile(r"-(?=[\w-]{10})(?:(?<=sk-)|(?<=glpat-)|(?<=xox.-))"),
    re.compile(r"AKIA"),
    re.compile(r"SG\."),
)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{0,8000}+(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?")

# Nothing that is masked does without a digit or one of these signs.
_NOTHING = re.compile(r"[^\d@%&:=_+]*+")
# Names behind which a session, a credential or an identity stands.
TELLING = re.compile(
    r"sess(?:ion)?(?:[_-]?id)?$|^(?:php|j|asp\.net_|aspx?)?sess|(?:^|[_-])(?:sid|jwt|otp|pin|pwd|pass|ssn)$|token|csrf|xsrf|passw|secret|credential|signature"
    r"|auth(?!or|ent)|api[_-]?key|access[_-]?key|private[_-]?key|nonce|e-?mail(?!ing)|phone|msisdn|(?:user|customer|visitor|client|account)[_-]?(?:id|name|hash)$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"""(?<![\w-])([A-Za-z][\w.-]{1,40})(["']?\s{0,3}[=:]\s{0,3}["']?)([^\s"'&;,<>(){}\[\]]{6,4096}+)""")
_PLAIN_WORD = re.compile(r"[A-Z]?[a-z]{1,15}|[A-Z]{1,15}")
_SPLIT_WORDS = re.compile(r"[^A-Za-z0-9]+")


def mask(text: str, *, public: frozenset[str] = frozenset(), prose: bool = True) -> str:
    """The text without personal, financial and session data. `public` are account ids that stay; `prose` also looks for phone numbers and named values."""
    if _NOTHING.fullmatch(text) and "PRIVATE KEY-----" not in text:
        return text
    for shape in EVERYWHERE:
        text = shape(text)
    text = _without_account_numbers(text, public)
    if prose:
        for shape in IN_PROSE:
            text = shape(text)
    return text


def is_plain_words(value: str) -> bool:
    """Words as people write them, joined by anything: `granted`, `en-GB`, `winter sale`. Such a value tells nobody apart."""
    return all(not word or _PLAIN_WORD.fullmatch(word) for word in _SPLIT_WORDS.split(value))


def without_emails(text: str) -> str:
    if not any(sign in text for sign in ("@", "%40", "&#64;", "&commat;")):
        return text
    parts, done = [], 0
    for at in _AT.finditer(text):
        start = _start_of_local_part(text, at.start(), not_before=done)
        if start < at.start() and (after := _AFTER_AT.match(text, at.end())):
            parts += [text[done:start], MARK]
            done = after.end()
    return "".join(parts) + text[done:] if parts else text


def without_phones(text: str) -> str:
    return _PHONE.sub(_phone_or_not, text) if _MAYBE_PHONE.search(text) else text


def without_tokens(text: str) -> str:
    if "eyJ" in text:
        text = _JWT.sub(MARK, text)
    if any(scheme in text for scheme in _SCHEMES):
        text = _BEARER.sub(_credential_or_not, text)
    if any(maybe.search(text) for maybe in _MAYBE_SECRET_KEY):
        text = _SECRET_KEY.sub(MARK, text)
    if "PRIVATE KEY-----" in text:
        text = _PRIVATE_KEY.sub(MARK, text)
    return text


def without_named_values(text: str) -> str:
    """`sessionid=8f3a...`, `"csrfToken": "..."`: values behind a telling name, unless they are plain words."""
    return _NAMED.sub(_named_or_not, text) if "=" in text or ":" in text else text


def is_card(digits: str) -> bool:
    """A number that a card could bear: an issuer's prefix, a right length, a right checksum."""
    if not _ISSUERS.fullmatch(digits) or not _luhn(digits):
        return False
    return not (len(digits) == 13 and _is_ean(digits))


EVERYWHERE: tuple[Callable[[str], str], ...] = (without_tokens, without_emails)
IN_PROSE: tuple[Callable[[str], str], ...] = (without_phones, without_named_values)


def _start_of_local_part(text: str, at: int, *, not_before: int) -> int:
    """Where the name before an @ begins; `at` itself if there is none. `%2B` is an encoded plus."""
    start = at
    while start > max(not_before, at - 64) and (text[start - 1] in _LOCAL or text[start - 1 : start + 2].upper() == "%2B"):
        start -= 1
    return start


def _credential_or_not(found: re.Match[str]) -> str:
    scheme, between, value = found.groups()
    return f"{scheme}{between}{MARK}" if "=" in value or any(sign.isdecimal() for sign in value) else found[0]


def _phone_or_not(found: re.Match[str]) -> str:
    return MARK if len(_only_digits(found[0])) >= (8 if found[0][0] == "+" else 9) else found[0]


def _without_account_numbers(text: str, public: frozenset[str]) -> str:
    """IBANs first, then cards: an IBAN may hold what looks like a card's number."""
    if len(text) < len(_MAYBE_CARD):
        return text
    outline = text.encode("ascii", "replace").translate(_OUTLINE, _IN_GAPS)
    if _MAYBE_IBAN.search(outline):
        text = _IBAN.sub(_iban_or_not, text)
    if _MAYBE_CARD in outline:
        text = _DIGITS.sub(lambda found: _card_or_not(found, public), text)
    return text


def _card_or_not(found: re.Match[str], public: frozenset[str]) -> str:
    digits = _only_digits(found[0])
    return f"•••• {digits[-4:]}" if digits not in public and is_card(digits) else found[0]


def _only_digits(text: str) -> str:
    """ASCII digits out of any script's digits."""
    return "".join(str(int(sign)) for sign in _WRITTEN_GAP.sub("", text) if sign.isdecimal())


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0


def _is_ean(digits: str) -> bool:
    return (sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))) % 10 == 0


def _iban_or_not(found: re.Match[str]) -> str:
    """The expression takes as much as it can; the country says how much of it is the IBAN."""
    spaced = _WRITTEN_GAP.sub(lambda gap: " " * len(gap[0]), found[0])
    letters = [(at, sign) for at, sign in enumerate(spaced) if sign.isalnum()]
    length = _IBAN_LENGTHS.get(found[0][:2], 0)
    if not length or len(letters) < length:
        return found[0]
    iban = "".join(sign for _, sign in letters[:length])
    if int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 != 1:
        return found[0]
    return MARK + found[0][letters[length - 1][0] + 1 :]


def _named_or_not(found: re.Match[str]) -> str:
    name, between, value = found.groups()
    return found[0] if not TELLING.search(name) or is_plain_words(value) else f"{name}{between}{MARK}"
