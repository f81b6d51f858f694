"""Search as TermFlow's clients ask for it, over sessions of a real runner."""

from datetime import UTC, datetime, timedelta

from support.sockets import wait_until

from recordings.models import Recording, Status
from search import services


def test_what_a_session_printed_and_was_told_is_found(said, mine, search):
    session = said("kumquat")
    data = search(mine, "kumquat")
    by_type = {hit["document"]["type"]: hit for hit in reversed(data["results"])}
    document = by_type["output"]["document"]
    assert document["sessionId"] == document["terminalId"] == session["id"]
    assert document["sessionName"] == session["name"]
    assert document["agent"] == "shell"
    assert document["timestamp"].endswith("Z")
    assert document["offset"] >= 0
    assert document["recordingId"] is None
    assert by_type["input"]["context"] == "echo it says kumquat here"
    for hit in data["results"]:
        assert [hit["context"][start:end] for start, end in hit["matches"]].count("kumquat") == len(hit["matches"]) > 0
        assert hit["score"] > 0
    assert data["dropped"] == {"bytes": 0, "sessions": [], "damagedFiles": 0}
    assert data["nextCursor"] is None


def test_filters_narrow_a_search(said, mine, search):
    session, other = said("tamarind"), said("tamarind")
    for name in ("sessionId", "terminalId"):
        hits = search(mine, "tamarind", **{name: session["id"]})["results"]
        assert {hit["document"]["sessionId"] for hit in hits} == {session["id"]}
    assert len(search(mine, "tamarind", type="input")["results"]) == 2
    assert len(search(mine, "tamarind", kind="input", sessionId=other["id"])["results"]) == 1
    assert search(mine, "tamarind", agent="claude")["results"] == []
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert search(mine, "tamarind", since=tomorrow)["results"] == []
    assert search(mine, "tamarind", until=tomorrow)["results"]


def test_pages_follow_each_other(said, mine):
    said("quince")
    pages, cursor = [], None
    while True:
        body = {"query": "quince", "limit": 1} | ({"cursor": cursor} if cursor else {})
        data = mine.post("/api/search", body, format="json").json()["data"]
        pages += data["results"]
        if (cursor := data["nextCursor"]) is None:
            break
    assert len(pages) > 1
    assert len({hit["document"]["id"] for hit in pages}) == len(pages)


def test_a_stranger_finds_nothing_and_staff_all(said, client, stranger, staff, search):
    session = said("papaya")
    assert search(client(stranger), "papaya")["results"] == []
    assert search(client(stranger), "papaya", status=404, sessionId=session["id"])["code"] == "SESSION_NOT_FOUND"
    answer = client(stranger).get("/api/search/suggestions", {"q": "papa"})
    assert answer.json()["data"] == {"suggestions": []}
    assert search(client(staff), "papaya")["results"]


def test_nobody_is_told_to_log_in(client):
    assert client().post("/api/search", {"query": "x"}, format="json").status_code == 401
    assert client().get("/api/search/suggestions", {"q": "x"}).status_code == 401
    assert client().delete("/api/search/index").status_code == 401


def test_a_hit_says_where_in_a_recording_it_is(said, mine, owner, search, client, stranger):
    session = said("guava")
    began = datetime.now(UTC) - timedelta(minutes=1)
    recording = Recording.objects.create(
        owner=owner, session_key=session["id"], session_name="", agent="shell", runner="", started_at=began,
        ended_at=began + timedelta(hours=1), status=Status.STOPPED,
    )  # fmt: skip
    hits = search(mine, "guava", recordingId=str(recording.pk))["results"]
    assert {hit["document"]["recordingId"] for hit in hits} == {str(recording.pk)}
    assert all(0 < hit["document"]["recordingTimeMs"] < 3_600_000 for hit in hits)
    search(client(stranger), "guava", status=404, recordingId=str(recording.pk))


def test_words_are_suggested(said, mine):
    said("mangosteen")
    answer = mine.get("/api/search/suggestions", {"q": "echo mangos"})
    assert answer.json()["data"] == {"suggestions": ["mangosteen"]}
    assert mine.get("/api/search/suggestions").json()["error"]["code"] == "INVALID_REQUEST"


def test_an_owner_clears_the_index(said, mine, search, client, teammate):
    said("durian")
    assert client(teammate).delete("/api/search/index").json()["data"] == {"status": "cleared"}
    assert search(mine, "durian")["results"]
    assert client(teammate).delete("/api/search/index?all=true").json()["error"]["code"] == "FORBIDDEN"
    assert mine.delete("/api/search/index").json()["data"] == {"status": "cleared"}
    assert search(mine, "durian")["results"] == []


def test_a_session_that_is_not_to_be_found_is_not(start, said, mine, search):
    hidden = start(searchable=False)
    command = {"prompt": "echo it says lychee here"}
    mine.post(f"/api/sessions/{hidden['id']}/execute", command, format="json")
    said("lychee")
    assert hidden["id"] not in {hit["document"]["sessionId"] for hit in search(mine, "lychee")["results"]}


def test_a_deleted_session_is_still_found_by_its_name(said, mine, search):
    session = said("rambutan")
    assert mine.delete(f"/api/sessions/{session['id']}").status_code == 200
    hits = search(mine, "rambutan", sessionId=session["id"])["results"]
    assert {hit["document"]["sessionName"] for hit in hits} == {session["name"]}


def test_a_query_that_can_not_be_answered_is_refused(runner, mine, search):
    for body in ({}, {"query": " "}, {"query": "-x"}, {"query": 3}, {"query": "x", "limit": 0}, {"query": "x" * 2000}):
        answer = mine.post("/api/search", body, format="json")
        assert answer.status_code == 400, body
        assert answer.json()["error"]["code"] == "INVALID_REQUEST"
    search(mine, "x", status=400, type="error")
    search(mine, "x", status=400, nonsense=1)
    search(mine, "x", status=400, since="yesterday")
    search(mine, "x", status=400, since=1_700_000_000)


def test_search_that_is_off_says_so(mine, configure, search):
    configure(search=False)
    assert "AGTERM_SEARCH" in search(mine, "x", status=409)["message"]
    assert mine.get("/api/search/suggestions", {"q": "x"}).status_code == 409


def test_no_runner_is_an_error_and_not_an_empty_answer(mine, no_runner, search):
    no_runner()
    assert search(mine, "x", status=503)["code"] == "HOST_UNAVAILABLE"


def test_the_sweep_lets_the_index_forget_what_is_old(said, mine, search, configure, monkeypatch):
    said("jackfruit")
    configure(search_days=1)
    monkeypatch.setattr(services, "_swept", {})
    services.sweep()
    assert search(mine, "jackfruit")["results"]
    monkeypatch.setattr(services, "_swept", {})
    monkeypatch.setattr(services, "timedelta", lambda days: timedelta(days=-days))
    services.sweep()
    wait_until("it is forgotten", lambda: search(mine, "jackfruit")["results"] == [])
