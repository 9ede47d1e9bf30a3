import io
import json
import tarfile

import pytest
from django.core.management import CommandError, call_command


def archive(folder, entities):
    path = folder / "third-party-web-9.9.9.tgz"
    files = {"package.json": json.dumps({"version": "9.9.9"}), "LICENSE": "MIT", "dist/entities-nostats.json": json.dumps(entities)}
    with tarfile.open(path, "w:gz") as package:
        for name, text in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text)
            package.addfile(member, io.BytesIO(text.encode()))
    return path


ENTITIES = [
    {"name": "Zeta", "category": "ad", "domains": ["*.zeta.test"], "products": [{"name": "x"}], "averageExecutionTime": 3},
    {"name": "Alpha", "company": "A", "category": "cdn", "domains": ["alpha.test"]},
    {"name": "Nobody", "category": "other", "domains": []},
]


def test_a_release_of_the_base_list_is_taken_with_its_licence(tmp_path):
    answer = call_command("refresh_vendors", package=archive(tmp_path, ENTITIES), into=tmp_path)

    stored = json.loads((tmp_path / "third-party-web.json").read_text())
    assert answer == "Wrote 2 entities of third-party-web 9.9.9."
    assert stored["version"] == "9.9.9"
    assert stored["entities"] == [
        {"name": "Alpha", "company": "A", "category": "cdn", "domains": ["alpha.test"]},
        {"name": "Zeta", "category": "ad", "domains": ["*.zeta.test"]},
    ]
    assert (tmp_path / "third-party-web.LICENSE").read_text() == "MIT"
    assert "9.9.9" in (tmp_path / "third-party-web.NOTICE").read_text()


def test_a_dry_run_writes_nothing(tmp_path):
    answer = call_command("refresh_vendors", package=archive(tmp_path, ENTITIES), into=tmp_path, dry_run=True)

    assert answer == "Would write 2 entities of third-party-web 9.9.9."
    assert not (tmp_path / "third-party-web.json").exists()


def test_an_archive_of_something_else_is_refused(tmp_path):
    (tmp_path / "other.tgz").write_bytes(b"no archive")

    with pytest.raises(CommandError, match=r"is no archive of third-party-web"):
        call_command("refresh_vendors", package=tmp_path / "other.tgz", into=tmp_path)
