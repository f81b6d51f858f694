"""Virtual keys: what they say, whom they are good for, and what ends them."""

import uuid
from dataclasses import replace

import pytest

from agents import services as agents
from core.errors import Forbidden, Unauthorized
from sessions import keys
from sessions.models import Session, Status


@pytest.fixture
def made(owner):
    """A session that runs, as a row alone."""
    return Session.objects.create(
        owner=owner, name="mine", agent="shell", runner="unix:/nowhere", status=Status.RUNNING, key_serial=1
    )


def test_a_key_says_whose_it_is_and_of_which_start(made):
    made.key_serial = 7
    assert keys.read(keys.issue(made)) == (made.pk, 7)
    assert keys.issue(made) == keys.issue(made)


def test_a_key_is_one_short_word_that_any_header_takes(made):
    assert len(keys.issue(made)) == 52
    assert keys.issue(made).replace("-", "").replace("_", "").isalnum()


def test_a_key_that_was_changed_anywhere_is_none(made):
    key = keys.issue(made)
    for place in range(len(key)):
        other = "A" if key[place] != "A" else "B"
        assert keys.read(key[:place] + other + key[place + 1 :]) is None


@pytest.mark.parametrize(
    "said", ["", "agt-", "sk-ant-0123456789", "agt-" + "A" * 48, "agt-" + "A" * 47, "agt-" + "é" * 48]
)
def test_what_is_no_key_of_ours_is_none(said):
    assert keys.read(said) is None


def test_a_key_with_more_behind_it_is_none(made):
    for more in ("=", "\n", " ", "A"):
        assert keys.read(keys.issue(made) + more) is None


def test_another_servers_keys_are_none(made, settings):
    key = keys.issue(made)
    settings.SECRET_KEY = "another-secret-of-another-server-0123456789"
    assert keys.read(key) is None


def test_a_key_counts_while_its_session_is_live(made):
    for status in (Status.STARTING, Status.RUNNING):
        Session.objects.update(status=status)
        keys.check(made.pk, 1)
    for status in (Status.EXITED, Status.LOST):
        Session.objects.update(status=status)
        with pytest.raises(Forbidden, match="has ended"):
            keys.check(made.pk, 1)


def test_a_key_of_a_deleted_session_counts_no_more(made):
    made.delete()
    with pytest.raises(Forbidden):
        keys.check(uuid.uuid4(), 1)


def test_a_key_of_an_earlier_start_counts_no_more(made):
    keys.renew(made)
    keys.check(made.pk, 2)
    with pytest.raises(Unauthorized):
        keys.check(made.pk, 1)


def test_of_two_starts_at_once_each_gets_a_key_of_its_own(made):
    other = Session.objects.get(pk=made.pk)
    keys.renew(made)
    keys.renew(other)
    assert keys.issue(made) != keys.issue(other)
    keys.check(made.pk, other.key_serial)


def test_a_start_that_came_to_nothing_leaves_the_key_before_it(made):
    keys.renew(made)
    keys.take_back(made)
    keys.check(made.pk, 1)


def test_a_start_that_came_to_nothing_leaves_the_key_of_one_after_it(made):
    other = Session.objects.get(pk=made.pk)
    keys.renew(made)
    keys.renew(other)
    keys.take_back(made)
    keys.check(made.pk, other.key_serial)


def test_a_launch_gets_the_key_where_its_mark_stood_and_a_callers_own_mark_stays_what_it_was(made):
    launch = {"argv": ["x"], "env": {"KEY": keys.MARK, "OWN": agents.literal(keys.MARK)}}
    env = keys.given(made, launch)["env"]
    assert env["KEY"] == keys.issue(made)
    assert env["OWN"] == launch["env"]["OWN"]


def test_a_key_counts_no_more_once_its_owner_may_not_log_in(made, owner):
    owner.is_active = False
    owner.save()
    with pytest.raises(Forbidden, match="owner"):
        keys.check(made.pk, 1)


def test_a_revoked_key_stays_dead_whatever_a_late_look_writes(made):
    keys.revoke(made)
    Session.objects.update(status=Status.RUNNING)
    with pytest.raises(Unauthorized):
        keys.check(made.pk, 1)


def test_revoking_leaves_the_key_of_a_later_start(made):
    late = Session.objects.get(pk=made.pk)
    keys.renew(made)
    keys.revoke(late)
    keys.check(made.pk, 2)


# --- of sessions that run --------------------------------------------------------------------------------------------


def serial(row, session):
    return row(session).key_serial


def test_every_start_has_a_key_of_its_own(start, mine, row, codex):
    session = start(agent="codex")
    url = f"/api/sessions/{session['id']}"
    seen = [serial(row, session)]
    for path, body in (("restart", {}), ("switch-agent", {"agent": "shell"}), ("stop", {}), ("restart", {})):
        answer = mine.post(f"{url}/{path}", body, format="json")
        assert answer.status_code == 200, answer.json()
        seen.append(serial(row, session))
    assert seen == sorted(set(seen))


def test_a_start_that_fails_leaves_the_key_of_what_runs(start, mine, row, codex, configure):
    session = start(agent="shell")
    before = serial(row, session)
    configure(provider_environment={})
    url = f"/api/sessions/{session['id']}/switch-agent"
    assert mine.post(url, {"agent": "codex"}, format="json").status_code == 409
    assert serial(row, session) == before
    keys.check(row(session).pk, before)


def test_a_runner_that_is_down_leaves_the_key_of_what_runs(start, mine, row, no_runner):
    session = start(agent="shell")
    before = serial(row, session)
    no_runner()
    assert mine.post(f"/api/sessions/{session['id']}/restart", {}, format="json").status_code == 503
    assert serial(row, session) == before


def test_a_program_that_does_not_start_takes_no_key_away(start, mine, row, monkeypatch):
    session, real = start(agent="shell"), agents.prepare_launch
    before = serial(row, session)
    monkeypatch.setattr(agents, "prepare_launch", lambda *a, **k: replace(real(*a, **k), argv=["/no/such/program"]))
    assert mine.post(f"/api/sessions/{session['id']}/restart", {}, format="json").status_code == 400
    assert serial(row, session) == before
