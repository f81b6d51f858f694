"""Attacks that a machine in use would feel: daemons that hide from it, a fork bomb and a memory hog with bounds."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.errors import AgtermError, SessionNotFound
from runner import client
from runner.attacks.decoys import AttackError, Decoys, wait_for
from runner.attacks.report import Outcome

PROCESSES, MEMORY_MB = 128, 192  # limits of the attacked runner's sessions
LIMITS = {"AGTERM_SESSION_PROCESSES": str(PROCESSES), "AGTERM_SESSION_MEMORY_MB": str(MEMORY_MB)}
HOG_ENDS_WITHIN_S = 20.0
# `@` is the session's mark, by which each is found afterwards.
DAEMONS = """
( setsid bash -c '(exec -a @ sleep 1001 &)' & )
( setsid env -i bash -c 'exec -a @ sleep 1002' & )
( trap '' HUP TERM INT QUIT; setsid bash -c 'while :; do sleep 1; done' @ & ) &
( setsid bash -c 'kill -STOP $BASHPID' @ & )
( nohup bash -c 'exec -a @ sleep 1003' >/dev/null 2>&1 & )
( exec 0<&- 1>&- 2>&-; setsid bash -c 'exec -a @ sleep 1004' & )
( cd /; setsid bash -c 'trap "" HUP TERM; (exec -a @ sleep 1005) & wait' @ & )
: > hidden
exec -a @ sleep 1006
"""
COMET = """
comet() { (sleep 0.005; comet) & exit; }
: > hidden
(comet &)
exec sleep 1007
"""
BOMB = """
import os, time
for count in range(1, %d):
    try: child = os.fork()
    except OSError: break
    if child == 0: time.sleep(1000); os._exit(0)
    open("forked", "w").write(str(count))
open("done", "x")
time.sleep(1000)
"""
HOG = """
import time
held = []
for step in range(1, %d):
    held.append(bytearray(8 << 20))
    held[-1][::4096] = b"x" * (2 << 10)
    open("held", "w").write(str(8 * step))
    time.sleep(0.05)
open("done", "x")
time.sleep(1000)
"""

Found = tuple[Outcome, str]


def attempts(start: Callable[[Decoys, str, list[str]], None], decoys: Decoys) -> dict[str, Found]:
    """All of them, one after the other. `start(decoys, session_id, arguments)` starts our Python in a session."""

    def python(code: str) -> str:
        session_id = str(uuid.uuid4())
        start(decoys, session_id, ["-c", code])
        return session_id

    return {
        "life55": _outlive(decoys, DAEMONS),
        "life56": _outlive(decoys, COMET),
        "life57": _bomb(decoys, python(BOMB % (3 * PROCESSES))),
        "life58": _hog(decoys, python(HOG % (3 * MEMORY_MB // 8))),
    }


def _shell(decoys: Decoys, script: str) -> str:
    session_id = str(uuid.uuid4())
    launch = {"argv": ["/bin/bash", "-c", script.replace("@", session_id), session_id]}
    client.call(decoys.address, "create", id=session_id, launch=launch, cols=80, rows=24)
    return session_id


def _outlive(decoys: Decoys, script: str) -> Found:
    session_id = _shell(decoys, script)
    wait_for("the daemons", (decoys.workspace(session_id) / "hidden").exists)
    before = len(_called(session_id))
    try:
        client.call(decoys.address, "remove", id=session_id)
    except AgtermError as error:
        return "open", error.message
    left = _called(session_id)
    return ("open", f"{len(left)} of them are left") if left else ("closed", f"none of {before} is left")


def _bomb(decoys: Decoys, session_id: str) -> Found:
    """It stops by itself at three times what a session may have."""
    workspace = decoys.workspace(session_id)
    wait_for("the fork bomb", (workspace / "done").exists)
    forked = int((workspace / "forked").read_text() or 0)
    other = _shell(decoys, "(true) && : > forked; sleep 1000")
    wait_for("a process of another session", (decoys.workspace(other) / "forked").exists)
    for each in (session_id, other):
        client.call(decoys.address, "remove", id=each)
    return ("open" if forked > PROCESSES else "closed"), f"it had {forked} processes, the limit is {PROCESSES}"


def _hog(decoys: Decoys, session_id: str) -> Found:
    """It stops by itself at three times what a session may have."""
    held = decoys.workspace(session_id) / "held"

    def is_over() -> bool:
        return _status(decoys, session_id) != "running"

    try:
        wait_for("the end of the memory hog", is_over, HOG_ENDS_WITHIN_S)
    except AttackError:
        return "open", f"it holds {held.read_text()} MiB, the limit is {MEMORY_MB}"
    finally:
        taken = held.read_text() if held.exists() else "?"
        client.call(decoys.address, "remove", id=session_id)
    if _status(decoys, decoys.other) != "running":
        return "open", "it took another session with it"
    return "closed", f"it was ended at {taken} MiB, the limit is {MEMORY_MB}"


def _status(decoys: Decoys, session_id: str) -> str:
    with suppress(SessionNotFound):
        return str(client.call(decoys.address, "get", id=session_id)["status"])
    return "gone"


def _called(mark: str) -> list[int]:
    """Live processes with the mark in their command line; the dead have none."""
    found = []
    for name in filter(str.isdigit, (path.name for path in Path("/proc").iterdir())):
        with suppress(OSError):
            if mark.encode() in Path(f"/proc/{name}/cmdline").read_bytes():
                found.append(int(name))
    return found
