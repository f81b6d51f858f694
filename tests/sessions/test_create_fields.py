"""POST /api/sessions: profiles, variables, colours and tags, and what wins over what."""

import re

import pytest

from agents import discovery
from sessions import defaults, keys, services
from sessions.models import Session


@pytest.fixture
def profile(mine):
    """`profile(**fields)`: the id of a profile of the owner's; `default=True` makes it his default."""

    def make(*, default=False, **fields):
        answer = mine.post("/api/profiles", {"name": "Dev"} | fields, format="json")
        assert answer.status_code == 201, answer.json()
        made = answer.json()["data"]["profile"]["id"]
        if default:
            mine.post(f"/api/profiles/{made}/default")
        return made

    return make


@pytest.fixture
def begin(mine, runner):
    """`begin(**body)`: as `start`, but nothing is sent that is not named."""

    def make(**body):
        answer = mine.post("/api/sessions", body, format="json")
        assert answer.status_code == 201, answer.json()
        return answer.json()["data"]["session"]

    return make


@pytest.fixture
def refused(mine, runner):
    """`refused(**body)`: status, code and message; nothing is left of it anywhere."""

    def check(**body):
        answer = mine.post("/api/sessions", body, format="json")
        assert not Session.objects.exists()
        assert runner.call("list") == []
        error = answer.json()["error"]
        return answer.status_code, error["code"], error["message"]

    return check


@pytest.fixture
def output(runner):
    """`output(session)`: all that a program printed which has ended."""

    def read(session):
        with runner.watch(session["id"]) as reader:
            reader.event("exited")
            return reader.output.data.decode()

    return read


def printing(*names):
    return ["-c", "; ".join(f'echo "{name}=[${name}]"' for name in names)]


# --- variables -------------------------------------------------------------------------------------------------------


def test_variables_reach_the_program_and_the_answer_does_not_repeat_them(begin, output, row):
    session = begin(agent="shell", env={"GREETING": "hello $HOME", "PATH": "/opt/mine:/usr/bin"}, args=[
        "-c", 'echo "[$GREETING]"; tr "\\0" "\\n" < /proc/$$/environ | grep ^PATH='])  # fmt: skip
    said = output(session)
    assert "[hello $HOME]" in said
    assert "PATH=/opt/mine:/usr/bin" in said
    assert "GREETING" not in str(session)
    assert row(session).recipe["env"]["GREETING"] == "hello $HOME"


def test_what_the_launch_itself_sets_wins(begin, output, runner):
    session = begin(agent="shell", shell="sh", env={"SHELL": "/bin/false"}, args=["-c", "env"])
    assert re.search(r"^SHELL=.*/sh\s*$", output(session), re.MULTILINE)


MARKS = ["@AGTERM_HOME@", "@AGTERM_WORKSPACE@", "@AGTERM_WORD@", "@AGTERM_AT@", "a@AGTERM_AT@AGTERM_HOME@b", "@AGTERM_"]


def test_what_looks_like_a_mark_of_ours_is_not_expanded_in_variables_and_arguments(begin, runner):
    env = {f"MARK{number}": mark for number, mark in enumerate(MARKS)}
    script = 'echo "$MARK0 $MARK1 $MARK2 $MARK3 $MARK4 $MARK5|$*|"; sleep 1000'
    session = begin(agent="shell", env=env, args=["-c", script, "sh", *MARKS], cols=400)
    said = " ".join(MARKS)
    with runner.watch(session["id"]) as reader:
        reader.see(f"{said}|{said}|".encode())


def test_a_model_that_looks_like_a_mark_of_ours_stays_what_it_is(begin, runner, codex, row):
    model = "x@AGTERM_HOME@y"
    session = begin(agent="codex", model=model, args=["--more"])
    assert row(session).model == model
    home = runner.home / "sessions" / session["id"] / "home"
    assert f'model = "{model}"' in (home / ".codex" / "config.toml").read_text()


@pytest.mark.parametrize("env", [
    {"HOME": "/"}, {"TMPDIR": "/tmp"}, {"AGTERM_SESSION_ID": "x"}, {"A-B": "x"}, {"": "x"}, {"1": "x"}, {"A": "\0"},
    {"A": 1}, {"A": None}, [], "A=1", {f"A{n}": "" for n in range(101)}, {"A": "x" * 70_000}, {"A" * 129: ""},
    {"A\n": "x"}, {"Ä": "x"},
])  # fmt: skip
def test_variables_that_cannot_be(refused, env):
    assert refused(agent="shell", env=env)[:2] == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL", "GW_KEY"])
def test_the_servers_key_cannot_be_sent_to_an_address_of_the_callers(refused, codex, name):
    status, _, message = refused(agent="codex", env={name: "http://mine.example"})
    assert (status, name in message, "mine.example" in message) == (400, True, False)


def test_after_a_switch_the_new_agents_own_credential_counts(begin, codex, row):
    """A shell may have variables that another agent takes for its credential."""
    session = begin(agent="shell", env={"GW_KEY": "mine", "KEPT": "yes"})
    stored = row(session)
    stored.agent = "codex"
    env = services.prepared(stored).env
    assert (env["GW_KEY"], env["KEPT"]) == (keys.MARK, "yes")


def test_a_session_that_is_started_again_has_its_variables_still(begin, mine, output):
    session = begin(agent="shell", env={"KEPT": "yes"}, args=printing("KEPT"))
    assert "KEPT=[yes]" in output(session)
    answer = mine.post(f"/api/sessions/{session['id']}/restart", {}, format="json")
    assert answer.status_code == 200, answer.json()
    assert output(session).count("KEPT=[yes]") == 2


def test_a_path_of_the_callers_still_begins_with_what_the_cli_needs():
    from agents import environment

    merged = environment.merged({"PATH": "/mine", "X": "1"}, {"X": "2"}, without=(), path_prefix=["/node"])
    assert merged == {"PATH": "/node:/mine", "X": "2"}


# --- profiles --------------------------------------------------------------------------------------------------------


def test_a_session_starts_from_a_profile(begin, output, profile, runner, row):
    folder = runner.roots / "from-profile"
    folder.mkdir(exist_ok=True)
    made = profile(
        name="Mine", path="sh", args=printing("A", "PWD"), env={"A": "1"}, cwd=str(folder), color="#123456", tags=["t"]
    )
    session = begin(profile=made)
    assert (session["agent"], session["color"], session["tags"], session["profile"]) == (
        "shell",
        "#123456",
        ["t"],
        made,
    )
    assert (session["workspaceDir"], session["name"]) == (str(folder), "Mine 1")
    assert f"A=[1]\r\nPWD=[{folder}]" in output(session)
    stored = row(session)
    assert (stored.profile, stored.color, stored.tags) == (made, "#123456", ["t"])
    assert {name: stored.recipe[name] for name in ("args", "cwd", "env")} == {
        "args": printing("A", "PWD"), "cwd": str(folder), "env": {"A": "1"}}  # fmt: skip
    assert stored.recipe["shell"].endswith("/sh")


@pytest.mark.parametrize("wanted", ["Dev", "dEV", "DEV "])
def test_a_profile_is_found_by_its_name_in_any_case(begin, profile, wanted):
    made = profile(name="Dev")
    assert begin(profile=wanted)["profile"] == made


def test_a_shell_of_the_machine_is_found_by_name_and_by_id_and_ones_own_come_before(begin, profile):
    assert begin(profile="SH")["profile"] == "system-sh"
    own = profile(name="sh")
    assert begin(profile="sh")["profile"] == own
    assert begin(profile="system-sh")["profile"] == "system-sh"


def test_what_is_said_wins_over_the_profile(begin, output, profile):
    made = profile(args=["-c", "echo wrong"], env={"A": "1", "B": "1"}, color="#111111", tags=["one"])
    session = begin(
        profile=made, args=printing("A", "B", "C"), env={"B": "2", "C": "2"}, color="#222222", tags=[], name="Said"
    )
    assert (session["color"], session["tags"], session["name"]) == ("#222222", [], "Said")
    said = output(session)
    assert "A=[1]\r\nB=[2]\r\nC=[2]" in said
    assert "wrong" not in said


def test_an_empty_list_of_arguments_is_said_too(begin, profile, row):
    assert row(begin(profile=profile(args=["-c", "exit"]), args=[])).recipe["args"] == []


def test_null_says_nothing(begin, profile):
    made = profile(color="#111111")
    session = begin(profile=made, color=None, cwd=None, initialCommand=None)
    assert session["color"] == "#111111"


def test_of_a_profile_for_another_agent_only_what_fits_any_agent_counts(begin, codex, profile, row):
    made = profile(path="sh", args=["-c", "exit"], env={"A": "1"}, tags=["t"], initialCommand="ls")
    session = begin(profile=made, agent="codex")
    assert (session["agent"], session["tags"], session["profile"]) == ("codex", ["t"], made)
    recipe = row(session).recipe
    assert (recipe["args"], recipe["shell"], recipe["env"]) == ([], None, {"A": "1"})


def test_a_profile_names_agent_and_model(begin, codex, profile):
    made = profile(agent="codex", provider="openai", model="gpt-5.5")
    assert begin(profile=made)["modelConfig"] == {"provider": "openai", "model": "gpt-5.5"}
    assert begin(profile=made, model="gpt-6-sol")["modelConfig"]["model"] == "gpt-6-sol"


def test_the_default_applies_to_who_names_neither_agent_nor_profile(begin, profile):
    made = profile(default=True, tags=["default"])
    other = profile(name="Other")
    assert begin()["profile"] == made
    assert begin(agent="shell")["profile"] is None
    assert begin(agent="shell")["tags"] == []
    assert begin(profile=other)["profile"] == other


def test_a_shell_of_the_machine_as_default(begin, mine):
    mine.post("/api/profiles/system-sh/default")
    assert begin()["profile"] == "system-sh"


def test_without_agent_profile_and_default_nothing_starts(refused, profile, mine):
    assert refused() == (400, "INVALID_REQUEST", "agent is required")
    made = profile(default=True)
    mine.delete(f"/api/profiles/{made}/default")
    assert refused() == (400, "INVALID_REQUEST", "agent is required")
    mine.post(f"/api/profiles/{made}/default")
    mine.delete(f"/api/profiles/{made}")
    assert refused() == (400, "INVALID_REQUEST", "agent is required")


def test_a_profile_that_is_not_there_or_a_strangers(refused, client, stranger):
    theirs = client(stranger).post("/api/profiles", {"name": "Theirs"}, format="json").json()["data"]["profile"]["id"]
    for wanted in ("no such", theirs, "Theirs"):
        assert refused(profile=wanted) == (404, "NOT_FOUND", "Profile not found")


def test_nobodys_default_is_a_strangers(refused, client, stranger):
    client(stranger).post("/api/profiles/system-sh/default")
    assert refused()[2] == "agent is required"


@pytest.mark.parametrize("wanted", ["", 5, [], "x" * 101, "a\0b"])
def test_a_profile_that_is_no_name(refused, wanted):
    assert refused(profile=wanted)[:2] == (400, "INVALID_REQUEST")


def test_joined_variables_are_counted_together(refused, profile):
    made = profile(env={f"A{n}": "" for n in range(100)})
    assert refused(profile=made, env={"B": ""})[:2] == (400, "INVALID_REQUEST")


def test_a_profile_whose_shell_has_gone_says_so(refused, profile, configure, tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "fish").write_text("#!/bin/sh\n")
    (folder / "fish").chmod(0o755)
    configure(agent_path=(str(folder),))
    made = profile(path="fish")
    (folder / "fish").unlink()
    assert made
    configure(agent_path=())
    discovery.forget()
    assert refused(profile=made)[2] == "Invalid shell"


@pytest.mark.parametrize(("body", "message"), [
    ({"shell": "/nowhere/bash"}, "Invalid shell"), ({"shell": "env"}, "Invalid shell"),
    ({"cwd": "relative"}, "cwd must be an absolute path"), ({"cwd": "/nowhere/at/all"}, "cwd does not exist"),
    ({"cwd": "/etc/passwd"}, "cwd is not a directory"),
])  # fmt: skip
def test_shells_and_folders_are_refused_in_the_documented_words(refused, profile, body, message):
    made = profile(cwd="/nowhere/either")
    assert refused(agent="shell", **body)[2] == message
    assert refused(profile=made, **body)[2] == (message if "cwd" in body else "Invalid shell")


# --- folders of the machine ------------------------------------------------------------------------------------------


@pytest.fixture
def named_folder(runner):
    folder = runner.roots / "named-folder"
    folder.mkdir(exist_ok=True)
    return str(folder)


def test_where_the_operator_names_no_folders_a_cwd_is_for_administrators(
    refused, profile, configure, client, staff, named_folder
):
    configure(allowed_roots=())
    made = profile(cwd=named_folder)
    for body in ({"agent": "shell", "cwd": named_folder}, {"profile": made}, {"agent": "shell", "cwd": "/nowhere"}):
        status, code, message = refused(**body)
        assert (status, code) == (400, "INVALID_REQUEST")
        assert message.startswith("cwd: ")
        assert "AGTERM_ALLOWED_ROOTS" in message
    answer = client(staff).post("/api/sessions", {"agent": "shell", "cwd": named_folder}, format="json")
    assert answer.status_code == 201, answer.json()
    assert answer.json()["data"]["session"]["workspaceDir"] == named_folder


def test_without_a_cwd_nobody_needs_folders_of_the_operators(begin, configure):
    configure(allowed_roots=())
    assert "/workspaces/" in begin(agent="shell")["workspaceDir"]


def test_whoever_is_no_administrator_any_more_does_not_go_on_in_the_operators_folders(
    client, staff, configure, named_folder
):
    configure(allowed_roots=())
    theirs = client(staff)
    made = theirs.post("/api/sessions", {"agent": "shell", "cwd": named_folder}, format="json")
    session = made.json()["data"]["session"]
    staff.is_staff = False
    staff.save()
    answer = theirs.post(f"/api/sessions/{session['id']}/restart", {}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")


# --- colours, tags, first words --------------------------------------------------------------------------------------


def test_a_session_without_a_colour_gets_one_of_the_palette_and_keeps_it(begin, mine, row):
    session = begin(agent="shell")
    assert session["color"] in defaults.PALETTE
    assert row(session).color == session["color"]
    shown = mine.get(f"/api/sessions/{session['id']}").json()["data"]["session"]
    assert shown["color"] == session["color"]


def test_a_session_of_before_there_were_colours_is_shown_with_one(begin, mine):
    session = begin(agent="shell")
    Session.objects.update(color="")
    shown = mine.get(f"/api/sessions/{session['id']}").json()["data"]["session"]
    assert shown["color"] == session["color"]


def test_tags_are_trimmed_and_kept_once_and_colours_are_lower_case(begin):
    session = begin(agent="shell", tags=[" b ", "a", "b"], color="#ABCDEF")
    assert (session["tags"], session["color"]) == (["b", "a"], "#abcdef")


@pytest.mark.parametrize("body", [
    {"color": "red"}, {"color": "#12345"}, {"color": ""}, {"color": 5}, {"color": "#123456\n"}, {"tags": "a"},
    {"tags": None}, {"tags": [5]}, {"tags": [" "]}, {"tags": ["x" * 51]}, {"tags": ["a\x1b"]},
    {"tags": [str(n) for n in range(21)]}, {"initialCommand": ""}, {"initialCommand": 5}, {"prompt": "x"},
    {"initialCommand": "x" * 8193}, {"initialCommand": "a\0"}, {"prompt": ""},
])  # fmt: skip
def test_bad_colours_tags_and_commands_are_refused(refused, body):
    assert refused(agent="shell", **body)[:2] == (400, "INVALID_REQUEST")


def test_an_initial_command_is_for_shells_and_a_prompt_for_agents(refused, codex):
    assert "initialCommand is for shells" in refused(agent="codex", initialCommand="ls")[2]
    assert "prompt is for agents" in refused(agent="shell", prompt="hello")[2]


def test_an_initial_command_is_run_by_the_shell_once_it_is_ready(begin, profile, runner):
    made = profile(initialCommand="echo from the $((40 + 2))")
    for session in (begin(agent="shell", initialCommand="echo from the $((40 + 2))"), begin(profile=made)):
        with runner.watch(session["id"]) as reader:
            reader.see(b"from the 42")


def test_a_prompt_is_sent_to_the_agent(begin, codex, profile, runner):
    made = profile(agent="codex", prompt="wrong words")
    session = begin(profile=made, prompt="first words")
    with runner.watch(session["id"]) as reader:
        reader.see(b"first words")
    assert b"wrong words" not in reader.output.data


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_can_be_asked_for_one_tag(begin, mine):
    work = begin(agent="shell", tags=["work", "day"])
    begin(agent="shell", tags=["play"])
    begin(agent="shell")

    def ids(**query):
        return [session["id"] for session in mine.get("/api/sessions", query).json()["data"]["sessions"]]

    assert ids(tag="work") == ids(tag="day", status="running", agent="shell") == [work["id"]]
    assert ids(tag="wor") == ids(tag="work", agent="codex") == ids(tag="") == []
    assert len(ids()) == 3


def test_the_admin_does_not_show_what_a_session_was_started_with(begin, client, db):
    from django.contrib.auth.models import User
    from django.test import Client

    session = begin(agent="shell", env={"TOKEN": "very-secret"})
    admin = Client()
    admin.force_login(User.objects.create_superuser("boss"))
    page = admin.get(f"/admin/agterm_sessions/session/{session['id']}/change/")
    assert page.status_code == 200
    assert b"very-secret" not in page.content
