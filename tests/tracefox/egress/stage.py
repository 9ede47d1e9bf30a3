"""Where the attempts are played: a public web of one server on loopback, a DNS that lies, a canary that must hear nothing, and every dial written down.

`Stage` gives the guard its names and its dial, and each attempt the URLs to navigate to. Public addresses lead to the fixture web and look public to the
guard; every other address is only written down. So what the guard may reach is reached, and what it must not reach would be seen.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from demo.web import Hit, Reply, Web
from tests.tracefox.egress import attempts
from tests.tracefox.egress.attempts import PUBLIC, Attempt
from tests.tracefox.egress.lab import Answers, Names
from tracefox.egress import dialling

LAB = "lab.shopsite.com"
SITE = "site.shopsite.com"
REBINDING = ("r16.rebind.evil.com", "r17.rebind.evil.com")
VARIANTS = ("name", "literal", "plain")
BATCH = 40
WORKER = "const target = location.hash.slice(1) || location.search.slice(1); fetch(target, {mode: 'no-cors'}); onfetch = () => fetch(target, {mode: 'no-cors'})"


class Posing(socket.socket):
    """A socket to loopback that says it leads to a public address."""

    pose: tuple[str, int] = ("", 0)

    def getpeername(self) -> tuple[str, int]:
        return self.pose


class Canary:
    """Listens on loopback, on one port, by TCP and by UDP, and counts what comes."""

    def __init__(self) -> None:
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))

    def heard(self) -> int:
        """Connections and datagrams that wait since the last look."""
        return self._drain(self.tcp) + self._drain(self.udp)

    def _drain(self, listening: socket.socket) -> int:
        listening.setblocking(False)
        for count in range(10_000):
            try:
                if listening is self.tcp:
                    listening.accept()[0].close()
                else:
                    listening.recv(2048)
            except BlockingIOError:
                return count
        return 10_000

    def close(self) -> None:
        self.tcp.close()
        self.udp.close()


class Stage:
    def __init__(self) -> None:
        self.canary = Canary()
        self.dials: list[tuple[str, int]] = []
        self.names = Names(_answers())
        self._batches: list[list[str]] = []
        self.web = Web({LAB: self._serve, SITE: self._serve, **dict.fromkeys(REBINDING, _rebind)})

    def __enter__(self) -> Stage:
        self.web.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.web.stop()
        self.canary.close()

    # What the guard is given

    async def dial(self, address: str, port: int) -> socket.socket:
        self.dials.append((address, port))
        if (address, port) != (PUBLIC, 443):
            raise ConnectionRefusedError
        plain = await dialling.dial("127.0.0.1", self.web.port)
        posing = Posing(fileno=plain.detach())
        posing.pose = (address, port)
        return posing

    def breaches(self) -> list[tuple[str, int]]:
        """Every dial but those to the one public address of this stage."""
        return [dial for dial in self.dials if dial != (PUBLIC, 443)]

    # Where to navigate

    def addresses(self, attempt: Attempt) -> list[str]:
        """The attempt's URL as it is, and with TLS where it has none."""
        url = attempt.url.replace("@C", f"127.0.0.1:{self.canary.port}")
        return [url, "https://" + url.removeprefix("http://")] if url.startswith("http://") else [url]

    def documents(self, attempt: Attempt, variants: Sequence[str] = VARIANTS) -> list[str]:
        """The URLs on our own site that play this attempt."""
        kind = "go" if attempt.location else "page"
        return [f"https://{LAB}/{kind}/{attempt.id}/{variant}" for variant in variants]

    def batches(self, rows: Sequence[Attempt], *, variants: Sequence[str] = VARIANTS, size: int = BATCH) -> list[str]:
        """Pages that each hold many attempts in frames, and take the frames away again after a while."""
        documents = [document for attempt in rows for document in self.documents(attempt, variants)]
        self._batches = [documents[at : at + size] for at in range(0, len(documents), size)]
        return [f"https://{LAB}/batch/{number}" for number in range(len(self._batches))]

    # What our site serves

    def _serve(self, hit: Hit) -> Reply:
        kind, _, rest = hit.path.strip("/").partition("/")
        if kind == "batch":
            return Reply(_frames(self._batches[int(rest)]))
        if kind == "to":
            return Reply(status=302, headers=[("Location", hit.query)])
        if kind == "worker.js":
            return Reply(WORKER, media_type="text/javascript")
        if kind in ("page", "go"):
            id, _, variant = rest.partition("/")
            return self._play(BY_ID[id], variant)
        return Reply("nothing here")

    def _play(self, attempt: Attempt, variant: str) -> Reply:
        words = _words(attempt, variant) | {"@C": f"127.0.0.1:{self.canary.port}"}
        if attempt.location:
            location = attempt.location.replace("http://", "https://") if variant == "name" else attempt.location
            return Reply(status=attempt.status, headers=[("Location", location)])
        headers = [(name, _fill(value, words)) for name, value in attempt.headers]
        return Reply(_fill(attempt.html, words), headers=headers, media_type=attempt.media_type)


BY_ID: Mapping[str, Attempt] = {attempt.id: attempt for attempt in attempts.ALL}


def target(attempt: Attempt, variant: str) -> str:
    """The host that this attempt wants to reach: its own, so that the guard's record says who tried."""
    number = 1 + list(BY_ID).index(attempt.id)
    return f"{attempt.id.lower()}.intern.evil.com" if variant == "name" else f"10.66.{VARIANTS.index(variant)}.{number}"


def _words(attempt: Attempt, variant: str) -> dict[str, str]:
    host, secure = target(attempt, variant), "" if variant == "plain" else "s"
    return {"@T": f"http{secure}://{host}", "@W": f"ws{secure}://{host}", "@H": host}


def _fill(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def _frames(documents: Sequence[str]) -> str:
    frames = "".join(f'<iframe src="{document}"></iframe>' for document in documents)
    return f'<!doctype html><title>batch</title>{frames}<script>setTimeout(() => document.querySelectorAll("iframe").forEach(f => f.remove()), 1500)</script>'


def _rebind(hit: Hit) -> Reply:
    return Reply(
        "<script>let n = 0; const again = () => fetch('/again?' + n++).finally(() => n < 8 && setTimeout(again, 60)); again()</script>",
        headers=[("Connection", "close")],
    )


def _answers() -> Answers:
    answers: dict[str, Sequence[Sequence[str] | None]] = {LAB: [[PUBLIC]], SITE: [[PUBLIC]]}
    for attempt in attempts.NAMES:
        answers[urlsplit(attempt.url).hostname or ""] = attempt.answers
    for attempt in attempts.ALL:
        answers[target(attempt, "name")] = [[f"10.66.9.{1 + list(BY_ID).index(attempt.id)}"]]
    return answers
