"""Does a security header protect less than before? Pure: two values in, what got weaker out, in words for people; nothing when nothing did.

A Content Security Policy is compared as browsers read it: a directive that is missing falls back to a more general one, a nonce or hash switches
`'unsafe-inline'` off, `'strict-dynamic'` the hosts. Several policies hold together; each of before must be kept by one of after. Nonces and hashes change with
every deploy and count as no source. To add a directive: `FALLS_BACK`, or `LIMITS` for one without a fallback.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Policy = Mapping[str, tuple[str, ...]]

FALLS_BACK = {
    "script-src": ("default-src",),
    "script-src-elem": ("script-src", "default-src"),
    "script-src-attr": ("script-src", "default-src"),
    "style-src": ("default-src",),
    "style-src-elem": ("style-src", "default-src"),
    "style-src-attr": ("style-src", "default-src"),
    "img-src": ("default-src",),
    "font-src": ("default-src",),
    "connect-src": ("default-src",),
    "media-src": ("default-src",),
    "object-src": ("default-src",),
    "child-src": ("default-src",),
    "frame-src": ("child-src", "default-src"),
    "worker-src": ("child-src", "script-src", "default-src"),
    "manifest-src": ("default-src",),
}
LIMITS = ("base-uri", "form-action", "frame-ancestors")
SWITCHES = ("sandbox", "require-trusted-types-for", "upgrade-insecure-requests", "block-all-mixed-content")
REPLACED = {"upgrade-insecure-requests", "block-all-mixed-content"}  # browsers do without them
_FIXED = re.compile(r"^'(nonce|sha256|sha384|sha512)-")
_SOURCE = re.compile(r"^(?:(?P<scheme>[a-z][a-z0-9+.-]*):(?://)?)?(?P<host>[^/:]*)(?::(?P<port>[0-9*]+))?(?P<path>/.*)?$")


def weaker_csp(before: str, after: str, *, own_domain: str = "") -> list[str]:
    """`own_domain` is the site's registrable domain: that the site lets in another host of its own is no weakness."""
    later = _policies(after)
    weaker: list[str] = []
    for policy in _policies(before):
        if not later:
            return ["it is empty"]
        weaker += sorted((_weaker(policy, other, own_domain) for other in later), key=len)[0]
    return list(dict.fromkeys(weaker))


def weaker_hsts(before: str, after: str) -> list[str]:
    old, new = _hsts(before), _hsts(after)
    weaker = [f"max-age went from {old[0]} to {new[0]} seconds"] if new[0] < old[0] else []
    return [*weaker, "includeSubDomains is gone"] if old[1] and not new[1] else weaker


def weaker_frame_options(before: str, after: str) -> list[str]:
    strict = {"deny": 2, "sameorigin": 1}
    old, new = strict.get(before.strip().lower(), 0), strict.get(after.strip().lower(), 0)
    return [f"it went from {before.strip()} to {after.strip() or 'nothing'}"] if new < old else []


def _policies(value: str) -> list[Policy]:
    policies: list[Policy] = []
    for text in re.split(r"[,\n]", value):
        policy: dict[str, tuple[str, ...]] = {}
        for part in text.split(";"):
            name, *sources = part.split() or [""]
            if name:
                policy.setdefault(name.lower(), tuple(source.lower() for source in sources))
        if policy:
            policies.append(policy)
    return policies


def _weaker(before: Policy, after: Policy, own_domain: str) -> list[str]:
    weaker: list[str] = []
    named = [name for name in (*FALLS_BACK, *LIMITS) if _is_asked(name, before, after)]
    for name in named:
        old, new = _effective(before, name), _effective(after, name)
        if old is None:
            continue
        if new is None:
            weaker.append(f"{name} is no longer limited")
            continue
        weaker += [f"{name} now allows {source}" for source in new if not _is_covered(source, old) and not _is_own(source, own_domain)]
    weaker += [f"{name} is gone" for name in SWITCHES if name in before and name not in after and name not in REPLACED]
    return weaker


def _is_asked(name: str, before: Policy, after: Policy) -> bool:
    """A directive that stands nowhere is told by the one that it falls back to; `default-src` is told by those that fall back to it."""
    if name in LIMITS:
        return name in before
    stands = name in before or name in after
    return stands or (name.count("-") == 1 and ("default-src" in before or "default-src" in after) and name != "child-src")


def _effective(policy: Policy, name: str) -> tuple[str, ...] | None:
    """The sources that count for a directive; None where nothing limits it."""
    sources = next((policy[each] for each in (name, *FALLS_BACK.get(name, ())) if each in policy), None)
    if sources is None:
        return None
    fixed = any(_FIXED.match(source) for source in sources)
    counted = [source for source in sources if source != "'none'" and not _FIXED.match(source) and source != "'report-sample'"]
    if name.startswith(("script-src", "style-src")) or name == "worker-src":
        dynamic = "'strict-dynamic'" in sources
        counted = [source for source in counted if not (source == "'unsafe-inline'" and (fixed or dynamic))]
        counted = [source for source in counted if not (dynamic and (not source.startswith("'") or source == "'self'"))]
    return tuple(source for source in counted if source != "'strict-dynamic'")


def _is_covered(source: str, allowed: tuple[str, ...]) -> bool:
    return source in allowed or (not source.startswith("'") and any(_covers(other, source) for other in allowed if not other.startswith("'")))


def _is_own(source: str, own_domain: str) -> bool:
    found = _SOURCE.match(source)
    host = (found["host"] or "").removeprefix("*.") if found else ""
    return bool(own_domain) and found is not None and found["scheme"] in (None, "https", "wss") and (host == own_domain or host.endswith(f".{own_domain}"))


def _covers(wide: str, narrow: str) -> bool:
    """Whether `wide` lets in all that `narrow` does: schemes, wildcards, ports and paths as browsers match them."""
    outer, inner = _SOURCE.match(wide), _SOURCE.match(narrow)
    if not outer or not inner:
        return False
    if wide == "*":
        return inner["scheme"] in (None, "http", "https", "ws", "wss") or bool(inner["host"])
    if outer["scheme"] and inner["scheme"] != outer["scheme"] and (outer["scheme"], inner["scheme"]) not in (("http", "https"), ("https", None), ("ws", "wss")):
        return False
    if not outer["host"]:
        return True
    same_host = outer["host"] == inner["host"] or (outer["host"].startswith("*.") and (inner["host"] or "").endswith(outer["host"][1:]))
    same_port = outer["port"] in (None, "*", inner["port"]) or (outer["port"] == "443" and inner["port"] is None)
    path = outer["path"] or "/"
    same_path = path == "/" or path == inner["path"] or (path.endswith("/") and (inner["path"] or "").startswith(path))
    return same_host and same_port and same_path


def _hsts(value: str) -> tuple[int, bool]:
    found = re.search(r"max-age\s*=\s*\"?(\d{1,15})", value, re.IGNORECASE)
    return int(found[1]) if found else 0, "includesubdomains" in value.lower()
