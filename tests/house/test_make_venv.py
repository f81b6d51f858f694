"""A fresh machine gets an environment, or one line that says what it lacks; fake Pythons stand in for machines."""

import os
import subprocess

import pytest

FAKE = """#!/bin/sh
case "$*" in
  --version) echo "Python {version}";;
  *version_info*3,\\ 11*) exit {too_old};;
  *ensurepip*) exit {no_venv};;
  *version_info*) echo {version};;
  *"-m venv"*) mkdir -p "$4/bin"; printf '#!/bin/sh\\nexit 0\\n' > "$4/bin/python"; chmod +x "$4/bin/python";;
esac
"""


@pytest.fixture
def machine(tmp_path, root):
    """`machine(**pythons)`: runs the script where just these Pythons are on PATH; names with _ for the dot."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for program in ("sh", "mkdir", "chmod"):
        (tools / program).symlink_to(f"/bin/{program}")

    def run(**pythons):
        for name, (version, too_old, no_venv) in pythons.items():
            python = tools / name.replace("_", ".")
            python.write_text(FAKE.format(version=version, too_old=too_old, no_venv=no_venv))
            python.chmod(0o755)
        return subprocess.run(
            ["/bin/sh", root / "scripts" / "make_venv.sh", tmp_path / "env"],
            env={"PATH": str(tools)}, text=True, capture_output=True, check=False,
        )  # fmt: skip

    return run


def test_a_new_enough_python_makes_the_environment(machine, tmp_path):
    assert machine(python3_11=("3.11", 0, 0)).returncode == 0
    assert os.access(tmp_path / "env" / "bin" / "python", os.X_OK)


def test_a_second_time_nothing_is_done(machine):
    assert "new environment" in machine(python3_11=("3.11", 0, 0)).stdout
    assert machine().stdout == ""


def test_without_a_new_enough_python_it_says_so(machine):
    ended = machine(python3=("3.9", 1, 0))
    assert ended.returncode == 1
    assert "Python 3.11 or newer is needed" in ended.stderr


def test_without_the_venv_module_it_names_the_package(machine):
    ended = machine(python3=("3.12", 0, 1))
    assert ended.returncode == 1
    assert "apt-get install python3.12-venv" in ended.stderr


def test_a_python_that_can_is_preferred_to_one_that_lacks_venv(machine):
    ended = machine(python3_11=("3.11", 0, 1), python3_12=("3.12", 0, 0))
    assert ended.returncode == 0
    assert "Python 3.12" in ended.stdout
