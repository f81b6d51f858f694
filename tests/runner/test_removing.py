"""Removing a session: what is told of it, how often, and what comes too late."""

import asyncio
import uuid
from contextlib import aclosing

import pytest
from support.sockets import go_on, pause

from core.errors import Conflict, SessionNotFound
from runner import events, process, protocol
from runner.engine import Engine
from runner.feed import Subscriber
from runner.options import RunnerOptions

SESSION = "0c0c0c0c-0000-4000-8000-000000000001"
SLEEP = {"argv": ["/bin/sleep", "1000"]}


def told(runner, session_id, *acts):
    """The names of the events of the session, from before the acts to after them."""
    other = str(uuid.uuid4())

    def act():
        for each in acts:
            each()
        runner.call("publish", id=other, event="changed")

    async def listen():
        said = []
        async with asyncio.timeout(20), aclosing(events.follow(runner.address)) as feed:
            async for event in feed:
                if event["event"] == "subscribed":
                    await asyncio.to_thread(act)
                elif event["id"] == other:
                    break
                elif event["id"] == session_id:
                    said.append(event["event"])
        return said

    return asyncio.run(listen())


def test_it_is_told_once_however_often_it_is_removed(runner):
    session_id = runner.script("sleep 1000")
    remove = lambda: runner.call("remove", id=session_id)  # noqa: E731
    assert told(runner, session_id, remove, remove, remove) == ["removed"]


def test_of_what_never_was_nothing_is_told(runner):
    session_id = str(uuid.uuid4())
    assert told(runner, session_id, lambda: runner.call("remove", id=session_id)) == []


def test_folders_of_a_lost_session_are_worth_telling(runner):
    session_id = runner.script("sleep 1000")
    runner.call("remove", id=session_id, keep_workspace=True)
    assert told(runner, session_id, lambda: runner.call("remove", id=session_id)) == ["removed"]


def test_a_start_that_comes_after_the_removal_for_good_is_refused_and_leaves_no_folder(runner):
    session_id = runner.script("sleep 1000")
    runner.call("remove", id=session_id, for_good=True)
    for op in ("create", "replace"):
        place = {"cols": 80, "rows": 24} if op == "create" else {}
        with pytest.raises(SessionNotFound):
            runner.call(op, id=session_id, launch=SLEEP, **place)
    assert not list(runner.home.glob(f"*/{session_id}"))


def test_one_that_was_removed_but_not_for_good_may_start_again(runner):
    session_id = runner.script("sleep 1000")
    runner.call("remove", id=session_id)
    assert runner.script("echo again", session_id=session_id) == session_id


def test_a_removal_that_fails_leaves_a_session_that_is_still_told_of(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "END_MARGIN_S", 0.2)

    async def do():
        options = RunnerOptions(home=tmp_path / "home", socket_path=tmp_path / "s", version="0", stop_grace_s=0.1)
        engine, said = Engine(options), []
        await engine.start()
        try:
            await engine.create(protocol.Create(id=SESSION, launch=protocol.Launch(**SLEEP), cols=80, rows=24))
            engine.feed.subscribers.add(Subscriber(lambda body: said.append(protocol.loads(body)), lambda: True))
            supervisor = _supervisor(engine.terminals[SESSION].pid)
            pause(supervisor)
            with pytest.raises(Conflict, match="could not be ended"):
                await engine.remove(SESSION, keep_workspace=False, for_good=True)
            assert said == []
            engine.terminals[SESSION].resize(100, 30)
            assert [event["event"] for event in said] == ["resized"]
            go_on(supervisor)
            await engine.remove(SESSION, keep_workspace=False, for_good=True)
            assert [event["event"] for event in said][-1] == "removed"
        finally:
            await engine.shutdown()

    asyncio.run(do())


def _supervisor(pid):
    """The program's parent, or beyond what holds its box."""
    parent = int(_stat(pid)[1][1])
    while _stat(parent)[0] == "bwrap":
        parent = int(_stat(parent)[1][1])
    return parent


def _stat(pid):
    with open(f"/proc/{pid}/stat") as stream:
        name, _, rest = stream.read().partition("(")[2].rpartition(") ")
    return name, rest.split()
