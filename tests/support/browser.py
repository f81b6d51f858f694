"""What browser tests hold: a Chromium, a page that says what its terminal shows, a line that can be cut."""

import contextlib
import json
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# What Chromium itself writes to the console when the network or the server says no, or WebGL is drawn in software.
NOISE = re.compile(
    r"Failed to load resource|WebSocket connection to .* failed|net::ERR_|GL Driver Message"
    r"|An unknown error occurred when fetching the script"  # of a service worker, while the server is away
    r"|^task queue exceeded allotted deadline by \d+ms$"  # xterm.js, of drawing when idle on a busy machine
)

READ_LINES = """() => {
  const view = [...window.agterm.terminals.values()].at(-1);
  if (!view) return [];
  const buffer = view.terminal.buffer.active;
  const lines = [];
  for (let y = 0; y < buffer.length; y++) {
    const line = buffer.getLine(y);
    const text = line.translateToString(!buffer.getLine(y + 1)?.isWrapped);
    if (line.isWrapped) lines[lines.length - 1] += text; else lines.push(text);
  }
  return lines;
}"""
STATE = "[...window.agterm.terminals.values()].at(-1)?.state"
SIZE = "(({cols, rows}) => [cols, rows])([...window.agterm.terminals.values()].at(-1).terminal)"
TELL_OF_VIOLATIONS = """document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI}`));"""


def launch(playwright: Playwright) -> Browser:
    named = os.environ.get("CHROMIUM")
    path = named or next((path for path in map(shutil.which, NAMES) if path), None)
    if not path:
        raise RuntimeError("there is no Chromium: run python scripts/ensure_chromium.py")
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return playwright.chromium.launch(executable_path=path, args=flags)


def wait_until(
    what: str, condition: Callable[[], object], timeout_s: float = 60, say: Callable[[], str] = lambda: ""
) -> None:
    """Ask until it is true. From outside the page: our CSP forbids the eval that Playwright's own waiting needs."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout_s} s: {what}\n{say()}")
        time.sleep(0.05)


class Desk:
    """One browser window with nobody else's cookies; remembers what the console said."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        self.context: BrowserContext = browser.new_context(**{**DESKTOP, **options})
        self.context.add_init_script(TELL_OF_VIOLATIONS)
        self.page: Page = self.context.new_page()
        self.console: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.console.append(f"uncaught: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.console.append(message.text)

    @property
    def complaints(self) -> list[str]:
        """What the console said, apart from what a missing network or a refusal makes the browser say."""
        return [text for text in self.console if not NOISE.search(text)]

    def close(self) -> None:
        self.context.close()

    # --- going places --------------------------------------------------------------------------------------------

    def open(self, path: str = "/") -> None:
        """Open a path of the page, with the DOM renderer: WebGL in software is slow."""
        self.page.goto(f"{self.url}{path}?renderer=dom")

    def open_session(self, session_id: str) -> None:
        self.open(f"/sessions/{session_id}")
        self.wait_live()

    # --- the terminal --------------------------------------------------------------------------------------------

    def lines(self) -> list[str]:
        """The terminal's text with its history; lines that the width has broken are whole again."""
        return list(self.page.evaluate(READ_LINES))

    def shows(self, text: str) -> bool:
        return any(text in line for line in self.lines())

    def wait_for(self, text: str, timeout_s: float = 60) -> None:
        wait_until(f"{text!r} in the terminal", lambda: self.shows(text), timeout_s, self.last_lines)

    def last_lines(self) -> str:
        return "\n".join([line for line in self.lines() if line][-15:])

    def wait_live(self, timeout_s: float = 60) -> None:
        wait_until("the terminal is connected", lambda: self.state == "live", timeout_s, lambda: str(self.state))

    @property
    def state(self) -> str | None:
        found = self.page.evaluate(STATE)
        return None if found is None else str(found)

    @property
    def size(self) -> tuple[int, int]:
        cols, rows = self.page.evaluate(SIZE)
        return cols, rows

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def run(self, command: str) -> None:
        """A command line; write what is waited for split (`do''ne`), so that the echo doesn't match."""
        self.page.keyboard.insert_text(command)
        self.page.keyboard.press("Enter")

    def widest(self) -> tuple[int, int]:
        """How wide the page's content is, and how wide the window: the first is larger when one can scroll sideways."""
        root = "document.documentElement"
        wide, window = self.page.evaluate(f"[{root}.scrollWidth, {root}.clientWidth]")
        return wide, window


class Line:
    """A TCP line to a server that can be cut (refused at once) or go silent (nothing passes, nobody is told)."""

    def __init__(self, url: str) -> None:
        target = urlsplit(url)
        self._target = (target.hostname, target.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._passing = threading.Event()
        self._passing.set()
        self._cut = False
        self._open: set[socket.socket] = set()
        self.url = self.through(url)
        threading.Thread(target=self._accept, daemon=True).start()

    def through(self, url: str) -> str:
        """The same address, reached by this line."""
        return urlunsplit(urlsplit(url)._replace(netloc=f"127.0.0.1:{self._listener.getsockname()[1]}"))

    def cut(self) -> None:
        self._cut = True
        for end in list(self._open):
            _hang_up(end)

    def mend(self) -> None:
        self._cut = False
        self._passing.set()

    def silence(self) -> None:
        self._passing.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        self._passing.set()
        _hang_up(self._listener)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._cut:
                    _hang_up(near)
                else:
                    threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target)
        except OSError:
            _hang_up(near)
            return
        self._open |= {near, far}
        threading.Thread(target=self._carry, args=(near, far), daemon=True).start()
        self._carry(far, near)

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._passing.wait()
                sink.sendall(data)
        for end in (source, sink):
            self._open.discard(end)
            _hang_up(end)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def cookies_of(desk: Desk) -> Any:
    """Cookies and storage of a window, for others to start with."""
    return json.loads(json.dumps(desk.context.storage_state()))
