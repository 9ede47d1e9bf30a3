"""Reads the Target of a Step or a Success condition: selectors, frames, fingerprint.

Pure. A selector is CSS unless it begins with one of PREFIXES. Alternatives race; a list of selectors goes through shadow roots, one root for each. To add a
prefix: name it here, teach it to the runner, and describe it in `docs/checkout-tests.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checkout import parsing
from checkout.flow import Fingerprint, FrameMatch, Target

PREFIXES = ("aria/", "text/", "xpath/", "pierce/", "testid/")
MOST_SELECTORS, MOST_ROOTS, MOST_FRAMES = 10, 8, 5
LONGEST_SELECTOR, LONGEST_FINGERPRINT = 1000, 200
FINGERPRINT = tuple(Fingerprint.__dataclass_fields__)
# Behind the host of a frame must stand a slash, and a star may only begin the host: else `https://pay.test*` would cover https://pay.test.evil.test.
_FRAME_URL = re.compile(r"https://(?:\*|(?:\*\.)?[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?)(?:/.*)?|about:(?:blank|srcdoc)", re.DOTALL)


def read(data: Mapping[str, Any], name: str, place: str) -> Target:
    where = parsing.below(place, name)
    if data.get(name) is None:
        raise parsing.bad(where, 'is missing; say which element, such as {"selectors": [["aria/Add to cart"]]}.')
    target = parsing.mapping(data[name], where, what="a target")
    parsing.only(target, ("selectors", "frame", "fingerprint"), where, what="a target")
    alternatives = parsing.items(target, "selectors", where, least=1, most=MOST_SELECTORS, what="selectors")
    frames = parsing.items(target, "frame", where, most=MOST_FRAMES, what="frames")
    return Target(
        selectors=tuple(_chain(each, f"{where}.selectors[{index}]") for index, each in enumerate(alternatives)),
        frame=tuple(_frame(each, f"{where}.frame[{index}]") for index, each in enumerate(frames)),
        fingerprint=_fingerprint(target.get("fingerprint"), f"{where}.fingerprint"),
    )


def to_json(target: Target) -> dict[str, Any]:
    data: dict[str, Any] = {"selectors": [list(chain) for chain in target.selectors], "frame": [{"url": each.url, "name": each.name} for each in target.frame]}
    return data | {"fingerprint": {name: getattr(target.fingerprint, name) for name in FINGERPRINT}}


def words(target: Target) -> str:
    """The element in a few words, for people: by its recorded text where there is one, else by its first selector."""
    shown = target.fingerprint.text or target.selectors[0][-1].removeprefix("aria/").removeprefix("text/")
    return f'"{shown if len(shown) <= 60 else shown[:59] + "…"}"'


def _chain(value: object, place: str) -> tuple[str, ...]:
    chain = [value] if isinstance(value, str) else value
    if not isinstance(chain, list | tuple) or not chain:
        raise parsing.bad(place, 'must be a selector such as "aria/Add to cart", or a list of them that goes through shadow roots.')
    if len(chain) > MOST_ROOTS:
        raise parsing.bad(place, f"goes through {len(chain)} shadow roots; at most {MOST_ROOTS} fit.")
    for selector in chain:
        parsing.text({"selector": selector}, "selector", place, longest=LONGEST_SELECTOR)
        if not selector.strip() or selector in PREFIXES:
            raise parsing.bad(place, "holds an empty selector; name an element or remove it.")
    return tuple(chain)


def _frame(value: object, place: str) -> FrameMatch:
    frame = parsing.mapping(value, place, what="a frame")
    parsing.only(frame, ("url", "name"), place, what="a frame")
    url = parsing.text(frame, "url", place, longest=parsing.LONGEST_URL, default="")
    name = parsing.text(frame, "name", place, longest=LONGEST_FINGERPRINT, default="")
    if not url and not name:
        raise parsing.bad(place, 'names no frame; give its "url", such as https://js.stripe.com/*, or its "name".')
    if url and not _FRAME_URL.fullmatch(url):
        sentence = "must begin with https:// and a host, then a slash; a * may stand before the host (https://*.pay.com/*) and anywhere behind it."
        raise parsing.bad(f"{place}.url", sentence)
    return FrameMatch(url=url, name=name)


def _fingerprint(value: object, place: str) -> Fingerprint:
    if value is None:
        return Fingerprint()
    data = parsing.mapping(value, place, what="a fingerprint")
    parsing.only(data, FINGERPRINT, place, what="a fingerprint")
    return Fingerprint(**{name: parsing.text(data, name, place, longest=LONGEST_FINGERPRINT, default="") for name in FINGERPRINT})
