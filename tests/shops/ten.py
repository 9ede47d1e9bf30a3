"""`python -m tests.shops.ten [times]`: plays each shop's Checkout Test so many times, ten by default, and prints how each run ended."""

from __future__ import annotations

import os
import sys
import time

import django

from tests import servers


def main(times: int) -> int:
    os.environ["TRACEFOX_ENV"] = "test"
    running = servers.start()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tracefox.settings"
    django.setup()
    from tests.shops import flows, stand

    worst = 0
    try:
        for name, tests in (("oscar", (flows.oscar(), flows.oscar_card())), ("evershop", (flows.evershop(),))):
            with stand.opened(name) as shop:
                for flow in tests:
                    began = time.monotonic()
                    results = [shop.play(flow) for _ in range(times)]
                    passed = sum(result.status == "passed" for result in results)
                    worst = max(worst, times - passed)
                    print(f"{flow['title']}: {passed} of {times} passed, {(time.monotonic() - began) / times:.1f} s each", flush=True)
                    print("".join(f"    {result.status}: {result.sentence}\n" for result in results if result.status != "passed"), end="", flush=True)
    finally:
        servers.stop(running)
    return min(worst, 1)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 10))
