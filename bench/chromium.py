"""A Chromium for benchmarks: windows that are logged in, what they fetch, and what they cost the processor."""

import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
VIEWPORT = {"width": 1280, "height": 800}


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    path = os.environ.get("CHROMIUM") or next((path for path in map(shutil.which, NAMES) if path), None)
    if path is None:
        raise SystemExit("there is no Chromium: run python scripts/ensure_chromium.py")
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            await browser.close()


async def logged_in(browser: Browser, link: str) -> Any:
    """The cookies of whoever has followed the link, for windows to start with."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(link)
    cookies = await context.storage_state()
    await context.close()
    return cookies


@dataclass
class Fetched:
    """One answer that the page has had: its bytes on the wire, head and body."""

    url: str
    size: int = 0


@dataclass
class Cost:
    """Of a stretch of time: percent of a core, by the page's main thread and by Chromium's renderers."""

    page: float
    renderers: float
    requests: list[str]
    events: int


@dataclass
class Window:
    """One window with a cache of its own; `script` runs in it before everything else."""

    context: BrowserContext
    page: Page
    devtools: CDPSession
    processes: CDPSession
    fetched: dict[str, Fetched] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    events: int = 0

    @classmethod
    async def open(cls, browser: Browser, cookies: Any, script: str = "") -> Self:
        context = await browser.new_context(storage_state=cookies, viewport=VIEWPORT)
        await context.add_init_script(script)
        page = await context.new_page()
        devtools = await context.new_cdp_session(page)
        made = cls(context, page, devtools, await browser.new_browser_cdp_session())
        devtools.on("Network.requestWillBeSent", made._asked)
        devtools.on("Network.loadingFinished", made._finished)
        devtools.on("Network.eventSourceMessageReceived", made._told)
        await devtools.send("Network.enable")
        await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        return made

    def _asked(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        self.asked.append(url)
        self.fetched[event["requestId"]] = Fetched(url)

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.fetched:
            self.fetched[event["requestId"]].size = int(event["encodedDataLength"])

    def _told(self, _event: dict[str, Any]) -> None:
        self.events += 1

    async def close(self) -> None:
        await self.context.close()

    async def cost(self, seconds: float) -> Cost:
        """What the page does in so much time; the clock of its thread stands still while others have the processor."""
        asked, events = len(self.asked), self.events
        before, renderers, began = await self.thread_s(), await self._renderers_s(), time.perf_counter()
        await self.page.wait_for_timeout(seconds * 1000)
        passed = time.perf_counter() - began
        page, all_renderers = await self.thread_s() - before, await self._renderers_s() - renderers
        return Cost(100 * page / passed, 100 * all_renderers / passed, self.asked[asked:], self.events - events)

    async def thread_s(self) -> float:
        metrics = (await self.devtools.send("Performance.getMetrics"))["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration")

    async def _renderers_s(self) -> float:
        found = (await self.processes.send("SystemInfo.getProcessInfo"))["processInfo"]
        return sum(float(each["cpuTime"]) for each in found if each["type"] == "renderer")
