"""Ways of comparing, from the plain to ours. Each takes a shop's life, load by load, and gives per day what it would tell, as texts to look for signs in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from benchmarks.noise.attacks import MALICIOUS, Planted
from benchmarks.noise.shop import Shop
from scans import judgement
from scans.classify import verdicts
from scans.classify.lists import HostList, Lists
from scans.diff import digest, history
from scans.judgement import Judged
from scans.snapshot import Captured, Snapshot

ONBOARDING = 6
LISTED = Lists((HostList("Hosts that spread malware", "1", "malicious", "", "", {MALICIOUS: MALICIOUS}, frozenset()),))
Alerts = Iterator[tuple[int, list[str]]]
Strategy = Callable[[Shop, list[Planted], int], Alerts]


def loaded(shop: Shop, events: list[Planted], day: int, number: int) -> Snapshot:
    return shop.load(day, number, tuple(event.change for event in events if event.day <= day))


def urls_against_the_day_before(shop: Shop, events: list[Planted], days: int) -> Alerts:
    """The set of URLs and cookie names, against the previous scan."""
    before: set[str] | None = None
    for day in range(days):
        seen: set[str] = set()
        for page in loaded(shop, events, day, 0).observations:
            seen |= {request.url for request in page.requests} | {script.sha256 for script in page.scripts}
            seen |= {f"{cookie.name} {cookie.domain}" for cookie in page.cookies} | {f"{name}: {value}" for name, value in page.headers.items()}
        if before is not None:
            yield day, sorted(seen ^ before)
        before = seen


def keys_against_the_day_before(shop: Shop, events: list[Planted], days: int) -> Alerts:
    """The same keys and facts as ours, against the previous scan: no window, no second load, no severities."""
    before: set[str] | None = None
    for day in range(days):
        load = digest.of(loaded(shop, events, day, 0))
        seen = {
            f"{page} {category} {key} {fact} {value}"
            for page, entries in load.pages.items()
            for (category, key), entry in entries.entries.items()
            for fact, values in [("", {""}), *entry.facts.items()]
            for value in values
        }
        if before is not None:
            yield day, sorted(seen ^ before)
        before = seen


def ours(shop: Shop, events: list[Planted], days: int) -> Alerts:
    """As the pipeline does it: loads to learn from, the window, a second load, the rules. One text per told change, with its parts."""
    known = judgement.learn(history.empty(), [loaded(shop, events, 0, number) for number in range(ONBOARDING)])
    for day in range(1, days):
        result = judgement.weigh(
            known,
            loaded(shop, events, day, 0),
            confirm=lambda pages, _answers, day=day: Captured(_only(loaded(shop, events, day, 1), pages), {}),  # type: ignore[misc]
            body=shop.bodies.get,
            listed=LISTED,
        )
        known = result.history
        yield day, [_text(number, result.judged) for number, one in enumerate(result.judged) if one.told and is_alert(one)]


def is_alert(one: Judged) -> bool:
    return verdicts.rank(one.verdict.severity) >= judgement.ALERT_RANK


def _only(load: Snapshot, pages: list[str]) -> Snapshot:
    kept = [seen for seen in load.observations if seen.url in pages]
    return replace(load, observations=kept, consent_states=load.consent_states if load.observations[0] in kept else [])


def _text(number: int, judged: list[Judged]) -> str:
    story = [judged[number], *(one for one in judged if one.part_of == number)]
    return " // ".join(f"{one.verdict.severity} {one.verdict.rule} {one.change.key} {one.change.name} {one.change.before} {one.change.after}" for one in story)


STRATEGIES: dict[str, Strategy] = {
    "URLs, against the scan before": urls_against_the_day_before,
    "keys, against the scan before": keys_against_the_day_before,
    "Tracefox": ours,
}
