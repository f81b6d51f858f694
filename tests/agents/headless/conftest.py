"""Runs a real CLI headless, as the runner does: on a raw terminal, in folders of its own, without the box."""

import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import termios
import time
import tty
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.agents import ORDINARY

from agents import declaration
from runner import specification

PATIENCE_S = 120


@dataclass
class Ran:
    """What a headless run left: its lines, its exit code, its folders."""

    lines: list[str]
    exit_code: int
    folder: Path

    @property
    def files(self):
        workspace = self.folder / "workspace"
        return sorted(str(path.relative_to(workspace)) for path in workspace.rglob("*") if path.is_file())


@pytest.fixture
def run_headless():
    """`run_headless(launch, door, {path: text})` runs it to its end on a raw terminal, as an ordinary user.

    The files are there before, below `home/` and `workspace/`; the folder is one that Codex works in, so not in /tmp.
    """
    folders = []

    def run(launch, door, files=()):
        folder = Path("/var/tmp") / f"agterm-test-{os.getpid()}-{time.monotonic_ns()}"
        folders.append(folder)
        marks = {
            declaration.DOOR: door,
            declaration.WORKSPACE: str(folder / "workspace"),
            declaration.HOME: str(folder / "home"),
            declaration.AT: "@",
        }
        own = {f"home/{name}": specification.filled(text, marks) for name, text in launch.home_files.items()}
        for name, text in ({"home/tmp/.keep": "", "workspace/.keep": ""} | own | dict(files)).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        if os.geteuid() == 0:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, ORDINARY, ORDINARY)
        lines, exit_code = _run(launch, folder, marks)
        (folder / "workspace" / ".keep").unlink()
        return Ran(lines, exit_code, folder)

    yield run
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _run(launch, folder, marks):
    master, slave = pty.openpty()
    tty.setraw(slave)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
    environment = {
        "HOME": str(folder / "home"),
        "PATH": os.pathsep.join([*launch.path_prefix, "/usr/local/bin", "/usr/bin", "/bin"]),
        "TMPDIR": str(folder / "home" / "tmp"),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "SHELL": "/bin/sh",
    } | {name: specification.filled(value, marks) for name, value in launch.env.items()}
    as_user = {"user": ORDINARY, "group": ORDINARY, "extra_groups": []} if os.geteuid() == 0 else {}
    process = subprocess.Popen(
        [specification.filled(part, marks) for part in launch.argv],
        cwd=folder / "workspace", env=environment, stdin=slave, stdout=slave, stderr=slave,
        start_new_session=True, **as_user,
    )  # fmt: skip
    os.close(slave)
    said, end = b"", time.monotonic() + PATIENCE_S
    try:
        with suppress(OSError):  # which is how a terminal ends
            while time.monotonic() < end:
                if select.select([master], [], [], 1)[0]:
                    said += os.read(master, 65536)
        assert time.monotonic() < end, said.decode(errors="replace")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        exit_code = process.wait()
        os.close(master)
    return said.decode(errors="replace").splitlines(), exit_code
