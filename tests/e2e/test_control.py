"""Several windows on one session: one drives and owns the size, the others watch at that size and may take over."""

import contextlib
import json
import uuid

import pytest
from support.sockets import RunnerReader, wait_until

from runner.control import MAX_READERS

pytestmark = pytest.mark.parametrize("server", ["uvicorn"], indirect=True, scope="session")  # it is the runner's affair


@pytest.fixture
def session(server, session):
    """Ready: what is typed is not echoed any more."""
    with RunnerReader(server.runner_address) as reader:
        reader.ask("attach", id=session, since=0, control=False)
        reader.see(b"ready")
        reader.ask("detach")
    return session


def attached(connect, session, **payload):
    socket = connect(**({"token": payload.pop("token")} if "token" in payload else {}))
    socket.answered = socket.attach(session, **{"since": 0, **payload})
    return socket


def changes(socket):
    return [m["payload"] for m in socket.messages if m["type"] == "control:changed"]


def until_changed(socket, what, condition):
    socket.until(what, lambda: any(condition(change) for change in changes(socket)))
    return next(change for change in reversed(changes(socket)) if condition(change))


def shown_size(server, session):
    shown = server.api.get(f"/api/sessions/{session}").json()["data"]["session"]
    return shown["cols"], shown["rows"]


def test_a_phone_that_joins_does_not_reflow_the_desktop(server, connect, session):
    desktop = attached(connect, session, cols=120, rows=40)
    phone = attached(connect, session, cols=40, rows=60)
    assert (desktop.answered["control"], phone.answered["control"]) == (True, False)
    assert (phone.answered["mode"], phone.answered["cols"], phone.answered["rows"]) == ("control", 120, 40)
    phone.send("terminal:resize", cols=60, rows=40)
    assert phone.message("terminal:resized")["payload"] == {"cols": 120, "rows": 40}
    desktop.rest(0.1)
    assert not any(m["type"] == "terminal:resized" for m in desktop.messages)
    assert shown_size(server, session) == (120, 40)


def test_who_does_not_drive_may_type_and_takes_nothing_by_it(connect, session):
    desktop, phone = attached(connect, session, cols=120, rows=40), attached(connect, session, cols=40, rows=60)
    phone.type("echo typed on the phone; stty size\n")
    for socket in (desktop, phone):
        socket.see("typed on the phone")
        socket.see("40 120")


def test_taking_control_brings_the_size_one_wished_for_and_tells_everybody(server, connect, session):
    desktop = attached(connect, session, cols=120, rows=40)
    phone = attached(connect, session, cols=40, rows=60)
    viewer = attached(connect, session, mode="view", cols=90, rows=90)
    phone.send("control:take")
    assert until_changed(phone, "it drives", lambda change: change["you"])["driver"]["user"] == "admin"
    for socket in (desktop, viewer):
        assert socket.message("terminal:resized")["payload"] == {"cols": 40, "rows": 60}
        last = until_changed(socket, "the phone drives", lambda c: c["viewerCount"] == 3 and not c["you"])
        assert len(last["viewers"]) == 3
    assert shown_size(server, session) == (40, 60)
    desktop.send("control:take", cols=121, rows=41)
    assert phone.message("terminal:resized", after=len(phone.messages))["payload"] == {"cols": 121, "rows": 41}
    until_changed(phone, "it drives no longer", lambda change: not change["you"] and change["viewerCount"] == 3)


def test_the_size_stays_when_the_driver_leaves_and_the_next_to_act_gets_control(server, connect, session):
    desktop = attached(connect, session, cols=120, rows=40)
    phone = attached(connect, session, cols=40, rows=60)
    desktop.close()
    vacant = until_changed(phone, "nobody drives", lambda change: change["driver"] is None)
    assert [v["drives"] for v in vacant["viewers"]] == [False]
    assert shown_size(server, session) == (120, 40)
    phone.type("echo mine now; stty size\n")
    phone.see("60 40")
    assert until_changed(phone, "it drives", lambda change: change["you"])["viewerCount"] == 1


def test_a_driver_whose_network_blinked_comes_back_as_the_driver(server, connect, session):
    viewer = attached(connect, session, mode="view")
    desktop = attached(connect, session, since=None, cols=120, rows=40)
    desktop.until("a picture", lambda: desktop.output.repaints)
    desktop.close()
    wait_until("it is gone", lambda: len(viewers(server, session)) == 1)
    again = attached(connect, session, since=desktop.output.position, cols=120, rows=40)
    assert (again.answered["control"], again.answered["replay"]) == (True, "none")
    viewer.rest(0.2)
    assert not any(change["driver"] and change["you"] for change in changes(viewer))


def viewers(server, session):
    return server.api.get(f"/api/sessions/{session}").json()["data"]["session"]["viewers"]


def test_who_watches_is_in_the_session_and_in_the_answer_to_attaching(server, connect, session):
    desktop, viewer = attached(connect, session), attached(connect, session, mode="view")
    assert [(v["user"], v["mode"], v["drives"]) for v in viewers(server, session)] == [
        ("admin", "control", True), ("admin", "view", False)
    ]  # fmt: skip
    assert viewer.answered["viewers"] == viewers(server, session)
    assert viewer.answered["viewerCount"] == 2
    assert all(v["since"].endswith("Z") for v in viewers(server, session))
    listed = server.api.get("/api/sessions").json()["data"]["sessions"]
    assert next(row["viewers"] for row in listed if row["id"] == session) == viewers(server, session)
    joined = until_changed(desktop, "somebody joined", lambda change: change["viewerCount"] == 2)
    assert joined["driver"] == {"user": "admin", "id": viewers(server, session)[0]["id"]}
    viewer.close()
    until_changed(desktop, "somebody left", lambda change: change["viewerCount"] == 1)
    assert len(viewers(server, session)) == 1


def test_who_only_views_can_write_on_no_road(server, connect, session):
    driver = attached(connect, session)
    viewer = attached(connect, session, mode="view")
    assert (viewer.answered["mode"], viewer.answered["control"]) == ("view", False)
    roads = [
        {"type": "terminal:input", "payload": {"data": "echo from the viewer\n"}},
        {"type": "terminal:resize", "payload": {"cols": 50, "rows": 50}},
        {"type": "control:take"},
        {"type": "control:take", "payload": {"cols": 50, "rows": 50}},
        {"type": "agent:switch", "payload": {"agent": "codex"}},
    ]
    for road in (*map(json.dumps, roads), b"echo from the viewer\n", b"\x1b[?1;2c"):
        seen = len(viewer.messages)
        viewer.send_bytes(road) if isinstance(road, bytes) else viewer.send_text(road)
        assert viewer.error(after=seen)["code"] == "FORBIDDEN"
    viewer.send("terminal:refresh", history=10)
    viewer.until("a picture, which is no writing", lambda: viewer.output.repaints)
    driver.type("stty size; echo driven\n")
    driver.see("driven")
    assert b"24 80" in driver.output.data
    assert b"viewer" not in driver.output.data


def test_a_view_that_is_alone_leaves_the_terminal_to_nobody(connect, session):
    attached(connect, session, mode="view", cols=50, rows=50)
    desktop = attached(connect, session)
    assert (desktop.answered["control"], desktop.answered["cols"]) == (True, 80)


def test_a_resize_by_rest_is_an_order_whoever_drives(server, connect, session):
    driver, viewer = attached(connect, session, cols=120, rows=40), attached(connect, session, mode="view")
    server.api.post(f"/api/sessions/{session}/resize", json={"cols": 70, "rows": 20})
    for socket in (driver, viewer):
        assert socket.message("terminal:resized")["payload"] == {"cols": 70, "rows": 20}


@pytest.mark.parametrize("binary", [False, True], ids=["json", "binary"])
def test_more_history_comes_when_asked_for_and_disturbs_no_other_window(connect, session, binary):
    other = attached(connect, session)
    other.type("seq 1 500\n")
    other.see("\n500\r\n")
    socket = attached(connect, session, since=None, history=10, binary=binary)
    socket.until("a picture", lambda: socket.output.repaints)
    assert b"\r\n100\r\n" not in socket.output.repaints[-1][3]
    socket.send("terminal:refresh", history=100_000)
    socket.until("another", lambda: len(socket.output.repaints) == 2)
    assert b"\r\n100\r\n" in socket.output.repaints[-1][3]
    socket.type("echo and on\n")
    for window in (socket, other):
        window.see("and on")
    assert other.output.repaints == []


@pytest.mark.parametrize(("kind", "payload"), [
    ("terminal:refresh", {"history": -1}), ("terminal:refresh", {"history": 200_001}),
    ("terminal:refresh", {"history": "all"}), ("control:take", {"cols": 1, "rows": 24}),
    ("control:take", {"cols": "80", "rows": 24}),
])  # fmt: skip
def test_a_wrong_wish_is_an_invalid_request_and_changes_nothing(server, connect, session, kind, payload):
    socket = attached(connect, session)
    seen = len(socket.messages)
    socket.send(kind, **payload)
    assert socket.error(after=seen)["code"] == "INVALID_REQUEST"
    assert shown_size(server, session) == (80, 24)


@pytest.mark.parametrize(("kind", "payload"), [("control:take", {}), ("terminal:refresh", {"history": 10})])
def test_before_attaching_there_is_nothing_to_take_or_refresh(connect, kind, payload):
    assert connect().answer(kind, **payload)["payload"]["code"] == "NO_SESSION"


@pytest.mark.parametrize("wrong", [str(uuid.uuid4()), "x"], ids=["unknown", "nonsense"])
def test_an_attach_that_fails_leaves_what_was_attached(connect, session, wrong):
    socket = attached(connect, session)
    assert socket.answer("session:attach", sessionId=wrong)["payload"]["code"] == "SESSION_NOT_FOUND"
    socket.type("echo still attached\n")
    socket.see("still attached")


def test_attaching_again_with_the_same_socket_keeps_control(connect, session):
    socket = attached(connect, session, cols=100, rows=30)
    again = socket.attach(session, since=0, cols=101, rows=30)
    assert (again["control"], again["cols"], again["viewerCount"]) == (True, 101, 1)


def test_attaching_says_the_title(server, connect):
    script = r"printf '\033]0;A title\007titled'; read line"
    session = server.start_session("shell", args=["-c", script])
    wait_until("the title is known", lambda: attached(connect, session).answered["title"] == "A title")
    server.api.delete(f"/api/sessions/{session}")


def test_more_windows_than_may_be_are_a_conflict_and_leave_what_was_attached(server, connect, session):
    other = server.start_session("shell", args=["-c", "cat"])
    socket = attached(connect, other)
    with contextlib.ExitStack() as crowd:
        for _ in range(MAX_READERS):
            reader = crowd.enter_context(RunnerReader(server.runner_address))
            reader.ask("attach", id=session, control=False)
        assert socket.answer("session:attach", sessionId=session)["payload"]["code"] == "CONFLICT"
    socket.type("still attached\n")
    socket.see("still attached")
    server.api.delete(f"/api/sessions/{other}")
