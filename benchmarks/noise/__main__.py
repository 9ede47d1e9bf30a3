"""`python -m benchmarks.noise [SEEDS]`: the table of strategies, over at least 20 seeds, and each false alert and missed event of ours."""

from __future__ import annotations

import sys

from benchmarks.noise import simulation
from benchmarks.noise.simulation import DAYS, SHOPS, Score
from benchmarks.noise.strategies import STRATEGIES


def main(seeds: int) -> None:
    print(f"{seeds} seeds x {SHOPS} shops x {DAYS} days")
    print(f"{'strategy':34} {'alerts':>8} {'false':>8} {'false/site':>11} {'found':>12}")
    total = Score()
    for name, strategy in STRATEGIES.items():
        total = Score()
        for seed in range(seeds):
            total.add(simulation.run(strategy, seed=seed))
        found = total.planted - len(total.missed)
        print(f"{name:34} {total.alerts:8} {len(total.false):8} {total.false_per_site:11.2f} {f'{found} of {total.planted}':>12}", flush=True)
    for line in [*(f"false  {line[:300]}" for line in total.false), *(f"missed {line}" for line in total.missed)]:
        print(line)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
