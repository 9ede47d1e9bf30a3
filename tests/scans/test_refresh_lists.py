import gzip
import hashlib
import json

import pytest
from django.core.management import CommandError, call_command

from scans.classify import lists
from scans.management.commands import refresh_lists

EASY = "[Adblock Plus 2.0]\n! Last modified: %timestamp%\n! Licence: https://easylist.to/pages/licence.html\n"
FILES = {
    "urlhaus-filter/urlhaus-filter-online.txt": (
        "! Updated: 2025-10-25T00:10:18Z\n! License: https://gitlab.com/malware-filter/urlhaus-filter#license\nbad.example\n"
    ),
    "urlhaus-filter/LICENSE.md": "CC0 1.0 Universal\n",
    "easylist/easyprivacy.txt": EASY + "||tracker.example^\n",
    "easylist/easylist.txt": EASY + "||ads.example^$third-party\n",
}


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "package"
    for name, text in FILES.items():
        path = folder / "usr/share/chromium/extensions/ublock-origin/assets/thirdparties" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    changelog = folder / "usr/share/doc/webext-ublock-origin-chromium/changelog.Debian.gz"
    changelog.parent.mkdir(parents=True)
    changelog.write_bytes(gzip.compress(b"ublock-origin (1.67.0+dfsg-1) unstable; urgency=medium\n"))
    return folder


def path_of(package, name):
    return next(package.rglob(name))


def test_the_lists_are_copied_unmodified_with_what_they_are(package, tmp_path):
    answer = call_command("refresh_lists", "--from", str(package), into=tmp_path / "lists")

    written = json.loads((tmp_path / "lists" / "manifest.json").read_text())["lists"]
    assert "Wrote URLhaus 2025-10-25T00:10:18Z, EasyPrivacy of ublock-origin 1.67.0+dfsg-1" in answer
    assert [entry["name"] for entry in written] == ["URLhaus", "EasyPrivacy", "EasyList"]
    for entry in written:
        content = (tmp_path / "lists" / entry["file"]).read_bytes()
        assert content == path_of(package, entry["file"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert all(entry[key] for key in ("version", "licence", "notice", "source"))
    assert (tmp_path / "lists" / "URLhaus.LICENSE.md").read_text() == "CC0 1.0 Universal\n"


def test_what_was_copied_answers(package, tmp_path):
    call_command("refresh_lists", "--from", str(package), into=tmp_path / "lists")

    among = lists.load(str(tmp_path / "lists"))

    assert lists.malicious("bad.example", among=among) == "URLhaus 2025-10-25T00:10:18Z"
    assert len(lists.matched("tracker.example", first_party="shop.example", among=among)) == 1


def test_a_dry_run_writes_nothing(package, tmp_path):
    answer = call_command("refresh_lists", "--from", str(package), into=tmp_path / "lists", dry_run=True)

    assert answer.startswith("Would write URLhaus")
    assert not (tmp_path / "lists").exists()


def test_a_file_that_states_no_known_licence_is_refused_and_nothing_is_written(package, tmp_path):
    path_of(package, "easyprivacy.txt").write_text("! Licence: all rights reserved\n||tracker.example^\n")

    with pytest.raises(CommandError, match=r"does not state the licence we know for EasyPrivacy"):
        call_command("refresh_lists", "--from", str(package), into=tmp_path / "lists")
    assert not (tmp_path / "lists").exists()


def test_a_list_without_its_licence_text_is_refused(package, tmp_path):
    path_of(package, "LICENSE.md").unlink()

    with pytest.raises(CommandError, match=r"LICENSE\.md is missing"):
        call_command("refresh_lists", "--from", str(package), into=tmp_path / "lists")


def test_a_list_whose_version_nobody_says_is_refused(package, tmp_path):
    path_of(package, "changelog.Debian.gz").unlink()

    with pytest.raises(CommandError, match=r"which version EasyPrivacy is"):
        call_command("refresh_lists", "--from", str(package), into=tmp_path / "lists")


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"holds no unpacked"):
        call_command("refresh_lists", "--from", str(tmp_path), into=tmp_path / "lists")


def test_without_a_folder_to_write_to_it_asks_for_one(package, settings):
    settings.LISTS = ""

    with pytest.raises(CommandError, match=r"TRACEFOX_LISTS"):
        call_command("refresh_lists", "--from", str(package))


def test_the_folder_of_the_settings_is_written_to(package, tmp_path, settings):
    settings.LISTS = str(tmp_path / "set")

    call_command("refresh_lists", "--from", str(package))

    assert (tmp_path / "set" / "manifest.json").exists()


def test_every_known_list_says_under_what_licence():
    assert all(known.licence and known.notice and known.stated for known in refresh_lists.KNOWN)
