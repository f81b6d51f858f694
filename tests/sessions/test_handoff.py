"""POST /api/sessions/:id/switch-agent with handoff: what the next agent finds in the workspace."""

import os
import stat
import subprocess
import sys

import pytest
from support.rest import KEY
from support.server import ROOT

from sessions import handoff

REPOSITORY = """
git init -q -b main; git config user.email a@b; git config user.name a
echo one > kept; git add kept; git commit -qm first; echo two >> kept; echo new > fresh
"""


@pytest.fixture
def switch(mine):
    def send(session, **body):
        body = {"agent": "codex", "handoff": "summary"} | body
        return mine.post(f"/api/sessions/{session['id']}/switch-agent", body, format="json")

    return send


@pytest.fixture
def working(start, runner):
    """`working(script)`: a session that has done what the script says and waits."""

    def make(script, **fields):
        session = start(args=["-c", f"stty -echo; {script}\necho all done; exec cat"], **fields)
        with runner.watch(session["id"]) as reader:
            reader.see(b"all done")
        return session

    return make


@pytest.fixture
def workspace(runner):
    return lambda session: runner.home / "workspaces" / session["id"]


def word(workspace, session):
    return (workspace(session) / handoff.PATH).read_text()


def test_the_next_agent_finds_who_worked_what_was_on_the_screen_and_what_changed(working, switch, workspace, codex):
    session = working(REPOSITORY)
    data = switch(session).json()["data"]
    assert data["handoff"] == {"path": ".agterm/handoff.md"}
    assert data["session"]["agent"] == "codex"
    text = word(workspace, session)
    for part in ("Shell worked in this folder from 20", " UTC to 20", "Codex goes on now", "all done", "## main",
                 " M kept", "?? fresh", "1 file changed", "+two", "How to go on"):  # fmt: skip
        assert part in text


def test_it_does_not_make_the_repository_dirty_and_is_the_sessions_users_own(working, switch, workspace, runner, codex):
    session = working(REPOSITORY)
    switch(session)
    folder, owner = workspace(session) / ".agterm", workspace(session).stat().st_uid
    for path in (folder, folder / "handoff.md", folder / ".gitignore"):
        assert path.stat().st_uid == owner
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    review = runner.call("review", id=session["id"])
    assert review["workspace"]["git"]["status"] == "## main\n M kept\n?? fresh\n"


def test_without_being_asked_for_there_is_none(working, switch, workspace, codex):
    session = working("")
    assert "handoff" not in switch(session, handoff="none").json()["data"]
    assert not (workspace(session) / ".agterm").exists()


def test_a_word_that_is_none_of_the_two_is_refused(working, switch, runner, codex):
    session = working("")
    assert switch(session, handoff="all").status_code == 400
    assert runner.call("get", id=session["id"])["pid"] == session["pid"]


@pytest.mark.parametrize(("script", "part"), [
    ("", "no git repository"),
    ("git init -q; echo x > a; git add a", "+x"),
    ("git init -q; git config core.pager 'sh -c false'; git config diff.external false", "## No commits yet"),
])  # fmt: skip
def test_a_folder_without_repository_or_commit_has_a_word_too(working, switch, workspace, codex, script, part):
    session = working(script)
    assert switch(session).status_code == 200
    assert part in word(workspace, session)


def test_a_huge_change_is_cut_at_a_line_and_says_so(working, switch, workspace, codex):
    session = working("git init -q; yes 0123456789abcdef | head -c 2000000 > big; git add big")
    switch(session)
    text = word(workspace, session)
    assert len(text) < 250_000
    assert "was cut" in text
    assert {line for line in text.splitlines() if line.startswith("+0")} == {"+0123456789abcdef"}


def test_what_a_repository_makes_git_run_runs_in_the_box(working, switch, workspace, codex):
    spy = "id -u > $PWD/who; env > $PWD/environment"
    session = working(
        f"git init -q; printf '#!/bin/sh\\n{spy}\\ncat\\n' > spy; chmod +x spy; echo '* filter=spy' > .gitattributes; "
        "git config filter.spy.clean ./spy; echo x > a; git add a; rm -f who environment; sleep 1.1; touch a"
    )
    switch(session)
    who, environment = workspace(session) / "who", workspace(session) / "environment"
    assert who.exists()
    assert who.read_text().strip() == str(workspace(session).stat().st_uid)
    assert KEY not in environment.read_text()
    if os.geteuid() == 0:
        assert who.read_text().strip() != "0"


def test_no_key_stands_in_it_also_not_one_broken_over_two_lines(working, switch, workspace, codex):
    session = working(
        f"git init -q; echo {KEY} $MINE > a; git add a; printf '%60s%s\\n' x {KEY}; echo $MINE",
        env={"MINE": "value-9-that-nobody-may-see"},
    )
    assert switch(session).status_code == 200
    text = word(workspace, session)
    for secret in (KEY, "value-9-that"):
        assert secret not in text.replace("\n", "")
    assert text.count(handoff.MASK) >= 4


@pytest.mark.parametrize("trap", ["ln -s /tmp .agterm", "touch .agterm", "mkdir .agterm; chmod 500 .agterm"])
def test_where_it_cannot_be_written_nothing_is_switched(working, switch, runner, codex, trap):
    session = working(trap)
    answer = switch(session)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
    assert "handoff" in answer.json()["error"]["message"]
    assert runner.call("get", id=session["id"])["pid"] == session["pid"]


def test_a_link_in_its_place_is_not_written_through(working, switch, runner, codex, tmp_path):
    tmp_path.chmod(0o777)
    victim = tmp_path / "victim"
    victim.write_text("mine")
    victim.chmod(0o666)
    session = working(f"mkdir .agterm; ln -s {victim} .agterm/handoff.md")
    assert switch(session).status_code == 409
    assert victim.read_text() == "mine"
    assert runner.call("get", id=session["id"])["pid"] == session["pid"]


def test_a_block_of_quoted_text_cannot_end_itself():
    text = handoff.fenced("a\n````\nb", "diff")
    assert text == "`````diff\na\n````\nb\n`````"


def test_names_and_looks_tell_a_secret_from_a_setting():
    environment = {"MY_TOKEN": "abcdefgh", "X": "sk-0123456789abcdefghij", "HOME": "/srv/somewhere/with/a/long/name",
                   "URL": "https://example.org/v1/models", "SHORT_KEY": "abc", "FLAG": "1"}  # fmt: skip
    assert handoff.secrets_of(environment) == ["abcdefgh", "sk-0123456789abcdefghij"]


HOSTILE = {
    "nearly everywhere": "masked('a' * 400_000, ['a' * 60_000 + 'b'])",
    "many of them": "masked('a' * 400_000, ['a' * (300 + i) + 'b' + 'a' * 300 for i in range(100)])",
    "one within the other": "masked('a' * 400_000, ['a' * (8 + i) for i in range(100)])",
    "broken over lines": "masked('a\\n' * 200_000, ['a' * (300 + i) + 'b' + 'a' * 300 for i in range(100)])",
    "found all the time": "masked('ab\\n' * 100_000, ['ab' * 4, 'ba' * 5])",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hiding_ends_soon_for_secrets_and_texts_made_to_take_for_ever(name):
    """It was minutes, all of the server's; what it takes now is a fifth of a second."""
    code = f"from sessions.handoff import masked; {HOSTILE[name]}"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=20)


@pytest.mark.parametrize(("text", "shown"), [
    ("a sec\nret-of-mi\n\nne b", "a [] b"), ("x\nsecret-of-mine\ny", "x\n[]\ny"), ("\n\nsecret-of-mine", "\n\n[]"),
    ("secret-of-mine\nsecret-of-mine", "[]\n[]"), ("secret-of-minesecret-of-mine\n", "[][]\n"), ("\n", "\n"),
    ("secret-of-min", "secret-of-min"), ("", ""), ("secret-of-mine-and-longer", "[]"), ("a\0b\1", "a\ufffdb\ufffd"),
])  # fmt: skip
def test_only_the_secret_is_hidden_and_every_other_line_stays_a_line(text, shown):
    secrets = ["secret-of-mine", "secret-\nof-mine-and-longer", "1", "\n" * 20]
    assert handoff.masked(text, secrets) == shown.replace("[]", handoff.MASK)
