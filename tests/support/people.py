"""An ordinary user of the machine, and a Python with our code that he may run, for tests that begin as root."""

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from support.server import ROOT

VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
INTERPRETERS = (Path(sys.executable).resolve(), Path("/usr/bin") / VERSION, Path("/usr/local/bin") / VERSION)


class OrdinaryUser:
    """A real account, made for the tests and removed after them; ourselves when we are no root.

    `python`: an interpreter that he can run and that knows our packages; None when this machine has none.
    """

    def __init__(self) -> None:
        self.name = f"agterm-test-{os.getpid()}"
        self.folder = Path(tempfile.mkdtemp(prefix="agterm-user-"))
        self.folder.chmod(0o755)
        self.home = self.folder / "home"
        self.python: Path | None = None
        self._account: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self.home.mkdir(mode=0o700)
        if os.geteuid() != 0:
            self.python = Path(sys.executable)
            return self
        self._make_account()
        account = pwd.getpwnam(self.name)
        self._account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        os.chown(self.home, account.pw_uid, account.pw_gid)
        self.python = self._make_python()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._account:
            subprocess.run(["userdel", self.name], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_account(self) -> None:
        command = ["useradd", "--no-create-home", "--home-dir", str(self.home), "--shell", "/bin/bash", self.name]
        subprocess.run(command, check=True, capture_output=True)

    def _make_python(self) -> Path | None:
        """A virtual environment of links, or of copies where what is linked lies in somebody's closed folder."""
        interpreter = next((path for path in INTERPRETERS if self.may_read(path)), None)
        if interpreter is None:
            return None
        venv = self.folder / "venv"
        packages = venv / "lib" / VERSION / "site-packages"
        packages.parent.mkdir(parents=True)
        (venv / "bin").mkdir()
        (venv / "pyvenv.cfg").write_text(f"home = {interpreter.parent}\ninclude-system-site-packages = false\n")
        (venv / "bin" / "python").symlink_to(interpreter)
        site = Path(sysconfig.get_path("purelib"))
        if self.may_read(site) and self.may_read(ROOT / "agterm"):
            packages.symlink_to(site)
        else:
            shutil.copytree(site, packages, ignore=shutil.ignore_patterns("__pycache__", "__editable__*", "*.pth"))
            for package in (folder for folder in ROOT.iterdir() if any(folder.glob("*.py"))):
                shutil.copytree(package, packages / package.name, ignore=shutil.ignore_patterns("__pycache__"))
        return venv / "bin" / "python"

    def may_read(self, path: Path) -> bool:
        test = subprocess.run(["test", "-r", str(path)], **self._account, check=False)
        return test.returncode == 0

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """What his shell would give a program, and `more`."""
        kept = {name: os.environ[name] for name in ("LANG", "TZ") if name in os.environ}
        return {**kept, "PATH": os.defpath, "HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1", **more}

    def run(
        self, *arguments: str, environment: Mapping[str, str], timeout_s: float
    ) -> "subprocess.CompletedProcess[str]":
        """Run our Python as him."""
        assert self.python is not None
        return subprocess.run(
            [str(self.python), "-P", *arguments],
            env=self.environment(environment), cwd="/", text=True, capture_output=True, timeout=timeout_s, check=False,
            **self._account,
        )  # fmt: skip
