"""Lists that are missing or half written do not stop monitoring."""

from __future__ import annotations

from scans import listed
from scans.classify import lists


def test_lists_that_cannot_be_read_are_left_out(settings, tmp_path):
    settings.LISTS = str(tmp_path / "nowhere")
    assert listed.at_hand() is lists.NONE
    settings.LISTS = str(tmp_path)
    (tmp_path / lists.MANIFEST).write_text('{"lists": [{"file": "half')
    assert listed.at_hand() is lists.NONE


def test_without_a_folder_there_are_none(settings):
    settings.LISTS = ""
    assert listed.at_hand() is lists.NONE
