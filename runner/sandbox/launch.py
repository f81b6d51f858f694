"""From a launch specification to a running program: terminal, privileges, environment, first files, exec.

Everything the workspace could influence (its directories, links left by an earlier agent) is touched only after the
privileges are gone, by the session's own user.
"""

import contextlib
import fcntl
import json
import os
import resource
import signal
import termios
from pathlib import Path
from typing import Any

from runner.sandbox import linux, mounts

MAX_PROCESSES = 2048


class LaunchError(OSError):
    """The program could not be started; `errno` and the text say why."""


def start(slave: int, spec: dict[str, Any]) -> int:
    """Fork and exec the program of `spec` on the terminal `slave`; returns its pid once the exec has happened.

    `spec`: argv, env, cwd, home, home_files {relative path: text}, uid (None: as we are), visible [[path, writable]],
    names {file of the system: file to show instead}.
    Raises `LaunchError`.
    """
    report, failure = os.pipe2(os.O_CLOEXEC)
    try:
        if spec["uid"] is not None:
            mounts.reveal(spec["visible"], spec["names"])
    except OSError as error:
        raise LaunchError(error.errno or 0, str(error)) from None
    pid = os.fork()
    if pid == 0:
        _become(slave, spec, failure)
    os.close(failure)
    with os.fdopen(report, "rb") as stream:
        problem = stream.read()
    if problem:
        os.waitpid(pid, 0)
        number, text = json.loads(problem)
        raise LaunchError(number, text)
    return pid


def _become(slave: int, spec: dict[str, Any], failure: int) -> None:
    """In the child: turn into the program, or report why not and exit. Never returns."""
    step = "terminal"
    try:
        failure = _take_terminal(slave, spec["uid"], failure)
        step = "privileges"
        _reset_signals()
        _limit(spec["uid"])
        _drop_privileges(spec["uid"])
        step = f"directory {spec['cwd']}"
        os.chdir(spec["cwd"])
        step = "first files"
        write_files(Path(spec["home"]), spec["home_files"])
        step = spec["argv"][0]
        os.execvpe(spec["argv"][0], spec["argv"], spec["env"])  # noqa: S606 - the point of it all
    except BaseException as error:
        number = error.errno if isinstance(error, OSError) and error.errno else 0
        text = os.strerror(number) if number else repr(error)
        os.write(failure, json.dumps([number, f"{step}: {text}"]).encode())
    finally:
        os._exit(127)


def _take_terminal(slave: int, uid: int | None, failure: int) -> int:
    """New session, controlling terminal, standard streams; of all other descriptors only `failure` stays, as 3."""
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    if uid is not None:
        os.fchown(slave, uid, -1)
    held = fcntl.fcntl(failure, fcntl.F_DUPFD_CLOEXEC, 10)
    terminal = fcntl.fcntl(slave, fcntl.F_DUPFD, 10)
    for descriptor in (0, 1, 2):
        os.dup2(terminal, descriptor)
    os.dup2(held, 3, inheritable=False)
    os.closerange(4, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") < 65536 else 65536)
    return 3


def _reset_signals() -> None:
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _limit(uid: int | None) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if uid is not None:  # a uid of the session's own, so the count is the session's own too
        resource.setrlimit(resource.RLIMIT_NPROC, (MAX_PROCESSES, MAX_PROCESSES))


def _drop_privileges(uid: int | None) -> None:
    os.umask(0o022)
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    if os.geteuid() == 0:
        raise PermissionError(1, "a session never runs as uid 0")
    linux.forbid_new_privileges()


def write_files(home: Path, files: dict[str, str]) -> None:
    """Write `{relative path: text}` below `home`, never through a symbolic link, readable by the owner only."""
    for name, text in files.items():
        directory = os.open(home, os.O_DIRECTORY | os.O_CLOEXEC)
        *folders, last = Path(name).parts
        for folder in folders:
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder, 0o700, dir_fd=directory)
            inner = os.open(folder, os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
            os.close(directory)
            directory = inner
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(last, flags, 0o600, dir_fd=directory), "w") as stream:
            stream.write(text)
        os.close(directory)
