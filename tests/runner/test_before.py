"""A program that prepares the workspace runs before the session's own: same terminal, same folders, same box."""

import os
import uuid

import pytest
from support.sockets import processes_with, wait_until

from core.errors import Conflict, InvalidRequest
from runner.sandbox import launch
from runner.workspace import sources


@pytest.fixture
def begin(runner):
    """`begin(before, then, **fields)`: the id of a session in which one shell script prepares for another."""

    def make(before, then="echo the program; sleep 1000", **fields):
        session_id = str(uuid.uuid4())
        env = {"SESSION_MARK": session_id}
        scripts = [{"argv": ["/bin/bash", "-c", text], "env": env} for text in (before, then)]
        runner.call("create", id=session_id, before=scripts[0], launch=scripts[1], cols=80, rows=24, **fields)
        return session_id

    return make


def test_the_program_follows_on_the_same_screen_with_the_files_made_for_it(runner, begin):
    session_id = begin("echo getting ready; echo made > file; echo mine > ~/file", "cat file ~/file; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"getting ready\r\nmade\r\nmine\r\n")
        reader.event("replaced")
        assert "exited" not in [event["event"] for event in reader.events]
    assert runner.call("get", id=session_id)["status"] == "running"


def test_what_fails_ends_the_session_with_its_code_and_its_words(runner, begin):
    session_id = begin("echo no such repository; exit 128")
    with runner.watch(session_id) as reader:
        assert reader.event("exited")["code"] == 128
        assert b"no such repository" in reader.output.data
        assert b"the program" not in reader.output.data
    assert runner.call("get", id=session_id)["status"] == "exited"


def test_the_first_words_are_for_the_program_alone(runner, begin):
    opening = {"text": "hello", "submit": "\r", "paste": "never"}
    session_id = begin("read -t 0.3 line; echo heard [$line]", "read line; echo got [$line]; sleep 9", opening=opening)
    with runner.watch(session_id) as reader:
        reader.see(b"got [hello]")
        assert b"heard []" in reader.output.data


def test_a_stop_meanwhile_leaves_nothing_to_follow(runner, begin):
    session_id = begin("trap 'exit 0' HUP TERM; echo busy; while :; do sleep 0.1; done")
    with runner.watch(session_id) as reader:
        reader.see(b"busy")
        with pytest.raises(Conflict, match="made ready"):
            runner.call("execute", id=session_id, text="ls", wait="idle")
        info = runner.call("end", id=session_id, by="stop")
        assert (info["status"], info["ended_by"]) == ("exited", "stop")
        reader.event("exited")
        assert b"the program" not in reader.output.data
    assert not processes_with(session_id)


def test_another_program_meanwhile_takes_the_place_of_both(runner, begin):
    session_id = begin("echo busy; sleep 1001")
    with runner.watch(session_id) as reader:
        reader.see(b"busy")
        runner.call("replace", id=session_id, launch={"argv": ["/bin/bash", "-c", "echo another; sleep 1000"]})
        reader.see(b"another")
        assert b"the program" not in reader.output.data


def test_a_removal_meanwhile_leaves_nothing(runner, begin):
    session_id = begin("echo busy; sleep 1001")
    with runner.watch(session_id) as reader:
        reader.see(b"busy")
        runner.call("remove", id=session_id)
    assert not processes_with(session_id)


def test_what_replaces_a_program_may_prepare_as_well(runner):
    session_id = runner.script("echo first; sleep 1000")
    launch, before = ({"argv": ["/bin/bash", "-c", text]} for text in ("cat file; sleep 1000", "echo made > file"))
    with runner.watch(session_id) as reader:
        reader.see(b"first")
        runner.call("replace", id=session_id, launch=launch, before=before)
        reader.see(b"made")


def test_a_program_that_can_not_be_started_then_says_so_on_the_screen(runner):
    session_id = str(uuid.uuid4())
    launches = {"before": {"argv": ["/bin/true"]}, "launch": {"argv": ["/nothing/here"]}}
    runner.call("create", id=session_id, **launches, cols=80, rows=24)
    wait_until("it has exited", lambda: runner.call("get", id=session_id)["status"] == "exited")
    assert "could not be started" in runner.call("text", id=session_id)


def test_a_source_lies_where_a_workspace_may(runner):
    for path, why in (
        ("/etc", "outside the allowed roots"),
        (str(runner.roots), "no repository"),
        ("relative", "absolute path"),
    ):
        with pytest.raises(InvalidRequest, match=why):
            runner.call(
                "create", id=str(uuid.uuid4()), launch={"argv": ["/bin/true"]}, cols=80, rows=24, source={"path": path}
            )
    assert runner.call("list") == []


def test_what_stands_in_the_place_of_a_source_later_is_not_shown(tmp_path):
    for name in ("mine", "secret"):
        (tmp_path / name / ".git" / "objects").mkdir(parents=True)
        (tmp_path / name / ".git" / "HEAD").touch()
    where = {"roots": [tmp_path / "mine"], "hidden": [tmp_path / "secret"]}
    found = sources.find(str(tmp_path / "mine"), shared=True, **where)
    objects = tmp_path / "mine" / ".git" / "objects"
    assert [path for path, _ in sources.shown(found, whole=False, **where)] == [str(objects)]
    objects.rmdir()
    objects.symlink_to(tmp_path / "secret" / ".git" / "objects")
    assert sources.shown(found, whole=False, **where) == []
    (tmp_path / "mine" / ".git").rename(tmp_path / "mine" / "away")
    (tmp_path / "mine" / ".git").symlink_to(tmp_path / "secret" / ".git")
    with pytest.raises(InvalidRequest, match="no repository"):
        sources.find(str(tmp_path / "mine"), shared=True, **where)


def test_a_box_that_shows_something_else_in_the_place_of_a_source_is_not_let_go(tmp_path):
    facts = tmp_path.stat()
    launch._check_sources(os.getpid(), [[str(tmp_path), facts.st_dev, facts.st_ino]])
    launch._check_sources(os.getpid(), [[str(tmp_path / "gone"), facts.st_dev, facts.st_ino]])
    with pytest.raises(launch.LaunchError, match="not where it was"):
        launch._check_sources(os.getpid(), [[str(tmp_path), facts.st_dev, facts.st_ino + 1]])
