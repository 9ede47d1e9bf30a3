"""Take a new release of third-party-web into `scans/classify/data/`: trimmed to what we use, with its licence and where it came from.

Needs `npm` unless `--package` names a downloaded archive. Review the change with git before committing it: our own overlay, `vendors.toml`, lies over it
and is never touched.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scans.classify import book

PACKAGE = "third-party-web"
SOURCE = "https://www.npmjs.com/package/third-party-web"
ENTITIES, LICENCE, MANIFEST = (f"package/{name}" for name in ("dist/entities-nostats.json", "LICENSE", "package.json"))


class Command(BaseCommand):
    help = "Takes a release of the npm package third-party-web (MIT) as the base list of vendors, replacing the stored one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("release", nargs="?", default="latest", help="The release to take, e.g. 0.30.0.")
        parser.add_argument("--package", type=Path, help="An archive made by `npm pack`, instead of fetching one.")
        parser.add_argument("--into", type=Path, default=book.DATA, help="The folder to write to.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be written, and write nothing.")

    def handle(self, *, release: str, package: Path | None, into: Path, dry_run: bool, **_options: Any) -> str:
        with tempfile.TemporaryDirectory() as folder:
            files = _read(package or _fetch(release, Path(folder)))
        version = json.loads(files[MANIFEST])["version"]
        entities = trim(json.loads(files[ENTITIES]))
        if not dry_run:
            (into / "third-party-web.json").write_text(_document(version, entities), encoding="utf-8")
            (into / "third-party-web.LICENSE").write_text(files[LICENCE], encoding="utf-8")
            (into / "third-party-web.NOTICE").write_text(_notice(version), encoding="utf-8")
        return f"{'Would write' if dry_run else 'Wrote'} {len(entities)} entities of {PACKAGE} {version}."


def trim(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep who it is, what for, and by which hosts it is known; leave out the statistics and the lists of products."""
    kept = ("name", "company", "homepage", "category", "domains")
    named = ({key: entity[key] for key in kept if entity.get(key)} for entity in entities if entity["domains"])
    return sorted(named, key=lambda entity: str(entity["name"]).lower())


def _fetch(release: str, folder: Path) -> Path:
    done = subprocess.run(
        ["npm", "pack", f"{PACKAGE}@{release}", "--ignore-scripts", "--silent"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    archives = list(folder.glob("*.tgz"))
    if done.returncode or not archives:
        raise CommandError(f"npm could not fetch {PACKAGE}@{release}: {done.stderr.strip() or 'no archive came'}")
    return archives[0]


def _read(package: Path) -> dict[str, str]:
    files = {}
    try:
        with tarfile.open(package) as archive:
            for name in (ENTITIES, LICENCE, MANIFEST):
                member = archive.extractfile(name)
                files[name] = member.read().decode() if member else ""
    except (KeyError, OSError, tarfile.TarError) as error:
        raise CommandError(f"{package} is no archive of {PACKAGE}: {error}") from error
    return files


def _document(version: str, entities: list[dict[str, Any]]) -> str:
    """One entity per line, so that a review shows what a release changed."""
    lines = ",\n".join(json.dumps(entity, ensure_ascii=False) for entity in entities)
    return f'{{"name": "{PACKAGE}", "version": "{version}", "entities": [\n{lines}\n]}}\n'


def _notice(version: str) -> str:
    return (
        f"third-party-web.json is taken from {PACKAGE} {version}, {SOURCE}\n"
        "(https://github.com/patrickhulce/third-party-web), dist/entities-nostats.json, trimmed by `manage.py refresh_vendors`.\n"
        "Licence: MIT, see third-party-web.LICENSE.\n"
    )
