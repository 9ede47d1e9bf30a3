"""Public lists beside our own data: hosts that spread malware, and hosts that filter lists block.

Pure, but for reading a folder once. The lists have licences of their own, so they are not part of the program: `manage.py refresh_lists` puts them into a
folder, each as its own unmodified file, with name, version, licence and notice in `manifest.json`. Without a folder nothing is known and every answer is empty.
Only rules about whole hosts are read (`||host^`, or a host alone on its line): rules about paths, request types and single sites, and the conditional
exceptions from rules, are not. To know one more list, add it to `refresh_lists`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from scans.classify import vendors

MANIFEST = "manifest.json"
Kind = Literal["malicious", "filter"]
_HOST = r"[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?"
_RULE = re.compile(rf"(@@)?\|\|({_HOST})\^(?:\$(third-party|3p|all|document|doc))?")
_ALONE = re.compile(rf"{_HOST}\.[a-z0-9-]{{1,63}}")


class ListChanged(ValueError):
    """A file is not the one that its manifest describes. Run `manage.py refresh_lists` again."""


@dataclass(frozen=True, slots=True)
class HostList:
    """One list. `hosts` leads to the rule as it is written; `elsewhere` are those of them that mean third parties only."""

    name: str
    version: str
    kind: Kind
    licence: str
    notice: str
    hosts: Mapping[str, str]
    elsewhere: frozenset[str]

    def rule_for(self, host: str, *, first_party: str = "") -> str:
        """The rule that names the host or a host above it, up to what somebody registered: a whole public suffix is nobody's."""
        registered = vendors.registrable_domain(host)
        at_home = bool(first_party) and registered == vendors.registrable_domain(first_party)
        while host:
            if host in self.hosts and not (at_home and host in self.elsewhere):
                return self.hosts[host]
            host = "" if host == registered else host.partition(".")[2]
        return ""


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists at hand, in the order of their manifest."""

    lists: tuple[HostList, ...] = ()


NONE = Lists()


def malicious(host: str, *, among: Lists = NONE) -> str:
    """Name and version of the list that calls this host, or a host above it, malicious; else nothing."""
    host = _plain(host)
    return next((f"{known.name} {known.version}" for known in among.lists if known.kind == "malicious" and known.rule_for(host)), "")


def matched(host: str, *, first_party: str, among: Lists = NONE) -> list[str]:
    """Evidence: the filter lists' rules about this host as a whole, each with name and version of its list (`EasyPrivacy 1.2: ||host^`)."""
    host = _plain(host)
    found = ((known, known.rule_for(host, first_party=_plain(first_party))) for known in among.lists if known.kind == "filter")
    return [f"{known.name} {known.version}: {rule}" for known, rule in found if rule]


def load(folder: str) -> Lists:
    """The lists in a folder, read once for each version of its manifest. No folder, no lists; a file that is not as its manifest says is refused."""
    return _read_folder(folder, (Path(folder) / MANIFEST).stat().st_mtime_ns) if folder else NONE


@lru_cache(maxsize=2)
def _read_folder(folder: str, _written: int) -> Lists:
    place = Path(folder)
    manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    return Lists(tuple(read(entry, content=(place / Path(entry["file"]).name).read_bytes()) for entry in manifest["lists"]))


def read(entry: Mapping[str, Any], *, content: bytes) -> HostList:
    """One list from its entry in the manifest and its file."""
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise ListChanged(f"{entry['file']} is not the file that {MANIFEST} describes. Run refresh_lists again.")
    hosts: dict[str, str] = {}
    spared: set[str] = set()
    elsewhere: set[str] = set()
    for line, host, excepted, third_party in _rules(content.decode("utf-8", "replace")):
        if excepted:
            spared.add(host)
        elif host not in hosts or host in elsewhere:
            hosts[host] = line
            (elsewhere.add if third_party else elsewhere.discard)(host)
    kept = {host: rule for host, rule in hosts.items() if host not in spared}
    return HostList(entry["name"], entry["version"], entry["kind"], entry["licence"], entry["notice"], kept, frozenset(elsewhere))


def _rules(text: str) -> Iterator[tuple[str, str, bool, bool]]:
    """Line, host, whether the line excepts the host, whether it means third parties only."""
    for line in text.splitlines():
        if rule := _RULE.fullmatch(line):
            yield line, rule[2], bool(rule[1]), rule[3] in ("third-party", "3p")
        elif _ALONE.fullmatch(line):
            yield line, line, False, False


def _plain(host: str) -> str:
    return host.strip(".").lower()
