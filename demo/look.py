"""Look at every page: `python -m demo.look http://127.0.0.1:8000 someone@agency.test password folder` writes a picture of each, as people see them.

Desktop and phone, light and dark. Pages are found by their links: the first site with a picture, its scan, each of its sections. What a browser complains
about on the way (the content security policy, scripts, missing files) is printed, and makes the exit status 1. Read-only: it presses no button but log-in.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
BROWSER = os.environ.get("TRACEFOX_BROWSER", "/usr/lib/chromium/chromium-headless-shell")
FEW = 6
NOT_OURS = "Permissions-Policy header: Unrecognized feature"  # this build of the browser lacks some of the features that we switch off
SIGNED_OUT = {"nothing-here": "/nothing/here/", "log-in": "/accounts/login/", "sign-up": "/accounts/signup/", "reset": "/accounts/password/reset/"}


def main(base: str, email: str, password: str, folder: str, only: str = "") -> int:
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        context = browser.new_context()
        _log_in(context, base, email, password)
        state = context.storage_state()
        pages = dict(_pages(context.new_page(), base))
        pages, signed_out = ({name: path for name, path in found.items() if re.search(only, name)} for found in (pages, SIGNED_OUT))
        for width, size in (("desktop", DESKTOP), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                for wanted, known in ((pages, state), (signed_out, None)):
                    looking = browser.new_context(viewport=size, color_scheme=scheme, storage_state=known)  # type: ignore[arg-type]
                    complaints += _look(looking, base, wanted, Path(folder), f"{width}-{scheme}")
                    looking.close()
        browser.close()
    print(f"{len(pages) + len(signed_out)} pages, {len(complaints)} complaints", *complaints, sep="\n")
    return 1 if complaints else 0


def _log_in(context: BrowserContext, base: str, email: str, password: str) -> None:
    page = context.new_page()
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/sites/")
    page.close()


def _pages(page: Page, base: str) -> Iterator[tuple[str, str]]:
    """Every page that the links lead to, by a name for its file."""
    page.goto(base)
    workspace = page.url.removeprefix(base)
    yield "sites", workspace
    yield "sites-filtered", f"{workspace}?q=no+such+site"
    yield "sites-attention", f"{workspace}?state=attention"
    yield "site-add", f"{workspace}add/"
    for link in page.eval_on_selector_all("nav a", "links => links.map(link => link.getAttribute('href'))"):
        if link != workspace:
            yield link.rstrip("/").rsplit("/", 1)[-1], link
    links = page.eval_on_selector_all(f"a[href^='{workspace}']", "links => links.map(link => link.getAttribute('href'))")
    yield from {"e-mail": "/accounts/email/", "password": "/accounts/password/change/", "two-step": "/accounts/2fa/"}.items()
    yield from _change_pages(page, base, workspace.replace("/sites/", "/"))
    yield from _site_pages(page, base, [link for link in links if re.fullmatch(f"{workspace}[0-9a-f-]{{36}}/", link)])


def _change_pages(page: Page, base: str, workspace: str) -> Iterator[tuple[str, str]]:
    """The inbox in its other forms, the first few changes, and the ignore rules."""
    yield "changes-grouped", f"{workspace}changes/?view=grouped"
    yield "changes-all", f"{workspace}changes/?review=any"
    yield "rules", f"{workspace}ignore-rules/"
    yield "rule-add", f"{workspace}ignore-rules/add/"
    page.goto(f"{base}{workspace}changes/")
    links = page.eval_on_selector_all(".change__sentence", "links => links.map(link => link.getAttribute('href'))")
    yield from ((f"change-{place}", link) for place, link in enumerate(links[:FEW]))


def _site_pages(page: Page, base: str, sites: list[str]) -> Iterator[tuple[str, str]]:
    """The first few sites, and all about the first that has a picture."""
    yield from ((f"site-{place}", site) for place, site in enumerate(sites[:FEW]))
    page.goto(base)
    for site in sites:
        page.goto(base + site)
        if page.locator(".shot img").count():
            break
    else:
        return
    yield "site", site
    yield "site-scans", f"{site}scans/"
    yield "register", f"{site}register/"
    page.click(".shot a")
    for section in page.eval_on_selector_all(".tabs a", "links => links.map(link => link.getAttribute('href'))"):
        yield f"scan-{section.split('?')[0].rstrip('/').rsplit('/', 1)[-1]}", section


def _look(context: BrowserContext, base: str, pages: dict[str, str], folder: Path, suffix: str) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") and NOT_OURS not in message.text else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    complaints = []
    for name, path in pages.items():
        heard.clear()
        page.goto(base + path)
        page.screenshot(path=folder / f"{name}-{suffix}.png", full_page=page.evaluate("document.body.scrollHeight") < 4000)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        complaints += [f"{name} {suffix}: {text}" for text in heard if name != "nothing-here"]
        complaints += [f"{name} {suffix}: {wide} pixels too wide"] * (wide > 0)
    return complaints


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
