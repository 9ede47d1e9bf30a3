"""The way out of the capture: everything passes the redactor here, bodies get their names, and the Snapshot is put together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from scans import snapshot as form
from scans.capture import dom, outcome
from scans.capture.assemble import Page
from scans.capture.configuration import CaptureSettings
from scans.capture.consent import Answer
from scans.capture.page import WAIT_POLICY
from scans.capture.readonly import SAFE_METHODS
from scans.capture.redact import Redactor, roles
from scans.classify import google_consent, vendors
from scans.diff import inline
from scans.snapshot import Captured
from tracefox.egress.proxy import Guard

Kind = Literal["screenshot", "dom_raw", "dom_normalised", "script", "policy_text"]
TEXT = "text/plain; charset=utf-8"
BODIES_REMEMBERED = 4000
_read: dict[str, list[str]] = {}


class Evidence:
    """Bodies by their hash, each named once per kind."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.references: dict[tuple[Kind, str], form.EvidenceRef] = {}

    def add(self, kind: Kind, body: bytes, media_type: str = TEXT) -> str:
        name = hashlib.sha256(body).hexdigest()
        self.bodies[name] = body
        self.references[kind, name] = form.EvidenceRef(sha256=name, kind=kind, media_type=media_type, size=len(body))
        return name


def finish(
    seen: Sequence[tuple[form.Observation, Page | None]],
    answered: Sequence[tuple[Answer, form.Observation, Page | None]] = (),
    *,
    guard: Guard,
    settings: CaptureSettings,
    product: str,
    agent: str,
    started: str,
    finished: str,
) -> Captured:
    evidence = Evidence()
    pages = [page for _, page in seen if page] + [page for _, _, page in answered if page]
    redactor = Redactor(secrets=[secret for page in pages for secret in page.secrets()])
    observations = [_with_bodies(observation, page, redactor, evidence) for observation, page in seen]
    width, height = settings.viewport
    document = form.Snapshot(
        version=form.VERSION,
        started_at=started,
        finished_at=finished,
        outcome=outcome.of_scan(observations),
        browser=form.Browser(product=f"Chrome/{product}", user_agent=agent, viewport_width=width, viewport_height=height, wait_policy=WAIT_POLICY),
        observations=observations,
        third_parties=vendors.third_parties(observations),
        refusals=_refusals(guard),
        conduct=replace(_conduct(pages, guard), clicks=sum(answer.clicked for answer, _, _ in answered)),
        evidence=list(evidence.references.values()),
        data_sets=vendors.data_sets(),
        consent_states=_states(seen[0], observations[0], answered, redactor, evidence) if answered else [],
    )
    return Captured(snapshot=redactor.snapshot(document), evidence=evidence.bodies)


def _states(
    start: tuple[form.Observation, Page | None],
    untouched: form.Observation,
    answered: Sequence[tuple[Answer, form.Observation, Page | None]],
    redactor: Redactor,
    evidence: Evidence,
) -> list[form.ConsentState]:
    """The start page untouched, and after each answer to its banner. Pictures and bodies of the answered ones are not compared, so none are kept."""
    states = [form.ConsentState(state="untouched", observation=replace(untouched, scripts=[], requests=[]), signals=_google(start[1]))]
    for answer, observation, page in answered:
        seen = replace(_with_bodies(observation, page, redactor, Evidence()), screenshot=None, dom=form.Dom())
        signals = _google(page)
        states.append(form.ConsentState(state=answer.state, observation=seen, verdict=answer.verdict, cmp=answer.cmp, button=answer.button, signals=signals))
    return states


def _google(page: Page | None) -> dict[str, str]:
    """Read before the redactor, which hides what it does not know."""
    return google_consent.of_urls([*(sent.url for sent in page.record.requests), *(write.url for write in page.record.writes)]) if page else {}


def _with_bodies(observation: form.Observation, page: Page | None, redactor: Redactor, evidence: Evidence) -> form.Observation:
    """Name the page's bodies by what is kept of them: their hash is taken after the redactor has been over them."""
    if page is None:
        return observation
    kept = {old: redactor.script(body.decode("utf-8", "replace")) for old, body in page.bodies.scripts.items()}
    scripts = [_with_body(script, kept.get(script.sha256), evidence) for script in observation.scripts]
    screenshot = observation.screenshot
    if screenshot:
        evidence.add("screenshot", page.bodies.screenshot, "image/png")
    changed = replace(observation, scripts=scripts)
    if not page.reading.document:
        return changed
    policy = None
    if observation.kind == "policy":
        taken = roles.Taken(page.reading.document["html"], secrets=page.secrets())
        redacted = redactor.document(taken.html)
        html, text = taken.masked(redacted), taken.readable(dom.readable_text(redacted))
        policy = form.Policy(text_sha256=evidence.add("policy_text", text.encode()), words=len(text.split()))
    else:
        html = redactor.document(page.reading.document["html"])
    raw, normalised = evidence.add("dom_raw", html.encode("utf-8", "replace")), evidence.add("dom_normalised", dom.normalise(html).encode("utf-8", "replace"))
    return replace(changed, dom=replace(observation.dom, raw_sha256=raw, normalised_sha256=normalised), policy=policy)


def _with_body(script: form.Script, text: str | None, evidence: Evidence) -> form.Script:
    """What an inline script is, and whom any script names, is read from what is kept, so that anyone can read it again."""
    if text is None:
        return replace(script, sha256="")
    named = replace(script, sha256=evidence.add("script", text.encode()), normalised_sha256="")
    named = replace(named, reaches=_reaches(named.sha256, text))
    return replace(named, normalised_sha256=inline.normalised_sha256(text), shape=inline.shape(text)) if script.inline else named


def _reaches(sha256: str, text: str) -> list[str]:
    """Pages share most of their scripts, and loads nearly all: what a body gave is kept by its hash."""
    if (named := _read.get(sha256)) is None:
        if len(_read) >= BODIES_REMEMBERED:
            _read.clear()
        named = _read[sha256] = inline.reaches(text)
    return list(named)


def _refusals(guard: Guard) -> list[form.Refusal]:
    counted = Counter((one.host, one.port, one.reason, one.address) for one in guard.decisions if one.verdict == "denied")
    return [form.Refusal(host=host, port=port, reason=reason, address=address, times=times) for (host, port, reason, address), times in sorted(counted.items())]


def _conduct(pages: Iterable[Page], guard: Guard) -> form.Conduct:
    """What reached the network. A write is delivered when a request that is not safe by its method had an answer that we did not give."""
    methods: Counter[str] = Counter()
    attempted = 0
    for page in pages:
        attempted += len(page.record.writes)
        for sent in page.record.requests:
            here = sent.request_id in page.record.answered_here and not sent.redirected_to
            if (sent.response or sent.error) and not here and not sent.from_cache and sent.url.startswith("https://"):
                methods[sent.method] += 1
    return form.Conduct(
        requests_sent=methods.total(),
        bytes_down=guard.counters.bytes_down,
        bytes_up=guard.counters.bytes_up,
        connections=guard.counters.connections,
        methods=dict(sorted(methods.items())),
        writes_attempted=attempted,
        writes_delivered=sum(count for method, count in methods.items() if method not in SAFE_METHODS),
    )
