"""The interactive program's beginning: the terminal is taken over first, so that no key is lost meanwhile."""

import asyncio
import logging
import os
import select
import sys
import termios
import tty
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from agterm_agent.settings import Settings

EARLY_BYTES = 65_536


def run(settings: Settings, *, resume: str | None = None) -> int:
    """Talk with the person at this terminal until they leave. Returns the exit code."""
    with _raw(sys.stdin.fileno()) as typed:
        from agterm_agent.screen.program import Program  # takes a moment to load

        logging.getLogger().addHandler(logging.NullHandler())  # a line of a library would tear the screen
        warnings.simplefilter("ignore")
        try:
            return asyncio.run(Program(settings, resume=resume, typed=typed).run())
        finally:
            _let_go()


def _let_go() -> None:
    """What could not be written to a terminal that is gone must not be tried once more when Python ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _raw(terminal: int) -> Iterator[str]:
    """The terminal gives every key as it is. Yields what was typed before: there Enter still was a new line."""
    before = termios.tcgetattr(terminal)
    tty.setraw(terminal, termios.TCSANOW)
    try:
        early = os.read(terminal, EARLY_BYTES) if select.select([terminal], [], [], 0)[0] else b""
        yield early.decode(errors="replace").replace("\n", "\r")
    finally:
        with suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(terminal, termios.TCSANOW, before)
