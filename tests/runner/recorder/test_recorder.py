"""Recordings of real sessions: they show what the screen showed, and outlive whoever dies meanwhile."""

import asyncio
import json
import os
import signal
import uuid

import pytest
from asciinema.asciicast import open_from_url
from support.server import RunnerProcess
from support.sockets import RunnerReader, go_on, is_alive, pause, tidy, wait_until

from agents.builtin import shell
from agents.declaration import LaunchContext
from core.errors import Conflict, NotFound, SessionNotFound
from runner.porter import client
from runner.screens.ghostty import GhosttyEmulator


def start(runner, session_id, **params):
    recording = str(uuid.uuid4())
    runner.call("record_start", id=session_id, recording=recording, **params)
    return recording


def path_of(runner, recording):
    return runner.home / "recordings" / f"{recording}.cast"


def events(runner, recording):
    return [json.loads(line) for line in path_of(runner, recording).read_text().splitlines()[1:]]


def said(runner, recording, code="o"):
    return "".join(event[2] for event in events(runner, recording) if event[1] == code)


def labels(facts):
    return [marker["label"] for marker in facts["markers"]]


def stop(runner, session_id):
    return runner.call("record_stop", id=session_id)


def shows(runner, session_id, text):
    wait_until(f"{text} on the screen", lambda: text in runner.call("text", id=session_id))


def played(runner, recording):
    """The screen after all of it."""
    header = json.loads(path_of(runner, recording).read_text().splitlines()[0])
    emulator = GhosttyEmulator(header["width"], header["height"], 1000)
    try:
        for _, code, data in events(runner, recording):
            if code == "o":
                emulator.feed(data.encode())
            elif code == "r":
                emulator.resize(*map(int, data.split("x")))
        return tidy(emulator.text())
    finally:
        emulator.close()


DRAW = r"""
printf 'before\n\e[31mred\e[0m\n'; read -r line
printf '\e[?1049h\e[2J\e[5;10Hin the middle 漢字'; read -r line
printf '\e[10;1H%s' "$(seq -s ' ' 60)"; printf ' last'; read -r line; read -r line
"""


@pytest.mark.parametrize("from_start", [False, True])
def test_played_to_its_end_it_shows_what_the_screen_shows(runner, from_start):
    session_id = runner.script(DRAW)
    shows(runner, session_id, "red")
    recording = start(runner, session_id, from_start=from_start)
    runner.call("write", id=session_id, data="\r")
    shows(runner, session_id, "middle")
    runner.call("resize", id=session_id, cols=60, rows=20)
    runner.call("write", id=session_id, data="\r")
    shows(runner, session_id, "last")
    facts = stop(runner, session_id)
    assert played(runner, recording) == tidy(runner.call("text", id=session_id))
    assert "60x20" in said(runner, recording, "r")
    assert "before" in said(runner, recording)
    assert (facts["cols"], facts["rows"]) == (80, 24)
    assert facts["status"] == "stopped"
    assert facts["event_count"] == len(events(runner, recording))
    assert facts["size_bytes"] == path_of(runner, recording).stat().st_size


def test_asciinemas_own_parser_reads_it(runner):
    session_id = runner.script("echo hello; read -r line; echo got $line; read -r line")
    recording = start(runner, session_id, include_input=True, title="a title")
    runner.call("write", id=session_id, data="something\r")
    shows(runner, session_id, "got something")
    stop(runner, session_id)
    with open_from_url(str(path_of(runner, recording))) as parsed:
        assert parsed.v2_header["title"] == "a title"
        found = list(parsed.events())
    assert next(event[2] for event in found if event[1] == "i") == "something\r"
    assert "got something" in "".join(event[2] for event in found if event[1] == "o")
    assert [event[0] for event in found] == sorted(event[0] for event in found)


def test_hidden_input_is_recorded_nowhere(runner):
    session_id = runner.script("read -rs -p 'Password: ' word; echo; read -r line; echo got $line; read -r line")
    recording = start(runner, session_id, include_input=True)
    shows(runner, session_id, "Password")
    runner.call("write", id=session_id, data="hunter2\r")
    shows(runner, session_id, "Password: \n".rstrip())
    wait_until("an echo again", lambda: said(runner, recording).endswith("\r\n"))
    runner.call("write", id=session_id, data="shown\r")
    shows(runner, session_id, "got shown")
    facts = stop(runner, session_id)
    text = path_of(runner, recording).read_text()
    assert "hunter2" not in text
    assert said(runner, recording, "i") == "shown\r"
    assert "prompt: shown" in labels(facts)


def test_input_is_recorded_only_where_it_is_wished(runner):
    session_id = runner.script("stty -echo raw; echo ready; read -r line; sleep 60")
    shows(runner, session_id, "ready")
    recording = start(runner, session_id)
    runner.call("write", id=session_id, data="x")
    stop(runner, session_id)
    assert said(runner, recording, "i") == ""


def test_markers_tell_what_happened(runner):
    context, agent = LaunchContext(executable="/bin/bash"), shell.AGENT
    told = {
        "argv": agent.argv(context), "env": agent.environment(context), "home_files": agent.home_files(context),
        "readable": ["/bin/bash"], "label": {"agent": "shell"},
    }  # fmt: skip
    session_id = str(uuid.uuid4())
    runner.call("create", id=session_id, launch=told, cols=80, rows=24)
    start(runner, session_id)
    runner.call("execute", id=session_id, text="echo one", wait="idle")
    runner.call("publish", id=session_id, event="cost", label="cost: $0.0123")
    runner.call("write", id=session_id, data="exit 3\r")
    wait_until("its end", lambda: runner.call("get", id=session_id)["status"] == "exited")
    facts = stop(runner, session_id)
    found = [label for label in labels(facts) if not label.startswith("state")]
    assert found == ["agent: shell", "command: echo one", "cost: $0.0123", "command: exit 3", "exit: 3"]
    assert [marker["kind"] for marker in facts["markers"] if marker["kind"] != "state"] == [
        "agent", "command", "cost", "command", "exit",
    ]  # fmt: skip


def test_a_session_is_recorded_once_at_a_time(runner):
    session_id = runner.script("read -r line")
    recording = start(runner, session_id)
    with pytest.raises(Conflict):
        start(runner, session_id)
    assert list(runner.call("recordings")) == [recording]
    stop(runner, session_id)
    with pytest.raises(Conflict):
        stop(runner, session_id)
    with pytest.raises(SessionNotFound):
        start(runner, str(uuid.uuid4()))
    assert runner.call("recordings", ids=[recording, str(uuid.uuid4())])[recording]["status"] == "stopped"
    start(runner, session_id)


def test_the_end_of_a_session_ends_its_recording_and_subscribers_hear_of_it(runner):
    session_id = runner.script("trap '' HUP; read -r line")
    with RunnerReader(runner.address) as reader:
        reader.ask("subscribe")
        recording = start(runner, session_id)
        reader.until("its start", lambda: any(e.get("status") == "recording" for e in reader.events))
        runner.call("remove", id=session_id)
        reader.until("its end", lambda: any(e.get("status") == "stopped" for e in reader.events))
    facts = runner.call("recordings", ids=[recording])[recording]
    assert facts["status"] == "stopped"
    assert labels(facts)[-1].startswith("exit")


def test_a_removed_recording_is_gone(runner):
    session_id = runner.script("read -r line")
    recording = start(runner, session_id)
    runner.call("record_remove", recording=recording)
    assert not path_of(runner, recording).exists()
    assert runner.call("recordings") == {}
    with pytest.raises(NotFound):
        runner.call("record_remove", recording=recording)
    start(runner, session_id)


def test_a_recording_ends_at_its_limit_and_the_session_goes_on(runner):
    session_id = runner.script("read -r line; seq 10000; echo over; read -r line")
    recording = start(runner, session_id, max_bytes=2000)
    runner.call("write", id=session_id, data="\r")
    shows(runner, session_id, "over")
    wait_until("its end", lambda: runner.call("recordings", ids=[recording])[recording]["status"] == "stopped")
    assert runner.call("recordings", ids=[recording])[recording]["truncated"] == "size"


def test_callers_read_it_through_the_porter(runner):
    session_id = runner.script("echo key sk-ant-api03-aaaaaaaaaaaaaaaaaaaaaaaa; read -r line")
    shows(runner, session_id, "key")
    recording = start(runner, session_id)
    stop(runner, session_id)

    async def read(wanted=recording, **params):
        carried = await client.download(runner.address, "recordings.read", id=wanted, **params)
        return b"".join([piece async for piece in carried]).decode()

    assert asyncio.run(read()) == path_of(runner, recording).read_text()
    assert asyncio.run(read(format="text", redact=True)).strip().endswith("key [redacted]")
    assert json.loads(asyncio.run(read(format="json")))["id"] == recording
    with pytest.raises(NotFound):
        asyncio.run(read(str(uuid.uuid4())))


def test_a_program_waits_for_a_recorder_that_is_behind_and_nothing_is_lost(own_runner):
    session_id = own_runner.script("read -r line; seq 3000000; echo over; read -r line")
    recording = start(own_runner, session_id)
    recorder = own_runner.helpers()["recorder"]
    pause(recorder)
    try:
        own_runner.call("write", id=session_id, data="\r")
        end = 0

        def rests():
            nonlocal end
            before, end = end, own_runner.call("get", id=session_id)["offset"]
            return end == before > 8 << 20

        wait_until("the program to wait", rests)
        assert end < 16 << 20
    finally:
        go_on(recorder)
    wait_until("the end", lambda: "over" in own_runner.call("text", id=session_id))
    stop(own_runner, session_id)
    lines = said(own_runner, recording).split("\r\n")
    first = lines.index("1")
    assert lines[first : first + 3_000_001] == [*map(str, range(1, 3_000_001)), "over"]


def test_another_recorder_goes_on_with_the_recording(own_runner):
    session_id = own_runner.script("while read -r line; do echo got $line; done")
    recording = start(own_runner, session_id)
    own_runner.call("write", id=session_id, data="first\r")
    wait_until("it written", lambda: "got first" in said(own_runner, recording))
    killed = own_runner.helpers()["recorder"]
    other = own_runner.script("read -r line")
    removed = start(own_runner, other)
    os.kill(killed, signal.SIGKILL)
    own_runner.call("remove", id=other)
    wait_until("another", lambda: own_runner.helpers().get("recorder", killed) != killed)
    assert own_runner.call("recordings", ids=[recording])[recording]["status"] == "recording"
    wait_until(
        "the removed one's end",
        lambda: own_runner.call("recordings", ids=[removed])[removed]["status"] != "recording",
    )
    wait_until("its first words", lambda: "recorder restarted" in said(own_runner, recording, "m"))
    own_runner.call("write", id=session_id, data="second\r")
    shows(own_runner, session_id, "got second")
    facts = stop(own_runner, session_id)
    assert facts["status"] == "stopped"
    assert facts["event_count"] == len(events(own_runner, recording))
    assert played(own_runner, recording) == tidy(own_runner.call("text", id=session_id))


@pytest.mark.parametrize("both", [False, True], ids=["the runner", "runner and recorder"])
def test_a_crash_leaves_a_recording_that_plays(both):
    with RunnerProcess() as runner:
        session_id = runner.script("i=0; while :; do echo line $((i++)); sleep 0.02; done")
        recording = start(runner, session_id)
        wait_until("a second of it", lambda: "line 40" in said(runner, recording))
        recorder = runner.helpers()["recorder"]
        if both:
            pause(recorder)
            with path_of(runner, recording).open("ab") as stream:
                stream.write(b'[9.5, "o", "half a li')
            os.kill(recorder, signal.SIGKILL)
        runner.kill()
        wait_until("its end", lambda: not is_alive(recorder))
        runner.start()
        wait_until("its facts", lambda: runner.call("recordings", ids=[recording]))
        facts = runner.call("recordings", ids=[recording])[recording]
        assert facts["status"] == "failed"
        assert facts["event_count"] == len(events(runner, recording)) > 1
        assert facts["duration_ms"] >= 700
        assert "line 40" in said(runner, recording)
