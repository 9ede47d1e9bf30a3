"""The identity rules, held against forms from vendors' and shops' public documentation that they were not written from.

To add a vector: an entry in `vectors/`, with the page its form comes from. What is different must stay split; a pair that should be one thing and is split
is noise, and is named in `SPLIT` with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NotRequired, TypedDict

import pytest

from scans.diff import inline, names, urls


class Vector(TypedDict):
    a: str
    b: str
    same: bool
    first_party: str
    source: str
    why: str
    attack: NotRequired[bool]
    shape: NotRequired[bool]
    reaches: NotRequired[str]


def _vectors(kind: str) -> list[Vector]:
    found: list[Vector] = json.loads((Path(__file__).parent / "vectors" / f"{kind}.json").read_text())
    return found


URLS, COOKIES, INLINE = _vectors("urls"), _vectors("cookies"), _vectors("inline")
IDENTITY: dict[str, Callable[[Vector, str], str]] = {
    "urls": lambda vector, form: urls.key(form, first_party=vector["first_party"]),
    "cookies": lambda vector, form: names.cookie(form),
    "inline": lambda vector, form: inline.normalised_sha256(form),
}
KINDS = {"urls": URLS, "cookies": COOKIES, "inline": INLINE}
SAME, DIFFERENT = (
    [pytest.param(kind, vector, id=f"{kind}: {vector['why']}") for kind, vectors in KINDS.items() for vector in vectors if vector["same"] is same]
    for same in (True, False)
)
SPLIT = {
    "https://www.googletagmanager.com/gtag/js?id=G-8RLQ2K7V1M&cx=c&gtm=45je51s0v9": "no rule for this vendor's parameter; two loads of a scan teach it",
    "https://js.stripe.com/v3/fingerprinted/js/elements-inner-card-b07d2c58e91f43a6702bd5c8e4f1963a.html.js": "a host whose hashes are not known to be builds",
    "https://www.roastery.example/cdn/shop/t/7/compiled_assets/styles.css?v=109": "happens once, when the shop platform changes its form",
    "https://www.roastery.example/assets/index-Bx09KqZf.js": "letters without a digit could be a word: DiwrgTda",
    "https://www.google-analytics.com/collect?v=1&tid=UA-123456-1&t=pageview&z=902817264": "one letter may name anything; two loads of a scan teach it",
}
"""The second form of a pair of URLs or names that is one thing and is told as two -> why it stays so."""
SPLIT_CODE = {
    "only the deployment's version differs": "digits may be an account",
}
"""The same for inline scripts, by what their vector says."""
MERGED = {"BIGipServerpool_admin_443": "the pool is the shop's own server: nothing is hidden"}
"""The second form of a pair that is two things and is told as one, where that is no attack and no URL -> why it may."""

WRONG = {
    "http://bat.bing.com/bat.js": "the key does not say whether a URL is encrypted",
}
"""Wrong merges that the rules still make. Each is a fault to be mended, and none may be added."""


@pytest.mark.parametrize(("kind", "vector"), DIFFERENT)
def test_what_is_different_stays_split(kind: str, vector: Vector) -> None:
    if vector["b"] in WRONG:
        pytest.xfail(WRONG[vector["b"]])
    key = IDENTITY[kind]
    merged = key(vector, vector["a"]) == key(vector, vector["b"])
    assert merged == (vector["b"] in MERGED), MERGED.get(vector["b"], vector["why"])


def test_no_url_and_no_attack_may_merge() -> None:
    assert not set(MERGED) & {vector["b"] for vector in (*URLS, *COOKIES, *INLINE) if vector in URLS or "attack" in vector}


@pytest.mark.parametrize(("kind", "vector"), SAME)
def test_what_is_one_thing_is_one_unless_it_is_a_known_split(kind: str, vector: Vector) -> None:
    key = IDENTITY[kind]
    merged = key(vector, vector["a"]) == key(vector, vector["b"])
    known = SPLIT.get(vector["b"]) or SPLIT_CODE.get(vector["why"])
    assert merged == (known is None), known or vector["why"]


@pytest.mark.parametrize("vector", [pytest.param(vector, id=vector["why"]) for vector in INLINE if "shape" in vector])
def test_code_has_one_shape_whatever_its_data_says(vector: Vector) -> None:
    assert (inline.shape(vector["a"]) == inline.shape(vector["b"])) == vector["shape"], vector["why"]


@pytest.mark.parametrize("vector", [pytest.param(vector, id=vector["why"]) for vector in INLINE if "reaches" in vector])
def test_another_host_in_the_code_is_seen(vector: Vector) -> None:
    assert sorted(inline.reaches(vector["a"])) != sorted(inline.reaches(vector["b"])), vector["why"]


def test_what_is_known_of_is_in_the_vectors() -> None:
    every = (*URLS, *COOKIES, *INLINE)
    assert set(SPLIT) <= {vector["b"] for vector in every if vector["same"]}
    assert set(SPLIT_CODE) <= {vector["why"] for vector in INLINE if vector["same"]}
    assert set(MERGED) <= {vector["b"] for vector in every if not vector["same"]}


@pytest.mark.parametrize("vectors", KINDS.values(), ids=KINDS)
def test_every_vector_says_where_its_form_comes_from(vectors: list[Vector]) -> None:
    assert all(vector["source"].startswith("https://") and vector["why"] for vector in vectors)
    assert len({(vector["a"], vector["b"]) for vector in vectors}) == len(vectors)
