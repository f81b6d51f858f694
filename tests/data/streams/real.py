"""Records the agents' streams of this folder from the real CLIs, which the fake provider answers.

`PYTHONPATH=.:tests python tests/data/streams/real.py [AGENT…]`; a short conversation each, with a resize in the
middle of an answer. Like those of `make.py` they are checked in, so that the tests need none of the CLIs.
"""

import fcntl
import re
import shutil
import struct
import sys
import termios
from dataclasses import dataclass
from pathlib import Path

from fakes.provider import Provider
from make import COLS, ROWS, size, write
from support.agents import KEY, Screen, installed_home

from agents import services

FOLDER, SHOWN_AS = b"/var/tmp/agterm-demo", b"/home/me/agterm-demo"  # of one length, so that nothing moves
READY = {"claude": "mode on|shortcuts", "codex": "Ask Codex", "gemini": "Type your message"}
NARROW = (64, 20)
TIMEOUT_S = 90


@dataclass(frozen=True)
class Settings:
    home: Path
    provider_environment: dict[str, str]
    agent_path: tuple[str, ...] = ()
    disabled_agents: tuple[str, ...] = ()
    run_policy: tuple[str, ...] = ()


class Tape:
    """Stands in the screen's terminal's place and keeps what it is fed."""

    def __init__(self, terminal):
        self._terminal = terminal
        self.events = []

    def feed(self, data):
        self.events.append(data.replace(FOLDER, SHOWN_AS))
        self._terminal.feed(data)

    def __getattr__(self, name):
        return getattr(self._terminal, name)


def until(screen, pattern):
    waited = 0.0
    while not re.search(pattern, screen.text()):
        screen.read(0.1)
        waited += 0.1
        if waited > TIMEOUT_S:
            raise SystemExit(f"{pattern!r} never showed:\n{screen.text()}")


def say(screen, text):
    screen.type(text)
    screen.read(0.6)
    screen.type("\r")


def resize(screen, tape, cols, rows):
    tape.events.append(size(cols, rows))
    tape.resize(cols, rows)
    fcntl.ioctl(screen._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def converse(screen, tape, agent):
    until(screen, READY[agent])
    screen.read(1)
    say(screen, "Say ping")
    until(screen, "PONG from")
    screen.read(1)
    say(screen, "please be slow")
    until(screen, "It lists")
    resize(screen, tape, *NARROW)
    screen.read(2)
    screen.type("\x1b")
    screen.read(1.5)
    say(screen, "please ask")
    screen.read(4)
    resize(screen, tape, COLS + 20, ROWS + 6)
    screen.read(1.5)


def record(agent):
    folder = Path(FOLDER.decode())
    with Provider() as provider:
        config = Settings(installed_home("claude", "codex", "gemini"), provider.environment)
        folder.mkdir(mode=0o755)
        try:
            launch = services.prepare_launch(agent, config=config, key=KEY)
            screen = Screen(launch, folder, door=provider.url, cols=COLS, rows=ROWS)
            tape = screen._terminal = Tape(screen._terminal)
            try:
                converse(screen, tape, agent)
            finally:
                screen.close()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return joined(tape.events)


def joined(events):
    """Reads that followed each other in one piece of some kilobytes, as few cuts are tested."""
    out = []
    for event in events:
        if event[0] == "size" or not out or out[-1][0] == "size" or len(out[-1]) > 4096:
            out.append(event)
        else:
            out[-1] += event
    return out


if __name__ == "__main__":
    for name in sys.argv[1:] or READY:
        write(name, record(name))
