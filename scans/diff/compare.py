"""What a load shows that the window of earlier loads does not: new, gone, changed. Pure.

New is what was never seen on the page in the window, gone what was steadily there and is absent from GONE_AFTER loads (one, for what must be on every load),
changed a fact with a value never seen in the window. What takes a new value in most loads is volatile and says nothing. A page that was never loaded
before has no changes: it is being learnt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from scans.classify import hosts, vendors
from scans.diff.change import Category, Change, Kind
from scans.diff.digest import Digest, Entry, Id
from scans.diff.history import History, Known, KnownPage

GONE_AFTER = 3
STEADY = 0.9
AT_ONCE: frozenset[Category] = frozenset({"tag", "security_header", "form"})
COMES_AND_GOES = frozenset({"advertising", "ab-test"})
ROTATING_KEYS = 3
VARIANTS = 8
NEVER_VOLATILE = frozenset({"host", "reaches"})  # where something is sent: an address that moves must not cover for one that was never seen


@dataclass(frozen=True, slots=True)
class _Seen:
    """A difference on one page. `after` holds the values it has now."""

    url: str
    payment: bool
    kind: Kind
    identity: Id
    entry: Entry | None
    known: Known | None
    differs: tuple[str, ...] = ()
    rotating: bool = False
    after: Mapping[str, str] = field(default_factory=dict)

    @property
    def same_as(self) -> tuple[Kind, Id, tuple[tuple[str, str], ...]]:
        """What differs in the same way on several pages is told once; what differs otherwise is judged by itself."""
        return self.kind, self.identity, tuple(sorted(self.after.items()))


def changes(history: History, digest: Digest, *, gone_after: int = GONE_AFTER) -> list[Change]:
    """Each difference once, with all pages where it shows, in the order in which the load showed it.

    A thing that differs otherwise from page to page, or has several values at once that are new, gives a change for each: `gravest` makes them one once they
    are judged.
    """
    found: dict[tuple[Any, ...], list[_Seen]] = {}
    for url, load in [*digest.pages.items(), *digest.broken.items()]:
        page = history.pages.get(url)
        if page is None or not page.loads:
            continue
        rotating = _rotating_parties(page)
        for entry_id, entry in load.entries.items():
            for seen in _told_by(page, entry_id, entry, url=url, payment=load.kind == "payment", rotating=rotating):
                found.setdefault(seen.same_as, []).append(seen)
        for entry_id, known in page.known.items() if url in digest.pages else ():
            if entry_id not in load.entries and _is_gone(known, page, entry_id[0], gone_after=gone_after):
                gone = _Seen(url, load.kind == "payment", "gone", entry_id, None, known)
                found.setdefault(gone.same_as, []).append(gone)
    domains = history.domains()
    merged = [_merged(history, digest, same, domains) for same in found.values()]
    return _swapped(merged)


def repeated(first: Sequence[Change], again: Iterable[Change]) -> list[bool]:
    """For each change, whether another load showed it too: the same thing, and for a changed fact the same new value."""
    others: dict[tuple[str, str, str], list[Change]] = {}
    for change in again:
        others.setdefault(change.identity, []).append(change)
    return [any(_repeats(change, other) for other in others.get(change.identity, [])) for change in first]


def _repeats(change: Change, other: Change) -> bool:
    if change.kind != "changed" or change.after is None or other.after is None or change.category == "visual":
        return True
    return any(change.after.get(fact) == other.after.get(fact) for fact in change.differs)


def _told_by(page: KnownPage, identity: Id, entry: Entry, *, url: str, payment: bool, rotating: frozenset[str]) -> Iterator[_Seen]:
    known = page.known.get(identity)
    rotates = entry.item.about.get("domain") in rotating
    if known is None or not known.loads:
        if entry.item.presence:
            for after in _variants(entry.facts, {}):
                yield _Seen(url, payment, "new", identity, entry, None, rotating=rotates, after=after)
        return
    differs = tuple(fact for fact, values in entry.facts.items() if _has_new(known, fact, values, identity[0]))
    if differs:
        for after in _variants(entry.facts, known.facts):
            yield _Seen(url, payment, "changed", identity, entry, known, differs, rotates, after)


def _variants(facts: Mapping[str, set[str]], past: Mapping[str, Mapping[str, int]]) -> Iterator[dict[str, str]]:
    """The facts as they are now, so often that each value that was never seen stands in one of them: several things may share a key."""
    unseen = {fact: sorted(value for value in values if not past.get(fact, {}).get(value)) or [min(values)] for fact, values in facts.items()}
    for number, values in enumerate(zip_longest(*unseen.values())):
        if number == VARIANTS:
            return
        yield {fact: unseen[fact][0] if value is None else value for fact, value in zip(unseen, values, strict=True)}
    if not unseen:
        yield {}


def _has_new(known: Known, fact: str, values: set[str], category: Category) -> bool:
    """Pictures differ in every load where something moves; what moves is masked when they are compared. Values that stand side by side do not move."""
    before = known.facts.get(fact)
    if not before:
        return False
    if all(before.get(value) for value in values):
        return False
    if category == "visual" or fact in NEVER_VOLATILE:
        return True
    seen, moving = known.loads.bit_count(), sum(1 for bits in before.values() if bits and bits != known.loads)
    return not (moving >= 3 and moving * 2 > seen)


def _is_gone(known: Known, page: KnownPage, category: Category, *, gone_after: int) -> bool:
    if not known.presence or known.gone or not known.loads:
        return False
    absent = (known.loads & -known.loads).bit_length()  # this load included: the lowest set bit is that many loads back
    enough, times = 1 if category in AT_ONCE else gone_after, known.loads.bit_count()
    return absent >= enough and times >= enough and times >= STEADY * (page.window - (absent - 1))


def _rotating_parties(page: KnownPage) -> frozenset[str]:
    """Domains of third parties whose things come and go on this page."""
    counts: dict[str, int] = {}
    for (category, _), known in page.known.items():
        steady = not known.loads & (known.loads + 1)  # there since some load, and in each from then on
        if category in ("script", "request") and known.about.get("party") == "third" and not steady:
            counts[known.about["domain"]] = counts.get(known.about["domain"], 0) + 1
    return frozenset(domain for domain, count in counts.items() if count >= ROTATING_KEYS)


def _merged(history: History, digest: Digest, same: list[_Seen], domains: frozenset[str]) -> Change:
    first = same[0]
    item = first.entry.item if first.entry else None
    about: dict[str, Any] = dict(item.about if item else first.known.about if first.known else {})
    chain = tuple(about.pop("chain", ()))
    about |= _standing(history, same, about, domains) | _brought(about, chain, domains)
    if _is_known_code(history, same, about):
        about["same_body"] = True
    if first.kind == "changed" and first.known and "body" in first.known.about:
        about["body_before"] = first.known.about["body"]
    if first.identity[0] == "visual" and first.known:
        about["earlier"] = first.known.values("screenshot")[1:]
    differs = tuple(dict.fromkeys(fact for seen in same for fact in seen.differs))
    past = [seen.known for seen in same if seen.known]
    return Change(
        category=first.identity[0],
        kind=first.kind,
        key=first.identity[1],
        name=item.name if item else first.known.name if first.known else "",
        pages=tuple(seen.url for seen in same),
        payment_pages=tuple(seen.url for seen in same if seen.payment),
        before=_before(first) if first.kind != "new" else None,
        after=dict(first.after) if first.kind != "gone" else None,
        differs=differs,
        chain=chain,
        about=about,
        first_seen_at=min((known.first_seen_at for known in past), default=digest.at),
        last_seen_at=max((known.last_seen_at for known in past), default=digest.at) if first.kind == "gone" else digest.at,
    )


def _standing(history: History, same: list[_Seen], about: dict[str, Any], domains: frozenset[str]) -> dict[str, Any]:
    """What the rules ask about a thing's past: was it on other pages, was its party known, do that party's things come and go?"""
    here, identity = {seen.url for seen in same}, same[0].identity
    others = (page.known.get(identity) for url, page in history.pages.items() if url not in here)
    party_known = about.get("party") == "first" or about.get("domain", "") in domains
    by_ads = about.get("vendor_category") in COMES_AND_GOES
    return {
        "known_on_site": any(known is not None and bool(known.loads) for known in others),
        "known_party": party_known,
        "rotating": party_known and (by_ads or any(seen.rotating for seen in same)),
    }


def _brought(about: dict[str, Any], chain: tuple[str, ...], domains: frozenset[str]) -> dict[str, Any]:
    """What an advertiser or an A/B test that the site knows brings along comes and goes with it, whoever serves it."""
    if about.get("party") != "third" or about.get("domain") in domains:
        return {}
    for url in chain:
        host = hosts.host_of(url)
        category = vendors.entity_of(host).category
        if category in COMES_AND_GOES and vendors.registrable_domain(host) in domains:
            return {"brought_by": vendors.registrable_domain(host), "vendor_category": category, "rotating": True}
    return {}


def _is_known_code(history: History, same: list[_Seen], about: dict[str, Any]) -> bool:
    """Nothing but scripts whose bodies the page ran before: the same code from another address, as when a CDN fails over."""
    category = same[0].identity[0]
    bodies = about.get("bodies") if category == "third_party" else [about.get("body")] if category == "script" and not about.get("inline") else []
    if same[0].kind != "new" or not bodies or not all(bodies):
        return False
    for seen in same:
        page = history.pages[seen.url]
        ran = {value for (kind, _), known in page.known.items() if kind == "script" for value, bits in known.facts.get("sha256", {}).items() if bits}
        if not ran.issuperset(bodies):
            return False
    return True


def _before(seen: _Seen) -> dict[str, str]:
    assert seen.known is not None  # noqa: S101 - gone and changed things have a past
    return {fact: values[0] for fact in seen.known.facts if (values := seen.known.values(fact))}


def _swapped(found: list[Change]) -> list[Change]:
    """An account id that goes while another of the same vendor comes is one change: its tags report to somebody else now."""
    gone = [change for change in found if change.category == "tag" and change.kind == "gone"]
    taken: set[str] = set()
    result: list[Change] = []
    for change in found:
        is_new = change.category == "tag" and change.kind == "new"
        old = next((one for one in gone if is_new and _takes_the_place(change, one) and one.key not in taken), None)
        if old is None:
            result.append(change)
            continue
        taken.add(old.key)
        before, after = {"account_id": str(old.about.get("account_id", ""))}, {"account_id": str(change.about.get("account_id", ""))}
        result.append(replace(change, kind="changed", differs=("account_id",), first_seen_at=old.first_seen_at, before=before, after=after))
    return [change for change in result if not (change.category == "tag" and change.kind == "gone" and change.key in taken)]


def _takes_the_place(change: Change, old: Change) -> bool:
    return change.about.get("vendor") == old.about.get("vendor") and bool(set(old.pages) & set(change.pages))


def pages_of(found: Iterable[Change]) -> Iterator[str]:
    """The pages where something differs, each once."""
    yield from dict.fromkeys(page for change in found for page in change.pages)
