"""Run shops through their days under a strategy, and count: alerts, false ones, planted events found."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.noise.attacks import Planted, drawn
from benchmarks.noise.shop import Shop
from benchmarks.noise.strategies import Strategy

DAYS, SHOPS, EVENTS = 60, 3, 6


@dataclass
class Score:
    sites: int = 0
    alerts: int = 0
    false: list[str] = field(default_factory=list)
    planted: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def false_per_site(self) -> float:
        return len(self.false) / self.sites if self.sites else 0.0

    def add(self, other: Score) -> None:
        self.sites += other.sites
        self.alerts += other.alerts
        self.false += other.false
        self.planted += other.planted
        self.missed += other.missed


def run(strategy: Strategy, *, seed: int, shops: int = SHOPS, days: int = DAYS, events: int = EVENTS) -> Score:
    score = Score()
    for number in range(shops):
        shop = Shop(seed, number)
        score.add(_watched(strategy, shop, drawn(shop, days=days, count=events, number=seed * shops + number), days))
    return score


def _watched(strategy: Strategy, shop: Shop, planted: list[Planted], days: int) -> Score:
    score, found = Score(sites=1, planted=len(planted)), set()
    for day, alerts in strategy(shop, planted, days):
        for text in alerts:
            score.alerts += 1
            told = {event.name for event in planted if event.day <= day and any(sign in text for sign in event.signs)}
            found |= {event.name for event in planted if event.name in told and day - event.day <= event.patience}
            if not told:
                score.false.append(f"seed {shop.seed}, shop {shop.number}, day {day}: {text}")
    score.missed = [f"seed {shop.seed}, shop {shop.number}, day {event.day}: {event.name}" for event in planted if event.name not in found]
    return score
