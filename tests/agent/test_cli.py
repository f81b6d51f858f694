"""The command line: what it refuses and how, what it lists and keeps, and that it loads nothing it does not need."""

import json
import subprocess
import sys

import pytest
from support.own_cli import PROGRAM, environment

from agterm_agent import VERSION, cli
from agterm_agent.engine.store import Store
from agterm_agent.providers import KEY_VARIABLES
from agterm_agent.settings import state_folder


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """An empty folder to stand in, a HOME of its own, no provider."""
    others = ("AGTERM_AGENT_API_KEY", "AGTERM_AGENT_PROVIDER", "AGTERM_AGENT_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")
    for name in (*KEY_VARIABLES, *others):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "workspace").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "workspace")
    return tmp_path / "workspace"


@pytest.fixture
def call(workspace, capsys):
    """`call("memory", "add", …)`: exit code, standard output, standard error."""

    def run(*arguments):
        try:
            code = cli.main(arguments)
        except SystemExit as left:
            code = left.code
        return code, *capsys.readouterr()

    return run


# --- starting --------------------------------------------------------------------------------------------------------


def loaded_by(program, tmp_path):
    """The modules that a Python program has loaded when it is done."""
    told = "\nimport sys; print('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program + told],
        cwd=tmp_path,
        env=environment(tmp_path),
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_what_needs_no_engine_loads_none(flag, tmp_path):
    program = f"from agterm_agent import cli\ntry: cli.main(['{flag}'])\nexcept SystemExit: pass"
    loaded = loaded_by(program, tmp_path)
    assert "agterm_agent.cli" in loaded
    assert not loaded & {"pydantic_ai", "pydantic", "prompt_toolkit", "rich", "asyncio", "django", "agterm"}


def test_the_screen_is_there_before_the_engine(tmp_path):
    loaded = loaded_by("import agterm_agent.cli, agterm_agent.settings, agterm_agent.screen.program", tmp_path)
    assert "prompt_toolkit" in loaded
    assert not loaded & {"pydantic_ai", "pydantic", "anthropic", "openai", "google.genai", "mcp", "django"}


def test_the_program_says_its_version(tmp_path):
    done = subprocess.run([PROGRAM, "--version"], env=environment(tmp_path), stdout=subprocess.PIPE, check=True)
    assert done.stdout.decode() == f"agterm-agent {VERSION}\n"


# --- wrong usage -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--nonsense"], "--nonsense"),
        (["--prom"], "--prom"),
        (["-p", "x", "--output", "xml"], "--output"),
        (["-p", "x", "--max-iterations", "0"], "--max-iterations"),
        (["-p", "x", "--max-cost", "free"], "--max-cost"),
        (["-p", "x", "--max-cost", "nan"], "--max-cost"),
        (["-p", "x", "--max-time", "-1"], "--max-time"),
        (["-p", "x", "--resume", "abcd", "--continue"], "--continue"),
        (["-p", "  "], "the prompt is empty"),
        (["-p", "-", "--approvals", "stdin"], "standard input"),
        (["-p", "x", "memory"], "either -p or memory"),
        (["--output", "json"], "for -p"),
        (["-p", "x", "--cwd", "/nowhere/at/all"], "/nowhere/at/all"),
        (["-p", "x"], "ANTHROPIC_API_KEY, OPENAI_API_KEY"),
        ([], "ANTHROPIC_API_KEY, OPENAI_API_KEY"),
        (["memory", "edit", "7", "x"], "no note 7"),
        (["conversations", "--delete", "abcd"], "no conversation abcd"),
    ],
)
def test_wrong_usage_is_told_in_one_line(call, arguments, words):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.startswith("agterm-agent: ")
    assert err.count("\n") == 1


def test_without_a_terminal_nobody_is_asked_for_a_prompt(call, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    code, _, err = call()
    assert code == 2
    assert "-p" in err


# --- commands --------------------------------------------------------------------------------------------------------


def test_notes_are_listed_added_changed_and_deleted(call):
    assert "nothing is remembered" in call("memory")[1]
    call("memory", "add", "use", "tabs")
    call("memory", "add", "never push")
    assert call("memory", "edit", "1", "use spaces")[1] == "  1  use spaces\n  2  never push\n"
    call("memory", "delete", "2")
    assert [(note["number"], note["text"]) for note in json.loads(call("memory", "--json")[1])] == [(1, "use spaces")]
    call("memory", "clear")
    assert json.loads(call("memory", "--json")[1]) == []


def test_saved_conversations_are_listed_and_deleted(call, workspace, tmp_path):
    assert "no conversations" in call("conversations")[1]
    with Store(state_folder(workspace, {"HOME": str(tmp_path / "home")})).create() as saved:
        saved.append([{"kind": "request", "parts": [{"part_kind": "user-prompt", "content": "Mend\x1b[2J it"}]}])
    listed = json.loads(call("conversations", "--json")[1])
    assert [(each["id"], each["messages"]) for each in listed] == [(saved.id, 1)]
    shown = call("conversations")[1]
    assert saved.id in shown
    assert "\x1b" not in shown
    assert "no conversations" in call("conversations", "--delete", saved.id[:6])[1]


def test_the_tools_are_told_with_how_safe_they_are(call, tmp_path):
    code, out, _ = call("tools", "--json")
    told = {tool["name"]: tool for tool in json.loads(out)}
    assert code == 0
    assert told["write_file"]["safety"] == "mutating"
    assert told["read_file"]["safety"] == told["remember"]["safety"] == "read_only"
    assert told["read_file"]["parameters"]["properties"]["path"]
    assert "write_file" in call("tools")[1]
    assert not (tmp_path / "home").exists(), "listing tools leaves nothing behind"
