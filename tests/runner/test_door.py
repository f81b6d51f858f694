"""The runner's socket against callers who send nonsense, and against those who may not call at all."""

import json
import os
import subprocess
import sys
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.server import START_TIMEOUT_S
from support.sockets import RunnerReader, is_alive

from core.errors import Conflict, InternalError, InvalidRequest, SessionNotFound
from runner import protocol, wire
from runner.addresses import socket_path
from runner.protocol import Kind

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
operations = st.sampled_from(sorted(set(protocol.OPERATIONS) - {"shutdown"})) | st.text(max_size=10)
odd_params = st.dictionaries(
    st.sampled_from(["id", "launch", "cols", "rows", "cwd", "data", "since", "signal", "history", "x"]),
    json_values,
    max_size=5,
)
requests = st.fixed_dictionaries({}, optional={"id": json_values, "op": operations | json_values, "params": odd_params})
bodies = st.binary(max_size=200) | (requests | json_values).map(lambda v: json.dumps(v).encode("utf-8", "replace"))
nonsense = st.lists(st.tuples(st.integers(0, 255) | st.sampled_from([1, 1, 1, 6, 7]), bodies), max_size=6)
patient = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def bystander(runner):
    """Somebody at work in his terminal, whom nothing of this may disturb."""
    session_id = runner.script("stty -echo; while read line; do echo heard $line; done")
    with runner.watch(session_id) as reader:
        yield reader


def assert_undisturbed(runner, bystander):
    word = uuid.uuid4().hex
    bystander.type(word.encode() + b"\n")
    bystander.see(b"heard " + word.encode())
    assert is_alive(runner.pid)


@patient
@given(nonsense)
def test_frames_of_nonsense_end_at_most_the_connection_they_came_on(runner, bystander, frames):
    with RunnerReader(runner.address) as rogue:
        for kind, body in frames:
            try:
                rogue.send(kind, body)
            except ConnectionError:
                break
        rogue.read(0.01)
    assert_undisturbed(runner, bystander)


@patient
@given(st.binary(min_size=1, max_size=2000))
def test_bytes_that_are_no_frames_do_no_more(runner, bystander, data):
    with RunnerReader(runner.address) as rogue:
        rogue.send_raw(data)
        rogue.read(0.01)
    assert_undisturbed(runner, bystander)


def test_a_length_over_the_limit_closes_the_connection_at_once(runner, bystander):
    with RunnerReader(runner.address) as rogue:
        rogue.send_raw((1 << 31).to_bytes(4, "big") + b"\1")
        rogue.rest(5)
        assert rogue.gone
    assert_undisturbed(runner, bystander)


def test_half_a_frame_that_never_ends_harms_nobody(runner, bystander):
    with RunnerReader(runner.address) as rogue:
        rogue.send_raw(wire.encode(Kind.REQUEST, bytes(1000))[:500])
        assert_undisturbed(runner, bystander)


@pytest.mark.parametrize(
    "request_",
    [
        [], "list", 7, None,
        {"id": "n"}, {"id": "n", "op": None}, {"id": "n", "op": ["list"]}, {"id": "n", "op": {}},
        {"id": "n", "op": "nothing"}, {"id": "n", "op": "list", "params": []},
        {"id": "n", "op": "list", "params": {"more": 1}},
        {"id": "n", "op": "get"}, {"id": "n", "op": "get", "params": {"id": 5}},
        {"id": "n", "op": "get", "params": {"id": "../../etc"}},
        {"id": "n", "op": "remove", "params": {"id": "../" * 12}},
    ],
)  # fmt: skip
def test_a_request_that_is_none_is_answered_with_what_is_wrong(runner, request_):
    with RunnerReader(runner.address) as caller:
        caller.send(Kind.REQUEST, protocol.dumps(request_))
        number = request_.get("id") if isinstance(request_, dict) else None
        caller.until("an answer", lambda: number in caller._replies)
        assert caller._replies[number]["error"]["code"] == "INVALID_REQUEST"
        assert caller.ask("list") == []


def test_a_request_whose_number_is_a_monster_is_answered_too(runner):
    deep = json.loads("[" * 400 + "]" * 400)
    with RunnerReader(runner.address) as caller:
        caller.send(Kind.REQUEST, json.dumps({"id": deep, "op": "list"}).encode())
        caller.until("an answer", lambda: caller._replies.get(None))


@pytest.mark.parametrize("op", ["get", "write", "resize", "signal", "end", "replace", "text", "attach"])
def test_every_operation_on_a_session_that_is_none_says_so(runner, op):
    params = {
        "write": {"data": "x"}, "resize": {"cols": 80, "rows": 24}, "signal": {"signal": 2},
        "replace": {"launch": {"argv": ["/bin/true"]}},
    }.get(op, {})  # fmt: skip
    with pytest.raises(SessionNotFound):
        runner.call(op, id=str(uuid.uuid4()), **params)


def test_removing_what_is_not_there_is_no_error(runner):
    runner.call("remove", id=str(uuid.uuid4()))


def test_a_session_can_be_made_only_once(runner):
    session_id = runner.script("sleep 100")
    with pytest.raises(Conflict, match="terminal already"):
        runner.script("sleep 100", session_id=session_id)
    assert runner.call("get", id=session_id)["status"] == "running"


@pytest.mark.parametrize("size", [(1, 24), (80, 1), (1001, 24), (80, 1001), (0, 0), (-1, 24)])
def test_impossible_sizes_are_refused_and_leave_nothing(runner, size):
    with pytest.raises(InvalidRequest, match="2 to 1000"):
        runner.script("sleep 100", cols=size[0], rows=size[1])
    assert runner.call("list") == []


@pytest.mark.parametrize("text", ["a\0b", "\0"])
def test_a_command_with_a_nul_in_it_is_refused_and_leaves_nothing(runner, text):
    with pytest.raises((InvalidRequest, Conflict)) as failure:
        runner.program("/bin/echo", text)
    assert not isinstance(failure.value, InternalError)
    assert runner.call("list") == []


# --- who may call ----------------------------------------------------------------------------------------------------

ASK_AS = """
import os, socket, sys
os.setgroups([]); os.setgid({uid}); os.setuid({uid})
caller = socket.socket(socket.AF_UNIX)
caller.settimeout(10)
caller.connect({path!r})
try:
    caller.sendall({request!r})
    print(len(caller.recv(1000)))
except ConnectionError:
    print(0)
"""


def ask_as(uid, path):
    """How many bytes the runner answers this user."""
    request = wire.encode(Kind.REQUEST, protocol.dumps({"id": 7, "op": "list", "params": {}}))
    code = ASK_AS.format(uid=uid, path=str(path), request=request)
    return int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=30).stdout)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_is_not_answered_even_where_the_file_permissions_let_him_in(runner):
    path = socket_path(runner.address)
    assert path.stat().st_mode & 0o777 == 0o600
    assert ask_as(0, path) > 0
    path.chmod(0o666)
    path.parent.chmod(0o755)
    try:
        assert ask_as(65534, path) == 0
        assert ask_as(0, path) > 0
    finally:
        path.parent.chmod(0o700)
        path.chmod(0o600)


def test_two_runners_cannot_have_one_socket(runner):
    second = subprocess.run(
        [sys.executable, "-P", "-m", "agterm", "runner"],
        env=runner.environment, capture_output=True, text=True, timeout=START_TIMEOUT_S, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert "Another runner is running" in second.stderr
    assert "Traceback" not in second.stderr
    assert runner.call("list") == []


def test_it_greets_with_who_it_is(runner):
    with RunnerReader(runner.address) as caller:
        caller.until("a greeting", lambda: caller.greeting)
        assert caller.greeting["pid"] == runner.pid
        assert caller.greeting["protocol"] == protocol.VERSION
