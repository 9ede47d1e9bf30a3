"""Asking the system's resolver."""

from __future__ import annotations

import asyncio
import socket

from tracefox.egress import resolver


def test_names_are_asked_with_a_final_dot_and_each_address_comes_once():
    asked = []

    def ask(host, port, **options):
        asked.append(host)
        places = [("93.184.215.14", 0), ("93.184.215.14", 0), ("2606:4700::1111", 0, 0, 0), ("fe80::1%lo", 0, 0, 1)]
        return [(socket.AF_INET, options["type"], 6, "", place) for place in places]

    assert resolver.look_up("www.shop.com", ask=ask) == ["93.184.215.14", "2606:4700::1111", "fe80::1%lo"]
    assert asked == ["www.shop.com."]


def test_a_name_without_an_answer_is_an_error_and_leaves_no_thread_waiting():
    async def ask() -> str:
        system = resolver.SystemResolver()
        try:
            await system("www.shop.test")  # this machine's tests may ask nobody, so every look-up fails
        except OSError as error:
            return type(error).__name__
        finally:
            system.close()
        return "answered"

    assert asyncio.run(ask()) != "answered"
