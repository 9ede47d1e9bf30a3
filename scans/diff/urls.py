"""When are two URLs the same thing? `key` is the URL without what changes by itself; equal keys mean the same thing on the same site.

Pure. The site's own URLs lose what machines put there: hashes, UUIDs, versions, times, cache breakers. Of others only versions, times and cache breakers
go, and the build hashes that `overlay` knows: a hash in somebody's URL may be the account it reports to. Accounts always stay, digits always stay.

To teach it a vendor's build hash, a cache breaker or an account's name: `overlay`. To teach it what a machine's word looks like: `tokens`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from functools import lru_cache

from scans.classify import vendors
from scans.diff import overlay, tokens

Volatile = frozenset[tuple[str, str, str]]
MARK = "{redacted}"
LONGEST = 8192
PAIRED = 100
_URL = re.compile(r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30}):)?(?://(?P<host>[^/?#\\]*))?(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?", re.DOTALL)
_PORT = re.compile(r":(?:80|443)?$")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UUID = re.compile(rf"(?<![0-9A-Za-z]){tokens.UUID}(?![0-9A-Za-z])")
_VERSION = re.compile(rf"(?<![0-9A-Za-z.])(v?){tokens.VERSION}(?![0-9A-Za-z])(?!\.\d)")
_PINNED = re.compile(rf"(?<=[\w.-])@v?(?:{tokens.VERSION}|\d{{1,6}}\.\d{{1,6}})(?=[/,]|$)")
_COMMIT = re.compile(r"(?<=[\w.-])@[0-9a-f]{7,40}(?=[/,]|$)")
_SHORT_VERSION = re.compile(r"/v?\d{1,4}\.\d{1,4}(?=/)|(?<=[-_.])v?\d{1,3}\.\d{1,3}(?=(?:[.-](?:min|slim|pack))?\.(?:m?js|css)$)")
_MAGENTO = re.compile(r"/version\d{1,20}/")
_DIGITS = re.compile(r"(?<![0-9A-Za-z])\d{10}(?:\d{3})?(?![0-9A-Za-z])")
_DATE = re.compile(r"(?<![0-9A-Za-z])20\d\d-[01]\d-[0-3]\d(?:[T_]\d{2}[:-]?\d{2}(?:[:-]?\d{2})?Z?)?(?![0-9A-Za-z])")
_WORD = re.compile(r"[^/.~;,=@]{8,512}")
_SAYS = re.compile(r"(?:(?:[A-Z]?[a-z]{2,40}|\d{1,12})[-_])+")
_NAME_WITHIN = re.compile(r"(?<![0-9A-Za-z])[A-Z]?[a-z]{3,40}(?![0-9A-Za-z])")
_PIECE = re.compile(r"[0-9A-Za-z]{8,512}")
_MINIFIED = re.compile(r"/cache/minify/([0-9a-f]{5})\.(?:\w{1,12}\.)?(?:js|css)$")
_FILE_HASH = re.compile(r"[.-]([A-Za-z0-9_-]{8})(?=(?:[.-](?:min|chunk|bundle|async|module|prod|esm|legacy))*\.[a-z][a-z0-9]{1,5}(?:\.(?:map|gz|br))?$)")
_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z_ +-]{1,40}")
_SRI = re.compile(r"sha(?:256|384|512)-[A-Za-z0-9+/_-]{40,}={0,2}")
_ASSET = re.compile(r"\.(?:m?js|css)$")
_FULL = re.compile(rf"(?:@|/|[-_.])v?{tokens.VERSION}(?=[/,]|(?:[.-]\w{{1,12}})*\.(?:m?js|css)$)")


def key(url: str, *, first_party: str, volatile: Set[tuple[str, str, str]] = frozenset()) -> str:
    """The URL's identity. `first_party` is the site's registrable domain, `volatile` what `learn_volatile` gave."""
    host, path, pairs, whole = _parts(url, first_party)
    if not volatile or not any((host, path, name) in volatile for name, _ in pairs):
        return whole
    return _joined(host, path, ((name, "*" if (host, path, name) in volatile else value) for name, value in pairs))


def _joined(host: str, path: str, pairs: Iterable[tuple[str, str]]) -> str:
    kept = sorted(_pair(*pair) for pair in pairs)
    return f"{host}{path}?{'&'.join(kept)}" if kept else host + path


@lru_cache(maxsize=20_000)
def is_immutable(url: str, *, integrity: str = "") -> bool:
    """Does the URL, or the page's own word, name the content? Then another body under it is a tampered one."""
    if _SRI.search(integrity):
        return True
    parts = _URL.fullmatch(url[:LONGEST])
    if parts is None or not parts["host"]:
        return False
    host, path = _host(parts["host"]), parts["path"]
    if host in overlay.PACKAGE_HOSTS:
        return _pins_all(path)
    if (host in overlay.RELEASE_HOSTS or host.startswith("cdn.")) and _FULL.search(path):
        return True
    return _names_its_content(url, path)


def learn_volatile(one: Iterable[str], other: Iterable[str], *, first_party: str) -> Volatile:
    """Parameters that differ between two loads of the same scan: (host, path, parameter), as `key` takes them. Never an account, never a plain word."""
    first, second = _grouped(one, first_party), _grouped(other, first_party)
    found: set[tuple[str, str, str]] = set()
    for place in first.keys() & second.keys():
        left, right = sorted(first[place] - second[place])[:PAIRED], sorted(second[place] - first[place])[:PAIRED]
        for pairs in left:
            near = min((differing for candidate in right if (differing := _differing(pairs, candidate))), key=len, default=[])
            found.update((*place, name) for name in near)
    return frozenset(found)


def _grouped(urls: Iterable[str], first_party: str) -> dict[tuple[str, str], set[tuple[tuple[str, str], ...]]]:
    groups: dict[tuple[str, str], set[tuple[tuple[str, str], ...]]] = defaultdict(set)
    for url in urls:
        host, path, pairs, _ = _parts(url, first_party)
        if pairs:
            groups[host, path].add(pairs)
    return groups


def _differing(one: tuple[tuple[str, str], ...], other: tuple[tuple[str, str], ...]) -> list[str]:
    """The names behind which two queries of the same names differ; none where one of them may be an account."""
    if [name for name, _ in one] != [name for name, _ in other]:
        return []
    names = []
    for (name, before), (_, after) in zip(one, other, strict=True):
        if before != after:
            if _is_account(name, before) or _is_account(name, after) or (_PLAIN_WORD.fullmatch(before) and _PLAIN_WORD.fullmatch(after)):
                return []
            names.append(name)
    return names


@lru_cache(maxsize=40_000)
def _parts(url: str, first_party: str) -> tuple[str, str, tuple[tuple[str, str], ...], str]:
    """Host, path, parameters, and the key that they make where none of them is volatile."""
    parts = _URL.fullmatch(url)
    if parts is None or parts["host"] is None or len(url) > LONGEST:
        return "", url, (), url  # data:, blob: and what nobody can read stay as they are
    host = _host(parts["host"])
    own = bool(first_party) and vendors.registrable_domain(host.rpartition(":")[0] or host) == first_party
    scheme = (parts["scheme"] or "https").lower()
    shown = host.removeprefix("www.") if own else host
    if scheme not in {"http", "https", "ws", "wss"}:
        shown = f"{scheme}://{shown}"
    accounts = _Accounts(url)
    path = _escapes(parts["path"]) or "/"
    path = _path(path, host, own, accounts)
    pairs = tuple(sorted(_query(_escapes(parts["query"] or ""), own, accounts, is_asset=_ASSET.search(path) is not None)))
    return shown, path, pairs, _joined(shown, path, pairs)


def _host(authority: str) -> str:
    return _PORT.sub("", authority.rpartition("@")[2].lower()).rstrip(".")


def _escapes(text: str) -> str:
    """One way to write what needs no escape, and capitals for what does."""
    return _ESCAPE.sub(_escape, text) if "%" in text else text


def _escape(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 16))
    return letter if letter.isascii() and (letter.isalnum() or letter in "-._~") else found[0].upper()


class _Accounts:
    """The accounts in a URL, looked for only when something is about to be left out."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._found: frozenset[str] | None = None

    def __contains__(self, word: str) -> bool:
        return any(account == word or (len(account) > 5 and account in word) for account in self.found)

    @property
    def found(self) -> frozenset[str]:
        if self._found is None:
            self._found = frozenset(tag.account_id for tag in vendors.tags([self._url], []))
            self._found |= frozenset(match[0] for match in overlay.ACCOUNT.finditer(self._url))
        return self._found


def _path(path: str, host: str, own: bool, accounts: _Accounts) -> str:
    path = _PINNED.sub("@{ver}", path)
    if "version" in path:
        path = _MAGENTO.sub("/version{ver}/", path) if own or "/static/version" in path else path
    if host in overlay.PACKAGE_HOSTS:
        path = _COMMIT.sub(lambda found: "@{hash}" if tokens.is_hash(found[0][1:], in_file_name=True) else found[0], path)
    for rule in overlay.BUILDS.get(host, ()):
        if (found := rule.search(path)) and found[1] not in accounts:
            path = f"{path[: found.start(1)]}{{hash}}{path[found.end(1) :]}"
    if own:
        path = _own(path, accounts)
    path = _VERSION.sub("{ver}", path)
    path = _SHORT_VERSION.sub(lambda found: "/{ver}" if found[0][0] == "/" else "{ver}", path)
    return _DIGITS.sub(lambda found: _moment(found, path, accounts), path)


def _moment(found: re.Match[str], path: str, accounts: _Accounts) -> str:
    before = path[: found.start()].rstrip("/").rpartition("/")[2].lower() if path[found.start() - 1 : found.start()] == "/" else ""
    if before in overlay.OWNERS or not tokens.is_epoch(found[0]) or found[0] in accounts:
        return found[0]
    return "{ts}"


def _own(path: str, accounts: _Accounts) -> str:
    """The site's own path without the words of its machines."""
    if found := _MINIFIED.search(path):
        path = f"{path[: found.start(1)]}{{hash}}{path[found.end(1) :]}"
    path = _UUID.sub(lambda found: found[0] if found[0] in accounts else "{uuid}", path)
    path = _DATE.sub("{date}", path)
    if (found := _FILE_HASH.search(path)) and tokens.is_hash(found[1], in_file_name=True) and found[1] not in accounts:
        path = f"{path[: found.start(1)]}{{hash}}{path[found.end(1) :]}"
    file = path.rfind("/")
    in_file = "." in path[file:]
    return _WORD.sub(lambda found: _word(found[0], accounts, in_file_name=in_file and found.start() > file), path)


def _word(word: str, accounts: _Accounts, *, in_file_name: bool) -> str:
    """What stands before a hash stays: `page-3f2a...` and `layout-3f2a...` are two files."""
    start = found.end() if (found := _SAYS.match(word)) else 0
    if _is_hash(word[start:], in_file_name) and not _NAME_WITHIN.search(word, start):
        return word if word in accounts else f"{word[:start]}{{hash}}"
    return _PIECE.sub(lambda found: "{hash}" if _is_hash(found[0], in_file_name) and word not in accounts else found[0], word)


def _is_hash(word: str, in_file_name: bool) -> bool:
    return tokens.is_hash(word, in_file_name=in_file_name and tokens.is_hex(word))


def _query(query: str, own: bool, accounts: _Accounts, *, is_asset: bool) -> Iterator[tuple[str, str]]:
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if not part or (not equals and _is_machine(name, accounts, own)):
            continue
        if name.lower() in overlay.BUSTERS and _breaks_a_cache(name, value) and value not in accounts:
            continue
        elif own and name == "id" and is_asset and len(value) >= 16 and tokens.is_hex(value) and value not in accounts:
            continue  # what build tools append to their files
        elif _is_account(name, value):
            yield name, value
        elif not own and tokens.is_epoch(value.partition(".")[0]) and value not in accounts:
            yield name, "{ts}"
        elif not (own and _is_machine(value, accounts, own)):
            yield name, value if equals else "\0"


def _pair(name: str, value: str) -> str:
    return name if value == "\0" else f"{name}={value}"


def _breaks_a_cache(name: str, value: str) -> bool:
    """`t=1699999999` and `v=3.1` do, `t=pageview` and `v=weekly` say something. A short number behind a one-letter name may be anything."""
    if _PLAIN_WORD.fullmatch(value) and len(value) < 24 and not tokens.is_hash(value):
        return False
    return not (name in {"t", "r"} and value.isdigit() and len(value) < 9 and len(value) > 4)


def _is_machine(word: str, accounts: _Accounts, own: bool) -> bool:
    if word == MARK:
        return own
    first = word.partition(".")[0]
    made = tokens.is_epoch(first) or (own and (tokens.is_uuid(word) or tokens.is_hash(word) or tokens.is_hash(first)))
    return made and word not in accounts


def _is_account(name: str, value: str) -> bool:
    return (name.lower() in overlay.ACCOUNTS and value != MARK) or overlay.ACCOUNT.fullmatch(value) is not None


def _pins_all(path: str) -> bool:
    """Every package in the path with its whole version; `combine` names several."""
    if path.startswith("/ajax/libs/"):
        return re.match(rf"/ajax/libs/[^/]{{1,100}}/v?{tokens.VERSION}/", path) is not None
    packages = path.split(",") if path.startswith("/combine/") else [path]
    return all(re.search(rf"@v?{tokens.VERSION}(?:/|$)|@[0-9a-f]{{40}}(?:/|$)", package) for package in packages)


def _names_its_content(url: str, path: str) -> bool:
    file = path.rpartition("/")[2]
    if overlay.NAMES_A_LIST.search(path) or "." not in file:
        return False
    stem = file.rpartition(".")[0]
    words = {found[1] for found in _FILE_HASH.finditer(file)} | set(re.findall(r"(?<=[-._])[0-9a-fA-F]{8,128}(?=[-._]|$)", stem))
    words |= set(re.findall(r"(?<=[._-])[A-Za-z0-9_-]{20,128}(?=\.|$)", stem))
    words |= {stem} if "/_next/static/" in path or "/assets/" in path else set()
    accounts = _Accounts(url)
    return any(tokens.is_hash(word, in_file_name=True) and word not in accounts for word in words)
