"""The pages that benchmarks and completeness tests load: light, home, heavy, frames.

    light    5 requests
    home    70 requests, 27 hosts, 20 cookies, 20 scripts, 1.5 MB, 2,000 elements
    heavy  250 requests, 43 hosts, 36 cookies, 6 MB, 8,000 elements
    frames  17 requests over nested frames and workers

Nothing is random from one load to the next, and everything has been asked for about 1.2 s after the load event: by timers, animation frames, transitions, and
scripts that bring in scripts. Among the requests of home and heavy are some beacons: attempted, not delivered.

To add a page: a `Plan`, or a function like `frames` for one whose shape matters more than its size.
"""

from __future__ import annotations

from demo.wire import Site
from tests.pages.fixture import Fixture, sites_of
from tests.pages.frames import frames
from tests.pages.plan import Plan, build

LIGHT = build(Plan(name="light", scripts=1, images=1, timed=1, elements=60, size=60_000))
HOME = build(
    Plan(
        name="home",
        hosts=27,
        cookies=20,
        stylesheets=3,
        scripts=20,
        images=20,
        fonts=2,
        on_frame=4,
        on_transition=2,
        timed=6,
        fetched=4,
        frames=3,
        workers=1,
        beacons=3,
        elements=2_000,
        size=1_500_000,
    )
)
HEAVY = build(
    Plan(
        name="heavy",
        hosts=43,
        cookies=36,
        stylesheets=8,
        scripts=70,
        images=100,
        fonts=3,
        on_frame=10,
        on_transition=6,
        timed=16,
        fetched=18,
        frames=6,
        workers=2,
        beacons=8,
        elements=8_000,
        size=6_000_000,
    )
)
FRAMES = frames()
PAGES: dict[str, Fixture] = {page.name: page for page in (LIGHT, HOME, HEAVY, FRAMES)}


def sites() -> dict[str, Site]:
    """All of them on one web: every host answers for each page that it has a part in."""
    return sites_of(*(page.answers for page in PAGES.values()))
