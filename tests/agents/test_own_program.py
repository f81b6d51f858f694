"""Our own agent's program: where it is, what keeps it from a session, and that a session sees it and nothing beside."""

import sys
from pathlib import Path

import pytest
from support.server import ROOT, RunnerProcess

from agents import own_program, registry, services

AGENT = registry.get("agterm")
LOOK = """
import importlib, os, sys
import agterm_agent.events
print("isolated", sys.flags.isolated)
for name in ("core", "runner", "agents"):
    try:
        importlib.import_module(name)
        print("imported", name)
    except (ImportError, OSError) as error:
        print("no", name)
try:
    open(os.path.join(os.path.dirname(agterm_agent.__file__), "left-behind"), "w")
    print("written")
except OSError as error:
    print("not written")
"""


@pytest.fixture
def program(monkeypatch, tmp_path):
    """A program in place of the real one, readable as an installer leaves it."""
    script = tmp_path / "bin" / "agterm-agent"
    script.parent.mkdir()
    script.write_text("#!/usr/bin/env python3\n")
    script.chmod(0o755)
    monkeypatch.setattr(own_program, "_script", lambda name: script.parent / name)
    monkeypatch.setattr(own_program, "needed", lambda: (script.parent,))
    monkeypatch.setattr(own_program.mounts, "closed_ancestor", lambda path: None)
    return script


def test_it_is_the_first_of_all_agents():
    assert registry.all()[0] is AGENT


def test_it_is_found_beside_the_servers_own_programs(config, program):
    found = services.find(AGENT, config)
    assert (found.path, found.readable) == (str(program), (str(program.parent),))
    assert services.describe(AGENT, config)["installHint"] is None


def test_it_is_started_so_that_no_workspace_gets_code_of_its_own_into_it(config, program):
    launch = services.prepare_launch("agterm", config=config, env={"PYTHONPATH": "."}, args=["--strict"])
    assert launch.argv == [sys.executable, "-I", str(program), "--strict"]
    assert launch.resume.argv == [*launch.argv, "--continue"]


def test_one_that_is_not_installed_says_what_to_do(config, program):
    program.unlink()
    description = services.describe(AGENT, config)
    assert (description["cliExists"], description["available"]) == (False, False)
    assert "Install AGTerm anew: make run" in description["installHint"]


def test_one_inside_our_own_data_says_so(config, program):
    assert "lies in AGTERM_HOME" in own_program.obstacle("agterm-agent", program.parents[1])


def test_one_that_sessions_users_cannot_read_says_so_to_a_server_that_is_root(config, program, monkeypatch):
    program.chmod(0o700)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert f"chmod -R o+rX {program}" in own_program.obstacle("agterm-agent", config.home)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert own_program.obstacle("agterm-agent", config.home) is None


def test_one_below_a_closed_folder_says_so_only_where_nobody_can_mount(config, program, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(own_program.mounts, "closed_ancestor", lambda path: Path("/closed"))
    monkeypatch.setattr(own_program, "_why", lambda: "")
    assert own_program.obstacle("agterm-agent", config.home) is None
    monkeypatch.setattr(own_program, "_why", lambda: ", and mounting is not allowed here (why)")
    assert "/closed is closed to the sessions' users, and mounting" in own_program.obstacle("agterm-agent", config.home)


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_a_session_reads_our_program_and_nothing_else_of_the_server(level):
    with RunnerProcess({"AGTERM_ISOLATION": level}) as runner:
        session = runner.program(
            *own_program.command("-c"), LOOK, readable=[str(path) for path in own_program.needed()], cwd=None
        )
        with runner.watch(session) as reader:
            reader.event("exited")
            said = reader.output.data.decode()
    assert "isolated 1" in said, said
    assert "not written" in said
    if own_program.PACKAGE.is_relative_to(ROOT):  # elsewhere the server's packages lie beside it
        assert [name for name in ("core", "runner", "agents") if f"no {name}" in said] == ["core", "runner", "agents"]
