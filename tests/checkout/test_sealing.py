from __future__ import annotations

import ast
import itertools

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from checkout import sealing
from checkout.runner import unsealing
from tests.sources import APPS, BESIDE, sources

PRIVATE = bytes(range(32))
PUBLIC = X25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()
PLACE = "workspace-1|test-1|card.number|1"


@pytest.mark.parametrize("value", ["4242 4242 4242 4242", "x", "Zoë Groß, 東京", "a" * 2000, "line\nline"])
def test_what_was_sealed_opens_for_the_private_key_in_its_place(value):
    assert unsealing.unseal(sealing.seal(value, public_key=PUBLIC, context=PLACE), private_key=PRIVATE, context=PLACE) == value


def test_a_box_holds_no_trace_of_its_value_and_no_two_are_alike():
    boxes = [sealing.seal("SUMMER-MUG-100", public_key=PUBLIC, context=PLACE) for _ in range(20)]
    assert all(b"SUMMER" not in box for box in boxes)
    assert len({box[sealing.EPHEMERAL] for box in boxes}) == len({box[sealing.NONCE] for box in boxes}) == 20


def test_a_box_opens_nowhere_but_in_its_place():
    """Every swap of workspace, test, name and version: 81 boxes against 81 places, of which one each fits."""
    tests = [sealing.context_of(workspace=w, test=t) for w, t in itertools.product(("w1", "w2", "w3"), ("t1", "t2", "t3"))]
    places = [sealing.context(test, name=name, version=version) for test in tests for name in ("a.b", "a.c", "b.b") for version in (1, 2, 11)]
    assert len(set(places)) == 81
    box = sealing.seal("secret", public_key=PUBLIC, context=places[0])
    assert [place for place in places if opens(box, place)] == [places[0]]
    assert [place for place in places[1:] if opens(sealing.seal("secret", public_key=PUBLIC, context=place), places[0])] == []


def test_another_key_opens_nothing():
    box = sealing.seal("secret", public_key=PUBLIC, context=PLACE)
    assert not opens(box, PLACE, private_key=bytes(reversed(PRIVATE)))


def test_any_bit_that_is_turned_closes_the_box_for_good():
    box = sealing.seal("secret", public_key=PUBLIC, context=PLACE)
    for at in range(len(box)):
        assert not opens(box[:at] + bytes([box[at] ^ 1]) + box[at + 1 :], PLACE), at
        assert not opens(box[:at], PLACE), at


def test_a_key_that_is_no_point_seals_nothing():
    with pytest.raises(ValueError, match="computing"):
        sealing.seal("secret", public_key=bytes(32), context=PLACE)


def test_nobody_imports_what_opens_boxes_but_the_runner():
    """The web process and the workers can seal and never open."""
    importing = {source.module for source in sources(*APPS, *BESIDE) for found in source.imports if found.module.startswith("checkout.runner.unsealing")}
    assert {module for module in importing if not module.startswith("checkout.runner.")} == set()
    named = {
        source.module
        for source in sources(*APPS, *BESIDE)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and node.value == "checkout.runner.unsealing"
    }
    assert named == set()


def test_sealing_itself_cannot_open():
    assert [name for name in dir(sealing) if "unseal" in name or "decrypt" in name] == []


def opens(box: bytes, place: str, *, private_key: bytes = PRIVATE) -> bool:
    try:
        unsealing.unseal(box, private_key=private_key, context=place)
    except unsealing.Unreadable:
        return False
    return True
