"""A site that wrote an attack into everything that a scan keeps. `hostile_captured(attack)` is the sample with this text in every captured field."""

from __future__ import annotations

from dataclasses import replace

from scans import snapshot as form
from scans.snapshot import Captured
from tests.scans.sample_snapshot import sample_captured, sample_page, sample_policy_page, sample_snapshot

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "{{ 7|add:7 }}{% csrf_token %}",
    "<a href='javascript:alert(1)'>x</a>",
    "\u202e\u0000\x1b[31m",
    "</textarea></select></details><iframe srcdoc='<script>alert(1)</script>'>",
]


def hostile_captured(attack: str) -> Captured:
    """The sample with this text in every captured field that is text."""
    page = sample_page()
    url = f"https://evil.test/{attack}"
    initiator = form.Initiator(kind="script", chain=[url, attack])
    page = replace(
        page,
        final_url=url,
        media_type=attack,
        headers={attack: attack, "content-security-policy": attack},
        requests=[
            replace(row, url=url, host=attack, method=attack, type=attack, media_type=attack, protocol=attack, error=attack, initiator=initiator)
            for row in page.requests
        ],
        scripts=[replace(row, url=url, integrity=attack, initiator=initiator) for row in page.scripts],
        cookies=[replace(row, name=attack, domain=attack, path=attack, set_by_url=url) for row in page.cookies],
        storage=[replace(row, key=attack, origin=attack) for row in page.storage],
        tags=[replace(row, account_id=attack, seen_in=attack, url=url) for row in page.tags],
        consent=replace(page.consent, cmp=attack, calls=[form.ConsentCall(command="default", signals={attack: attack}, region=[attack])]),
        frames=[replace(row, url=url, parent=attack) for row in page.frames],
        workers=[replace(row, url=url) for row in page.workers],
        websockets=[replace(row, url=url, host=attack, initiator=initiator) for row in page.websockets],
        console=[replace(row, text=attack, url=attack, level=attack) for row in page.console],
        writes=[replace(row, url=url, host=attack, channel=attack, method=attack) for row in page.writes],
        redirects=[replace(row, url=url, location=attack) for row in page.redirects],
        tls=form.Tls(protocol=attack, issuer=attack, subject=attack, valid_from=attack, valid_to=attack, cipher=attack),
        dom=replace(page.dom, title=attack),
        findings=[replace(row, sentence=attack, url=attack, kind=attack) for row in page.findings],
        truncated=[replace(row, what=attack, url=attack) for row in page.truncated],
    )
    parties = [replace(party, entity=attack, domain=attack, category=attack.replace("\0", ""), hosts=[attack]) for party in sample_snapshot().third_parties]
    refusals = [replace(refusal, host=attack, address=attack, reason=attack) for refusal in sample_snapshot().refusals]
    return sample_captured(observations=[page, sample_policy_page(url=url)], third_parties=parties, refusals=refusals)
