"""The terminal socket, message by message and code by code, on both servers."""

import json

import pytest
from support.sockets import tidy, wait_until

from runner import client


def code(message):
    assert message["type"] == "error", message
    assert message["payload"]["message"]
    return message["payload"]["code"]


def still_works(socket):
    return socket.answer("ping") == {"type": "pong"}


# --- what works ------------------------------------------------------------------------------------------------------


def test_a_ping_is_answered(connect):
    assert connect().answer("ping") == {"type": "pong"}


def test_attaching_says_what_one_is_attached_to(connect, session):
    socket = connect()
    socket.send("session:attach", sessionId=session, cols=100, rows=30)
    message = socket.message("session:attached")
    assert message["sessionId"] == session
    payload = message["payload"]
    assert payload["session"]["id"] == session
    assert payload["session"]["agent"] == "shell"
    assert (payload["cols"], payload["rows"], payload["control"]) == (100, 30, True)
    assert payload["replay"] == "screen"
    assert isinstance(payload["offset"], int)


def test_a_client_that_asks_for_nothing_gets_the_screen_as_ordinary_output(connect, session, attached):
    attached.type("echo drawn before\n")
    attached.see("drawn before")
    late = connect()
    late.attach(session)
    late.until("a picture", lambda: late.output.repaints)
    assert "drawn before" in late.output.screen()
    attached.type("echo said later\n")
    late.see("said later")


def test_input_is_typed_and_output_comes_with_offsets(attached):
    attached.type("echo grüße 🎉 $((40 + 2))\n")
    attached.see("grüße 🎉 42")
    assert attached.output.position == len(attached.output.data)


def test_a_new_size_reaches_the_program_and_the_other_windows(connect, session, attached):
    other = connect()
    other.attach(session)
    attached.send("terminal:resize", cols=111, rows=33)
    assert other.message("terminal:resized")["payload"] == {"cols": 111, "rows": 33}
    attached.type("stty size\n")
    attached.see("33 111")


def test_detaching_ends_the_output_and_not_the_session(server, attached, session):
    assert attached.answer("session:detach") == {"type": "session:detached", "sessionId": session}
    held = len(attached.output.data)
    server.api.post(f"/api/sessions/{session}/input", json={"data": "echo unseen\n"})
    attached.rest(0.3)
    assert len(attached.output.data) == held
    assert server.api.get(f"/api/sessions/{session}").json()["data"]["session"]["status"] == "running"
    attached.attach(session, since=held)
    attached.see("unseen")


def test_one_socket_can_go_from_session_to_session(server, attached, session):
    other = server.start_session("shell", args=["-c", "echo the other; read line"])
    attached.attach(other, since=0)
    attached.see("the other")
    attached.rest(0.1)
    assert attached.output.data == b"the other\r\n"
    server.api.delete(f"/api/sessions/{other}")


def test_coming_back_gives_exactly_what_was_missed(connect, session, attached):
    attached.type("seq 1 3000\n")
    attached.see("3000\r\n")
    everything = bytes(attached.output.data)
    for since in (0, 17, 5000, len(everything)):
        socket = connect()
        answer = socket.attach(session, since=since)
        assert answer["replay"] == ("bytes" if since < len(everything) else "none")
        assert answer["offset"] == since
        socket.until("the rest", lambda s=socket: s.output.position == len(everything))
        assert bytes(socket.output.data) == everything[since:]
        assert socket.output.repaints == []


def test_coming_back_too_late_gives_one_picture_and_then_the_rest(connect, session, attached):
    attached.type("seq 1 300000\n")
    attached.see("300000\r\n")
    late = connect()
    assert late.attach(session, since=3)["replay"] == "screen"
    late.until("a picture", lambda: late.output.repaints)
    attached.type("echo after\n")
    late.see("after")
    assert len(late.output.repaints) == 1
    assert late.output.screen().splitlines()[-2:] == ["300000", "after"]


@pytest.mark.parametrize("acknowledges", [False, True])
def test_binary_output_is_the_same_bytes(connect, session, attached, acknowledges):
    attached.type("seq 1 100000\n")
    binary = connect(acknowledges=acknowledges)
    binary.attach(session, since=0, binary=True, ack=acknowledges)
    for socket in (attached, binary):
        socket.see("\n100000\r\n")
    assert binary.output.data == attached.output.data


def test_binary_input_is_typed_as_it_is(connect, session):
    socket = connect()
    socket.attach(session, since=0, binary=True)
    socket.send_bytes(b"echo 'binary \xc3\xa9'\n")
    socket.see("binary é")


def test_a_repaint_for_a_binary_reader_says_that_it_is_one(connect, session, attached):
    attached.type("echo drawn\n")
    attached.see("drawn")
    socket = connect()
    socket.attach(session, binary=True)
    socket.until("a picture", lambda: socket.output.repaints)
    offset, cols, rows, _ = socket.output.repaints[0]
    assert (offset, cols, rows) == (attached.output.position, 80, 24)
    assert "drawn" in socket.output.screen()


def test_a_reader_that_promises_to_acknowledge_and_does_not_gets_only_so_much(connect, session, attached):
    dawdler = connect()
    dawdler.attach(session, since=0, binary=True, ack=True)
    attached.type("seq 1 900000; echo all\n")
    attached.see("all\r\n", 60)
    dawdler.rest(0.3)
    assert len(dawdler.output.data) < 2 << 20
    dawdler.send("terminal:ack", offset=dawdler.output.position)
    dawdler.until("a picture", lambda: dawdler.output.repaints)
    assert dawdler.output.screen().splitlines()[-1] == "all"


def test_switching_the_agent_is_told_to_everybody_attached(connect, server):
    session_id = server.start_session("shell")
    first, second = connect(), connect()
    for socket in (first, second):
        socket.attach(session_id, since=0)
    first.send("agent:switch", agent="codex")
    for socket in (first, second):
        message = socket.message("agent:switched")
        assert message["sessionId"] == session_id
        assert message["payload"]["session"]["agent"] == "codex"
        assert message["payload"]["session"]["status"] == "running"
        socket.see("codex here")
    second.type("typed at codex\n")
    first.see("typed at codex")
    server.api.delete(f"/api/sessions/{session_id}")


def test_the_exit_comes_after_the_last_output(connect, server):
    session_id = server.start_session("shell", args=["-c", "read line; seq 1 5000; exit 7"])
    socket = connect()
    socket.attach(session_id, since=0)
    socket.type("\n")
    message = socket.message("session:exited")
    exited = {"code": 7, "signal": None, "endedBy": None}
    assert message == {"type": "session:exited", "sessionId": session_id, "payload": exited}
    assert socket.output.data.endswith(b"\r\n5000\r\n")
    again = connect()
    again.attach(session_id, since=0)
    assert again.message("session:exited")["payload"]["code"] == 7
    assert again.output.data == socket.output.data
    server.api.delete(f"/api/sessions/{session_id}")


def test_a_session_that_is_deleted_is_said_to_be(server, attached, session):
    server.api.delete(f"/api/sessions/{session}")
    assert attached.error()["code"] == "SESSION_NOT_FOUND"
    assert still_works(attached)


def test_the_servers_own_picture_is_what_a_reader_sees(server, attached, session):
    attached.type(r"printf '\033[2J\033[5;10H\033[31mred\033[0m 中文 é'" + "\n")
    attached.see("é")
    wait_until(
        "the same picture",
        lambda: attached.output.screen() == tidy(client.call(server.runner_address, "text", id=session, history=0)),
    )


# --- what is refused, and that the socket lives on -------------------------------------------------------------------


@pytest.mark.parametrize("text", ["{", "", "nonsense", "[]", '"ping"', "5", "null", "{'type': 'ping'}", "\ufeff{}"])
def test_what_is_no_json_object_is_an_invalid_message(connect, text):
    socket = connect()
    assert code(socket.answer_to(text)) == "INVALID_MESSAGE"
    assert still_works(socket)


@pytest.mark.parametrize("message", [
    {}, {"type": None}, {"type": 5}, {"type": []}, {"type": "no:such"}, {"type": "PING"},
    {"type": "ping", "payload": []},
    {"type": "session:attach", "payload": "x"}, {"type": "session:attach", "payload": None},
])  # fmt: skip
def test_unknown_types_and_payloads_that_are_no_objects_are_invalid_messages(connect, message):
    socket = connect()
    assert code(socket.answer_to(json.dumps(message))) == "INVALID_MESSAGE"
    assert still_works(socket)


@pytest.mark.parametrize("payload", [
    {}, {"sessionId": 5}, {"sessionId": None}, {"sessionId": ""}, {"sessionId": "x" * 65},
    {"sessionId": "@", "cols": 0, "rows": 24}, {"sessionId": "@", "cols": 80, "rows": 1001},
    {"sessionId": "@", "cols": "80", "rows": 24}, {"sessionId": "@", "since": -1}, {"sessionId": "@", "since": "0"},
    {"sessionId": "@", "binary": "yes"},
])  # fmt: skip
def test_an_attach_that_lacks_or_mistakes_something_is_an_invalid_request(connect, session, payload):
    socket = connect()
    payload = {name: session if value == "@" else value for name, value in payload.items()}
    assert code(socket.answer("session:attach", **payload)) == "INVALID_REQUEST"
    assert still_works(socket)


@pytest.mark.parametrize(("kind", "payload"), [
    ("terminal:input", {}), ("terminal:input", {"data": 5}), ("terminal:input", {"data": None}),
    ("terminal:resize", {}), ("terminal:resize", {"cols": 80}), ("terminal:resize", {"cols": 1, "rows": 1}),
    ("terminal:resize", {"cols": True, "rows": 24}), ("terminal:ack", {}), ("terminal:ack", {"offset": -1}),
    ("terminal:ack", {"offset": "5"}), ("agent:switch", {}), ("agent:switch", {"agent": 5}),
])  # fmt: skip
def test_a_message_that_lacks_or_mistakes_something_is_an_invalid_request(attached, kind, payload):
    seen = len(attached.messages)
    attached.send(kind, **payload)
    assert attached.error(after=seen)["code"] == "INVALID_REQUEST"
    attached.type("echo still here\n")
    attached.see("still here")


def test_half_a_surrogate_pair_is_refused(attached):
    answer = attached.answer_to('{"type": "terminal:input", "payload": {"data": "\\ud800"}}')
    assert code(answer) in {"INVALID_REQUEST", "INVALID_MESSAGE"}
    assert still_works(attached)


@pytest.mark.parametrize("session_id", ["5a2de2bb-176c-4f16-8f0e-b505f4ac27af", "x", "../../etc/passwd"])
def test_a_session_that_never_was_is_not_found(connect, session_id):
    socket = connect()
    assert code(socket.answer("session:attach", sessionId=session_id)) == "SESSION_NOT_FOUND"
    assert still_works(socket)


def test_somebody_elses_session_is_not_found_either(server, connect, session):
    socket = connect(server.strangers_token)
    assert code(socket.answer("session:attach", sessionId=session)) == "SESSION_NOT_FOUND"
    assert code(socket.answer("terminal:input", data="rm -rf /\n")) == "NO_SESSION"
    assert still_works(socket)


def test_ones_own_session_is_found(server, connect):
    answer = server.stranger.post("/api/sessions", json={"agent": "shell", "args": ["-c", "echo mine; read line"]})
    session_id = answer.json()["data"]["session"]["id"]
    socket = connect(server.strangers_token)
    socket.attach(session_id, since=0)
    socket.see("mine")
    server.stranger.delete(f"/api/sessions/{session_id}")


@pytest.mark.parametrize(("agent", "expected"), [
    ("no-such-agent", "AGENT_NOT_FOUND"), ("gemini", "AGENT_DISABLED"), ("claude", "CONFLICT"),
])  # fmt: skip
def test_a_switch_that_cannot_be_says_why_and_the_old_agent_goes_on(attached, agent, expected):
    seen = len(attached.messages)
    attached.send("agent:switch", agent=agent)
    assert attached.error(after=seen)["code"] == expected
    attached.type("echo still the old one\n")
    attached.see("still the old one")


@pytest.mark.parametrize(("kind", "payload"), [
    ("terminal:input", {"data": "x"}), ("terminal:resize", {"cols": 80, "rows": 24}), ("terminal:ack", {"offset": 0}),
    ("agent:switch", {"agent": "shell"}), ("session:detach", {}),
])  # fmt: skip
def test_before_attaching_there_is_no_session(connect, kind, payload):
    socket = connect()
    assert code(socket.answer(kind, **payload)) == "NO_SESSION"
    assert still_works(socket)


def test_binary_input_before_attaching_has_no_session_either(connect):
    socket = connect()
    assert code(socket.answer_to(b"x")) == "NO_SESSION"
    assert still_works(socket)


def test_attaching_to_a_session_whose_process_is_gone_fails(server, connect):
    session_id = server.start_session("shell")
    client.call(server.runner_address, "remove", id=session_id)
    socket = connect()
    assert code(socket.answer("session:attach", sessionId=session_id)) == "ATTACH_FAILED"
    assert server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]["status"] == "lost"
    assert still_works(socket)
    server.api.delete(f"/api/sessions/{session_id}")


@pytest.mark.parametrize("frame", ["x" * (2 << 20), b"x" * (2 << 20)], ids=["text", "binary"])
def test_a_frame_of_two_mebibytes_is_too_large_and_the_socket_stays_open(attached, frame):
    assert code(attached.answer_to(frame)) == "TOO_LARGE"
    attached.type("echo still open\n")
    attached.see("still open")


def test_a_frame_of_one_mebibyte_is_taken(server, connect):
    session_id = server.start_session(
        "shell", args=["-c", "stty raw -echo; echo raw; head -c 1000000 | wc -c; sleep 99"]
    )
    socket = connect()
    socket.attach(session_id, since=0)
    socket.see("raw")
    socket.type("x" * 1_000_000)
    socket.see("1000000")
    server.api.delete(f"/api/sessions/{session_id}")


def test_typing_at_a_deaf_program_is_too_large_at_last(server, connect):
    session_id = server.start_session("shell", args=["-c", "stty raw -echo; echo deaf; sleep 1000"])
    socket = connect()
    socket.attach(session_id, since=0)
    socket.see("deaf")
    for _ in range(4):
        socket.type("x" * 400_000)
    assert socket.error()["code"] == "TOO_LARGE"
    socket.send("ping")
    socket.message("pong")
    server.api.delete(f"/api/sessions/{session_id}")


def test_a_storm_of_bad_messages_harms_nobody(connect, attached):
    socket = connect()
    for number in range(300):
        socket.send_text("{" * (number % 7))
        socket.send_bytes(bytes(number % 5))
    attached.type("echo undisturbed\n")
    attached.see("undisturbed")
    assert {m["payload"]["code"] for m in socket.messages} <= {"INVALID_MESSAGE", "NO_SESSION"}
