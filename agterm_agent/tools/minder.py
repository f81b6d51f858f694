"""Runs one command and lets nothing of it outlive it: a small program of its own, started for each command.

It adopts whatever its descendants leave behind (Linux), and ends the whole tree when the command has ended, when the
other end of its standard input says or closes, or when the agent is gone. There it also reports, in one line of JSON.
Standard library alone: python -I -S minder.py COMMAND...
"""

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time

GRACE_S = 1.0  # between asking processes to end and ending them
_PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    adopts = _adopt()
    control = socket.socket(fileno=os.dup(0))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # not ignored: that the command would inherit
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True, close_fds=True)
    except OSError as error:
        _report(control, {"error": f"{sys.argv[1]}: {error.strerror}"})
        return
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    os.dup2(1, 2)  # the command's output ends with the command's processes
    ended: dict[int, int] = {}
    while command.pid not in ended:
        ready, _, _ = select.select([woken, control.fileno()], [], [])
        if control.fileno() in ready:
            break
        os.read(woken, 4096)
        _reap(ended)
    left = [name for pid, name in _descendants() if pid != command.pid]
    _end(command.pid, adopts, ended)
    status = ended.get(command.pid)
    code = None if status is None else os.waitstatus_to_exitcode(status)
    _report(control, {"code": code, "left": left[:20], "count": len(left)})


def _adopt() -> bool:
    try:
        return bool(ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def _descendants() -> list[tuple[int, str]]:
    """All processes below this one that still run, as /proc tells."""
    parents: dict[int, list[tuple[int, str]]] = {}
    try:
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                stat = file.read(1024).decode(errors="replace")
        except OSError:
            continue
        name, _, rest = stat.partition("(")[2].rpartition(")")
        fields = rest.split()
        if len(fields) > 1 and fields[0] not in "ZX":
            parents.setdefault(int(fields[1]), []).append((pid, name))
    found: list[tuple[int, str]] = []
    new = parents.get(os.getpid(), [])
    while new:
        found += new
        new = [child for pid, _ in new for child in parents.get(pid, [])]
    return found


def _end(leader: int, adopts: bool, ended: dict[int, int]) -> None:
    """Asks all to end, waits a little, then ends them; until there are none, or none that this user may end."""
    if adopts and not _reap(ended):
        return
    _signal(leader, adopts, signal.SIGTERM, signal.SIGCONT)
    deadline = time.monotonic() + GRACE_S
    while _reap(ended) and time.monotonic() < deadline:
        time.sleep(0.01)
    deadline = time.monotonic() + GRACE_S * 5
    while time.monotonic() < deadline:
        _signal(leader, adopts, signal.SIGSTOP)  # so that none makes another meanwhile
        _signal(leader, adopts, signal.SIGKILL)
        if not _reap(ended):
            return
        time.sleep(0.01)


def _signal(leader: int, adopts: bool, *numbers: int) -> None:
    targets = [pid for pid, _ in _descendants()]
    for number in numbers:
        for pid in targets:
            try:
                os.kill(pid, number)
            except OSError:
                continue
        if not adopts or not targets:  # without /proc, too
            try:
                os.killpg(leader, number)
            except OSError:
                continue


def _reap(ended: dict[int, int]) -> bool:
    """Takes what has ended, with its status; whether there are children still."""
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return True
            ended[pid] = status
    except ChildProcessError:
        return False


def _report(control: socket.socket, facts: dict[str, object]) -> None:
    try:
        control.sendall(json.dumps(facts).encode() + b"\n")
    except OSError:
        return


if __name__ == "__main__":
    main()
