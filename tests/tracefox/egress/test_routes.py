"""Look-ups and pins: what a name may become while a scan runs."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from tests.tracefox.egress.lab import PUBLIC, SHOP, Names, shop_on
from tracefox.egress import policy
from tracefox.egress.refusal import Refused
from tracefox.egress.routes import Route, Routes

PRIVATE = "10.0.0.5"


def routes(names: Names, **settings: Any) -> Routes:
    defaults: dict[str, Any] = {"hosts": shop_on(8443), "ports": {443}, "extra_deny": (), "lookup_time": 0.05, "meet": lambda host: True}
    return Routes(resolve=names, **defaults | settings)


async def find(known: Routes, host: str, port: int = 443) -> Route | str:
    try:
        return await known.find(host, port)
    except Refused as refused:
        return refused.reason


def test_a_public_name_gets_its_addresses():
    names = Names({"www.shop.com": [[PUBLIC, "2606:4700::1111"]]})
    assert asyncio.run(find(routes(names), "www.shop.com")) == Route((PUBLIC, "2606:4700::1111"), 443)


def test_a_public_literal_is_its_own_address_and_nobody_is_asked():
    names = Names()
    assert asyncio.run(find(routes(names), PUBLIC)) == Route((PUBLIC,), 443, literal=True)
    assert names.asked == []


def test_a_host_of_the_tests_is_not_judged_but_its_port_is():
    known = routes(Names())
    assert asyncio.run(find(known, SHOP)) == Route(("127.0.0.1",), 8443, judged=False)
    assert asyncio.run(find(known, SHOP, 8443)) == "port"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ([PRIVATE], "special 10.0.0.0/8"),
        (["169.254.169.254"], "special 169.254.0.0/16"),
        (["127.0.0.1"], "special 127.0.0.0/8"),
        (["0.0.0.0"], "special 0.0.0.0/8"),
        (["::1"], "not global unicast"),
        (["::ffff:10.0.0.5"], "v4-mapped"),
        (["fd00::1"], "not global unicast"),
        (["64:ff9b::a00:5"], "not global unicast"),
        (["fe80::1%lo"], "scoped"),
        ([PUBLIC, PRIVATE], "special 10.0.0.0/8"),
        ([PUBLIC, "::1"], "not global unicast"),
        ([PUBLIC] * 60 + [PRIVATE], "special 10.0.0.0/8"),
        (["203.0.114.9"], "own network"),
        ([], "dns"),
        (None, "dns"),
    ],
)
def test_one_bad_answer_denies_the_name(answer, reason):
    known = routes(Names({"www.evil.com": [answer]}), extra_deny=policy.networks(["203.0.114.0/24"]))
    assert asyncio.run(find(known, "www.evil.com")) == reason


def test_a_thousand_names_that_change_their_answer_are_never_followed():
    source = random.Random(5)
    turns = {f"n{number}.rebind.com": number % 6 for number in range(1000)}
    names = Names({name: [[PUBLIC]] * turn + [[PRIVATE]] for name, turn in turns.items()})

    async def follow() -> list[Route | str]:
        known = routes(names)
        asked = [name for name in turns for _ in range(7)]
        source.shuffle(asked)
        return [await find(known, name) for name in asked]

    found = asyncio.run(follow())
    assert set(found) == {Route((PUBLIC,), 443), "special 10.0.0.0/8"}
    assert len(names.asked) == 1000


def test_a_name_that_was_private_once_stays_denied():
    names = Names({"www.evil.com": [[PRIVATE], [PUBLIC]]})

    async def twice() -> list[Route | str]:
        known = routes(names)
        return [await find(known, "www.evil.com"), await find(known, "www.evil.com")]

    assert asyncio.run(twice()) == ["special 10.0.0.0/8"] * 2


def test_a_look_up_that_failed_is_tried_again():
    names = Names({"www.shop.com": [[], None, [PUBLIC]]})

    async def thrice() -> list[Route | str]:
        known = routes(names)
        return [await find(known, "www.shop.com") for _ in range(3)]

    assert asyncio.run(thrice()) == ["dns", "dns", Route((PUBLIC,), 443)]


def test_many_at_once_share_one_look_up():
    names = Names({"www.shop.com": [[PUBLIC], [PRIVATE]]})

    async def together() -> list[Route | str]:
        known = routes(names)
        return await asyncio.gather(*(find(known, "www.shop.com") for _ in range(50)))

    assert set(asyncio.run(together())) == {Route((PUBLIC,), 443)}
    assert names.asked == ["www.shop.com"]


def test_one_client_that_leaves_does_not_take_the_others_answer_with_it():
    names = Names({"www.shop.com": [[PUBLIC]]})

    async def leave() -> Route | str:
        known = routes(names)
        impatient = asyncio.create_task(find(known, "www.shop.com"))
        patient = asyncio.create_task(find(known, "www.shop.com"))
        await asyncio.sleep(0)
        impatient.cancel()
        return await patient

    assert asyncio.run(leave()) == Route((PUBLIC,), 443)


def test_a_host_over_the_budget_is_not_looked_up():
    names = Names({"www.shop.com": [[PUBLIC]]})
    assert asyncio.run(find(routes(names, meet=lambda host: False), "www.shop.com")) == "limit:max-hosts"
    assert names.asked == []
