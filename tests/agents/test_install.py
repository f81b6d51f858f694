"""Installing a CLI: whole or not at all, pinned, without root."""

import json
import os
import subprocess
import threading

import pytest
from support.agents import write_install

from agents import discovery, install, node, registry
from agents.declaration import Agent, Package
from agents.install import InstallError

# a fake npm: an ordinary program that puts down what `CASE` says
NPM = """#!/bin/sh
echo "$@" >> "$NPM_LOG"
while [ "$1" != --prefix ]; do shift; done
folder="$2/node_modules/tiny"
mkdir -p "$folder"
case "$NPM_CASE" in
  unreachable) echo "npm error code ENOTFOUND" >&2; exit 1;;
  unknown) echo "npm error code ETARGET" >&2; exit 1;;
  empty) exit 0;;
  broken) printf '#!/bin/sh\\necho no >&2; exit 3\\n' > "$folder/tiny";;
  *) printf '#!/bin/sh\\necho "tiny 1.2.3 as $(id -u)" | tee "$HOME/x"\\n' > "$folder/tiny";;
esac
chmod 700 "$folder"
"""


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """The machine's npm is a small program; `npm("broken")` chooses what it does, `npm.log` is what it was asked."""
    tool = tmp_path / "tools" / "npm"
    tool.parent.mkdir()
    tool.write_text(NPM)
    tool.chmod(0o755)
    monkeypatch.setenv("NPM_LOG", str(tmp_path / "npm.log"))
    monkeypatch.setattr(node, "obtain", lambda home, report: node.Node("/usr/bin/env", (str(tool),), False))
    tiny = Agent(
        id="tiny", name="Tiny", icon="t", color="#123456", welcome="", command="tiny", executables=("tiny",),
        packages={discovery.this_platform(): Package(specs=("tiny@1.2.3",), executable="tiny/tiny")},
    )  # fmt: skip
    monkeypatch.setattr(registry, "_agents", lambda: {"tiny": tiny})
    monkeypatch.setattr(registry, "reload", lambda: None)

    def choose(case):
        monkeypatch.setenv("NPM_CASE", case)

    choose.log = tmp_path / "npm.log"
    return choose


def leftovers(home):
    return [p.name for p in (home / "agents").iterdir() if p.name != ".lock"]


def test_an_install_is_checked_recorded_and_open_to_every_user(npm, config):
    lines = []
    found = install.install("tiny", config.home, lines.append)
    assert found.version == "1.2.3"
    assert any("Fetching tiny@1.2.3" in line for line in lines)
    program = config.home / "agents" / "tiny" / "node_modules" / "tiny" / "tiny"
    assert found.path == str(program)
    assert program.stat().st_mode & 0o777 == 0o755
    assert program.parent.stat().st_mode & 0o777 == 0o755
    assert leftovers(config.home) == ["tiny"]


def test_scripts_of_packages_never_run(npm, config):
    install.install("tiny", config.home, lambda line: None)
    asked = npm.log.read_text()
    assert "--ignore-scripts" in asked
    assert asked.split()[-1] == "tiny@1.2.3"


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("unreachable", "registry can't be reached"),
        ("unknown", "does not have this version"),
        ("empty", "holds no tiny/tiny"),
        ("broken", "does not run"),
    ],
)
def test_a_failed_install_says_why_and_leaves_nothing(npm, config, case, said):
    npm(case)
    with pytest.raises(InstallError, match=said):
        install.install("tiny", config.home, lambda line: None)
    assert leftovers(config.home) == []
    assert discovery.installed("tiny", config.home) is None


def test_a_failed_install_leaves_the_older_one_in_place(npm, config):
    write_install(config.home, "tiny", version="0.9.0")
    npm("broken")
    with pytest.raises(InstallError):
        install.install("tiny", config.home, lambda line: None)
    assert discovery.installed("tiny", config.home).version == "0.9.0"


def test_a_newer_install_replaces_the_older_one(npm, config):
    write_install(config.home, "tiny", version="0.9.0")
    assert install.install("tiny", config.home, lambda line: None).version == "1.2.3"
    assert leftovers(config.home) == ["tiny"]


def test_two_installs_at_once_both_end_well(npm, config):
    found = []

    def run():
        found.append(install.install("tiny", config.home, lambda line: None))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [f.version for f in found] == ["1.2.3", "1.2.3"]


def test_what_a_killed_install_left_looks_like_nothing_and_is_swept_away(npm, config):
    left = config.home / "agents" / ".tiny-killed" / "stage" / "node_modules" / "tiny"
    left.mkdir(parents=True)
    assert discovery.installed("tiny", config.home) is None
    install.install("tiny", config.home, lambda line: None)
    assert leftovers(config.home) == ["tiny"]


def test_uninstalling_takes_it_away(npm, config):
    install.install("tiny", config.home, lambda line: None)
    assert install.uninstall("tiny", config.home)
    assert not install.uninstall("tiny", config.home)
    assert discovery.installed("tiny", config.home) is None


def test_an_agent_without_packages_can_not_be_installed(config):
    with pytest.raises(InstallError, match="Shell can't be installed"):
        install.install("shell", config.home, lambda line: None)


def test_a_node_that_is_too_old_is_not_used(tmp_path, monkeypatch):
    for name, text in (("node", "echo v18.1.0"), ("npm", "echo 10")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(discovery, "search_path", lambda: [str(tmp_path)])
    assert node.of_machine() is None


def test_without_node_one_is_fetched_and_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(discovery, "search_path", list)
    lines = []
    got = node.obtain(tmp_path, lines.append)
    assert got.is_ours
    assert "fetching one" in lines[0]
    assert subprocess.run([*got.npm, "--version"], capture_output=True, check=True, env={"HOME": str(tmp_path)}).stdout
    assert node.obtain(tmp_path, lines.append) == got


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try another user")
def test_the_check_runs_as_an_ordinary_user(npm, config, monkeypatch):
    records = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: records.append(run(*a, **k)) or records[-1])
    install.install("tiny", config.home, lambda line: None)
    assert "as 65534" in records[-1].stdout
    assert json.loads((config.home / "agents/tiny/installed.json").read_text())["version"] == "1.2.3"
