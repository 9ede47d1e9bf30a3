"""The noise budget: at most one false alert per site and 60 days, and every planted event told. `python -m benchmarks.noise` prints it beside other ways."""

from __future__ import annotations

import pytest

from benchmarks.noise import attacks, simulation
from benchmarks.noise.shop import Shop
from benchmarks.noise.strategies import STRATEGIES

SEEDS = range(20)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_shops_sixty_days_stay_within_the_noise_budget(seed):
    score = simulation.run(STRATEGIES["Tracefox"], seed=seed, shops=1)
    assert score.missed == []
    assert score.false_per_site <= 1, score.false
    assert score.planted == simulation.EVENTS


def test_every_kind_of_event_is_planted_in_these_seeds():
    planted = set()
    for seed in SEEDS:
        planted |= {event.name for event in attacks.drawn(Shop(seed, 0), days=simulation.DAYS, count=simulation.EVENTS, number=seed)}
    assert planted == set(attacks.PLANTS)


def test_a_plain_comparison_would_not_stay_within_the_budget():
    score = simulation.run(STRATEGIES["URLs, against the scan before"], seed=0, shops=1, days=20)
    assert score.false_per_site > 100
