"""Hosts out of anything that a page may write, and the hosts behind which anybody may stand."""

from __future__ import annotations

import pytest

from scans.classify import hosts, vendors


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Shop.Example:8443/a?b#c", "shop.example"),
        ("https://user:secret@shop.example./a", "shop.example"),
        ("https://[x", ""),
        ("https://[evil", ""),
        ("https://[2001:db8::1]/a", "2001:db8::1"),
        ("https://shop.example]/", ""),
        ("mailto:someone@shop.example", ""),
        ("", ""),
    ],
)
def test_a_host_is_read_or_there_is_none(url, host):
    assert hosts.host_of(url) == host


@pytest.mark.parametrize(
    "host",
    [
        "script.google.com",
        "docs.google.com",
        "script.googleusercontent.com",
        "storage.googleapis.com",
        "drop.s3.amazonaws.com",
        "drop.s3.eu-west-1.amazonaws.com",
        "s3-eu-west-1.amazonaws.com",
        "shop-1.firebaseio.com",
        "collect.someone.workers.dev",
        "raw.githubusercontent.com",
        "pastebin.com",
        "t.me",
        "api.telegram.org",
        "discord.com",
    ],
)
def test_where_anybody_keeps_things_each_host_is_a_party_by_itself(host):
    assert hosts.is_anybodys(host)
    assert vendors.registrable_domain(host) == host
    assert vendors.party(host, "www.google.com") == "third"


@pytest.mark.parametrize("host", ["www.google.com", "lh3.googleusercontent.com", "ec2.amazonaws.com", "fonts.googleapis.com", "shop.example", "github.com", ""])
def test_other_hosts_belong_to_whoever_registered_their_domain(host):
    assert not hosts.is_anybodys(host)


def test_the_party_of_an_ordinary_host_is_its_domain():
    assert vendors.registrable_domain("www.google.com") == "google.com"
    assert vendors.registrable_domain("lh3.googleusercontent.com") == "googleusercontent.com"
