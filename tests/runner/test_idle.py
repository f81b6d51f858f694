"""A session that does nothing for long enough is ended; one that does anything at all is not."""

import time

import pytest
from support.server import RunnerProcess
from support.sockets import wait_until

pytestmark = pytest.mark.alone  # its times are short

LIMIT_S = 1.2


@pytest.fixture(scope="module")
def strict():
    with RunnerProcess({"AGTERM_IDLE_MINUTES": str(LIMIT_S / 60), "AGTERM_LOG_LEVEL": "info"}) as started:
        yield started


@pytest.fixture
def runner(strict):
    yield strict
    for info in strict.call("list"):
        strict.call("remove", id=info["id"])


def outcome(runner, session_id):
    info = runner.call("get", id=session_id)
    return info["status"], info["ended_by"]


def test_one_that_does_nothing_is_ended_though_somebody_watches_and_the_log_says_so(runner):
    session_id = runner.script("echo up; sleep 1000")
    began = time.monotonic()
    with runner.watch(session_id) as reader:
        reader.see(b"up")
        event = reader.event("exited")
    assert event["ended_by"] == "idle"
    assert time.monotonic() - began >= LIMIT_S
    assert outcome(runner, session_id) == ("exited", "idle")
    assert f"session {session_id} has done nothing" in runner.log


BUSY = {
    "prints": "while :; do echo x; sleep 0.2; done",
    "computes": "while :; do :; done",
    "lets a child compute": "sleep 1000 & while :; do true $((i++)); done > /dev/null & wait",
    "lets short-lived children compute": "while :; do for i in 1 2 3 4 5 6 7 8; do /bin/true; done; sleep 0.05; done",
}


@pytest.mark.parametrize("what", BUSY)
def test_one_that_does_something_lives(runner, what):
    lives, idle = runner.script(BUSY[what]), runner.script("sleep 1000")
    wait_until("the idle one is ended", lambda: outcome(runner, idle)[0] == "exited")
    second = runner.script("sleep 1000")
    wait_until("another is ended, too", lambda: outcome(runner, second)[0] == "exited")
    assert outcome(runner, lives) == ("running", "")


def test_one_that_is_typed_to_lives(runner):
    session_id, idle = runner.script("stty -echo; sleep 1000"), runner.script("sleep 1000")
    while outcome(runner, idle)[0] != "exited":
        runner.call("write", id=session_id, data="x")
        time.sleep(0.1)
    assert outcome(runner, session_id) == ("running", "")
    wait_until("it is ended when nobody types any more", lambda: outcome(runner, session_id) == ("exited", "idle"))


def test_one_that_was_ended_can_start_again_and_has_its_time_again(runner):
    session_id = runner.script("sleep 1000")
    wait_until("it is ended", lambda: outcome(runner, session_id) == ("exited", "idle"))
    runner.call("replace", id=session_id, launch={"argv": ["/bin/sleep", "1000"]})
    assert outcome(runner, session_id) == ("running", "")
    wait_until("it is ended again", lambda: outcome(runner, session_id) == ("exited", "idle"))


def test_without_a_limit_nothing_is_ended(shared_runner):
    session_id = shared_runner.script("sleep 1000")
    time.sleep(LIMIT_S * 1.5)
    assert outcome(shared_runner, session_id) == ("running", "")
    shared_runner.call("remove", id=session_id)
