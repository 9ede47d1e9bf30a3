"""What does a security header say, without what is new in every answer: nonces, and the ids of those it reports to?

Pure. Directives are put into one order and one case, so that only a change of meaning is a change. Another header: a function, and its name in `_READ`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

LONGEST = 32_768
_SPACES = re.compile(r"\s+")
_NONCE = re.compile(r"'nonce-[^']{0,512}'", re.IGNORECASE)
_QUERY = re.compile(r"[?#][^\s\"',}]*")
_MACHINE = re.compile(r"[0-9a-fA-F-]{16,}|[A-Za-z0-9_%-]{24,}")
_COMMAS = re.compile(r",(?![^(\"]{0,2000}[)])")


def value(name: str, value: str) -> str:
    """The header's value in a form that two answers of the same server share."""
    text = _SPACES.sub(" ", value[:LONGEST]).strip()
    return _READ.get(name.strip().lower(), _plain)(text)


def _plain(text: str) -> str:
    return text


def _lower(text: str) -> str:
    return ", ".join(part.strip() for part in text.lower().split(",") if part.strip())


def _content_security_policy(text: str) -> str:
    """Several policies in one header are joined by commas; all of them hold, in whatever order."""
    return ", ".join(sorted({policy for part in text.split(",") if (policy := _policy(part))}))


def _policy(text: str) -> str:
    directives: dict[str, str] = {}
    for part in text.split(";"):
        name, _, rest = part.strip().partition(" ")
        if name:
            directives.setdefault(name.lower(), _sources(name.lower(), rest))  # a browser takes the first
    return "; ".join(f"{name} {sources}".strip() for name, sources in sorted(directives.items()))


def _sources(name: str, text: str) -> str:
    if name in {"report-uri", "report-to"}:
        return _without_ids(text)
    return " ".join(sorted({_source(source) for source in _NONCE.sub("'nonce-*'", text).split()}))


def _source(source: str) -> str:
    """Hosts, schemes and keywords are the same in any case; hashes and paths are not."""
    if source.lower().startswith(("'sha", "'nonce")):
        return source
    scheme, mark, rest = source.rpartition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{mark}{host.lower()}{slash}{path}"


def _directives(text: str) -> str:
    """`a=1; B ; c="2"`: in any order, any case."""
    parts = {_assignment(part) for part in text.lower().split(";") if part.strip()}
    return "; ".join(sorted(part for part in parts if not part.startswith(("report=", "report-to="))))


def _assignment(part: str) -> str:
    name, equals, given = part.partition("=")
    return f"{name.strip()}{equals}{given.strip().strip(chr(34))}"


def _permissions(text: str) -> str:
    return ", ".join(sorted(part.strip() for part in _COMMAS.split(text) if part.strip()))


def _features(text: str) -> str:
    return "; ".join(sorted(_SPACES.sub(" ", part.strip()) for part in text.split(";") if part.strip()))


def _without_ids(text: str) -> str:
    return _MACHINE.sub("*", _QUERY.sub("", text))


_READ: dict[str, Callable[[str], str]] = {
    "content-security-policy": _content_security_policy,
    "content-security-policy-report-only": _content_security_policy,
    "x-content-security-policy": _content_security_policy,
    "strict-transport-security": _directives,
    "x-xss-protection": _directives,
    "x-frame-options": _lower,
    "x-content-type-options": _lower,
    "referrer-policy": _lower,
    "x-permitted-cross-domain-policies": _lower,
    "cross-origin-opener-policy": _directives,
    "cross-origin-embedder-policy": _directives,
    "cross-origin-opener-policy-report-only": _directives,
    "cross-origin-embedder-policy-report-only": _directives,
    "cross-origin-resource-policy": _lower,
    "permissions-policy": _permissions,
    "permissions-policy-report-only": _permissions,
    "feature-policy": _features,
    "report-to": _without_ids,
    "reporting-endpoints": _without_ids,
    "nel": _without_ids,
    "expect-ct": _without_ids,
}
