"""Real agent CLIs for tests: installed once by our own installer, started on a real PTY, read from a real screen."""

import contextlib
import fcntl
import json
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pyghostty import Terminal

from agents import declaration, discovery, install, registry
from agents.services import Launch
from runner import specification
from runner.sandbox.mounts import closed_ancestor

ORDINARY = 65534
VARIABLE = "TEST_AGENTS_HOME"  # not AGTERM_…: the server refuses settings it does not know
NAME = "agterm-test-agents"
KEY = "agt-of-a-session"


def cache_home() -> Path:
    """The AGTERM_HOME that holds the CLIs of all test runs, reachable for any user."""
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    people = Path.home()
    if closed_ancestor(people / "x") is None:
        return people / ".cache" / NAME
    return Path("/var/tmp") / f"{NAME}-{os.getuid()}"


def installed_home(*agent_ids: str) -> Path:
    """`cache_home()` with these agents in it, in the pinned versions; a test that can't have them fails."""
    home = cache_home()
    home.mkdir(parents=True, exist_ok=True)
    if home.stat().st_uid != os.geteuid():
        pytest.fail(f"{home} belongs to somebody else; name another folder in {VARIABLE}")
    home.chmod(0o755)
    with (home / "installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one process of tests installs, the others find it done
        for agent_id in agent_ids:
            found = discovery.installed(agent_id, home)
            if found is None or found.version != registry.get(agent_id).version:
                _install(agent_id, home)
    return home


def _install(agent_id: str, home: Path) -> None:
    try:
        install.install(agent_id, home)
    except install.InstallError as error:
        pytest.fail(f"{agent_id} could not be installed, and its test needs the real one: {error}")


@pytest.fixture(scope="session")
def agents_home() -> Path:
    """An AGTERM_HOME in which the three real CLIs are installed; shared by all runs, so only to be read."""
    return installed_home("claude", "codex", "gemini")


def write_install(home: Path, agent_id: str, *, version: str) -> Path:
    """What the installer leaves behind, around a tiny program; returns the program."""
    folder = discovery.install_folder(home, agent_id)
    program = folder / "node_modules" / agent_id
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)
    record = {"version": version, "executable": f"node_modules/{agent_id}"}
    (folder / discovery.RECORD).write_text(json.dumps(record))
    discovery.forget()
    return program


class Screen:
    """A program on a PTY of its own, run as an ordinary user in a clean environment, seen as a person sees it.

    There is no runner around it, and no box: `door` is the address that the launch takes for its session's door.
    """

    def __init__(self, launch: Launch, folder: Path, *, door: str = "", cols: int = 120, rows: int = 40) -> None:
        self._marks = {declaration.DOOR: door}
        self.home, self.workspace = folder / "home", folder / "workspace"
        self._marks |= {declaration.WORKSPACE: str(self.workspace), declaration.HOME: str(self.home)}
        self._terminal = Terminal(cols, rows)
        self._place(launch)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        self._terminal.on_reply(self._answer)
        try:
            self.process = subprocess.Popen(
                [self._fill(part) for part in launch.argv],
                cwd=self.workspace,
                env=self._environment(launch),
                stdin=slave,
                stdout=slave,
                stderr=slave,
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
                **_ordinary(),
            )
        finally:
            os.close(slave)

    def _place(self, launch: Launch) -> None:
        for folder in (self.home / "tmp", self.workspace):
            folder.mkdir(parents=True, exist_ok=True)
        for name, text in launch.home_files.items():
            (self.home / name).parent.mkdir(parents=True, exist_ok=True)
            (self.home / name).write_text(self._fill(text))
        if os.geteuid() == 0:
            for path in [self.home, self.workspace, *self.home.rglob("*")]:
                os.chown(path, ORDINARY, ORDINARY)

    def _fill(self, text: str) -> str:
        return specification.filled(text, self._marks)

    def _environment(self, launch: Launch) -> Mapping[str, str]:
        base = {
            "HOME": str(self.home),
            "PATH": os.pathsep.join([*launch.path_prefix, "/usr/local/bin", "/usr/bin", "/bin"]),
            "TMPDIR": str(self.home / "tmp"),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "SHELL": "/bin/sh",
        }
        return base | {name: self._fill(value) for name, value in launch.env.items()}

    def text(self) -> str:
        return str(self._terminal.text())

    @property
    def reads_keys(self) -> bool:
        """Whether the program takes each key itself; until then it may throw away what is typed."""
        return not termios.tcgetattr(self._master)[3] & termios.ICANON

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def _answer(self, reply: bytes) -> None:
        os.write(self._master, reply)

    def say(self, prompt: str) -> None:
        """Type a prompt, see it on the screen, press Enter."""
        self.type(prompt)
        self.wait_for(prompt)
        self.read(0.3)
        self.type("\r")

    def read(self, seconds: float) -> None:
        """Feed the screen with what comes within this time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self._master], [], [], left)[0]:
                return
            try:
                self._terminal.feed(os.read(self._master, 65536))
            except OSError:
                time.sleep(min(0.05, max(0.0, left)))

    def wait_for(self, text: str, timeout_s: float = 60) -> str:
        """The screen once `text` is on it; fails with the last screen when it never is."""
        end = time.monotonic() + timeout_s
        while text not in self.text():
            self.read(0.2)
            ended = self.process.poll()
            if text not in self.text() and (ended is not None or time.monotonic() > end):
                state = "still runs" if ended is None else f"exited {ended}"
                raise AssertionError(f"{text!r} never showed (the program {state}). Last screen:\n{self.text()}")
        return self.text()

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._master)


def _ordinary() -> dict[str, object]:
    return {"user": ORDINARY, "group": ORDINARY, "extra_groups": []} if os.geteuid() == 0 else {}


@contextlib.contextmanager
def on_screen(launch: Launch, door: str = "") -> Iterator[Screen]:
    """The launch on a screen, in a folder any user can reach and that is not below /tmp (Codex refuses it there)."""
    folder = Path("/var/tmp") / f"agterm-test-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(mode=0o755)
    screen = Screen(launch, folder, door=door)
    try:
        yield screen
    finally:
        screen.close()
        shutil.rmtree(folder, ignore_errors=True)
