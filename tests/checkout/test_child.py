"""Runs against a small shop over TLS: the whole way, the barrier at the stop point, the order and what follows from a runner that is not well behaved."""

from __future__ import annotations

import base64
import shutil
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from checkout import child, isolation, sealing
from checkout.result import RunResult
from tests.checkout.pages import shop

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def replay(site: shop.Shop, *, on_event=lambda event: None, **changes) -> RunResult:
    return child.replay(shop.job(**changes), settings=site.settings(), on_event=on_event)


def test_the_way_to_the_payment_passes_and_stops_there():
    with shop.opened() as site:
        events: list[dict] = []
        result = replay(site, on_event=events.append)
        assert (result.status, result.sentence) == ("passed", "The run stopped as defined, and all that must hold holds.")
        assert result.stopped_as_defined
        assert result.cut
        assert [step.status for step in result.steps] == ["passed"] * 14 + ["skipped"]
        assert [condition.status for condition in result.conditions] == ["passed"] * 2
        assert result.reached == 13
        assert site.orders == []
        assert [event["index"] for event in events if event["type"] == "begin"] == list(range(14))
        assert {step.screenshot for step in result.steps[:14]} <= set(result.artefacts)


def test_past_place_order_exactly_one_order_is_placed_and_the_parent_knows_before():
    with shop.opened() as site:
        orders_when_told = {}

        def note(event):
            if event["type"] == "begin":
                orders_when_told[event["index"], event["commits"]] = len(site.orders)

        ends = {"stop_after": None, "conditions": [{"kind": "text", "text": "Thank you"}, {"kind": "url", "url": f"https://{shop.SHOP}/thanks"}]}
        result = replay(site, on_event=note, **ends)
        assert (result.status, result.reached, result.cut) == ("passed", 14, False), result.sentence
        assert len(site.orders) == 1
        assert orders_when_told[14, True] == 0


@pytest.mark.parametrize(
    ("twist", "reason", "index"),
    [("covered", "covered", 14), ("look-alike", "drifted", 14), ("disabled", "disabled", 14), ("new-origin", "new-frame-origin", 12)],
)
def test_what_is_broken_fails_at_its_step_and_no_order_is_placed(twist, reason, index):
    with shop.opened(twist) as site:
        result = replay(site, stop_after=None, step_seconds=8)
        assert (result.status, result.reason) == ("failed", reason)
        assert result.failed_step is not None
        assert result.failed_step.index == index
        assert result.failed_step.screenshot in result.artefacts
        assert site.orders == []


def test_a_machine_that_does_not_isolate_runs_nothing_and_says_why(monkeypatch):
    monkeypatch.setattr(isolation, "AS_ROOT", ("--bind", "/nowhere/at/all", "/x"))
    monkeypatch.setattr(isolation, "AS_OTHERS", ("--bind", "/nowhere/at/all", "/x"))
    with shop.opened() as site, pytest.raises(isolation.NoIsolation, match="bubblewrap"):
        replay(site)


def test_a_machine_without_bubblewrap_runs_nothing_and_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name, path: None)
    with shop.opened() as site, pytest.raises(isolation.NoIsolation, match="apt-get install bubblewrap"):
        replay(site)


def test_a_real_card_number_that_was_sealed_unseen_is_not_typed():
    with shop.opened() as site:
        result = child.replay(shop.job({"card.number": "4539 5787 6362 1486"}), settings=site.settings(), on_event=lambda event: None)
        assert (result.status, result.reason) == ("inconclusive", "real-card")
        assert result.sentence.startswith("Nothing was typed.")
        assert "1486" not in result.sentence
        assert site.orders == []


def test_sealed_test_data_is_opened_inside_and_only_with_the_right_key():
    mine = X25519PrivateKey.generate()
    context = sealing.context_of(workspace="w", test="t")

    def sealed(key: X25519PrivateKey) -> dict[str, str]:
        public = key.public_key().public_bytes_raw()
        boxes = {name: sealing.seal(value, public_key=public, context=sealing.context(context, name=name, version=3)) for name, value in shop.DATA.items()}
        return {name: base64.b64encode(box).decode() for name, box in boxes.items()}

    with shop.opened() as site:
        job = replace(
            shop.job(), plain={}, context=context, versions=dict.fromkeys(shop.DATA, 3), private_key=base64.b64encode(mine.private_bytes_raw()).decode()
        )
        opened = child.replay(replace(job, sealed=sealed(mine)), settings=site.settings(), on_event=lambda event: None)
        assert opened.status == "passed", opened.sentence
        locked = child.replay(replace(job, sealed=sealed(X25519PrivateKey.generate())), settings=site.settings(), on_event=lambda event: None)
        assert (locked.status, locked.reason, locked.reached) == ("inconclusive", "test-data", -1)
