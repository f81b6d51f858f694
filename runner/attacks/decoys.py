"""Everything an attack run aims at, made for it and gone after it: a runner, a server, another session."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from core.errors import HostUnavailable
from runner import client
from runner.sandbox import linux

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S, LOOK_S = 60.0, 0.02
# The other session: files where sessions might share a folder, and a process to go for.
OTHER = """
umask 077
for file in "$IN_TMP" "$IN_SHM"; do printf %s "$OTHER_SECRET" > "$file.other"; done 2>/dev/null
(exec -a "$1" sleep 100000) &
: > ready
exec cat > /dev/null
"""


class AttackError(Exception):
    """The run itself could not be made; the message says why."""


class Decoys:
    """A runner in a home folder of its own, with another session in it, and a process in place of the server.

    The runner's parent holds a secret in its environment and an open descriptor of one, as a careless one would.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """`command`, `environment`: what starts a runner; its home and address are set here."""
        self.mark = f"agterm-decoy-{secrets.token_hex(6)}"
        self.folder = Path(tempfile.mkdtemp(prefix="agterm-attack-"))
        self.home = self.folder / "home"
        self.address = f"unix:{self.home / 'run' / 'runner.sock'}"
        self._command = list(command)
        self._environment = {**environment, "AGTERM_HOME": str(self.home), "AGTERM_RUNNER": self.address}
        self._processes: list[subprocess.Popen[bytes]] = []
        self._shared = [Path("/tmp") / self.mark, Path("/dev/shm") / self.mark]  # noqa: S108 - what sessions might share
        self.other = str(uuid.uuid4())
        self.facts: dict[str, Any] = {}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    # --- beginning and end -------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self.home.mkdir(mode=0o700)
        for name in ("secret.key", "agterm.sqlite3"):
            (self.home / name).write_text(_canary())
            (self.home / name).chmod(0o600)
        self.facts = self._start_server()
        for path in self._shared:
            with suppress(OSError):
                path.write_text(_canary())
                path.chmod(0o600)
        self._start_runner()
        (self.home / "run").mkdir(mode=0o700, exist_ok=True)
        if not (self.home / "run" / "relay.key").exists():
            (self.home / "run" / "relay.key").write_text(_canary())
            (self.home / "run" / "relay.key").chmod(0o600)
        self._start_other()

    def _start_server(self) -> dict[str, Any]:
        command = [sys.executable, "-P", "-m", "runner.attacks.decoy", str(self.folder), self.mark]
        environment = {"PYTHONPATH": str(PACKAGE_ROOT), "PATH": os.defpath, "DECOY_SECRET": _canary()}
        server = self._popen(command, environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert server.stdout is not None
        facts: dict[str, Any] = json.loads(server.stdout.readline())
        return facts | {"server": _identity(server.pid)}

    def _start_runner(self) -> None:
        leaked = os.open(self.home / "secret.key", os.O_RDONLY)
        log_path = self.folder / "runner.log"
        with log_path.open("wb") as log:
            environment = {**self._environment, "OF_A_CARELESS_OPERATOR": _canary()}
            runner = self._popen(self._command, environment, stdout=log, stderr=log, pass_fds=(leaked,))
        os.close(leaked)

        def answers() -> bool:
            if runner.poll() is not None:
                raise AttackError(f"the runner did not start: {log_path.read_text(errors='replace')[-2000:]}")
            with suppress(HostUnavailable):
                client.hello(self.address)
                return True
            return False

        wait_for("the runner", answers)
        self.runner_pid = int(client.hello(self.address)["pid"])

    def _start_other(self) -> None:
        canary, (in_tmp, in_shm) = _canary(), self._shared
        launch = {
            "argv": ["/bin/bash", "-c", OTHER, "other", self.mark],
            "env": {"OTHER_SECRET": canary, "IN_TMP": str(in_tmp), "IN_SHM": str(in_shm)},
            "workspace_files": dict.fromkeys(("private.txt", "move-me.txt", "truncate-me.txt"), canary),
        }
        client.call(self.address, "create", id=self.other, launch=launch, cols=80, rows=24)
        wait_for("the other session", (self.workspace(self.other) / "ready").exists)

    def _popen(self, command: Sequence[str], environment: Mapping[str, str], **how: Any) -> "subprocess.Popen[bytes]":
        how = {"stdin": subprocess.DEVNULL, "cwd": "/", "start_new_session": True, **how}
        process = subprocess.Popen(command, env=dict(environment), **how)
        self._processes.append(process)
        return process

    def _end(self) -> None:
        with suppress(HostUnavailable):
            client.call(self.address, "shutdown")
        for process in reversed(self._processes):
            streams: list[IO[bytes]] = [stream for stream in (process.stdin, process.stdout) if stream is not None]
            for stream in streams:
                stream.close()
            try:
                process.wait(START_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for path in self._shared:
            for each in (path, path.with_name(f"{path.name}.other")):
                each.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what there is -----------------------------------------------------------------------------------------------

    def workspace(self, session_id: str) -> Path:
        return self.home / "workspaces" / session_id

    def targets(self, attacks: Sequence[str]) -> dict[str, Any]:
        """What the attempts inside are told. No secret is among it."""
        doomed, other = self._of_other("sleep"), self._of_other("cat")
        run = self.home / "run"
        in_tmp, in_shm = self._shared
        return self.facts | {
            "attacks": list(attacks),
            "mark": self.mark,
            "signing_key": str(self.home / "secret.key"),
            "database": str(self.home / "agterm.sqlite3"),
            "relay_key": str(run / "relay.key"),
            "runner_sockets": [str(path) for path in run.iterdir() if path.is_socket()],
            "workspaces": str(self.home / "workspaces"),
            "other_workspace": str(self.workspace(self.other)),
            "in_tmp": [str(in_tmp), f"{in_tmp}.other"],
            "in_shm": [str(in_shm), f"{in_shm}.other"] if in_shm.parent.is_dir() else None,
            "other_terminal": _terminal_of(other),
            "other_address": _readable_address(other),
            "other": _identity(other),
            "doomed": _identity(doomed),
            "outsiders": [self.facts["server"], *map(_identity, self._family()), _identity(other)],
            "block_devices": list(_block_devices()),
        }

    def _family(self) -> list[int]:
        """The runner and its helpers, without what runs in sessions."""
        commands = ((pid, _command(pid)) for pid in linux.descendants(self.runner_pid))
        return [self.runner_pid, *(pid for pid, command in commands if b"-m\0runner." in command)]

    def _of_other(self, name: str) -> int:
        """A process of the other session by its program's name; `sleep` is called by our mark."""

        def found() -> int | None:
            pids = linux.descendants(self.runner_pid)
            for pid in pids:
                with suppress(OSError):
                    if Path(f"/proc/{pid}/comm").read_text().strip() == name:
                        return pid
            return None

        pid: int = wait_for(f"{name} of the other session", found)
        return pid


def wait_for(what: str, condition: Callable[[], Any], timeout_s: float = START_TIMEOUT_S) -> Any:
    """Look until `condition()` is true and return its value; raises `AttackError`."""
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AttackError(f"waited {timeout_s:g} s in vain for {what}")
        time.sleep(LOOK_S)
    return value


def _canary() -> str:
    """A secret that the attempts know for one (`inside.attempts.CANARY`)."""
    return f"CANARY-{secrets.token_hex(16)}"


def _identity(pid: int) -> list[int]:
    """A process's number, and when it started."""
    stat = Path(f"/proc/{pid}/stat").read_bytes()
    return [pid, int(stat.rpartition(b") ")[2].split()[19])]


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _terminal_of(pid: int) -> str | None:
    """By its number, since the name that the link gives may be one of another mount table."""
    number = int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()[4])
    major, minor = os.major(number), os.minor(number)
    return f"/dev/pts/{minor + 256 * (major - 136)}" if 136 <= major <= 143 else None


def _readable_address(pid: int) -> int:
    """Somewhere in its memory: the beginning of its first mapping."""
    return int(Path(f"/proc/{pid}/maps").read_text().partition("-")[0], 16)


def _block_devices() -> Iterator[tuple[str, int, int]]:
    with suppress(OSError):
        for line in Path("/proc/partitions").read_text().splitlines()[2:]:
            major, minor, _, name = line.split()
            yield name, int(major), int(minor)
