"""Which hosts count visitors or advertise to them, so that a Test Run can stay out of the client's numbers. Pure: the lists are those of `scans.classify`.

`blocked`: they are not reached. `tagged`: they are, and the shop's addresses carry MARKER, by which a filter can leave the run out. `left`: as they are.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scans.classify import vendors

COUNTS_VISITORS = frozenset({"analytics", "advertising"})
MARKER = ("tracefox", "checkout-test")


def counts_visitors(host: str) -> bool:
    return vendors.entity_of(host).category in COUNTS_VISITORS


def is_kept_away(host: str, *, home: str) -> bool:
    """The shop itself is always reached, whatever a list calls it. `home` is the host where the test starts."""
    return counts_visitors(host) and vendors.party(host, home) == "third"


def tagged(url: str) -> str:
    """The address with the marker in its query."""
    parts = urlsplit(url)
    query = urlencode([pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != MARKER[0]] + [MARKER])
    return urlunsplit(parts._replace(query=query))
