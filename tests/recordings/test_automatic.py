"""Recordings that begin and end by themselves: at a session's start, through its restart, with its end."""

import json

import pytest
from support.sockets import wait_until

from recordings import retention, services
from recordings.models import Forgetting, Recording
from runner import client
from sessions.models import Session


@pytest.fixture
def printed(export):
    """`printed(id)`: all that the recording's program printed."""

    def read(recording_id):
        _header, *events = map(json.loads, export({"id": recording_id}, "asciinema").splitlines())
        return "".join(data for _, code, data in events if code == "o")

    return read


@pytest.fixture
def asked_of_the_runner(monkeypatch):
    """The operations that recordings ask the runner for, as they are asked."""
    heard = []
    real = client.call_many

    def call_many(address, op, each, **options):
        heard.extend((op, dict(params)) for params in each)
        return real(address, op, each, **options)

    monkeypatch.setattr(client, "call_many", call_many)
    return heard


def test_a_session_that_wants_it_is_recorded_from_its_first_byte(start, mine, end, printed):
    session = start(args=["-c", "echo ear''ly; exec cat"], record=True)
    said = mine.get(f"/api/recordings/status/{session['id']}").json()["data"]
    assert said["isRecording"] is True
    wait_until("it is printed", lambda: b"early" in json.dumps(
        mine.get(f"/api/sessions/{session['id']}/output").json()["data"]).encode())  # fmt: skip
    end(session["id"])
    assert "early" in printed(said["recordingId"])


def test_the_server_can_record_every_session(start, configure):
    start()
    assert not Recording.objects.exists()
    configure(record_all=True)
    session = start()
    assert str(Recording.objects.get().session_key) == session["id"]


def test_it_goes_on_through_a_restart_and_an_ended_one_is_followed_by_another(start, mine, execute, end, printed):
    session = start(record=True)
    first = Recording.objects.get()
    execute(session, "echo bef''ore")
    assert mine.post(f"/api/sessions/{session['id']}/restart").status_code == 200
    assert Recording.objects.get() == first
    execute(session, "echo af''ter")
    ended = end(first.pk)
    text = printed(first.pk)
    assert text.index("before") < text.index("after")
    assert [one["label"] for one in ended["markers"] if one["kind"] == "agent"] == ["agent: shell"] * 2
    mine.post(f"/api/sessions/{session['id']}/restart")
    assert [row.status for row in Recording.objects.order_by("started_at")] == ["stopped", "recording"]


def test_nobody_records_a_session_again_that_was_recorded_by_hand(start, mine, begin, end):
    session = start()
    end(begin(session)["id"])
    mine.post(f"/api/sessions/{session['id']}/restart")
    assert Recording.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_recording_of_a_deleted_session_ends_and_stays_till_it_is_deleted(
    start, mine, begin, execute, printed, asked_of_the_runner
):
    session = start(name="short-lived")
    made = begin(session)
    execute(session, "echo last-wo''rds")
    assert mine.delete(f"/api/sessions/{session['id']}").status_code == 200
    assert "search_forget" not in [op for op, _ in asked_of_the_runner]
    (left,) = mine.get("/api/recordings").json()["data"]["recordings"]
    assert (left["id"], left["status"], left["sessionDeleted"]) == (made["id"], "stopped", True)
    assert (left["sessionId"], left["sessionName"]) == (session["id"], "short-lived")
    assert "last-words" in printed(made["id"])
    assert mine.get(f"/api/recordings?sessionId={session['id']}").json()["data"]["recordings"] == [left]
    assert mine.delete(f"/api/recordings/{made['id']}").status_code == 200
    assert ("search_forget", {"id": session["id"]}) in asked_of_the_runner


@pytest.mark.django_db(transaction=True)
def test_a_deleted_session_without_a_recording_is_forgotten_by_the_index(start, mine, asked_of_the_runner):
    session = start()
    mine.delete(f"/api/sessions/{session['id']}")
    assert asked_of_the_runner[-1] == ("search_forget", {"id": session["id"]})
    assert not Forgetting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_could_not_be_forgotten_at_once_is_forgotten_by_the_next_sweep(runner, past, configure):
    row = past(400, runner="unix:/nowhere")
    services.forget(row.session_key, row.runner)
    assert not Forgetting.objects.exists()  # it has a recording
    row.delete()
    services.forget(row.session_key, row.runner)
    retention.sweep()
    assert Forgetting.objects.get().pk == row.session_key
    Forgetting.objects.update(runner=runner.address)
    configure(search=False)  # what the index holds is still there when search is on again
    retention.sweep()
    assert Forgetting.objects.exists()
    configure(search=True)
    retention.sweep()
    assert not Forgetting.objects.exists()


def test_a_session_starts_though_it_can_not_be_recorded(start, configure, caplog, monkeypatch):
    def full(*_arguments, **_named):
        raise services.HostUnavailable("The disk is full")

    configure(record_all=True)
    monkeypatch.setattr(services, "start", full)
    session = start()
    assert Session.objects.filter(pk=session["id"]).exists()
    assert f"session {session['id']} is not recorded" in caplog.text
