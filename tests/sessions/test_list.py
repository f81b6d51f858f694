"""GET /api/sessions"""


def listed(client_):
    answer = client_.get("/api/sessions")
    assert answer.status_code == 200, answer.json()
    return answer.json()["data"]["sessions"]


def test_nothing_yet(mine, runner):
    assert listed(mine) == []


def test_everyone_sees_his_own_newest_first_and_staff_all(start, mine, client, stranger, staff):
    first, second = start(name="first"), start(name="second")
    assert [s["id"] for s in listed(mine)] == [second["id"], first["id"]]
    assert listed(client(stranger)) == []
    assert {s["id"] for s in listed(client(staff))} == {first["id"], second["id"]}


def test_it_shows_what_runs_now_and_not_what_ran(start, mine, runner):
    session = start(args=["-c", "exit 7"])
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
    (shown,) = listed(mine)
    assert (shown["status"], shown["exitCode"], shown["pid"]) == ("exited", 7, None)


def test_a_runner_that_is_down_is_said_to_be(start, mine, no_runner, row):
    session = start()
    no_runner()
    answer = mine.get("/api/sessions")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "HOST_UNAVAILABLE")
    assert row(session).status == "running"


def test_nobody_may(client, runner):
    assert client().get("/api/sessions").status_code == 401


def test_other_verbs_are_refused(mine, runner):
    answer = mine.put("/api/sessions", {}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")
