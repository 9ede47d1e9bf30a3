"""From a load of a site and what is known of it: the changes with their verdicts, and what is known afterwards. Pure.

The one way from snapshots to changes, for the pipeline, the command line and a re-run over stored snapshots alike. A load that is worth telling of is followed
by a second one in a fresh context (`confirm`): what does not repeat is recorded and not told, and told when it is glimpsed again in a later scan.
What one cause explains is one story: its gravest change is told, the others are part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

from scans.classify import hosts, lists, vendors, verdicts
from scans.classify.lists import Lists
from scans.classify.verdicts import Scene, Verdict
from scans.diff import compare, digest, history, policy, urls, visual
from scans.diff.change import Change
from scans.diff.digest import Digest
from scans.diff.history import History
from scans.snapshot import Box, Captured, Snapshot

EARLIER_PICTURES = 3
LONGEST_INCIDENT = 400
TOLD_RANK = verdicts.rank(verdicts.TOLD_FROM)
ALERT_RANK = verdicts.rank(verdicts.ALERT_FROM)
Body = Callable[[str], bytes | None]
Confirm = Callable[[list[str], bool], Captured | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A change with its verdict. `part_of` is the index of the change that explains it, None for one that stands by itself."""

    change: Change
    verdict: Verdict
    confirmed: bool
    told: bool
    incident: str
    part_of: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    judged: list[Judged]
    history: History


def learn(known: History, loads: Sequence[Snapshot]) -> History:
    """Take loads into what is known without comparing: the first loads of a site. What differs between two of them is learnt as volatile."""
    volatile = known.volatile
    digests = [digest.of(load) for load in loads]
    for one, other in pairwise(digests):
        volatile |= urls.learn_volatile(one.addresses, other.addresses, first_party=one.first_party)
    if digests:
        known = history.learnt(known, volatile, first_party=digests[0].first_party)
    for load in loads:
        known = history.after(known, digest.of(load, volatile=volatile))
    return known


def weigh(
    known: History,
    load: Snapshot,
    *,
    confirm: Confirm | None = None,
    body: Body = lambda sha256: None,
    listed: Lists = lists.NONE,
    gone_after: int = compare.GONE_AFTER,
) -> Judgement:
    """What `load` shows against what is known. Without `confirm` all of it is confirmed.

    `confirm` loads the named pages once more, and answers the consent banner there if the second argument says so; None back means that it could not.
    `body` gives a stored body by its sha256, for pictures and policy texts; `listed` are the public lists at hand. Only an `ok` load may come here: another one
    touches nothing.
    """
    seen = digest.of(load, volatile=known.volatile)
    found = _found(known, seen, body, gone_after=gone_after)
    judging = scene(load, domains_before=known.domains(), named_before=known.named(), listed=listed)
    judged = _gravest([(change, verdicts.judge(change, judging)) for change in (_with_evidence(one, judging.site_host, listed) for one in found)])
    worth = [change for change, verdict in judged if _rank(verdict) >= TOLD_RANK]
    answers = any(change.key.startswith("state:") for change in worth)
    second = confirm(list(compare.pages_of(worth)), answers) if confirm and worth else None
    again = digest.of(second.snapshot, volatile=known.volatile) if second else None
    sure, others = [confirm is None or not worth] * len(judged), list[Change]()
    if second and again:
        others = _found(known, again, lambda name: second.evidence.get(name) or body(name), gone_after=gone_after)
        sure = _repeated(judged, [(change, verdicts.judge(change, judging)) for change in others])
    if worth and confirm:
        sure = [ok or _name(change) in known.glimpsed for (change, _), ok in zip(judged, sure, strict=True)]
    after = _after(known, seen, again, [change for change, _ in judged], sure, others=others)
    return Judgement(_stories([(change, verdict, ok) for (change, verdict), ok in zip(judged, sure, strict=True)], seen.first_party), after)


def _gravest(judged: list[tuple[Change, Verdict]]) -> list[tuple[Change, Verdict]]:
    """One change for each thing: the gravest of those that differ otherwise from page to page, with the pages of all of them."""
    groups: dict[tuple[str, str, str], list[tuple[Change, Verdict]]] = {}
    for change, verdict in judged:
        groups.setdefault(change.identity, []).append((change, verdict))
    kept = []
    for group in groups.values():
        change, verdict = max(group, key=lambda one: _rank(one[1]))
        first = [change, *(other for other, _ in group)]
        pages = tuple(dict.fromkeys(page for one in first for page in one.pages))
        payment_pages = tuple(dict.fromkeys(page for one in first for page in one.payment_pages))
        kept.append((replace(change, pages=pages, payment_pages=payment_pages), verdict))
    return kept


def _repeated(judged: list[tuple[Change, Verdict]], again: list[tuple[Change, Verdict]]) -> list[bool]:
    """What the second load showed too. Code that is another in each load repeats in nothing but its meaning: what would raise an alert has repeated when the
    second load breaks the same rule on the same page with the same thing or code that reaches the same host, and on a payment page with whatever it is."""
    same = compare.repeated([change for change, _ in judged], [change for change, _ in again])
    broken = {trait for change, verdict in again if _rank(verdict) >= ALERT_RANK for trait in _meanings(change, verdict)}
    return [ok or not broken.isdisjoint(_meanings(change, verdict)) for ok, (change, verdict) in zip(same, judged, strict=True)]


def _meanings(change: Change, verdict: Verdict) -> Iterator[tuple[str, str, str]]:
    reached = (change.after or {}).get("reaches", "").split()
    for page in change.pages:
        yield from ((verdict.rule, page, what) for what in [change.key, *reached])
        if page in change.payment_pages:
            yield verdict.rule, page, "payment page"


def _found(known: History, seen: Digest, body: Body, *, gone_after: int) -> list[Change]:
    return [enriched for change in compare.changes(known, seen, gone_after=gone_after) if (enriched := _enriched(change, body))]


def _rank(verdict: Verdict) -> int:
    return verdicts.rank(verdict.severity)


def scene(load: Snapshot, *, domains_before: frozenset[str], named_before: frozenset[str] = frozenset(), listed: Lists) -> Scene:
    """How the site stood in a load, for the rules. `domains_before` are the third parties that it was in touch with before, `named_before` the hosts that its
    scripts named."""
    consent = load.observations[0].consent if load.observations else None
    return Scene(
        site_host=hosts.host_of(load.observations[0].url) if load.observations else "",
        domains_before=domains_before,
        named_before=named_before,
        cmp=consent.cmp if consent else "",
        banner_visible=consent.banner_visible if consent else None,
        malicious=partial(lists.malicious, among=listed),
    )


def _with_evidence(change: Change, site_host: str, listed: Lists) -> Change:
    """With the rules of the public filter lists that name its host."""
    host = str(change.about.get("host") or change.about.get("domain") or "")
    matched = lists.matched(host, first_party=site_host, among=listed) if host else []
    return replace(change, about={**change.about, "matched": matched}) if matched else change


def _enriched(change: Change, body: Body) -> Change | None:
    """With what only the bodies tell: where the picture differs, what is weighty in a policy. A picture that cannot be compared says nothing."""
    if change.category == "policy" and change.before and change.after:
        before, after = body(change.before["text"]), body(change.after["text"])
        if before is None or after is None:
            return change
        weighty = policy.compare(before.decode("utf-8", "replace"), after.decode("utf-8", "replace")).weighty
        return replace(change, about={**change.about, "weighty": [{"kind": one.kind, "change": one.change, "text": one.text} for one in weighty]})
    if change.category == "visual":
        return _pictured(change, body)
    return change


def _pictured(change: Change, body: Body) -> Change | None:
    before, after = body((change.before or {}).get("screenshot", "")), body((change.after or {}).get("screenshot", ""))
    if before is None or after is None:
        return None
    earlier = [picture for sha256 in change.about.get("earlier", [])[:EARLIER_PICTURES] if (picture := body(sha256))]
    moving = [Box(**box) for box in change.about.get("moving", [])]
    try:
        differs = visual.regions([*reversed(earlier), before], after, moving=moving)
    except visual.NotAPicture:
        return None
    if not differs.regions:
        return None
    about: dict[str, Any] = {**change.about, "share": round(differs.share, 4)}
    about["regions"] = [{"x": one.x, "y": one.y, "width": one.width, "height": one.height} for one in differs.regions]
    return replace(change, about=about)


def _after(known: History, seen: Digest, again: Digest | None, found: list[Change], sure: list[bool], *, others: list[Change]) -> History:
    """What is glimpsed does not count as known, so that it is told when it comes back; what took yet another value in the second load is learnt as moving.

    A second load that was made counts as a load. `others` is what differs there: what only it showed is glimpsed as well.
    """
    moving, shown = {change.identity for change in others}, {change.identity for change in found}
    doubtful = [change for change, ok in zip(found, sure, strict=True) if not ok and change.kind != "gone"]
    held = [change for change in doubtful if change.kind == "new" or change.identity not in moving]
    held += [change for change in others if change.kind != "gone" and change.identity not in shown]
    without = {(change.category, change.key) for change in held}
    gone = {(change.category, change.key) for change, ok in zip(found, sure, strict=True) if ok and change.kind == "gone"}
    swaps = [change for change, ok in zip(found, sure, strict=True) if ok and change.category == "tag" and change.differs]
    gone |= {("tag", f"{change.about.get('vendor')}|{(change.before or {}).get('account_id')}") for change in swaps}
    told = {_name(change) for change, ok in zip(found, sure, strict=True) if ok}
    now = known.loads + 1
    recent = {name: load for name, load in known.glimpsed.items() if name not in told and now - load <= history.WINDOW}
    glimpsed = recent | {_name(change): now for change in held}
    after = history.after(replace(known, glimpsed=glimpsed), seen, without=without, gone=gone)
    if again is not None:
        learnt = urls.learn_volatile(seen.addresses, again.addresses, first_party=seen.first_party)
        after = history.learnt(history.after(after, again, without=without, gone=gone), learnt, first_party=seen.first_party)
    return after


def _name(change: Change) -> str:
    """The same for the same new thing, and for the same new value of a thing."""
    return "|".join([*change.identity, *((change.after or {}).get(fact, "") for fact in change.differs)])


def _stories(judged: list[tuple[Change, Verdict, bool]], first_party: str) -> list[Judged]:
    heads: dict[int, int] = {}
    for members in _causes([change for change, _, _ in judged]):
        left = [number for number in members if number not in heads]
        if len(left) > 1:
            head = max(left, key=lambda number: (judged[number][2], _rank(judged[number][1]), judged[number][0].category == "third_party", -number))
            heads |= {number: head for number in left if number != head}
    return [
        Judged(
            change=change,
            verdict=verdict,
            confirmed=ok,
            told=ok and number not in heads and _rank(verdict) >= TOLD_RANK,
            incident=_incident(change, first_party),
            part_of=heads.get(number),
        )
        for number, (change, verdict, ok) in enumerate(judged)
    ]


def _causes(found: list[Change]) -> Iterable[list[int]]:
    """Which changes belong together: what comes with a new third party, with another account, with a tampered file, what one vendor does after one answer."""
    for number, change in enumerate(found):
        if change.category == "third_party":
            yield [number, *(other for other, one in enumerate(found) if other != number and one.kind == change.kind and _comes_with(one, change.key))]
    for number, change in enumerate(found):
        if change.category == "tag" and change.differs:
            accounts = [str(change.about.get("account_id", "")), (change.before or {}).get("account_id", "")]
            yield [number, *(other for other, one in enumerate(found) if other != number and one.category in ("script", "request") and _names(one, accounts))]
        if change.category == "consent" and change.about.get("what"):
            whose = _answered(change)
            yield [number, *(other for other, one in enumerate(found) if other != number and one.kind == change.kind and _answered(one) == whose)]
        if change.key.startswith("exact:"):
            url = change.about.get("url")
            yield [number, *(other for other, one in enumerate(found) if other != number and one.category == "script" and one.about.get("url") == url)]


def _answered(change: Change) -> tuple[Any, ...]:
    """After which answer to the consent banner, and whose."""
    return change.about.get("state"), change.about.get("what") and (change.about.get("entity") or change.about.get("domain"))


def _comes_with(change: Change, domain: str) -> bool:
    if change.category in ("third_party", "policy", "visual", "dom", "security_header"):
        return False
    return change.about.get("domain") == domain or any(vendors.registrable_domain(hosts.host_of(url)) == domain for url in change.chain if "://" in url)


def _names(change: Change, accounts: list[str]) -> bool:
    url = str(change.about.get("url", ""))
    return any(account and account in url for account in accounts)


def _incident(change: Change, first_party: str) -> str:
    """The same for the same cause on other sites: what belongs to a third party, and an account, is known by itself, all else only within its site."""
    parts = [change.category, change.kind, change.key]
    if change.category != "tag" and (change.about.get("party") == "first" or not change.about.get("domain")):
        parts.append(first_party)
    return "|".join(parts)[:LONGEST_INCIDENT]
