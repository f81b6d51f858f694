"""What of the machine a session sees: the system's programs, a few files of /etc, toolchains; nothing else."""

import errno
import functools
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/snap")
ETC = (
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ssl", "ca-certificates", "pki", "alternatives", "passwd", "group",
    "nsswitch.conf", "hosts", "gai.conf", "services", "protocols", "bash.bashrc", "profile", "profile.d", "zsh",
    "localtime", "timezone", "gitconfig", "terminfo", "inputrc", "mime.types", "os-release", "debian_version", "shells",
)  # fmt: skip
DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "ptmx")
RESOLVER = "/etc/resolv.conf"  # only for who may ask it
PASSWD = Path("/etc/passwd")
_SYSTEM_PROGRAMS = (*os.defpath.split(os.pathsep), "/usr/local/bin", "/run/current-system/sw/bin")
_NO_TOOLCHAIN = (".local", ".cargo", "go")  # prefixes that hold somebody's data beside programs
_SHIMS = "shims"  # scripts that need the whole of a version manager to find out which program they stand for


def is_system(path: str | Path) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in SYSTEM)


@functools.cache
def system_program(name: str) -> str:
    """The absolute path of a program that we start ourselves.

    Never by PATH, which may name a folder where sessions can put programs. Raises `FileNotFoundError`.
    """
    found = shutil.which(name, path=os.pathsep.join(_SYSTEM_PROGRAMS))
    if found is None:
        raise FileNotFoundError(errno.ENOENT, f"{name} is not installed")
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    """One folder of PATH as it was at the start."""

    folder: str
    shown: str | None  # what sessions must be able to read for it; None: the system's folders hold it
    identities: dict[str, tuple[int, int] | None]

    def is_the_same(self) -> bool:
        return all(identity is not None and _identity(path) == identity for path, identity in self.identities.items())


class Toolchains:
    """PATH as sessions have it, looked at once: what a link leads to later, nobody but a session may have said.

    A folder `…/bin` stands for its toolchain (`…`) where that is one. Left out is what would show our own data, our
    virtual environment or somebody's HOME, and from when on another folder or link stands there than at the start.
    The Python that runs us comes first when the machine's own lies where sessions can't go.
    """

    def __init__(self, path: str, hidden: Sequence[Path], further: Sequence[Path] = ()) -> None:
        """`hidden`: folders of our own, neither shown, nor what holds them; `further`: to be shown besides."""
        self._further = {str(folder): (_identity(str(folder)), _followed(folder)) for folder in further}
        self._hidden = [_followed(folder) for folder in hidden]
        self._left_out = [*self._hidden, *_own_environment()]
        self._homes = _homes()
        found = [self._entry(folder) for folder in (*_python(), *path.split(os.pathsep))]
        first: dict[str, _Entry] = {}
        for entry in found:
            if entry is not None:
                first.setdefault(entry.folder, entry)
        self._entries = list(first.values())

    def folders(self) -> list[str]:
        """For PATH, links resolved."""
        return [entry.folder for entry in self._entries if entry.is_the_same()]

    def readable(self) -> list[str]:
        """What lies beyond the system's folders and must be readable, links resolved."""
        shown = [entry.shown for entry in self._entries if entry.shown is not None and entry.is_the_same()]
        now = {folder: (_identity(folder), _followed(Path(folder))) for folder in self._further}
        return list(dict.fromkeys([*shown, *(name for name, facts in self._further.items() if now[name] == facts)]))

    def _entry(self, folder: str) -> _Entry | None:
        real = _resolved(folder)
        if real is None or real.name == _SHIMS or any(real.is_relative_to(own) for own in self._left_out):
            return None
        shown = None if is_system(real) else self._shown(real)
        if shown is None and not is_system(real):
            return None
        watched = [str(real), *([str(shown)] if shown else []), *([folder] if Path(folder).is_symlink() else [])]
        return _Entry(str(real), str(shown) if shown else None, {path: _identity(path) for path in watched})

    def _shown(self, folder: Path) -> Path | None:
        """The toolchain that the folder is the `bin` of, else the folder itself; None where neither may be seen."""
        prefix = folder.parent
        is_whole = folder.name == "bin" and (prefix / "lib").is_dir() and prefix.name not in _NO_TOOLCHAIN
        return next((shown for shown in (*([prefix] if is_whole else []), folder) if self._may_be_seen(shown)), None)

    def _may_be_seen(self, shown: Path) -> bool:
        is_ours = any(shown.is_relative_to(own) or own.is_relative_to(shown) for own in self._hidden)
        return not is_ours and not any(private.is_relative_to(shown) for private in self._homes)


def _resolved(folder: str) -> Path | None:
    """None for what is missing, no folder, relative (which is another folder for each program), or not for PATH."""
    try:
        real = Path(folder).resolve(strict=True) if Path(folder).is_absolute() else None
        return real if real is not None and real.is_dir() and os.pathsep not in str(real) else None
    except (OSError, RuntimeError):
        return None


def _identity(path: str) -> tuple[int, int] | None:
    """Of the folder or of the link itself; None when nothing is there."""
    try:
        facts = os.lstat(path)
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def _homes() -> list[Path]:
    """Everybody's HOME, and what in it holds data beside programs."""
    lines = PASSWD.read_text(errors="replace").splitlines() if PASSWD.exists() else []
    named = [fields[5] for line in lines if len(fields := line.split(":")) > 5 and fields[5].startswith("/")]
    homes = [Path(home) for home in dict.fromkeys([*named, str(Path.home())])]
    return [_followed(path) for home in homes for path in (home, *(home / name for name in _NO_TOOLCHAIN))]


def _followed(path: Path) -> Path:
    """Links resolved as far as that goes."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path


def _own_environment() -> list[Path]:
    """Our virtual environment, whose programs are the server's and not the sessions'."""
    return [_followed(Path(sys.prefix))] if sys.prefix != sys.base_prefix else []


def _python() -> list[str]:
    found = shutil.which("python3", path=os.defpath)
    return [] if found else [str(Path(sys.base_prefix) / "bin")]


def existing(paths: Iterable[str | Path], hidden: Sequence[Path] = (), installed: Sequence[Path] = ()) -> list[str]:
    """Those that are there and that the system's folders don't hold already, none twice.

    Nothing in `hidden` but what is in `installed`, and no link to what holds it.
    """
    shown = (path for path in paths if not is_system(path) and Path(path).exists())
    return list(dict.fromkeys(str(path) for path in shown if not _leads_to(Path(path), hidden, installed)))


def _leads_to(path: Path, hidden: Sequence[Path], installed: Sequence[Path]) -> bool:
    real = _followed(path)
    if any(real.is_relative_to(own) for own in installed):
        return False
    holds = real != path and any(own.is_relative_to(real) for own in hidden)
    return holds or any(real.is_relative_to(own) for own in hidden)


def binds_of_system() -> list[str]:
    """bubblewrap's arguments for `SYSTEM` and `ETC`; a folder that is a link here (`/bin`) is one inside."""
    arguments: list[str] = []
    for folder in SYSTEM:
        if Path(folder).is_symlink():
            arguments += ["--symlink", os.readlink(folder), folder]
        elif Path(folder).is_dir():
            arguments += ["--ro-bind", folder, folder]
    arguments += ["--dir", "/etc"]
    for name in ETC:
        arguments += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return arguments
