"""GET /api/sessions/:id/snapshot, /output and /size"""

import pytest
from support.sockets import wait_until

PATHS = ("snapshot", "output", "size")
SNAPSHOT = {"snapshot", "text", "cols", "rows", "offset", "cursor", "modes", "title", "alternate", "state"}
MODES = {
    "bracketedPaste", "applicationCursor", "applicationKeypad", "focusEvents", "synchronizedOutput", "autoWrap",
    "origin", "reverseVideo", "alternateScreen", "insert", "mouse", "mouseEncoding", "kittyKeyboard",
}  # fmt: skip


@pytest.fixture
def ask(mine):
    return lambda session, path: mine.get(f"/api/sessions/{session['id']}/{path}")


@pytest.fixture
def told(ask):
    """`told(session, path)`: the answer's data."""

    def get(session, path):
        answer = ask(session, path)
        assert answer.status_code == 200, answer.json()
        return answer.json()["data"]

    return get


@pytest.fixture
def printed(start, runner):
    """`printed(script)`: a session whose shell has run the script and goes on; everything it printed has arrived."""

    def make(script, **fields):
        session = start(args=["-c", f"{script}; printf '\\033]2;done\\007'; read line"], **fields)
        wait_until("the script", lambda: runner.call("get", id=session["id"])["title"] == "done")
        return session

    return make


def test_the_snapshot_is_the_screen_with_what_the_terminal_knows(printed, told):
    script = r"printf 'one\r\n\033[31mtwo\033[0m \033[?2004h\033[?1h\033[?1002;1006h\033[>1u\033[?25l'"
    shown = told(printed(script, cols=40, rows=10), "snapshot")
    assert set(shown) == SNAPSHOT
    assert (shown["cols"], shown["rows"], shown["title"], shown["alternate"]) == (40, 10, "done", False)
    assert shown["text"].rstrip("\n") == "one\ntwo"
    assert shown["cursor"] == {"x": 4, "y": 1, "visible": False}
    assert set(shown["modes"]) == MODES
    assert {name for name, on in shown["modes"].items() if on is True} == {
        "bracketedPaste", "applicationCursor", "autoWrap",
    }  # fmt: skip
    assert (shown["modes"]["mouse"], shown["modes"]["mouseEncoding"]) == ("button", "sgr")
    assert shown["modes"]["kittyKeyboard"] == 1
    assert shown["snapshot"].startswith("\x1bc")
    assert "\x1b[?2004h" in shown["snapshot"]
    assert shown["offset"] > 20
    assert shown["state"] in ("idle", "working", "needs_input")


def test_the_snapshot_of_an_alternate_screen_says_so(printed, told):
    shown = told(printed(r"printf 'shell\033[?1049h\033[Htool'"), "snapshot")
    assert shown["alternate"] is shown["modes"]["alternateScreen"] is True
    assert shown["text"].rstrip("\n") == "tool"


def test_a_snapshot_ends_before_a_character_that_is_not_whole(start, runner, told):
    session = start(args=["-c", r"printf 'x\346\227'; read line"])
    wait_until("three bytes", lambda: runner.call("get", id=session["id"])["offset"] == 3)
    shown = told(session, "snapshot")
    assert (shown["offset"], shown["text"].rstrip()) == (1, "x")
    with runner.watch(session["id"], since=shown["offset"]) as reader:
        reader.see(b"\346\227")


def test_output_is_the_last_lines_as_plain_text(printed, told):
    session = printed(r"for i in $(seq 200); do printf '\033[32mline %d\033[0m\r\n' $i; done")
    shown = told(session, "output?lines=3")
    lines = ["line 198", "line 199", "line 200"]
    assert shown == {"totalLines": 200, "offset": 0, "lines": lines, "raw": "\n".join(lines)}
    assert told(session, "output")["lines"] == [f"line {i}" for i in range(151, 201)]


def test_output_counts_its_offset_from_the_end(printed, told):
    session = printed("seq 1 100")
    assert told(session, "output?lines=2&offset=10")["lines"] == ["89", "90"]
    assert told(session, "output?lines=50&offset=90")["lines"] == [str(i) for i in range(1, 11)]
    beyond = told(session, "output?lines=5&offset=100000")
    assert (beyond["lines"], beyond["raw"], beyond["totalLines"]) == ([], "", 100)
    assert told(session, "output?lines=10000")["lines"] == [str(i) for i in range(1, 101)]


def test_a_line_that_wraps_counts_once_for_each_row(printed, told):
    shown = told(printed("printf '%050d' 7", cols=20), "output")
    assert shown["lines"] == ["0" * 20, "0" * 20, "0" * 9 + "7"]


def test_blank_rows_below_the_last_text_are_no_lines(printed, told):
    assert told(printed(r"printf 'a\r\n\r\nb\r\n\r\n'"), "output")["lines"] == ["a", "", "b"]
    assert told(printed("true"), "output") == {"totalLines": 0, "offset": 0, "lines": [], "raw": ""}


def test_the_size_is_that_of_now(start, mine, told):
    session = start(cols=77, rows=21)
    assert told(session, "size") == {"cols": 77, "rows": 21}
    mine.post(f"/api/sessions/{session['id']}/resize", {"cols": 90, "rows": 30}, format="json")
    assert told(session, "size") == {"cols": 90, "rows": 30}
    assert (told(session, "snapshot")["cols"], told(session, "snapshot")["rows"]) == (90, 30)


def test_what_a_program_showed_is_still_there_when_it_has_exited(start, runner, told):
    session = start(args=["-c", "echo the end"])
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
    assert told(session, "output")["lines"] == ["the end"]
    assert told(session, "snapshot")["state"] == "exited"
    assert told(session, "size") == {"cols": session["cols"], "rows": session["rows"]}


@pytest.mark.parametrize("path", PATHS)
def test_a_lost_session_has_nothing_to_show(start, ask, runner, row, path):
    session = start()
    runner.call("remove", id=session["id"])
    answer = ask(session, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
    assert "lost" in answer.json()["error"]["message"]
    assert row(session).name == session["name"]


@pytest.mark.parametrize(
    "query", ["lines=0", "lines=10001", "lines=x", "lines=", "offset=-1", "offset=1.5", "offset=1e3"]
)
def test_numbers_that_are_none_are_refused(start, ask, query):
    answer = ask(start(), f"output?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
    assert answer.json()["error"]["details"]["fields"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("path", PATHS)
def test_only_who_may_see_the_session_sees_its_screen(start, client, stranger, staff, nobodys, mine, path):
    session = start()
    for session_id in (session["id"], nobodys, "nonsense"):
        answer = client(stranger).get(f"/api/sessions/{session_id}/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "SESSION_NOT_FOUND")
    asked = f"/api/sessions/{session['id']}/{path}"
    assert client(staff).get(asked).status_code == 200
    assert client().get(asked).status_code == 401
    assert mine.post(asked, {}, format="json").status_code == 405


@pytest.mark.parametrize("path", PATHS)
def test_a_runner_that_is_down_is_said_to_be(start, ask, no_runner, path):
    session = start()
    no_runner()
    answer = ask(session, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "HOST_UNAVAILABLE")
