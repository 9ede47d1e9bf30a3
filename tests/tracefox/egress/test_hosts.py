"""The hosts file of tests and of the demo."""

from __future__ import annotations

import pytest

from tracefox.egress.hosts import BadHosts, HostMap


def test_names_are_found_with_their_place():
    hosts = HostMap.parse("# the shop\n127.0.0.1:8443 www.shop.test\n\n  [::1]:9443   CDN.shop.test.  # the other one\n")
    assert hosts.get("www.shop.test") == ("127.0.0.1", 8443)
    assert hosts.get("cdn.shop.test") == ("::1", 9443)
    assert hosts.get("shop.test") is None
    assert len(hosts) == 2


def test_a_file_is_read(tmp_path):
    file = tmp_path / "hosts"
    file.write_text("127.0.0.1:8443 www.shop.test\n")
    assert HostMap.read(file).get("www.shop.test") == ("127.0.0.1", 8443)


def test_no_file_gives_no_names():
    assert len(HostMap.read("")) == 0


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("127.0.0.1:8443", "expected ADDRESS:PORT NAME"),
        ("127.0.0.1:8443 a.test b.test", "expected ADDRESS:PORT NAME"),
        ("127.0.0.1 a.test", "127.0.0.1 has no port"),
        ("10.0.0.5:443 a.test", "10.0.0.5 is not a loopback address"),
        ("8.8.8.8:443 a.test", "8.8.8.8 is not a loopback address"),
        ("[::ffff:10.0.0.5]:443 a.test", "not a loopback address"),
        ("localhost:443 a.test", "'localhost' is no address"),
        ("127.0.0.1:0 a.test", "'0' is no port"),
        ("127.0.0.1:65536 a.test", "'65536' is no port"),
        ("127.0.0.1:https a.test", "'https' is no port"),
        ("127.0.0.1:443 *.a.test", r"'\*.a.test' is no host name"),
        ("127.0.0.1:443 localhost", "'localhost' is no host name"),
        ("127.0.0.1:443 127.0.0.1", "is no host name"),
    ],
)
def test_a_bad_line_is_named(line, complaint):
    with pytest.raises(BadHosts, match=f"hosts, line 2: .*{complaint}"):
        HostMap.parse(f"127.0.0.1:1 first.test\n{line}\n")


def test_a_name_has_one_place():
    with pytest.raises(BadHosts, match=r"line 2: a\.test already has another address"):
        HostMap.parse("127.0.0.1:1 a.test\n127.0.0.1:2 A.test\n")
