"""The TLS front of a shop: host names of its own on loopback, everything passed on to the shop's port, and one place to break it.

`Front({"www.shop.example": forwarding(port)})`. Set `front.break_by` to a function `(hit, answer) -> Reply`, where `answer(hit)` is what the shop itself would
answer; None mends it. The front's `hosts_file` and `ca_file` tell a client where to find and how to trust it.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping

from demo.web import Web
from demo.wire import Hit, Reply, Site

Breaking = Callable[[Hit, Site], Reply]
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length", "date", "server", "accept-encoding"})
PATIENCE = 60


class Front(Web):
    """A web whose sites can be broken, all by one function."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self.break_by: Breaking | None = None
        super().__init__({host: self._through(site) for host, site in sites.items()})

    def _through(self, site: Site) -> Site:
        return lambda hit: self.break_by(hit, site) if self.break_by else site(hit)


def forwarding(port: int) -> Site:
    """A site that asks the shop on this port of loopback. The shop hears that the visitor came by TLS."""

    def ask(hit: Hit) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            target = f"{hit.path}{'?' + hit.query if hit.query else ''}"
            given = {name: value for name, value in hit.headers.items() if name not in HOP_BY_HOP}
            told = {"x-forwarded-proto": "https", "x-forwarded-host": hit.host, "x-forwarded-for": "127.0.0.1"}
            connection.request(hit.method, target, body=hit.body or None, headers=given | told)
            answer = connection.getresponse()
            body = answer.read()
            headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
            return Reply(body, status=answer.status, headers=headers, media_type="")
        finally:
            connection.close()

    return ask
