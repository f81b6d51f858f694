"""What the tests about the house look at: every file that belongs to the project, as git sees it."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", ".make", "node_modules", "build", "dist", "__pycache__"}


def project_files():
    """Tracked files and those that could be; without git, all but what .gitignore is known to leave out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        found = [ROOT / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in ROOT.rglob("*") if not NOT_OURS & set(path.relative_to(ROOT).parts)]
        found = [path for path in found if "static/app" not in path.as_posix() and ".egg-info" not in path.as_posix()]
    return [path for path in found if path.is_file()]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def files():
    return project_files()


@pytest.fixture(scope="session")
def python_files(files):
    """Written by people: without migrations and without empty package markers."""
    return [path for path in files if path.suffix == ".py" and "migrations" not in path.parts and path.stat().st_size]


@pytest.fixture(scope="session")
def source_files(python_files, files):
    return python_files + [path for path in files if path.suffix in (".ts", ".tsx", ".css", ".mjs")]


@pytest.fixture(scope="session")
def told(root):
    """`told(paths)`: paths as a person reads them in a failure."""
    return lambda paths: [str(path.relative_to(root)) for path in paths]
