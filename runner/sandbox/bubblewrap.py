"""The command line of bubblewrap that makes a session's box, and what it says of the box it made."""

import json
import os
from pathlib import Path
from typing import Any

from runner.sandbox import view

PROGRAM, LEADER = "bwrap", "setsid"  # bubblewrap leaves the terminal alone; `setsid` gives it to the program
HOST_NAME = "agterm"
TEMPORARY = "/tmp"  # noqa: S108 - inside it is a folder of the session's own
RUN_BYTES = COVER_BYTES = 16 * 1024 * 1024
SHARED_BYTES = 256 * 1024 * 1024
_HEAD = (
    "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent",
    "--hostname", HOST_NAME, "--cap-drop", "ALL",
)  # fmt: skip


def arguments(spec: dict[str, Any]) -> list[str]:
    """What bubblewrap is told for a launch specification; paths are the same inside as outside.

    The environment is among it, and bubblewrap's own is another: whoever starts a session may name libraries to be
    loaded (LD_PRELOAD), and these must not be loaded before the walls stand.
    """
    told = [*_HEAD, *([] if spec["network"] == "open" else ["--unshare-net"])]
    told += view.binds_of_system()
    if spec["network"] == "open":
        told += ["--ro-bind-try", view.RESOLVER, view.RESOLVER]
    told += ["--proc", "/proc", "--dev", "/dev", "--size", str(SHARED_BYTES), "--perms", "1777", "--tmpfs", "/dev/shm"]  # noqa: S108
    told += ["--remount-ro", "/dev", *_temporary(spec)]
    told += ["--size", str(RUN_BYTES), "--tmpfs", "/run", "--dir", "/var", "--symlink", "../tmp", "/var/tmp"]  # noqa: S108
    for path, option in _mounts(spec):
        told += ["--size", str(COVER_BYTES), option, path] if option == "--tmpfs" else [option, path, path]
    told.append("--clearenv")
    for name, value in spec["env"].items():
        told += ["--setenv", name, value]
    return [*told, "--chdir", spec["cwd"], "--remount-ro", "/"]  # the last of all: `is_complete` waits for it


def _mounts(spec: dict[str, Any]) -> list[tuple[str, str]]:
    """`(path, option)`, what lies within another after it; our own data is covered where something holds it."""
    mounts = [(path, "--ro-bind-try") for path in (*spec["readable"], *(source[0] for source in spec["sources"]))]
    mounts += [(spec["cwd"], "--bind"), (spec["home"], "--bind"), (spec["temporary"], "--bind")]
    holders = [*view.SYSTEM, *spec["readable"], spec["cwd"]]
    for data in spec["data"]:
        if any(Path(data).is_relative_to(holder) for holder in holders):
            mounts += [(folder, "--bind") for folder in _between(spec["cwd"], data)]
            mounts.append((data, "--tmpfs"))
    return sorted(mounts, key=lambda mount: len(Path(mount[0]).parts))


def _between(outer: str, inner: str) -> list[str]:
    """Folders on the way from one to the other: a mount point can't be moved away, and so can't what it holds."""
    return [str(folder) for folder in Path(inner).parents if folder.is_relative_to(outer) and str(folder) != outer]


def command(
    spec: dict[str, Any], seccomp: int, info: int, block: int, argv: list[str], has_terminal: bool
) -> tuple[list[str], list[int]]:
    """The command, and the descriptors that it is to inherit.

    The arguments come in a descriptor too: a command line can be read by everybody on the machine.
    """
    told = b"".join(os.fsencode(argument) + b"\0" for argument in arguments(spec))
    descriptor = os.memfd_create("arguments", 0)
    os.write(descriptor, told)
    os.lseek(descriptor, 0, os.SEEK_SET)
    opened = {"--args": descriptor, "--seccomp": seccomp, "--info-fd": info, "--block-fd": block}
    options = [word for name, number in opened.items() for word in (name, str(number))]
    program, leader = spec["tools"]
    return [program, *options, "--", leader, "-c" if has_terminal else "--", *argv], list(opened.values())


def _temporary(spec: dict[str, Any]) -> list[str]:
    """For /tmp the session's own folder, on the disk, where it costs no memory.

    Unless others are mounted below it: where a session may write, no mount point can be trusted.
    """
    is_shared = any(Path(path).is_relative_to(TEMPORARY) for path, _option in _mounts(spec))
    return (
        ["--perms", "1777", "--size", str(SHARED_BYTES), "--tmpfs", TEMPORARY]
        if is_shared
        else ["--bind", spec["temporary"], TEMPORARY]
    )


def tools() -> tuple[str, str]:
    """Absolute paths of bubblewrap and setsid; raises `FileNotFoundError` naming what is not installed."""
    return view.system_program(PROGRAM), view.system_program(LEADER)


def is_complete(init: int) -> bool:
    """Whether all is mounted. Its root is the machine's until then; then an empty one that nobody can write to."""
    try:
        lines = Path(f"/proc/{init}/mountinfo").read_bytes().splitlines()
    except OSError:  # it is just going
        return False
    roots = (fields for line in lines if (fields := line.split())[4] == b"/")
    return any(b"tmpfs" in fields and b"ro" in fields[5].split(b",") for fields in roots)


def init_of(info: int) -> int | None:
    """The pid of process 1 of the box, from what bubblewrap writes; None when it ended without a word."""
    said = b""
    while not said.rstrip().endswith(b"}"):
        part = os.read(info, 4096)
        if not part:
            return None
        said += part
    return int(json.loads(said)["child-pid"])
