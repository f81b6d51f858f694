"""Installs what a make target needs, unless it is there: .venv/bin/python scripts/install.py run|dev"""

import compileall
import hashlib
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
SETS = {"run": ("base.txt", "ui.txt"), "dev": ("base.txt", "ui.txt", "dev.txt")}
PIP = (sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input")
STAMPS = Path(sys.prefix) / ".agterm"  # gone with the environment, as it should be


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in SETS:
        sys.exit(f"usage: python scripts/install.py {'|'.join(SETS)}")
    if sys.prefix == sys.base_prefix:
        sys.exit("install: run me with the environment's own Python: .venv/bin/python")
    names = SETS[arguments[0]]
    once("requirements", names, "packages", [part for name in names for part in ("-r", str(REQUIREMENTS / name))])
    once("project", ("../pyproject.toml", "base.txt"), "AGTerm itself", ["--no-deps", "--editable", str(ROOT)])
    compile_modules()
    return 0


def compile_modules() -> None:
    """Once for all: the processes beside the server start often, and write no compiled modules themselves."""
    packages = [folder for folder in ROOT.iterdir() if (folder / "__init__.py").exists()]
    for package in packages:
        compileall.compile_dir(package, quiet=2)


def once(step: str, inputs: tuple[str, ...], what: str, arguments: list[str]) -> None:
    """Run pip unless every input is as it was when this step last succeeded; a larger set counts for a smaller one."""
    stamp = STAMPS / step
    wanted = [f"{name} {digest(REQUIREMENTS / name)}" for name in inputs]
    if stamp.exists() and set(wanted) <= set(stamp.read_text().splitlines()):
        return
    print(f"install: {what} into {Path(sys.prefix).name} …", flush=True)
    began = time.monotonic()
    if code := subprocess.run([*PIP, *arguments], check=False).returncode:
        sys.exit(f"install: pip failed ({code}); what it said stands above")
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text("\n".join(wanted))
    print(f"install: done in {time.monotonic() - began:.0f} s", flush=True)


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
