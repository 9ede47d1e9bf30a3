"""The names that tests and the demo serve themselves, and where on loopback they live: a file of `ADDRESS:PORT NAME` lines.

Names in the map skip the judgement of names and addresses, so the map accepts loopback addresses only, and production refuses to start with one.
Lines may hold comments after `#`; an IPv6 address stands in brackets. There are no wildcards: one line per name.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path

from tracefox.egress import policy


class BadHosts(ValueError):
    """A line of the hosts file cannot be read. The message names the line."""


class HostMap:
    def __init__(self, entries: Mapping[str, tuple[str, int]] | None = None) -> None:
        self._entries: dict[str, tuple[str, int]] = {}
        for name, (address, port) in (entries or {}).items():
            self._entries[_name(name)] = (_loopback(address), _port(str(port)))

    @classmethod
    def read(cls, path: Path | str) -> HostMap:
        """Read the file. An empty path gives an empty map."""
        return cls.parse(Path(path).read_text(encoding="utf-8"), source=str(path)) if str(path) else cls()

    @classmethod
    def parse(cls, text: str, *, source: str = "hosts") -> HostMap:
        hosts = cls()
        for number, line in enumerate(text.splitlines(), start=1):
            words = line.split("#", 1)[0].split()
            if not words:
                continue
            try:
                name, place = _entry(words)
                if hosts._entries.setdefault(name, place) != place:
                    raise ValueError(f"{name} already has another address")
            except ValueError as error:
                raise BadHosts(f"{source}, line {number}: {error}.") from error
        return hosts

    def get(self, name: str) -> tuple[str, int] | None:
        return self._entries.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __len__(self) -> int:
        return len(self._entries)


def _entry(words: list[str]) -> tuple[str, tuple[str, int]]:
    if len(words) != 2:
        raise ValueError("expected ADDRESS:PORT NAME")
    address, colon, port = words[0].rpartition(":")
    if not colon:
        raise ValueError(f"{words[0]} has no port")
    if address.startswith("[") and address.endswith("]"):
        address = address[1:-1]
    return _name(words[1]), (_loopback(address), _port(port))


def _loopback(address: str) -> str:
    try:
        loopback = ipaddress.ip_address(address).is_loopback
    except ValueError as error:
        raise ValueError(f"{address!r} is no address") from error
    if not loopback:
        raise ValueError(f"{address} is not a loopback address")
    return address


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ValueError(f"{text!r} is no port")
    return int(text)


def _name(text: str) -> str:
    name = text.lower().rstrip(".")
    verdict = policy.judge_host(name)
    if not verdict.allowed and not verdict.reason.startswith("suffix"):
        raise ValueError(f"{text!r} is no host name ({verdict.reason})")
    return name
