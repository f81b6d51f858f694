"""Finds the program of ours that runs in sessions, and what of our own Python environment it has to read there.

A session sees nothing of the environment that the server runs in. For this one program it is shown, to be read only,
the environment's packages and programs, the Python that they are for where that is none of the system's, and the
program's own package where an "editable" install left it in the project's folder. Nothing else of that folder.
"""

import compileall
import functools
import os
import site
import stat
import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from agents.discovery import Found
from agterm_agent import events
from runner.sandbox import mounts, view

PACKAGE = Path(events.__file__).parent
ANEW = "Install AGTerm anew"


def find(name: str, home: Path) -> Found | None:
    """The program, unless something keeps it from being used in a session (`obstacle`)."""
    if obstacle(name, home):
        return None
    _compile()
    return Found(str(_script(name)), metadata.version("agterm"), readable=tuple(map(str, needed())))


def obstacle(name: str, home: Path) -> str | None:
    """Why no session can run the program, and what would help; None when they can. `home`: AGTERM_HOME."""
    script = _script(name)
    if not script.is_file():
        return f"{script} is not there. {ANEW}: make run, or pip install in its virtual environment"
    if site.ENABLE_USER_SITE and PACKAGE.is_relative_to(site.getusersitepackages()):
        return f"{PACKAGE} is for one user's programs alone. {ANEW}, in a virtual environment"
    inside = next((path for path in needed() if path.resolve().is_relative_to(home.resolve())), None)
    if inside:
        return f"{inside} lies in AGTERM_HOME, which no session sees. {ANEW}, elsewhere"
    return _closed([script, *needed()]) if os.geteuid() == 0 else None


def command(script: str) -> list[str]:
    """How the program is started: nothing that a workspace or a caller's environment says is loaded into it."""
    return [sys.executable, "-I", script]


@functools.cache
def needed() -> tuple[Path, ...]:
    """Files and folders beyond the system's that the program reads of our installation."""
    paths = sysconfig.get_paths()
    packages = [Path(paths[name]) for name in ("purelib", "platlib")]
    told = [Path(sys.prefix, "pyvenv.cfg"), Path(paths["scripts"]), *packages, *_python()]
    if not any(PACKAGE.is_relative_to(folder) for folder in packages):
        told.append(PACKAGE)
    return tuple(path for path in dict.fromkeys(told) if path.exists() and not view.is_system(path))


@functools.cache
def _compile() -> None:
    """Nobody compiles an "editable" install beforehand, and a session may not write: each start would do it again."""
    compileall.compile_dir(PACKAGE, quiet=2)


def _script(name: str) -> Path:
    return Path(sysconfig.get_path("scripts"), name)


def _python() -> Iterator[Path]:
    """The programs and libraries of the Python that our environment is made from, by each path that leads there."""
    program = Path(sys.executable)
    for _ in range(16):
        if not program.is_symlink():
            break
        program = program.parent / program.readlink()
        yield Path(os.path.normpath(program.parent))
    for prefix in (sys.base_prefix, sys.base_exec_prefix):
        for folder in (Path(prefix), Path(prefix).resolve()):
            yield from (folder / name for name in ("bin", "lib", "lib64"))


def _closed(paths: list[Path]) -> str | None:
    """What the sessions' own users can't read, where each session has one. Folders above are opened to them."""
    for path in paths:
        mode = path.stat().st_mode
        wanted = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) else 0)
        if mode & wanted != wanted:
            return f"{path} can't be read by the sessions' users: chmod -R o+rX {path}"
    closed = next((above for path in paths if (above := mounts.closed_ancestor(path))), None)
    return f"{closed} is closed to the sessions' users{why}. {ANEW}, elsewhere" if closed and (why := _why()) else None


@functools.cache
def _why() -> str:
    """Why nobody here can open a closed folder to them; empty when we can."""
    try:
        mounts.can_mount()
    except OSError as error:
        return f", and mounting is not allowed here ({error.strerror})"
    return ""
