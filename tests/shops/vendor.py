"""The payment vendor whose library the shops load: the demo's, which asks nobody and keeps no card."""

from __future__ import annotations

from demo.shop.payment import payment
from demo.shop.variant import BASE
from demo.shop.vendor import answer_of
from demo.wire import Hit, Reply, Site
from tests.shops.breakages import NEW_ORIGIN


def sites() -> dict[str, Site]:
    answers = payment(BASE).answers

    def answering(host: str) -> Site:
        def answer(hit: Hit) -> Reply:
            return answer_of(hit, {"/v3": answers[host]["/v3/"], **answers[host]} if host == "js.stripe.com" else answers[host])

        return answer

    return {host: answering(host) for host in answers} | {NEW_ORIGIN: answering("js.stripe.com")}
