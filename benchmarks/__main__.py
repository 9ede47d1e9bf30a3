"""`make bench`: every benchmark, one after the other. Each says by itself what it measures and against what."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = ("scan", "dispatch", "diff")

if __name__ == "__main__":
    for name in BENCHMARKS:
        print(f"== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
