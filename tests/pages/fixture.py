"""A fixture page: the hosts that make it up, and what a full load of it must leave behind. Pure."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from functools import cache

from PIL import Image

from demo.trace import Trace
from demo.wire import SAFE_METHODS, Hit, Reply, Site

Answers = dict[str, dict[str, Reply | Site]]
ANY_ORIGIN = ("Access-Control-Allow-Origin", "*")


@dataclass(frozen=True, slots=True)
class Fixture:
    """`truth` also names what is attempted; `elements` is how many there are once the page has settled, where that is fixed."""

    name: str
    url: str
    answers: Answers
    truth: Trace = field(default_factory=Trace)
    elements: int = 0
    size: int = 0

    @property
    def sites(self) -> dict[str, Site]:
        return sites_of(self.answers)


def sites_of(*tables: Answers) -> dict[str, Site]:
    """Tables of hosts and paths as sites. A write that is in none is answered as collectors do: with nothing."""
    whole: Answers = {}
    for table in tables:
        for host, answers in table.items():
            whole[host] = whole.get(host, {}) | answers

    def site(hit: Hit) -> Reply:
        found = whole[hit.host].get(hit.path)
        if found is None:
            return Reply(status=404 if hit.method in SAFE_METHODS else 204, headers=[ANY_ORIGIN])
        return found if isinstance(found, Reply) else found(hit)

    return dict.fromkeys(whole, site)


@cache
def photograph(seed: int, size: int) -> bytes:
    """A JPEG that costs a browser what a photograph costs, of exactly this size if it can be."""
    dice = random.Random(seed)
    grain = Image.frombytes("RGB", (40, 30), dice.randbytes(40 * 30 * 3))
    stored = io.BytesIO()
    grain.resize((400, 300), Image.Resampling.BICUBIC).save(stored, "JPEG", quality=60)
    return stored.getvalue().ljust(size, b"\0")


@cache
def filler(seed: int, size: int) -> str:
    """JavaScript that is parsed and never called, as most of it is."""
    dice = random.Random(seed)
    parts: list[str] = []
    length = 0
    while length < size:
        name, a, b = f"f{len(parts)}_{seed}", dice.randrange(9999), dice.randrange(99)
        loop = f"for(var i=0;i<b.length;i++){{c^=b.charCodeAt(i%{b + 1})<<({b}%7);if(c>{a * 7})c=c%{a + 3}}}"
        part = f"function {name}(a,b){{var c=a*{a}+{b};{loop}return{{v:c,k:'{name}'}}}}\n"
        parts.append(part)
        length += len(part)
    return f"(function(){{{''.join(parts)}}})();\n"
