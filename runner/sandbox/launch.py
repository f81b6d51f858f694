"""From a launch specification to a running program: terminal, privileges, walls, environment, first files, exec.

Everything the workspace could influence (its directories, links left by an earlier agent) is touched only after the
privileges are gone, by the session's own user.
"""

import contextlib
import fcntl
import json
import os
import select
import signal
import termios
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from typing import Any

from runner.sandbox import bubblewrap, cgroups, first_files, landlock, limits, linux, mounts, netns, policy, seccomp

START_TIMEOUT_S = 15.0
LOOK_S = 0.0005
HOLDER_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8"}  # of bubblewrap; nothing of it is the session's
_SIGNALS = range(1, 65)
_ELF = (b"\x7fELF\x01", b"\x7fELF\x02")


class LaunchError(OSError):
    """The program could not be started; `errno` and the text say why."""


@dataclass
class Started:
    """`child` is our own child: the program, or the bubblewrap that holds its box, which is stopped as long as it does.

    When we die, the kernel kills bubblewrap, and with it `init`, process 1 of the box, which nothing in it outlives.
    `init_fd`, `program_fd`: readable once they are over (-1: it was over before we saw it).
    `listeners`: of the box's own network, by name.
    `is_scoped`: this process can signal nobody but the session any more.
    """

    child: int
    program: int
    init: int | None = None
    init_fd: int = -1
    program_fd: int = -1
    listeners: dict[str, socket] = field(default_factory=dict)
    is_scoped: bool = False
    holder_status: int | None = None  # wait status of `child`, once the box is over

    def outcome(self, status: int | None) -> dict[str, int | None]:
        """`{code, signal}` of the program. `status`: the wait status of `child`, if it is known.

        A box tells how it ended by an exit code alone, 128 + n for signal n; the kernel may know better.
        """
        if self.init is not None:
            exact = linux.exit_status(self.program_fd) if self.program_fd >= 0 else None
            status = exact if exact is not None else self.holder_status if status is None else status
            if exact is None and status is not None and os.waitstatus_to_exitcode(status) - 128 in _SIGNALS:
                status = os.waitstatus_to_exitcode(status) - 128
        if status is None:
            return {"code": None, "signal": int(signal.SIGKILL)}
        if os.WIFSIGNALED(status):
            return {"code": None, "signal": os.WTERMSIG(status)}
        return {"code": os.WEXITSTATUS(status), "signal": None}


def start(slave: int, spec: dict[str, Any], tell_init: Callable[[int], None], said: Sequence[int] = ()) -> Started:
    """Fork and exec the program of `spec` on the terminal `slave`; returns once the exec has happened.

    `said`: its standard output and error, where `slave` is no terminal but what it reads. `tell_init` hears of the
    box's process 1 before anything of the session runs in it. `spec`: argv, env, cwd and
    identity (its device and inode), home, temporary, data (our own folders, which no session sees), home_files and
    workspace_files {relative path: text}, uid (None: as we are) and user_lock (the file of `sharing`), readable [path],
    sources [[path, device, inode]] (just these folders are readable as well), visible [[path, writable]] and
    names {file of the system: file to show instead} (both for a private uid),
    resume {exists: glob below HOME, argv} or None, level, network, ports {name: number} (listeners in a network of its
    own; elsewhere what it may connect to), tools (bubblewrap and setsid), processes (how many), cgroup (or None).
    Raises `LaunchError`.
    """
    try:
        own = _own_mounts(spec)
        workspace = _checked(spec["cwd"], spec["identity"])
        try:
            if own is not None:
                own.reveal(spec["visible"], spec["names"], held={spec["cwd"]: workspace})
            if spec["level"] == "namespaces":
                return _start_boxed([slave, *said], spec, workspace, tell_init)
            is_scoped = _scope(spec, workspace)
            child = _fork([slave, *said], spec, _plainly(spec, workspace), workspace)
        finally:
            os.close(workspace)
    except LaunchError:
        raise
    except OSError as error:
        raise LaunchError(error.errno or 0, str(error)) from None
    return Started(child, child, is_scoped=is_scoped)


def _own_mounts(spec: dict[str, Any]) -> mounts.OwnMounts | None:
    """First of all: what is opened before belongs to the machine's mount table, and can't be mounted in ours."""
    if spec["uid"] is None:
        return None
    try:
        return mounts.OwnMounts()
    except OSError:
        mounts.check_reachable(spec["visible"])
        return None


def _checked(folder: str, identity: Sequence[int]) -> int:
    """The folder that was checked, held from now on; somebody may have put another in its place, or in one above."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    found = os.fstat(descriptor)
    if [found.st_dev, found.st_ino] != list(identity):
        os.close(descriptor)
        raise LaunchError(2, f"directory {folder}: it is not where it was")
    return descriptor


# --- level namespaces ------------------------------------------------------------------------------------------------


def _start_boxed(
    streams: Sequence[int], spec: dict[str, Any], workspace: int, tell_init: Callable[[int], None]
) -> Started:
    said, info = os.pipe()
    block, release = os.pipe()
    filter_ = seccomp.as_descriptor(seccomp.program())
    os.set_blocking(said, True)
    try:
        child = _fork(streams, spec, _Boxed(filter_, info, block, len(streams) == 1), workspace)
    except BaseException:
        os.close(release)
        os.close(said)
        raise
    finally:
        for descriptor in (info, block, filter_):
            os.close(descriptor)
    started = Started(child, 0)
    try:
        init = started.init = bubblewrap.init_of(said)
        if init is None:
            raise LaunchError(0, "the sandbox could not be made; `agterm doctor` says what is missing")
        started.init_fd = os.pidfd_open(init)
        tell_init(init)
        _wait_until_complete(started)
        _check_inside(init, spec["cwd"], workspace)
        _check_sources(init, spec["sources"])
        limits.processes_of_box(spec["processes"], init, spec["uid"])
        if spec["network"] != "open" and spec["ports"]:
            names = list(spec["ports"])
            sockets = netns.listeners_in(init, [spec["ports"][name] for name in names])
            started.listeners = dict(zip(names, sockets, strict=True))
        os.write(release, b"g")
        started.program, started.program_fd = _program_of(started, spec["tools"])
        os.kill(child, signal.SIGSTOP)  # or it would end the box with its program, and give what is left no grace
    except BaseException:
        with contextlib.suppress(OSError):  # both: init asks to die with its holder only when it is let go
            signal.pidfd_send_signal(started.init_fd, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.close(release)
        os.close(said)
    return started


def _check_inside(init: int, folder: str, workspace: int) -> None:
    """bubblewrap takes the workspace by its path: it must be the one that was checked."""
    if not os.path.samestat(os.stat(f"/proc/{init}/root{folder}"), os.fstat(workspace)):
        raise LaunchError(2, f"directory {folder}: it is not where it was")


def _check_sources(init: int, sources: Sequence[Sequence[Any]]) -> None:
    """As for the workspace: what the session may read besides must be what was checked, or nothing."""
    for path, *identity in sources:
        with contextlib.suppress(FileNotFoundError):
            found = os.stat(f"/proc/{init}/root{path}")
            if [found.st_dev, found.st_ino] != identity:
                raise LaunchError(2, f"directory {path}: it is not where it was")


def _wait_until_complete(started: Started) -> None:
    assert started.init is not None
    deadline = time.monotonic() + START_TIMEOUT_S
    while not bubblewrap.is_complete(started.init):
        if linux.is_over(started.init_fd):
            raise LaunchError(0, "the sandbox could not be made; `agterm doctor` says what is missing")
        if time.monotonic() > deadline:
            raise LaunchError(110, "the sandbox did not start in time")
        time.sleep(LOOK_S)


def _program_of(started: Started, tools: Sequence[str]) -> tuple[int, int]:
    """The box's first process besides init, once it is the program that was asked for; a pidfd of it too."""
    assert started.init is not None
    holder, leader = map(os.fsencode, tools)
    on_the_way = (holder + b"\0--args\0", leader + b"\0-c\0", leader + b"\0--\0")
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        for pid in linux.children(started.init)[:1]:
            with contextlib.suppress(OSError):
                descriptor = os.pidfd_open(pid)
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
                if command and not command.startswith(on_the_way):
                    return pid, descriptor
                os.close(descriptor)
        if linux.is_over(started.init_fd):  # it has come and gone
            return started.init, -1
        time.sleep(LOOK_S)
    raise LaunchError(110, "the sandbox did not start in time")


@dataclass
class _Boxed:
    """How a forked child becomes bubblewrap, which becomes the program."""

    filter: int
    info: int
    block: int
    has_terminal: bool

    @property
    def keeps(self) -> list[int]:
        return [self.filter, self.info, self.block]

    takes_terminal = False  # inside, the program takes it, so that bubblewrap gets none of the terminal's signals

    def become(self, spec: dict[str, Any], argv: list[str], kept: Sequence[int]) -> None:
        _find_program(argv[0], spec["env"])
        filter_, info, block = kept
        command, inherited = bubblewrap.command(spec, filter_, info, block, argv, self.has_terminal)
        for descriptor in inherited:
            os.set_inheritable(descriptor, True)
        os.execve(command[0], command, HOLDER_ENVIRONMENT)  # noqa: S606 - the point of it all


def _find_program(name: str, environment: dict[str, str]) -> None:
    """Raises `OSError` for a program that is not there: inside, nobody could report it but on the terminal."""
    if "/" in name:
        os.stat(name)
        candidates = [name]
    else:
        candidates = [os.path.join(folder, name) for folder in environment.get("PATH", os.defpath).split(os.pathsep)]
    found = [path for path in candidates if os.path.isfile(path)]
    if not found:
        raise FileNotFoundError(2, name)
    program = next((path for path in found if os.access(path, os.X_OK)), None)
    if program is None:
        raise PermissionError(13, name)
    with contextlib.suppress(PermissionError), open(program, "rb") as file:  # one may be run and not read
        if not file.read(5).startswith((b"#!", *_ELF)):
            raise OSError(8, name)


# --- the other levels ------------------------------------------------------------------------------------------------


@dataclass
class _Plain:
    """How a forked child becomes the program itself, behind Landlock where that is the level."""

    ruleset: int  # -1: none
    filter: bytes

    takes_terminal = True

    @property
    def keeps(self) -> list[int]:
        return [self.ruleset] if self.ruleset >= 0 else []

    def become(self, spec: dict[str, Any], argv: list[str], kept: Sequence[int]) -> None:
        for ruleset in kept:
            landlock.restrict(ruleset)
            os.close(ruleset)
        seccomp.install(self.filter)
        os.execvpe(argv[0], argv, spec["env"])  # noqa: S606 - the point of it all


def _scope(spec: dict[str, Any], workspace: int) -> bool:
    """Go behind Landlock ourselves, in front of the session: then whom we can signal is the session and nobody else.

    True once that is proven. Not needed where the session has a user of its own, nor done by root.
    """
    if spec["level"] != "landlock" or spec["uid"] is not None:
        return False
    linux.forbid_new_privileges()
    landlock.restrict(landlock.build(policy.landlock(spec, workspace)))
    try:
        os.kill(os.getppid(), 0)
    except PermissionError:
        return True
    return False


def _plainly(spec: dict[str, Any], workspace: int) -> _Plain:
    if spec["level"] == "none":
        return _Plain(-1, seccomp.program())
    is_closed = spec["network"] != "open"
    ruleset = landlock.build(policy.landlock(spec, workspace))
    filter_ = seccomp.program(unix=landlock.abi() >= policy.UNIX_ABI, udp=not is_closed, sysv=False)
    return _Plain(ruleset, filter_)


# --- the child -------------------------------------------------------------------------------------------------------


def _fork(streams: Sequence[int], spec: dict[str, Any], way: "_Boxed | _Plain", workspace: int) -> int:
    report, failure = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        _become(streams, spec, failure, way, workspace)
    os.close(failure)
    for descriptor in way.keeps if isinstance(way, _Plain) else ():
        os.close(descriptor)
    with os.fdopen(report, "rb") as stream:
        is_told = bool(select.select([stream], [], [], START_TIMEOUT_S)[0])
        problem = stream.read() if is_told else b""
    if not is_told:  # what runs as the same user at the weaker levels may have stopped it
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise LaunchError(110, "the program did not start in time")
    if problem:
        os.waitpid(pid, 0)
        number, text = json.loads(problem)
        raise LaunchError(number, text)
    return pid


def _become(streams: Sequence[int], spec: dict[str, Any], failure: int, way: "_Boxed | _Plain", workspace: int) -> None:
    """In the child: turn into the program, or report why not and exit. Never returns."""
    step = "terminal"
    try:
        failure, workspace, *kept = _take_descriptors(streams, spec["uid"], [failure, workspace, *way.keeps])
        os.setsid()
        if way.takes_terminal and len(streams) == 1:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        step = "privileges"
        _reset_signals()
        if spec["cgroup"]:
            cgroups.enter(spec["cgroup"])
        limits.apply()
        if spec["uid"] is not None:  # a uid of the session's own, so the count is the session's own too
            limits.processes(spec["processes"])
        _drop_privileges(spec["uid"])
        step = f"directory {spec['cwd']}"
        os.chdir(f"/proc/self/fd/{workspace}")
        step = "first files"
        first_files.write_new(Path(spec["home"]), spec["home_files"])
        step = "first files of the workspace"
        first_files.write(Path("."), spec["workspace_files"])
        resume = spec["resume"]
        goes_on = resume and first_files.matches(Path(spec["home"]), resume["exists"])
        argv = resume["argv"] if goes_on else spec["argv"]
        step = argv[0]
        way.become(spec, argv, kept)
    except BaseException as error:
        number = error.errno if isinstance(error, OSError) and error.errno else 0
        text = os.strerror(number) if number else repr(error)
        os.write(failure, json.dumps([number, f"{step}: {text}"]).encode())
    finally:
        os._exit(127)


def _take_descriptors(streams: Sequence[int], uid: int | None, kept: Sequence[int]) -> list[int]:
    """Terminal, or pipes, as standard streams; of all other descriptors only `kept` stay, with numbers from 3 on."""
    if uid is not None:
        for descriptor in streams:
            os.fchown(descriptor, uid, -1)
    held = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 20) for descriptor in kept]
    given = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 20) for descriptor in streams]
    for number in (0, 1, 2):
        os.dup2(given[number % len(given)], number)
    numbers = [os.dup2(descriptor, number, inheritable=False) for number, descriptor in enumerate(held, 3)]
    os.closerange(3 + len(held), min(os.sysconf("SC_OPEN_MAX"), 65536))
    return numbers


def _reset_signals() -> None:
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _drop_privileges(uid: int | None) -> None:
    os.umask(0o022)
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    if os.geteuid() == 0:
        raise PermissionError(1, "a session never runs as uid 0")
    linux.forbid_new_privileges()
