"""What a page says about consent, as items: its platform, its banner, and the commands of Consent Mode, each for the regions that it is given for. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from scans.diff.change import Item
from scans.diff.page import Page


def consent(page: Page) -> Iterator[Item]:
    said = page.seen.consent
    yield Item(category="consent", key="cmp", name="consent platform", facts={"value": said.cmp}, presence=False)
    shown = "" if said.banner_visible is None else "shown" if said.banner_visible else "hidden"
    yield Item(category="consent", key="banner", name="consent banner", facts={"value": shown}, presence=False, about={"cmp": said.cmp})
    signals: dict[tuple[str, str, str], str] = {}
    for call in said.calls:
        where = ", ".join(sorted(set(call.region)))
        signals |= {(call.command, signal, where): value for signal, value in call.signals.items()}
    for (command, signal, where), value in signals.items():
        key, name = f"{command}:{signal}", f"{signal} ({command})"
        if where:
            key, name = f"{key}@{where}", f"{signal} ({command} for {where})"
        yield Item(category="consent", key=key[:400], name=name[:200], facts={"value": value}, about={"signal": signal, "region": where})
