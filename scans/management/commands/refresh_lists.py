"""Take public lists (URLhaus, EasyPrivacy, EasyList) into the folder that `TRACEFOX_LISTS` names, each unmodified, with a manifest of what they are.

They come from Debian's package `webext-ublock-origin-chromium`: `apt-get download` it, unpack it with `dpkg -x` and name that folder with `--from`. To know one
more list, add it to KNOWN with the line by which its file states its licence: a file without that line is refused.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from scans.classify import lists

VERSION_LINE = re.compile(r"^! (?:Version|Updated|Last modified): (\d[\w .:+-]{3,40})$", re.MULTILINE)
CHANGELOG_LINE = re.compile(r"[\w.+-]+ \(([^)\s]+)\)")
HEADER = 4000  # what a file says of itself stands in its first lines


@dataclass(frozen=True)
class Known:
    """A list we may use. `file` is where the package keeps it, `stated` the line in it that states its licence, `texts` are licences to copy along."""

    name: str
    kind: lists.Kind
    file: str
    stated: str
    licence: str
    notice: str
    source: str
    texts: tuple[str, ...] = ()


_EASYLIST = "Copyright the EasyList authors (https://easylist.to/). Under GPL-3.0-or-later or CC-BY-SA-3.0-or-later; we use it under CC-BY-SA, unmodified."
KNOWN = (
    Known(
        "URLhaus",
        "malicious",
        "urlhaus-filter/urlhaus-filter-online.txt",
        "! License: https://gitlab.com/malware-filter/urlhaus-filter#license",
        "CC0-1.0",
        "Malicious hosts reported to URLhaus (https://urlhaus.abuse.ch/), compiled by malware-filter. Given to the public domain under CC0-1.0.",
        "https://gitlab.com/malware-filter/urlhaus-filter",
        ("urlhaus-filter/LICENSE.md",),
    ),
    Known(
        "EasyPrivacy",
        "filter",
        "easylist/easyprivacy.txt",
        "! Licence: https://easylist.to/pages/licence.html",
        "GPL-3.0-or-later OR CC-BY-SA-3.0-or-later",
        _EASYLIST,
        "https://easylist.to/easylist/easyprivacy.txt",
    ),
    Known(
        "EasyList",
        "filter",
        "easylist/easylist.txt",
        "! Licence: https://easylist.to/pages/licence.html",
        "GPL-3.0-or-later OR CC-BY-SA-3.0-or-later",
        _EASYLIST,
        "https://easylist.to/easylist/easylist.txt",
    ),
)


class Command(BaseCommand):
    help = "Takes URLhaus, EasyPrivacy and EasyList from an unpacked webext-ublock-origin-chromium. Files that state no known licence are refused."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="package", type=Path, required=True, help="The folder that `dpkg -x` unpacked the package into.")
        parser.add_argument("--into", type=Path, help="The folder to write to, instead of the one that TRACEFOX_LISTS names.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be written, and write nothing.")

    def handle(self, *, package: Path, into: Path | None, dry_run: bool, **_options: Any) -> str:
        target = into or (Path(settings.LISTS) if settings.LISTS else None)
        if target is None:
            raise CommandError("Name the folder to write to with --into, or set TRACEFOX_LISTS.")
        parties = _find(package)
        fallback = _packaged_version(package)
        files: dict[str, bytes] = {}
        entries = []
        for known in KNOWN:
            content = _content(parties, known)
            entries.append(_entry(known, content, fallback=fallback))
            files[Path(known.file).name] = content
            files.update({f"{known.name}.{Path(text).name}": (parties / text).read_bytes() for text in known.texts})
        files[lists.MANIFEST] = (json.dumps({"lists": entries}, indent=2, ensure_ascii=False) + "\n").encode()
        if not dry_run:
            _write(target, files)
        named = ", ".join(f"{entry['name']} {entry['version']}" for entry in entries)
        return f"{'Would write' if dry_run else 'Wrote'} {named} into {target}."


def _find(package: Path) -> Path:
    for folder in (package, *package.glob("usr/share/*/extensions/ublock-origin/assets/thirdparties"), *package.glob("usr/share/webext/*/assets/thirdparties")):
        if (folder / KNOWN[0].file).is_file():
            return folder
    raise CommandError(f"{package} holds no unpacked webext-ublock-origin-chromium: {KNOWN[0].file} is nowhere in it.")


def _content(parties: Path, known: Known) -> bytes:
    for name in (known.file, *known.texts):
        if not (parties / name).is_file():
            raise CommandError(f"{name} is missing, so {known.name} is refused.")
    content = (parties / known.file).read_bytes()
    if known.stated not in content[:HEADER].decode("utf-8", "replace").splitlines():
        raise CommandError(f"{known.file} does not state the licence we know for {known.name}, so it is refused. It must hold the line: {known.stated}")
    return content


def _entry(known: Known, content: bytes, *, fallback: str) -> dict[str, str]:
    stated = VERSION_LINE.search(content[:HEADER].decode("utf-8", "replace"))
    version = stated[1] if stated else fallback
    if not version:
        raise CommandError(f"Neither {known.file} nor the package's changelog says which version {known.name} is.")
    return {
        "name": known.name,
        "version": version,
        "kind": known.kind,
        "file": Path(known.file).name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": known.licence,
        "notice": known.notice,
        "source": known.source,
    }


def _packaged_version(package: Path) -> str:
    """The package's own version, for a file whose header leaves its date open."""
    for changelog in sorted(package.glob("usr/share/doc/webext-ublock-origin-chromium/changelog.Debian.gz")):
        with gzip.open(changelog, "rt", encoding="utf-8") as text:
            if found := CHANGELOG_LINE.match(text.readline()):
                return f"of ublock-origin {found[1]}"
    return ""


def _write(target: Path, files: dict[str, bytes]) -> None:
    """The manifest last: until it is there, a reader finds the old one, which refuses the new files."""
    target.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (target / name).write_bytes(content)
