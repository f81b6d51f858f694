"""The Makefile says what it can, the README promises nothing else, and the scripts at least parse."""

import os
import re
import subprocess

import pytest
from click.testing import CliRunner

from agterm.cli import command

TARGETS = {"help", "run", "test", "check", "bench", "soak", "lint", "types", "fmt", "ui", "docs"}


@pytest.fixture(scope="module")
def help_text(root):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make"], cwd=root, env=clean, text=True, capture_output=True, check=True).stdout


def test_make_alone_lists_every_target(help_text):
    assert set(re.findall(r"^ +make (\w+) +\S", help_text, re.MULTILINE)) == TARGETS


def test_every_make_command_in_a_document_exists(files, root):
    promised = set()
    for path in (path for path in files if path.suffix == ".md"):
        code = re.findall(r"```sh\n(.*?)```|`([^`\n]+)`", path.read_text(), re.DOTALL)
        promised |= set(re.findall(r"(?:^|\s)make ([a-z]+)", "\n".join("".join(pair) for pair in code)))
    assert {"run", "test"} <= promised <= TARGETS


def test_every_agterm_command_in_a_document_exists(files):
    for path in (path for path in files if path.suffix == ".md"):
        for name, sub in re.findall(r"[`/]agterm ([a-z]+)(?: ([a-z]+))?", path.read_text()):
            group = command.get_command(None, name)
            assert group, f"{path.name}: there is no `agterm {name}`"
            assert not sub or not hasattr(group, "commands") or sub in group.commands, f"{path.name}: {name} {sub}"


def test_every_command_says_what_it_does():
    for name in command.commands:
        said = CliRunner().invoke(command, [name, "--help"])
        assert said.exit_code == 0
        assert len(said.output.splitlines()) > 3


def test_ci_runs_the_checks_and_the_test_command_of_the_readme(root):
    script = (root / ".ci" / "run").read_text()
    assert script.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in script
    assert all(re.search(rf"^{line} </dev/null$", script, re.MULTILINE) for line in ("make check", "make test"))
    assert os.access(root / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize(("shell", "script"), [("bash", ".ci/run"), ("sh", "scripts/make_venv.sh")])
def test_shell_scripts_parse(root, shell, script):
    subprocess.run([shell, "-n", script], cwd=root, check=True)
