"""What else a session is started with: whether it is recorded and found, and what must never be written down of it."""

import pytest

from sessions import keys, programs, signals
from sessions.models import Session


@pytest.fixture
def heard():
    """What was said of programs that were started; a second receiver fails each time."""
    said = []

    def receive(sender, row, signal, **words):
        said.append((str(row.pk), words))

    def fail(**_):
        raise RuntimeError("no room for a recording")

    signals.started.connect(receive)
    signals.started.connect(fail)
    yield said
    signals.started.disconnect(receive)
    signals.started.disconnect(fail)


def test_each_start_is_told_with_what_was_asked_for_whatever_becomes_of_that(heard, start, mine):
    session = start(record=True, recordInput=True)
    again = mine.post(f"/api/sessions/{session['id']}/restart", {}, format="json")
    assert again.status_code == 200
    wanted = {"record": True, "record_input": True}
    assert heard == [
        (session["id"], wanted | {"from_start": True}),
        (session["id"], wanted | {"from_start": False}),
    ]


def test_nothing_is_recorded_unless_asked_for(heard, start):
    start()
    assert heard[0][1] == {"record": False, "record_input": False, "from_start": True}


def test_a_session_is_found_unless_it_is_not_to_be(start, mine, row):
    session = start(searchable=False)
    assert session["searchable"] is False
    shown = mine.patch(f"/api/sessions/{session['id']}", {"searchable": True}, format="json").json()["data"]["session"]
    assert shown["searchable"] is True
    shown = mine.patch(f"/api/sessions/{session['id']}", {"searchable": False}, format="json").json()["data"]["session"]
    assert shown["searchable"] is False
    assert row(session).searchable is False


def test_what_can_not_be_forgotten_stays_to_be_found(start, mine, no_runner, row):
    session = start()
    no_runner()
    answer = mine.patch(f"/api/sessions/{session['id']}", {"searchable": False}, format="json")
    assert answer.status_code == 503
    assert row(session).searchable is True


def test_the_runner_is_told_every_value_that_was_given_to_the_program_and_is_secret(owner):
    row = Session(owner=owner, agent="shell", key_serial=3)
    env = {"A_KEY": keys.MARK, "DB_PASSWORD": "hunter2hunter2", "PLAIN": "nothing special"}
    told = programs.given(row, {"env": env, "label": {"agent": "shell"}})
    assert set(told["secrets"]) == {keys.issue(row), "hunter2hunter2"}
    assert told["env"]["A_KEY"] == keys.issue(row)
    assert told["label"] == {"agent": "shell", "owner": str(owner.pk)}
    assert told["searchable"] is True


def test_a_workspace_as_a_repository_is_told_as_it_was_last_seen(start, mine, row):
    session = start()
    assert session["git"] is None
    Session.objects.filter(pk=session["id"]).update(git={"branch": "main", "formatted": "main +1", "at": 1})
    shown = mine.get(f"/api/sessions/{session['id']}").json()["data"]["session"]
    assert shown["git"] == {"branch": "main", "formatted": "main +1"}
