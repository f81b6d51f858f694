"""The page in a Chromium: what it loads, how soon it can be used, keys while a terminal floods, fifty sessions live."""

import argparse
import asyncio
import secrets
from dataclasses import asdict
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Browser

from bench.agterm_server import AgtermServer
from bench.chromium import Window, chromium, logged_in
from bench.client import quantiles
from bench.results import Verdict, conclude

MOST_KB, MOST_MS, MOST_KEY_MS, MOST_CPU = 200.0, 1000.0, 100.0, 5.0
ROUNDS_SETTLE_S = 1.0
FLOOD = r"""yes "$(for i in $(seq 0 255); do printf '\033[38;5;%dmword %d ' $i $i; done)" """
STIR = "for i in 1 2 3; do echo line $i $RANDOM; sleep 0.5; done"
STIR_EVERY_S = 5.0
SESSION_ROWS = "#app .row-link"

# Counts from the start of the navigation, as the browser's own clock has it, until the thing is drawn and the page
# has time for whoever uses it. A key's way is from when the browser had it until its letter is drawn.
SCRIPT = """(() => {
  const bench = (window.bench = { long: [], list: null, terminal: null });
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => bench.long.push(duration)))
    .observe({ type: 'longtask', buffered: true });
  const drawn = (then) => requestAnimationFrame(() => setTimeout(then, 0));
  const rows = new MutationObserver(() => {
    if (!document.querySelector('#app .row-link')) return;
    rows.disconnect();
    drawn(() => (bench.list = performance.now()));
  });
  rows.observe(document, { childList: true, subtree: true });

  const held = (id) => window.agterm?.terminals.get(id);
  const text = (terminal) => {
    const buffer = terminal.buffer.active;
    return Array.from({ length: buffer.length }, (_, y) => buffer.getLine(y).translateToString(true)).join('');
  };
  bench.type = (id, letters) => {
    const view = held(id);
    if (view?.state !== 'live') return void setTimeout(() => bench.type(id, letters), 4);
    const { terminal } = view;
    const seen = terminal.onWriteParsed(() => {
      if (!text(terminal).includes(letters)) return;
      seen.dispose();
      drawn(() => (bench.terminal = performance.now()));
    });
    terminal.input(letters);
  };
  const asked = new URLSearchParams(location.hash.slice(1));
  if (asked.has('type')) bench.type(location.pathname.split('/')[2], asked.get('type'));

  let pressed = 0;
  window.addEventListener('keydown', (event) => (pressed = event.timeStamp), { capture: true });
  bench.echo = (id) => {
    const { terminal } = held(id);
    const before = terminal.buffer.active.cursorX;
    bench.key = new Promise((done) => {
      const seen = terminal.onRender(() => {
        if (terminal.buffer.active.cursorX === before) return;
        seen.dispose();
        done(performance.now() - pressed);
      });
    });
  };
  bench.field = () => {
    const { activeElement: field } = document;
    bench.key = new Promise((done) => {
      field.addEventListener('input', () => drawn(() => done(performance.now() - pressed)), { once: true });
    });
  };
})();"""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=5, help="loads of each kind")
    parser.add_argument("--keys", type=int, default=100, help="in each field")
    parser.add_argument("--sessions", type=int, default=50, help="in the list that is watched")
    parser.add_argument("--seconds", type=float, default=10, help="over which the processor's time is taken")
    parser.add_argument("--renderer", choices=("dom", "webgl"), default="dom", help="WebGL is software without a GPU")


async def run(chosen: argparse.Namespace) -> int:
    """One server and one browser for everything; each measurement has windows of its own."""
    with AgtermServer() as server:
        session_id = server.start_session(name="first")
        async with chromium() as browser:
            cookies = await logged_in(browser, server.login_link())
            bench = Bench(server, browser, cookies, chosen, session_id)
            await bench.window_that_warms_up()
            figures = {"load": await bench.loads(), "interactive": await bench.interactive()}
            figures |= {"keys": await bench.keys(), "live": await bench.live()}
    return _present(figures)


class Bench:
    """The measurements, in turn."""

    def __init__(
        self, server: AgtermServer, browser: Browser, cookies: Any, chosen: argparse.Namespace, session_id: str
    ) -> None:
        self.server, self.browser, self.cookies, self.chosen = server, browser, cookies, chosen
        self.session_id = session_id

    async def _window(self) -> Window:
        return await Window.open(self.browser, self.cookies, SCRIPT)

    def _url(self, path: str) -> str:
        return f"{self.server.url}{path}?renderer={self.chosen.renderer}"

    def _type(self, session_id: str, data: str) -> None:
        self.server.api.post(f"/sessions/{session_id}/input", json={"data": data}).raise_for_status()

    async def window_that_warms_up(self) -> None:
        """The server's first answers are slower than all others."""
        window = await self._window()
        await self._open_list(window)
        await self._open_terminal(window)
        await window.close()

    async def _open_list(self, window: Window) -> float:
        await window.page.goto(self._url("/"))
        return await _mark(window, "list")

    async def _open_terminal(self, window: Window) -> float:
        letters = secrets.token_hex(4)
        await window.page.goto("about:blank")  # a new fragment alone loads nothing
        await window.page.goto(f"{self._url(f'/sessions/{self.session_id}')}#type={letters}")
        took = await _mark(window, "terminal")
        self._type(self.session_id, "\x15")
        return took

    # --- what is loaded, and how soon it is there ------------------------------------------------------------------

    async def loads(self) -> dict[str, dict[str, Any]]:
        """Everything that an empty cache makes the browser fetch for the list, and for a terminal."""
        found = {}
        for name, opened in (("list", self._open_list), ("terminal", self._open_terminal)):
            window = await self._window()
            await opened(window)
            await asyncio.sleep(ROUNDS_SETTLE_S)
            files = [each for each in window.fetched.values() if urlsplit(each.url).path.startswith("/static/")]
            found[name] = {
                "requests": len(window.fetched),
                "files": len(files),
                "transferred kB": sum(each.size for each in window.fetched.values()) / 1000,
                "files br kB": self._as_served(files, "br") / 1000,
                "files gz kB": self._as_served(files, "gzip") / 1000,
            }
            await window.close()
        return found

    def _as_served(self, files: list[Any], encoding: str) -> int:
        """Bytes of the bodies when the browser takes this encoding alone."""
        headers = {"Accept-Encoding": encoding}
        with httpx.Client(headers=headers, timeout=30) as client:
            total = 0
            for file in files:
                with client.stream("GET", file.url) as answer:
                    total += sum(map(len, answer.iter_raw()))
        return total

    async def interactive(self) -> dict[str, dict[str, list[float]]]:
        """Milliseconds to the list's first row, and to a typed letter on a terminal; cold: with an empty cache.

        `thread ms`: what the page's main thread has worked for it from an empty cache; neighbours disturb that less.
        """
        found: dict[str, dict[str, list[float]]] = {}
        for _ in range(self.chosen.rounds):
            for name, opened in (("list", self._open_list), ("terminal", self._open_terminal)):
                window = await self._window()
                for cache in ("cold", "warm"):
                    times = found.setdefault(f"{name}, {cache}", {"ms": [], "thread ms": []})
                    times["ms"].append(await opened(window))
                    if cache == "cold":  # another navigation may be another process, which counts from nothing
                        times["thread ms"].append(await window.thread_s() * 1000)
                await window.close()
        return found

    # --- keys while a terminal floods ------------------------------------------------------------------------------

    async def keys(self) -> dict[str, Any]:
        """In the palette and in the terminal beside it, first in peace, then beside the flood."""
        flooding, typing = (self.server.start_session(name=name) for name in ("flooding", "typing"))
        window = await self._window()
        page = window.page
        for session_id in (flooding, typing):
            await page.goto(self._url(f"/sessions/{session_id}"))
            await _until_live(window, session_id)
        await page.keyboard.press("Control+Shift+E")
        await _until_live(window, flooding)
        await asyncio.sleep(ROUNDS_SETTLE_S)
        found: dict[str, Any] = {}
        for name in ("quiet", "flood"):
            if name == "flood":
                self._type(flooding, FLOOD + "\r")
                await asyncio.sleep(ROUNDS_SETTLE_S)
            offset = await self._offset(window, flooding)
            worked = await window.thread_s()
            began = await page.evaluate("(window.bench.long.length = 0, performance.now())")
            found[f"other terminal, {name}"] = await self._terminal_keys(window, typing)
            found[f"palette, {name}"] = await self._palette_keys(window, typing)
            passed = (await page.evaluate("performance.now()") - began) / 1000
            long = await page.evaluate("window.bench.long")
            found[f"worst task ms, {name}"] = max(long, default=0)
            found[f"long tasks, {name}"] = len(long)
            found[f"drawn MB/s, {name}"] = (await self._offset(window, flooding) - offset) / 1e6 / passed
            found[f"thread %, {name}"] = (await window.thread_s() - worked) / passed * 100
        await window.close()
        for session_id in (flooding, typing):
            self.server.delete_session(session_id)
        return found

    async def _offset(self, window: Window, session_id: str) -> int:
        return int(await window.page.evaluate("(id) => window.agterm.terminals.get(id).offset", session_id))

    async def _terminal_keys(self, window: Window, session_id: str) -> list[float]:
        return [await self._key(window, number, f"window.bench.echo('{session_id}')") for number in self._numbers]

    async def _palette_keys(self, window: Window, session_id: str) -> list[float]:
        page = window.page
        await page.keyboard.press("F1")
        await page.locator("dialog[open] input").wait_for()
        found = [await self._key(window, number, "window.bench.field()") for number in self._numbers]
        await page.keyboard.press("Escape")
        await page.locator("dialog[open]").wait_for(state="detached")
        return found

    @property
    def _numbers(self) -> range:
        return range(self.chosen.keys)

    async def _key(self, window: Window, number: int, arm: str) -> float:
        """A letter, and next time away with it."""
        await window.page.evaluate(arm)
        await window.page.keyboard.press("Backspace" if number % 2 else "s")
        return float(await window.page.evaluate("window.bench.key"))

    # --- many sessions in the list ---------------------------------------------------------------------------------

    async def live(self) -> dict[str, Any]:
        """The list with so many shells: all at rest, then each at work for some 1.5 of 5 seconds."""
        made = [self.server.start_session(name=f"shell {n}") for n in range(self.chosen.sessions - 1)]
        window = await self._window()
        await self._open_list(window)
        await window.page.locator(SESSION_ROWS).nth(self.chosen.sessions - 1).wait_for()
        await asyncio.sleep(10)  # their starts are told of, too
        found = {"at rest": await window.cost(self.chosen.seconds)}
        stirring = asyncio.create_task(self._stir(made))
        await asyncio.sleep(STIR_EVERY_S)
        found["changing"] = await window.cost(self.chosen.seconds)
        stirring.cancel()
        await window.close()
        return {name: asdict(cost) for name, cost in found.items()}

    async def _stir(self, sessions: list[str]) -> None:
        while True:
            for session_id in sessions:
                await asyncio.to_thread(self._type, session_id, STIR + "\r")
                await asyncio.sleep(STIR_EVERY_S / len(sessions))


async def _mark(window: Window, name: str, within_s: float = 60) -> float:
    """Milliseconds from the start of the navigation until the page had it."""
    for _ in range(round(within_s / 0.05)):
        if (at := await window.page.evaluate(f"window.bench.{name}")) is not None:
            return float(at)
        await asyncio.sleep(0.05)
    raise RuntimeError(f"the page had no {name} within {within_s:.0f} s")


async def _until_live(window: Window, session_id: str, within_s: float = 60) -> None:
    for _ in range(round(within_s / 0.05)):
        if await window.page.evaluate("(id) => window.agterm.terminals.get(id)?.state", session_id) == "live":
            return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"the terminal was not connected within {within_s:.0f} s")


def _present(figures: dict[str, Any]) -> int:
    print("\n| first load | requests | transferred kB | files | as br kB | as gz kB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, load in figures["load"].items():
        sizes = f"{load['files br kB']:.1f} | {load['files gz kB']:.1f}"
        print(f"| {name} | {load['requests']} | {load['transferred kB']:.1f} | {load['files']} | {sizes} |")
    print("\n| interactive after | median ms | from-to | of it the page's thread |\n| --- | --- | --- | --- |")
    for name, times in figures["interactive"].items():
        spread = f"{min(times['ms']):.0f}-{max(times['ms']):.0f}"
        thread = f"{median(times['thread ms']):.0f}" if times["thread ms"] else ""
        print(f"| {name} | {median(times['ms']):.0f} | {spread} | {thread} |")
    keys = figures["keys"]
    print("\n| a key in… | p50 ms | p95 ms | worst ms |\n| --- | --- | --- | --- |")
    ways = {name: quantiles(times) for name, times in keys.items() if isinstance(times, list)}
    for name, way in ways.items():
        print(f"| {name} | {way['p50']:.0f} | {way['p95']:.0f} | {max(keys[name]):.0f} |")
    for name in ("quiet", "flood"):
        print(
            f"\n{name}: {keys[f'drawn MB/s, {name}']:.1f} MB/s came, {keys[f'long tasks, {name}']} tasks above 50 ms, "
            f"the worst {keys[f'worst task ms, {name}']:.0f} ms; the page's thread {keys[f'thread %, {name}']:.0f} %"
        )
    print("\n| the list | page's thread % | renderers % | events | requests |\n| --- | --- | --- | --- | --- |")
    for name, live in figures["live"].items():
        busy = f"{live['page']:.1f} | {live['renderers']:.1f} | {live['events']} | {len(live['requests'])}"
        print(f"| {name} | {busy} |")
    return conclude("page", _judge(figures, ways), **figures)


def _judge(figures: dict[str, Any], ways: dict[str, dict[str, float]]) -> list[Verdict]:
    verdicts = [
        Verdict(f"first load of the {name}, gzipped", load["files gz kB"], MOST_KB, unit=" kB")
        for name, load in figures["load"].items()
    ]
    verdicts += [
        Verdict(f"interactive, {name}", median(times["ms"]), MOST_MS, unit=" ms")
        for name, times in figures["interactive"].items()
    ]
    verdicts += [
        Verdict(f"a key in the {name}: p95", way["p95"], MOST_KEY_MS, unit=" ms") for name, way in ways.items()
    ]
    for name, live in figures["live"].items():
        verdicts.append(Verdict(f"the list, {name}: page's thread", live["page"], MOST_CPU, unit=" %"))
        verdicts.append(
            Verdict(f"the list, {name}: requests", len(live["requests"]), 1)
        )  # one a minute looks after all
    return verdicts
