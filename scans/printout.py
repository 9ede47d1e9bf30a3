"""A snapshot as plain text for a terminal or a log: what was seen on each page, who was talked to, and what the scan did itself.

Pure. Whatever a page wrote itself goes through `line`: control characters would let it write to the terminal of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scans import consent_matrix
from scans.snapshot import Consent, Observation, Snapshot

WIDEST_CELL = 60


def of(snapshot: Snapshot) -> str:
    return "\n\n".join("\n".join(block) for block in _blocks(snapshot) if block)


def line(text: str) -> str:
    """One line that a terminal only shows."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _blocks(snapshot: Snapshot) -> Iterable[list[str]]:
    yield _table(("PAGE", "OUTCOME", "STATUS", "REQUESTS", "SCRIPTS", "COOKIES", "BANNER"), [_page(page) for page in snapshot.observations])
    parties = sorted(snapshot.third_parties, key=lambda party: (-party.requests, party.domain))
    yield _table(
        ("THIRD PARTY", "ENTITY", "CATEGORY", "REQUESTS", "SCRIPTS", "COOKIES"),
        [(p.domain, p.entity, p.category, str(p.requests), str(p.scripts), str(p.cookies)) for p in parties],
    )
    tags = sorted({(tag.vendor, tag.account_id) for page in snapshot.observations for tag in page.tags})
    yield _table(("TAG", "ACCOUNT"), tags)
    yield _table(("REFUSED", "PORT", "REASON"), [(refusal.host, str(refusal.port), refusal.reason) for refusal in snapshot.refusals])
    yield [line(f"{finding.sentence} {finding.url}".strip()) for page in snapshot.observations for finding in page.findings]
    yield _conduct(snapshot)


def _page(page: Observation) -> Sequence[str]:
    status = str(page.status or "-")
    counts = (str(len(page.requests)), str(len(page.scripts)), str(len(page.cookies)))
    return (page.url, page.outcome.status if page.outcome.status == "ok" else page.outcome.reason, status, *counts, _banner(page.consent))


def _banner(consent: Consent) -> str:
    if consent.banner_visible is None:
        return "none known"
    return f"{consent.cmp}, {'shown' if consent.banner_visible else 'not shown'}"


def _conduct(snapshot: Snapshot) -> list[str]:
    did = snapshot.conduct
    methods = ", ".join(f"{count} {method}" for method, count in sorted(did.methods.items())) or "none"
    return [
        f"This scan sent {did.requests_sent} requests ({line(methods)}), filled {did.forms_filled} forms and clicked {did.clicks} times.",
        f"The pages tried to send data {did.writes_attempted} times; {did.writes_delivered} of these were delivered.",
        *filter(None, [line(consent_matrix.answered(snapshot.consent_states))]),
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    cells = [head, *([_cell(text) for text in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _cell(text: str) -> str:
    text = line(text)
    return text if len(text) <= WIDEST_CELL else f"{text[: WIDEST_CELL - 1]}…"
