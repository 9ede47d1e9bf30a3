import hashlib
import json
import os

import pytest

from scans.classify import lists

MALWARE = b"! Title: hosts\n1.2.3.4\nbad.example\nnetlify.app\n||worse.example^$all\n||half.example/path.exe^$all\nnot a host\n"
FILTER = b"""[Adblock Plus 2.0]
||tracker.example^
||ads.example^$third-party
||scripts.example^$script
||spared.example^
@@||spared.example^
||both.example^$third-party
||both.example^
||one.example^$domain=shop.example
/pixel.gif
"""


def entry(name="URLhaus", kind="malicious", content=MALWARE, **fields):
    made = {"name": name, "version": "7", "kind": kind, "file": f"{name}.txt", "licence": "CC0-1.0", "notice": "n"}
    return made | {"sha256": hashlib.sha256(content).hexdigest()} | fields


def known():
    return lists.Lists((lists.read(entry(), content=MALWARE), lists.read(entry("EasyPrivacy", "filter", FILTER), content=FILTER)))


@pytest.mark.parametrize("host", ["bad.example", "cdn.bad.example", "BAD.example.", "1.2.3.4", "worse.example"])
def test_a_malicious_host_is_told_with_the_list_and_its_version(host):
    assert lists.malicious(host, among=known()) == "URLhaus 7"


@pytest.mark.parametrize("host", ["good.example", "notbad.example", "bad.example.test", "2.3.4", "9.1.2.3.4", "half.example", "tracker.example", ""])
def test_any_other_host_is_not_malicious(host):
    assert lists.malicious(host, among=known()) == ""


def test_a_listed_public_suffix_does_not_make_everybody_below_it_malicious():
    assert lists.malicious("somebody.netlify.app", among=known()) == ""


@pytest.mark.parametrize(
    ("host", "evidence"),
    [
        ("x.tracker.example", ["EasyPrivacy 7: ||tracker.example^"]),
        ("ads.example", ["EasyPrivacy 7: ||ads.example^$third-party"]),
        ("both.example", ["EasyPrivacy 7: ||both.example^"]),
        ("scripts.example", []),
        ("spared.example", []),
        ("one.example", []),
        ("bad.example", []),
    ],
)
def test_a_filter_lists_rule_about_the_whole_host_is_evidence(host, evidence):
    assert lists.matched(host, first_party="shop.example", among=known()) == evidence


def test_a_rule_about_third_parties_does_not_match_the_site_itself():
    assert lists.matched("cdn.ads.example", first_party="www.ads.example", among=known()) == []
    assert lists.matched("www.both.example", first_party="both.example", among=known()) == ["EasyPrivacy 7: ||both.example^"]


def test_without_a_folder_every_answer_is_empty():
    nothing = lists.load("")

    assert lists.malicious("bad.example", among=nothing) == lists.malicious("bad.example") == ""
    assert lists.matched("tracker.example", first_party="shop.example", among=nothing) == []


def test_a_folder_is_read_by_its_manifest(tmp_path):
    (tmp_path / "URLhaus.txt").write_bytes(MALWARE)
    (tmp_path / "stray.txt").write_bytes(b"good.example\n")
    (tmp_path / lists.MANIFEST).write_text(json.dumps({"lists": [entry()]}))

    among = lists.load(str(tmp_path))

    assert lists.malicious("bad.example", among=among) == "URLhaus 7"
    assert lists.malicious("good.example", among=among) == ""
    assert lists.load(str(tmp_path)) is among


def test_newer_lists_are_read_without_a_restart(tmp_path):
    (tmp_path / "URLhaus.txt").write_bytes(MALWARE)
    (tmp_path / lists.MANIFEST).write_text(json.dumps({"lists": []}))
    assert lists.malicious("bad.example", among=lists.load(str(tmp_path))) == ""
    (tmp_path / lists.MANIFEST).write_text(json.dumps({"lists": [entry()]}))
    os.utime(tmp_path / lists.MANIFEST, ns=(1, 1))
    assert lists.malicious("bad.example", among=lists.load(str(tmp_path))) == "URLhaus 7"


def test_a_file_that_is_not_as_its_manifest_says_is_refused():
    with pytest.raises(lists.ListChanged, match=r"URLhaus\.txt is not the file"):
        lists.read(entry(), content=MALWARE + b"good.example\n")
