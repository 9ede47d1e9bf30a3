"""Which addresses may be put under watch, and the one way each of them is written.

Pure. What `canonical_url` gives is a fixed point of the URL parser that browsers use (WHATWG): the browser goes to exactly the host that was judged here,
over https, on port 443. It is stricter than a browser: what two parsers could read in two ways is refused, never repaired. Each refusal is one sentence
that says what to do. To refuse one more kind of address, raise `BadUrl` in the function that reads that part, and add a line to the test's table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from functools import lru_cache
from urllib.parse import quote

import idna
from publicsuffixlist import PublicSuffixList

from tracefox.egress import policy

LONGEST = 2048
SHOWN = 60
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?![0-9]+(?:[/?#]|$))")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_SINGLE_DOT = {".", "%2e"}
_DOUBLE_DOT = {"..", ".%2e", "%2e.", "%2e%2e"}
# What the parser leaves as it is, beside letters, digits and -._~
_PATH_SAFE = "%!$&'()*+,/:;=@[]|"
_QUERY_SAFE = "%!$&()*+,/:;=?@[]|\\^`{}"


class BadUrl(ValueError):
    """This address cannot be put under watch. The message is a sentence for people: why, and what to do."""


def canonical_url(text: str, *, known_hosts: Container[str] = ()) -> str:
    """The one way to write this address. `http` and no scheme become https; the names in `known_hosts` skip the judgement of names."""
    text = text.strip()
    _refuse_unreadable(text)
    scheme, rest = _split_scheme(text)
    authority, path, query = _split(rest)
    if "@" in authority:
        raise BadUrl(f"{_shown(text)} holds a user name or password. Give the address without the part before the @.")
    host, port = _split_port(authority, text)
    if port and int(port) != 443 and not (scheme == "http" and int(port) == 80):
        raise BadUrl(f"{_shown(text)} names port {int(port)}. Tracefox visits port 443 only; give the address without a port.")
    host = _canonical_host(host, text)
    if host not in known_hosts:
        _judge(host, text)
    url = f"https://{host}{_canonical_path(path)}" + (f"?{quote(query, safe=_QUERY_SAFE)}" if query else "")
    if len(url) > LONGEST:
        raise _too_long(text)
    return url


def host_of(url: str) -> str:
    """The host of a canonical URL."""
    return url.removeprefix("https://").split("/", 1)[0]


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """The part of a name that somebody registered: `shop.example.co.uk` gives `example.co.uk`. A public suffix gives itself."""
    return _public_suffixes().privatesuffix(host) or host


@lru_cache(maxsize=1)
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _refuse_unreadable(text: str) -> None:
    if not text:
        raise BadUrl("There is no address. Give one such as https://www.your-client.com/.")
    if len(text) > LONGEST:
        raise _too_long(text)
    if "\\" in text:
        raise BadUrl(f"{_shown(text)} holds a backslash. Write the address with forward slashes.")
    for letter in text:
        if letter.isspace():
            raise BadUrl(f"{_shown(text)} holds a space or a line break. Give one address, without spaces.")
        if unicodedata.category(letter) in ("Cc", "Cs"):
            raise BadUrl(f"{_shown(text)} holds a character that no address has. Type the address instead of pasting it.")


def _split_scheme(text: str) -> tuple[str, str]:
    if not (found := _SCHEME.match(text)):
        if text.startswith("/"):
            raise BadUrl(f"{_shown(text)} is only a part of an address. Give all of it, such as https://www.your-client.com/.")
        return "https", text
    scheme, rest = found[1].lower(), text[found.end() :]
    if scheme not in ("http", "https"):
        raise BadUrl(f"{_shown(text)} is not the address of a web page. Give one that starts with https://.")
    if not rest.startswith("//") or rest.startswith("///"):
        raise BadUrl(f"{_shown(text)} is incomplete. After {scheme}: two slashes and the host's name follow, such as https://www.your-client.com/.")
    return scheme, rest[2:]


def _split(rest: str) -> tuple[str, str, str]:
    """Authority, path and query. The fragment never reaches a server and is dropped."""
    before, _, query = rest.partition("#")[0].partition("?")
    authority, slash, path = before.partition("/")
    return authority, slash + path, query


def _split_port(authority: str, text: str) -> tuple[str, str]:
    if "[" in authority or authority.count(":") > 1:
        raise _is_number(text)
    host, _, port = authority.partition(":")
    if not (port.isascii() and port.isdigit() and len(port) <= 9) and port:
        raise BadUrl(f"{_shown(text)} has a port that is no number. Give the address without a port.")
    return host, port


def _canonical_host(host: str, text: str) -> str:
    """Lower case and ASCII, without the final dot."""
    try:
        host = host.lower() if host.isascii() else idna.uts46_remap(host, std3_rules=True, transitional=False)
        labels = host.removesuffix(".").split(".")
        labels = [label if label.isascii() and not label.startswith("xn--") else idna.alabel(label).decode() for label in labels]
    except (idna.IDNAError, UnicodeError) as error:
        raise _no_host(text) from error
    if _NUMBER.fullmatch(labels[-1]):
        raise _is_number(text)
    return ".".join(labels)


def _judge(host: str, text: str) -> None:
    verdict = policy.judge_host(host)
    if verdict.allowed:
        return
    if verdict.reason == "single label":
        raise BadUrl(f"{_shown(text)} has no full host name. Give one with a dot in it, such as www.your-client.com.")
    if verdict.reason.startswith("suffix"):
        raise BadUrl(f"{_shown(text)} lies in a private network. Give an address that anybody on the Internet can open.")
    raise _no_host(text)


def _canonical_path(path: str) -> str:
    segments: list[str] = []
    parts = path.split("/")[1:] or [""]
    for position, part in enumerate(parts):
        is_last = position == len(parts) - 1
        if part.lower() in _DOUBLE_DOT:
            segments[-1:] = []
        elif part.lower() not in _SINGLE_DOT:
            segments.append(part)
            continue
        if is_last:
            segments.append("")
    return "/" + quote("/".join(segments), safe=_PATH_SAFE)


def _shown(text: str) -> str:
    """The address for a sentence: short, printable, and without a password."""
    _, at, rest = text.rpartition("@")
    text = f"…@{rest}" if at else text
    text = "".join(letter if letter.isprintable() and unicodedata.category(letter) != "Cf" else "·" for letter in text)
    return f"“{text[:SHOWN]}…”" if len(text) > SHOWN else f"“{text}”"


def _too_long(text: str) -> BadUrl:
    return BadUrl(f"{_shown(text)} is longer than {LONGEST} characters. Give a shorter address of the page.")


def _no_host(text: str) -> BadUrl:
    return BadUrl(f"{_shown(text)} does not hold a valid host name. Check its spelling; one looks like www.your-client.com.")


def _is_number(text: str) -> BadUrl:
    return BadUrl(f"{_shown(text)} names a computer by its number. Give the site's name, such as www.your-client.com.")
