"""The browser that a scan gets: alone in its namespace, unprivileged, sandboxed, watched, and gone afterwards with everything it started."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import signal
import time
from pathlib import Path

import pytest
from django.conf import settings

from tracefox import browser
from tracefox.browser import flags, limits

pytestmark = pytest.mark.browser


def with_browser(look, **options):
    """Open a browser that leads nowhere, call `look(chromium)` in the loop, give its answer."""

    async def serve(listener):
        listener.close()

    async def job():
        async with browser.opened(binary=settings.BROWSER, serve=serve, cut=lambda: None, **options) as chromium:
            return await look(chromium)

    return browser.engine().run(job())


def status(process: int) -> dict[str, str]:
    return dict(line.split(":\t", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines() if ":\t" in line)


def command(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()


async def a_page(chromium, url="about:blank"):
    root = await chromium.devtools.attach_to_browser()
    target = await root.send("Target.createTarget", {"url": url})
    attached = await root.send("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
    return root, chromium.devtools.sessions[attached["sessionId"]]


def test_chromium_speaks_and_takes_a_picture():
    async def look(chromium):
        _, page = await a_page(chromium)
        answer = await page.send("Runtime.evaluate", {"expression": "6 * 7"})
        shot = await page.send("Page.captureScreenshot", {"format": "png"})
        return answer["result"]["value"], base64.b64decode(shot["data"])[:4]

    assert with_browser(look) == (42, b"\x89PNG")


def test_its_network_namespace_holds_a_loopback_and_nothing_else():
    async def look(chromium):
        return os.readlink(f"/proc/{chromium.pid}/ns/net"), Path(f"/proc/{chromium.pid}/net/dev").read_text()

    namespace, devices = with_browser(look)
    assert namespace != os.readlink("/proc/self/ns/net")
    assert re.findall(r"^\s*(\w+):", devices, re.MULTILINE) == ["lo"]


def test_no_process_of_it_is_root_and_every_renderer_is_sandboxed():
    async def look(chromium):
        await a_page(chromium)
        for _ in range(100):  # a renderer forked this moment has not put its sandbox on yet
            seen = [(command(process), status(process)) for process in limits.tree(chromium.pid)]
            if {said["Seccomp"].strip() for line, said in seen if "--type=renderer" in line} == {"2"}:
                break
            await asyncio.sleep(0.05)
        return seen

    processes = with_browser(look)
    assert {said["Uid"].split()[0] for _, said in processes}.isdisjoint({"0"} if os.getuid() == 0 else {""})
    assert not [line for line, _ in processes if re.search(r"--no-sandbox( |$)", line)]
    renderers = [said for line, said in processes if "--type=renderer" in line]
    assert renderers
    assert {said["Seccomp"].strip() for said in renderers} == {"2"}
    assert all(len(said["NSpid"].split()) >= 2 for said in renderers)


def test_every_switch_that_matters_reaches_chromium():
    async def look(chromium):
        return command(chromium.pid)

    line = with_browser(look)
    for switch in (*flags.SWITCHES, "--proxy-server=http=127.0.0.1:8080;https=127.0.0.1:8080;socks=127.0.0.1:9", "<-loopback>"):
        assert switch in line
    for switch in flags.NOT_WANTED:
        assert f"{switch} " not in line


def test_nothing_of_ours_is_in_its_environment(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-in-the-environment")

    async def look(chromium):
        return b"".join(Path(f"/proc/{process}/environ").read_bytes() for process in limits.tree(chromium.pid))

    environment = with_browser(look)
    assert b"canary" not in environment
    assert b"DATABASE_URL" not in environment
    assert b"TRACEFOX" not in environment


def test_afterwards_no_process_and_no_file_of_it_is_left(tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    async def look(chromium):
        await a_page(chromium, "data:text/html,<script>new Worker(URL.createObjectURL(new Blob(['for(;;);'])))</script>")
        return limits.tree(chromium.pid)

    processes = with_browser(look)
    assert len(processes) >= 4
    assert gone_in_time(processes)
    assert list(tmp_path.iterdir()) == []


def gone_in_time(processes: list[int]) -> bool:
    """A killed process takes a moment to be gone."""
    for _ in range(200):
        if not any(alive(process) for process in processes):
            return True
        time.sleep(0.02)
    return False


def alive(process: int) -> bool:
    try:
        return status(process)["State"][0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_killed_browser_is_noticed_and_its_commands_fail():
    async def look(chromium):
        _, page = await a_page(chromium)
        waiting = page.post("Runtime.evaluate", {"expression": "new Promise(() => 0)", "awaitPromise": True})
        os.kill(chromium.pid, signal.SIGKILL)
        await asyncio.wait_for(chromium.devtools.closed, 5)
        with pytest.raises(browser.Disconnected):
            await waiting
        with pytest.raises(browser.Disconnected):
            await page.send("Runtime.evaluate", {"expression": "1"})
        return True

    assert with_browser(look)


def test_a_refused_command_says_why():
    async def look(chromium):
        root, _ = await a_page(chromium)
        with pytest.raises(browser.DevToolsError, match="wasn't found"):
            await root.send("No.suchCommand")
        return True

    assert with_browser(look)


def test_several_browsers_run_at_once_in_one_process():
    async def serve(listener):
        listener.close()

    async def one(number):
        async with browser.opened(binary=settings.BROWSER, serve=serve, cut=lambda: None) as chromium:
            _, page = await a_page(chromium)
            return (await page.send("Runtime.evaluate", {"expression": f"{number} * 2"}))["result"]["value"]

    async def all_of_them():
        return await asyncio.gather(*(one(number) for number in range(4)))

    assert browser.engine().run(all_of_them()) == [0, 2, 4, 6]


def test_playwright_and_we_share_the_browser():
    async def look(chromium):
        _, ours = await a_page(chromium)
        theirs = await chromium.playwright.new_page()
        await theirs.set_content("<h1>Theirs</h1>")
        return await theirs.inner_text("h1"), (await ours.send("Runtime.evaluate", {"expression": "location.href"}))["result"]["value"]

    assert with_browser(look) == ("Theirs", "about:blank")


def test_a_missing_binary_is_named_with_the_command_that_installs_one():
    async def serve(listener):
        listener.close()

    async def job():
        async with browser.opened(binary="/nowhere/chromium", serve=serve, cut=lambda: None):
            pass

    with pytest.raises(browser.BrowserMissing, match=r"/nowhere/chromium.*apt-get install chromium-headless-shell"):
        browser.engine().run(job())


def test_a_binary_that_is_no_browser_is_not_waited_for():
    async def serve(listener):
        listener.close()

    async def job():
        async with browser.opened(binary="/bin/true", serve=serve, cut=lambda: None):
            pass

    with pytest.raises(browser.BrowserNotStarted):
        browser.engine().run(job())


def test_when_playwrights_driver_dies_the_next_browser_gets_a_fresh_one():
    with_browser(nothing)
    [driver] = [process for process in limits.tree(os.getpid()) if "run-driver" in command(process)]
    os.kill(driver, signal.SIGKILL)
    with pytest.raises(browser.BrowserNotStarted):
        with_browser(nothing)
    assert with_browser(nothing) is True


async def nothing(chromium):
    return True


def test_without_a_namespace_the_guard_listens_among_us():
    ports = []

    async def serve(listener):
        ports.append(listener.getsockname()[1])
        listener.close()

    async def job():
        async with browser.opened(binary=settings.BROWSER, serve=serve, cut=lambda: None, isolation="proxy-only") as chromium:
            return os.readlink(f"/proc/{chromium.pid}/ns/net"), command(chromium.pid)

    namespace, line = browser.engine().run(job())
    assert namespace == os.readlink("/proc/self/ns/net")
    assert f"--proxy-server=http=127.0.0.1:{ports[0]};https=127.0.0.1:{ports[0]};socks=127.0.0.1:9" in line


def test_memory_over_the_cap_is_reported():
    async def look(chromium):
        return await asyncio.wait_for(limits.watch_memory(chromium.pid, cap=1 << 20, every=0.01), 5)

    assert with_browser(look) > 1 << 20
