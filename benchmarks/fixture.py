"""Serves the pages of known weight in a process of its own, so that serving them is not counted: `python -m benchmarks.fixture FOLDER`."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from demo.web import Web
from tests.pages import bench

if __name__ == "__main__":
    with Web(bench.sites(), directory=Path(sys.argv[1])) as web:
        print(f"READY {web.port}", flush=True)
        threading.Event().wait()
