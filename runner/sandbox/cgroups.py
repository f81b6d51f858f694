"""Control groups (version 2): limits on a session's memory and processes that hold, and an end for all of it at once.

Only where the machine has handed the runner a group of its own (systemd: `Delegate=yes`; a container with a writable
one). A group with limits may hold no process itself, so the runner moves into a leaf of it, and each session gets
another one.
"""

import contextlib
import errno
import os
import re
import secrets
import select
import time
from collections.abc import Iterator
from pathlib import Path

LEAF = "runner"
SESSION_PREFIX = "session-"
NEEDED, WELCOME = ("memory", "pids"), ("cpu",)
DELEGATED_MARKS = ("user.delegate", "trusted.delegate")  # what systemd puts on a group that it has handed over
MOVING_ROUNDS = 20  # a process may fork while it is being moved
END_LIMIT_S = 5.0

_reason = "nobody has asked yet"


class Delegation:
    """A control group that is ours, with the sessions' groups in it."""

    def __init__(self, top: Path) -> None:
        self.top = top

    def make(self, session_id: str, *, memory_bytes: int, processes: int) -> str:
        """A group for a program of a session and its path; zero: no limit. What the one before left is ended first.

        Each has a name of its own: a supervisor that comes late to its end has nothing to kill but its own program's.
        Raises `OSError` when a limit can't be set.
        """
        for before in self.top.glob(f"{SESSION_PREFIX}{session_id}.*"):
            if not self.end(str(before)):
                raise OSError(errno.EBUSY, f"the control group {before} does not come to its end")
        path = self.top / f"{SESSION_PREFIX}{session_id}.{secrets.token_hex(4)}"
        path.mkdir()
        try:
            if memory_bytes:
                (path / "memory.max").write_text(str(memory_bytes))
                with contextlib.suppress(OSError):  # a kernel without swap has no limit on it
                    (path / "memory.swap.max").write_text("0")
                (path / "memory.oom.group").write_text("1")
            if processes:
                (path / "pids.max").write_text(str(processes))
        except OSError:
            path.rmdir()
            raise
        return str(path)

    def end(self, path: str) -> bool:
        """Kill all that is in the group and remove it; True when it was seen to be empty. Waits for that."""
        is_empty = kill(path)
        if is_empty:
            with contextlib.suppress(OSError):  # what matters has been seen
                _remove(Path(path))
        return is_empty

    def end_all(self) -> None:
        """The groups of sessions that an earlier runner left."""
        for group in self.top.glob(f"{SESSION_PREFIX}*"):
            self.end(str(group))


def enter(path: str) -> None:
    """Put this process, and so all that it starts from now on, into the group."""
    Path(path, "cgroup.procs").write_text("0")


def kill(path: str) -> bool:
    """Everything that is in the group, at once; True when it was seen to be empty. Waits for that."""
    group = Path(path)
    try:
        (group / "cgroup.kill").write_text("1")
    except FileNotFoundError:
        return not group.exists()
    except OSError:
        return False
    return _until_empty(group)


def delegated(process: Path = Path("/proc/self")) -> Delegation | None:
    """The group that was handed to us, made ready for sessions; None, and `why_not` says why, where there is none.

    Moves this process, and whatever else is in that group, into its leaf.
    """
    global _reason
    try:
        top = _find(process)
        _claim(top)
    except OSError as error:
        _reason = error.strerror or str(error)
        return None
    _reason = ""
    delegation = Delegation(top)
    delegation.end_all()
    return delegation


def why_not() -> str:
    """Why `delegated` gave nothing; empty when it gave something."""
    return _reason


# --- where it is -----------------------------------------------------------------------------------------------------


def _find(process: Path) -> Path:
    own = _own_group(process)
    top = own.parent if own.name == LEAF and _may_write(own.parent) else own
    try:
        controllers = (top / "cgroup.controllers").read_text().split()
    except OSError as error:
        raise _refused(f"the control group {top} can't be read: {os.strerror(error.errno or 0)}") from None
    if lacking := [name for name in NEEDED if name not in controllers]:
        raise _refused(f"the control group {top} has no {' and no '.join(lacking)} controller")
    if not (top / "cgroup.events").exists():
        raise _refused("the runner is in the machine's root control group, which is nobody's to divide")
    if not _may_write(top):
        raise _refused(f"the control group {top} is not ours to write (systemd: Delegate=yes)")
    if not _is_handed_over(top, process):
        raise _refused(f"the control group {top} has others' processes and was not handed over (systemd: Delegate=yes)")
    return top


def _own_group(process: Path) -> Path:
    """Where this process's group is seen in the file system."""
    found = re.search(r"^0::(/.*)$", (process / "cgroup").read_text(), re.MULTILINE)
    mounts = list(_mounts(process))
    if found is None or not mounts:
        raise _refused("this machine has no control groups of version 2")
    for root, where in mounts:
        if not found[1].startswith("/..") and Path(found[1]).is_relative_to(root):
            return where / Path(found[1]).relative_to(root)
    raise _refused("the runner's control group can't be seen from here")


def _mounts(process: Path) -> Iterator[tuple[str, Path]]:
    """(what is its root, where it is) of each mount of version 2."""
    for line in (process / "mountinfo").read_text().splitlines():
        fields, _, kind = line.partition(" - ")
        if kind.startswith("cgroup2 "):
            root, where = (re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), field) for field in fields.split()[3:5])
            yield root, Path(where)


def _may_write(group: Path) -> bool:
    files = (group, group / "cgroup.procs", group / "cgroup.subtree_control")
    return all(os.access(file, os.W_OK) for file in files)


def _is_handed_over(top: Path, process: Path) -> bool:
    """Marked so by systemd, the top of a container's own tree, or with no process in it but us and ours."""
    with contextlib.suppress(OSError):
        if any(name in DELEGATED_MARKS and os.getxattr(top, name) == b"1" for name in os.listxattr(top)):
            return True
    if any(root == "/" and where == top for root, where in _mounts(process)):
        return True
    return all(_is_ours(pid) for pid in _processes(top))


def _is_ours(pid: int) -> bool:
    """This process or one below it."""
    while pid > 1:
        if pid == os.getpid():
            return True
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            return True  # gone meanwhile
    return False


def _processes(group: Path) -> list[int]:
    return [int(pid) for pid in (group / "cgroup.procs").read_text().split()]


def _refused(reason: str) -> OSError:
    return OSError(errno.ENOTSUP, reason)


# --- making it ready -------------------------------------------------------------------------------------------------


def _claim(top: Path) -> None:
    """Move what is in it into the leaf, then hand its controllers on to the groups below. Raises `OSError`."""
    leaf = top / LEAF
    leaf.mkdir(exist_ok=True)
    try:
        _move(top, leaf)
        available = (top / "cgroup.controllers").read_text().split()
        wanted = [name for name in (*NEEDED, *WELCOME) if name in available]
        (top / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in wanted))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise _refused(f"the control group {top} can't be divided: {reason}") from None


def _move(source: Path, leaf: Path) -> None:
    for _ in range(MOVING_ROUNDS):
        pids = _processes(source)
        if not pids:
            return
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                (leaf / "cgroup.procs").write_text(str(pid))
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


# --- the end of a group ----------------------------------------------------------------------------------------------


def _until_empty(group: Path) -> bool:
    deadline = time.monotonic() + END_LIMIT_S
    with (group / "cgroup.events").open("rb", buffering=0) as events:
        changes = select.poll()
        changes.register(events, select.POLLPRI)
        while b"populated 0" not in os.pread(events.fileno(), 256, 0):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            changes.poll(left * 1000)
    return True


def _remove(group: Path) -> None:
    """With the groups that were made inside."""
    for inner in group.iterdir():
        if inner.is_dir():
            _remove(inner)
    group.rmdir()
