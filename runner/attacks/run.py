"""An attack run: a session that tries everything, then what only somebody outside can say."""

import json
import os
import socket
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from runner import client
from runner.attacks import heavy
from runner.attacks.catalogue import ATTACKS, HEAVY, NOT_BUILT, Attack, Conditions
from runner.attacks.decoys import AttackError, Decoys, wait_for
from runner.attacks.inside.network import CONFIRM
from runner.attacks.report import Outcome, Report, Result
from runner.sandbox import landlock, linux

INSIDE = Path(__file__).parent / "inside"
TIMEOUT_S = 120.0
DIES_WITHIN_S = 1.0
KILL_PARENTS = """
import os, signal, time
input()
for pid in {os.getppid(), 1}:
    try: os.kill(pid, signal.SIGKILL)
    except OSError as error: print(error)
open("tried", "x")
time.sleep(1000)
"""


def run(command: Sequence[str], environment: Mapping[str, str], level: str, *, with_heavy: bool = False) -> Report:
    """Make every attack in a session of `level` (or auto), of a runner that `command` and `environment` start.

    `with_heavy`: also those that a machine in use would feel for some seconds.
    Raises `AttackError` when the run could not be made, also when the session is of another level than was asked for.
    """
    began = time.monotonic()
    limits = heavy.LIMITS if with_heavy else {}
    with Decoys(command, {**environment, **limits, "AGTERM_ISOLATION": level}) as decoys:
        isolation = _isolation(decoys)
        if level not in ("auto", isolation["level"]):
            raise AttackError(f"level {level} was asked for, and the session got {isolation['level']}")
        conditions = Conditions(isolation["level"], isolation.get("network", "open"), os.geteuid() == 0, landlock.abi())
        found = _from_inside(decoys) | {"pr08": _kill_the_supervisor(decoys)}
        if with_heavy:
            found |= heavy.attempts(_start, decoys)
    made = (*ATTACKS, *HEAVY) if with_heavy else ATTACKS
    results = [_result(attack, found, conditions) for attack in made]
    results += [Result(attack, "unverified", why) for attack, why in NOT_BUILT]
    return Report(conditions, results, round((time.monotonic() - began) * 1000))


def _isolation(decoys: Decoys) -> dict[str, Any]:
    info = client.call(decoys.address, "get", id=decoys.other)
    isolation: dict[str, Any] = info["isolation"]
    return isolation


def _result(attack: Attack, found: Mapping[str, tuple[Outcome, str]], conditions: Conditions) -> Result:
    outcome, detail = found.get(attack.id, ("unverified", "the session did not come to it"))
    return Result(attack, outcome, detail, attack.known(conditions) if outcome == "open" else "")


def _from_inside(decoys: Decoys) -> dict[str, tuple[Outcome, str]]:
    session_id, port = str(uuid.uuid4()), _free_port()
    targets = decoys.targets([attack.id for attack in ATTACKS if attack.id != "pr08"]) | {"free_port": port}
    files = {f"inside/{path.name}": path.read_text() for path in INSIDE.glob("*.py")}
    _start(decoys, session_id, ["-B", "-m", "inside"], files | {"targets.json": json.dumps(targets)})
    results = decoys.workspace(session_id) / "results.jsonl"

    def is_over() -> bool:
        if client.call(decoys.address, "get", id=session_id)["status"] == "exited":
            said = client.call(decoys.address, "text", id=session_id)
            raise AttackError(f"the attacks ended early: {said.get('text', said)!s:.2000}")
        return results.exists() and results.read_text().endswith('{"end": true}\n')

    wait_for("the attacks", is_over, TIMEOUT_S)
    lines = [json.loads(line) for line in results.read_text().splitlines()[:-1]]
    found: dict[str, tuple[Outcome, str]] = {line["id"]: (line["outcome"], line["detail"]) for line in lines}
    if found["net08"][0] == "open":
        found["net08"] = _is_deceived(port)
    client.call(decoys.address, "remove", id=session_id)
    return found


def _start(decoys: Decoys, session_id: str, arguments: Sequence[str], files: Mapping[str, str] | None = None) -> None:
    """The Python that runs us, which is made readable for the session where it is no part of the system."""
    launch = {
        "argv": [str(Path(sys.executable).resolve()), *arguments],
        "env": {"DOOR": "@AGTERM_DOOR@"},
        "readable": [sys.base_prefix],
        "workspace_files": dict(files or {}),
    }
    client.call(decoys.address, "create", id=session_id, launch=launch, cols=80, rows=24)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_deceived(port: int) -> tuple[Outcome, str]:
    """Whether somebody on the machine who looks for a service finds the session instead."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            if line.recv(100) == CONFIRM.encode():
                return "open", "the machine finds the session at a port of its own"
    except OSError as error:
        return "closed", f"outside nobody is found there: {error.strerror}"
    return "closed", "outside somebody else is found there"


def _kill_the_supervisor(decoys: Decoys) -> tuple[Outcome, str]:
    """From within a session of its own, and then a look whether all that guards it is alive."""
    session_id = str(uuid.uuid4())
    before = set(linux.descendants(decoys.runner_pid))
    _start(decoys, session_id, ["-B", "-c", KILL_PARENTS])
    guards = [pid for pid in linux.descendants(decoys.runner_pid) if pid not in before and _is_guard(pid)]
    client.call(decoys.address, "write", id=session_id, data="\n")
    tried = decoys.workspace(session_id) / "tried"
    # One that succeeds may end the attacker before it can say that it has tried.
    wait_for("the attack on its supervisor", lambda: tried.exists() or not all(map(_is_alive, guards)))
    deadline = time.monotonic() + DIES_WITHIN_S
    while all(map(_is_alive, guards)) and time.monotonic() < deadline:
        time.sleep(0.02)
    dead = [pid for pid in guards if not _is_alive(pid)]
    client.call(decoys.address, "remove", id=session_id)
    if not guards:
        return "unverified", "no supervisor was found"
    return ("open", "the supervisor is dead") if dead else ("closed", f"all {len(guards)} guards are alive")


def _is_guard(pid: int) -> bool:
    """Supervisors are forks of the spawner; bubblewrap guards a box too."""
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        return b"runner.spawner" in command or command.partition(b"\0")[0].endswith(b"bwrap")
    return False


def _is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1] not in (b"Z", b"X")
    return False
