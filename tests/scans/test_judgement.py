"""What stands beside a change: the public lists that name its host."""

from __future__ import annotations

from benchmarks.noise import attacks
from benchmarks.noise.shop import Shop
from scans import judgement
from scans.classify.lists import HostList, Lists
from scans.diff import history


def test_a_change_carries_the_filter_rules_that_name_its_host():
    shop = Shop(0, 0)
    tracked, _ = attacks.malicious_host(shop)
    rule = f"||{attacks.MALICIOUS}^"
    listed = Lists((HostList("EasyPrivacy", "7", "filter", "", "", {attacks.MALICIOUS: rule}, frozenset()),))
    known = judgement.learn(history.empty(), [shop.load(0, 0), shop.load(0, 1)])
    found = [one.change for one in judgement.weigh(known, shop.load(1, 0, (tracked,)), listed=listed).judged]
    named = [change for change in found if attacks.MALICIOUS in str(change.about.get("host"))]
    assert named
    assert {tuple(change.about["matched"]) for change in named} == {(f"EasyPrivacy 7: {rule}",)}
    assert all("matched" not in change.about for change in found if change.about.get("domain") != attacks.MALICIOUS)
