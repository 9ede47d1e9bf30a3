"""`python -m demo.shop --state-dir DIR` serves the shop until it is interrupted; `--switch NAME` makes the running one change.

In DIR it keeps its authority, and writes `hosts` and `ca.pem`, by which a scanner finds and trusts it. It prints READY with the port when it can be visited,
and keeps the name of the variant that it is in `serving`.
"""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from demo.shop.site import Shop
from demo.shop.variant import VARIANTS
from demo.web import Web


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.shop", description="Serve the demo shop and its third parties on loopback.")
    parser.add_argument("--state-dir", type=Path, required=True, help="where the hosts file, the certificates and the chosen variant lie")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; any free one by default")
    parser.add_argument("--switch", choices=sorted(VARIANTS), help="tell the shop that runs on this directory to become this variant, and return")
    chosen = parser.parse_args(arguments)
    chosen.state_dir.mkdir(parents=True, exist_ok=True)
    variant_file = chosen.state_dir / "variant"
    if chosen.switch:
        variant_file.write_text(chosen.switch)
    else:
        serve(chosen.state_dir, port=chosen.port, variant_file=variant_file)


def serve(state_dir: Path, *, port: int, variant_file: Path) -> None:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    shop, serving = Shop(), ""
    with Web(shop.sites, directory=state_dir, port=port) as web:
        print(f"READY {web.port}", flush=True)
        while not stopped.wait(0.2):
            name = variant_file.read_text().strip() if variant_file.exists() else "base"
            if name != serving and name in VARIANTS:
                shop.variant, serving = VARIANTS[name], name
                (state_dir / "serving").write_text(name)


if __name__ == "__main__":
    main()
