"""Imports point down, and the runner knows no Django: the contracts of pyproject.toml hold and cover every room."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def linter(root):
    return tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]


def test_the_contracts_hold(root):
    command = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([command, "--no-cache"], cwd=root, text=True, capture_output=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_room_stands_outside_the_layers(python_files, root, linter):
    places = {path.relative_to(root).parts[0] for path in python_files if path.name == "__init__.py"}
    layered = {room.strip() for layer in linter["contracts"][0]["layers"] for room in layer.split("|")}
    assert places - {"bench"} == layered == set(linter["root_packages"])


def test_the_layers_are_the_ones_the_documents_tell(root, linter):
    picture = " → ".join(linter["contracts"][0]["layers"])
    for document in ("CONTRIBUTING.md", "docs/architecture.md"):
        assert picture in (root / document).read_text(), f"{document} does not say {picture}"
