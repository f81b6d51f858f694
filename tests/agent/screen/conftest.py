"""The real program on a real terminal: started in a PTY, read from an emulator's screen, its model a scripted one."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from fakes.scripted import MODELS, Scripted
from support.sockets import tidy

from runner.activity import ReportScanner
from runner.screens.ghostty import GhosttyEmulator

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 60
TITLE = re.compile(rb"\x1b\]2;([^\x1b]*)\x1b\\")


class Seat:
    """A person before the program: types keys, sees the screen. `reports`: what it said of its state, in order."""

    def __init__(self, environment, workspace, *arguments, cols=80, rows=24):
        self.emulator = GhosttyEmulator(cols, rows, 5000)
        self.data = b""
        self.reports = []
        self._rested = 1  # it begins idle
        self._scanner = ReportScanner()
        self.master, slave = pty.openpty()
        self._size(cols, rows)
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "agterm_agent", *arguments],
                cwd=workspace,
                env=environment | {"PYTHONPATH": str(ROOT)},
                stdin=slave,
                stdout=slave,
                stderr=slave,
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
            )
        finally:
            os.close(slave)

    def type(self, text):
        os.write(self.master, text.encode())

    def say(self, text):
        """Type a prompt and send it."""
        self.type(text)
        self.see(text[-20:])
        self.type("\r")

    def paste(self, text):
        self.type(f"\x1b[200~{text}\x1b[201~")

    def resize(self, cols, rows):
        self.emulator.resize(cols, rows)
        self._size(cols, rows)

    def hang_up(self):
        """The terminal goes away."""
        lost, self.master = self.master, os.open(os.devnull, os.O_RDWR)
        os.close(lost)

    def _size(self, cols, rows):
        self.cols, self.rows = cols, rows
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def read(self, timeout_s=0.05):
        """Take in what comes; False when the program has ended and all is read."""
        if not select.select([self.master], [], [], timeout_s)[0]:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        if not data:
            return False
        self.data += data
        self.emulator.feed(data)
        for body in self._scanner.feed(data):
            self.reports.append(dict(part.split("=", 1) for part in body.split(":"))["state"])
        return True

    @property
    def screen(self):
        return tidy(self.emulator.text())

    @property
    def history(self):
        """All there was, from the first line on."""
        return tidy(self.emulator.text(5000))

    @property
    def titles(self):
        return [title.decode() for title in TITLE.findall(self.data)]

    def until(self, what, condition):
        end = time.monotonic() + PATIENCE_S
        while not condition():
            is_open = self.read()
            if condition():
                return
            assert is_open, f"it ended before {what}:\n{self.history}"
            assert time.monotonic() < end, f"waited in vain for {what}; the screen:\n{self.screen}"

    def see(self, *texts):
        """Wait until all of it is on the screen, and return the screen."""
        self.until(repr(texts), lambda: all(text in self.screen for text in texts))
        return self.screen

    def see_no_more(self, text):
        self.until(f"{text!r} to go", lambda: text not in self.screen)
        return self.screen

    def rest(self):
        """Wait until a turn that was begun since the last rest is over."""
        self.until("the turn's end", lambda: len(self.reports) > self._rested and self.reports[-1] == "idle")
        self._rested = len(self.reports)
        self.see_no_more("esc to interrupt")

    def ended(self):
        """Its exit code, once it has ended by itself."""
        end = time.monotonic() + PATIENCE_S
        while self.read() or self.process.poll() is None:
            assert time.monotonic() < end, f"it never ended; the screen:\n{self.screen}"
        return self.process.wait()

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.master)
        self.emulator.close()


@pytest.fixture
def sit(tmp_path, workspace):
    """`sit([Step(…), …], *arguments, cols=80, rows=24, **environment)` starts the program with a model that says that.

    `early`: typed before the program is there.
    """
    with contextlib.ExitStack() as stack:

        def start(script, *arguments, early="", cols=80, rows=24, dialect="openai-chat", **environment):
            provider = stack.enter_context(Scripted(script))
            told = {
                "HOME": str(tmp_path),
                "PATH": os.environ["PATH"],
                "TERM": "xterm-256color",
                "LANG": "C.UTF-8",
                "AGTERM_AGENT_HOME": str(tmp_path / "state"),
                "AGTERM_AGENT_PROVIDER": "openai",
                "AGTERM_AGENT_MODEL": MODELS[dialect],
                "AGTERM_AGENT_DIALECT": dialect,
                "AGTERM_AGENT_BASE_URL": provider.address(dialect),
                "AGTERM_AGENT_API_KEY": "fake-key",
            }
            seat = Seat(told | environment, workspace, *arguments, cols=cols, rows=rows)
            stack.callback(seat.close)
            seat.provider = provider
            seat.type(early)
            seat.see("❯")
            return seat

        yield start
