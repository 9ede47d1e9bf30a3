"""When are two inline scripts the same thing? Their code without its literals is the shape; their text without nonces, tokens and times is the content.

Pure, linear in the length of the text, and never at a loss: what is no JavaScript has a shape too. Accounts, hosts, and what spells out a text when decoded
stay in the content, so that neither a changed account nor a changed address hides.

To leave out another word of machines: `tokens`. To leave out the value behind another name: `_NAMED`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator

from scans.classify import vendors
from scans.diff import javascript, overlay, tokens

LONGEST = 1_000_000
HOSTS_KEPT = 200
OVERLAP = 400  # longer than an address, which may lie across a cut
_SPACES = re.compile(r"\s+")
_NAMED = re.compile(
    r"""(?P<name>(?:nonce|csrf|xsrf|form_?key|authenticity_?token|verification_?token|session_?id|sess_?id|request_?id|req_?id|trace_?id
    |trace_?parent|visitor_?id|visit_?id|page_?view_?id|cart_?token|static_token|security_token|auth_?token|access_?token|render_?id|correlation_?id)
    [\w$-]{0,40}+\\?["']?\s{0,8}[:=,]\s{0,8}\\?["'])(?P<value>[^"'\\<>\s]{4,512})(?=\\?["'])""",
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(
    rf"""(?P<host>(?:\\?/){{2}}[A-Za-z0-9_-][\w.-]{{0,253}})
    |(?P<date>(?<![\w])20\d\d-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:[.,]\d{{1,9}})?)?(?:Z|\s?[+-][0-2]\d:?[0-5]\d)?)?(?![\w]))
    |(?P<uuid>(?<![\w-]){tokens.UUID}(?![\w-]))
    |(?P<jwt>\beyJ[\w-]{{8,2000}}\.eyJ[\w-]{{2,4000}}\.[\w-]{{10,2000}})
    |(?P<word>[A-Za-z0-9_$-]++)""",
    re.VERBOSE,
)
_OWNER = re.compile(
    r"(?:account|acct|pixel|partner|site|container|propert(?:y|ies)|publisher|client|merchant|shop|store|project|company|org|app|tag|key|hjid|init|config|load)"
    r"[\w-]{0,20}[\"']?\s{0,4}[:=,(]\s{0,4}[\"']?$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:(?:https?|wss?):|(?:^|(?<=[\s\"'(=,])))(?P<slashes>//)(?P<host>[^\s/?#\"'<>()\\,;:|{}\[\]`]{1,253})", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})|\d{1,3}(?:\.\d{1,3}){3}|localhost")
_FILE = re.compile(r"\.(?:js|css|html?|php|json|png|jpe?g|gif|svg|webp|map|txt|xml)$")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,4000}={0,2}")
_ESCAPES = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(\n)|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def normalise(text: str) -> str:
    """The text without what is new in every load: markers stand where nonces, tokens, hashes and times stood, and one space for any white space."""
    text = _SPACES.sub(" ", text).strip()
    accounts = frozenset(tag.account_id for tag in vendors.tags([], [("", text)]))
    text = _NAMED.sub(lambda found: found[0] if found["value"] in accounts else f"{found['name']}{{token}}", text)
    return _WORD.sub(lambda found: _marked(found, text, accounts), text)


def normalised_sha256(text: str) -> str:
    return hashlib.sha256(normalise(text).encode("utf-8", "replace")).hexdigest()


def shape(text: str) -> str:
    """The sha256 of the code without its literals. Lists of data of another length have the same shape."""
    return hashlib.sha256(javascript.outline(text[:LONGEST]).encode("utf-8", "replace")).hexdigest()


def reaches(text: str) -> list[str]:
    """The hosts that the script's strings name, sorted: written out, escaped, put together with `+` or in base64. What is longer than LONGEST is read roughly.

    One host of each domain comes first: however many of one domain a script names, they push out no other domain.
    """
    domains: dict[str, set[str]] = {}
    for host in _named(text):
        domains.setdefault(vendors.registrable_domain(host), set()).add(host)
        if len(domains) == HOSTS_KEPT:
            break
    named = [sorted(hosts) for hosts in domains.values()]
    first, others = [hosts[0] for hosts in named], sorted(host for hosts in named for host in hosts[1:])
    return sorted([*first, *others[: HOSTS_KEPT - len(first)]])


def _named(text: str) -> Iterator[str]:
    for string in javascript.strings(text[:LONGEST]):
        plain = _unescaped(string) if "\\" in string else string
        yield from _hosts(plain)
        if "//" not in plain and (hidden := _decoded(plain)):
            yield from _hosts(hidden)
    for start in range(LONGEST, len(text), LONGEST):
        yield from _hosts(_unescaped(text[start - OVERLAP : start + LONGEST]))


def _marked(found: re.Match[str], text: str, accounts: frozenset[str]) -> str:
    word, kind = found[0], found.lastgroup
    if kind == "host" or word in accounts:
        return word
    if kind != "word":
        return {"date": "{date}", "uuid": "{uuid}", "jwt": "{token}"}[str(kind)]
    if len(word) < 8:
        return word
    if word.isdigit():
        return "{ts}" if tokens.is_epoch(word) and not _is_owned(found, text) else word
    if overlay.ACCOUNT.fullmatch(word):
        return word
    pieces = _in_pieces(word, accounts) if "-" in word or "_" in word else word
    return "{hash}" if pieces == word and tokens.is_hash(word) else pieces


def _in_pieces(word: str, accounts: frozenset[str]) -> str:
    """`app-3f2a1b9c` and `css_1699999999`: what stands between hyphens, but nothing behind a prefix of capitals as in `AW-1699999999`."""
    parts = re.split(r"([-_])", word)
    for at in range(0, len(parts), 2):
        part, before = parts[at], parts[at - 2] if at >= 2 else ""
        if len(part) < 8 or part in accounts or before.isupper():
            continue
        if tokens.is_epoch(part):
            parts[at] = "{ts}"
        elif tokens.is_hash(part):
            parts[at] = "{hash}"
    return "".join(parts)


def _is_owned(found: re.Match[str], text: str) -> bool:
    """Ten digits may be a moment and an account; after a name that speaks of an account they are one."""
    return _OWNER.search(text[max(0, found.start() - 48) : found.start()]) is not None


def _hosts(text: str) -> Iterator[str]:
    if "//" not in text:
        return
    for match in _ADDRESS.finditer(text):
        host = match["host"].rpartition("@")[2].lower().rstrip(".")
        bare = match.start() == match.start("slashes")
        if _HOST.fullmatch(host) and not (bare and _FILE.search(host)):
            yield host


def _decoded(text: str) -> str:
    if not _BASE64.fullmatch(text):
        return ""
    try:
        plain = base64.b64decode(text.replace("-", "+").replace("_", "/").rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (ValueError, binascii.Error):
        return ""
    return plain.decode("ascii", "ignore") if b"//" in plain else ""


def _unescaped(text: str) -> str:
    return _ESCAPES.sub(_letter, text)


def _letter(found: re.Match[str]) -> str:
    digits = found[1] or found[2] or found[3]
    if digits:
        return chr(int(digits, 16)) if int(digits, 16) < 0x110000 else ""
    return "" if found[4] else _LETTERS.get(found[5], found[5])
