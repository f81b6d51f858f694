"""Who may go on listening to `/api/events`, and what is kept for one who does not read."""

import asyncio

import pytest
from django.utils import timezone

from accounts import services as accounts
from runner.feed import MAX_WAITING
from terminals import event_views, events
from terminals.hub import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def quick_beats(monkeypatch):
    monkeypatch.setattr(event_views, "BEAT_S", 0.1)


@pytest.fixture
def login(owner):
    return accounts.start(owner, kind="api")


async def pieces(login, address, until):
    """What the stream says until `until(said)` or its own end."""
    said = []
    body = event_views.stream(Mailbox(login.user_id, login.user.is_staff), login.pk, address)
    async with asyncio.timeout(10):
        async for piece in body:
            said.append(piece.decode())
            if until(said):
                break
    await body.aclose()
    return said


def listen(login, runner, until):
    return asyncio.run(pieces(login, runner.address, until))


def test_the_first_bytes_come_at_once_and_a_beat_when_nothing_happens(login, runner, quick_beats):
    said = listen(login, runner, lambda said: ": beat\n\n" in said)
    assert said[0].startswith("retry: 2000\n")
    assert "event: runner" in "".join(said)


def test_a_log_in_that_ends_ends_the_stream(login, runner, quick_beats):
    def end_the_log_in(said):
        if len(said) == 3:
            login.revoked_at = timezone.now()
            asyncio.get_running_loop().run_in_executor(None, login.save)
        return False

    said = listen(login, runner, end_the_log_in)
    assert said.count(": beat\n\n") < 20


def test_a_runner_that_is_not_there_is_said_so(login, tmp_path, quick_beats):
    address = f"unix:{tmp_path / 'nowhere.sock'}"
    said = asyncio.run(pieces(login, address, lambda said: "runner" in said[-1]))
    assert '{"available":false}' in said[-1]


def taken(mailbox):
    """Everything that waits in a mailbox."""

    async def take_all():
        found = []
        try:
            while True:
                async with asyncio.timeout(0.05):
                    found.append(await mailbox.take())
        except TimeoutError:
            return found

    return asyncio.run(take_all())


def test_one_who_does_not_read_gets_the_newest_of_each_kind():
    mailbox = Mailbox(1, sees_all=False)
    for number in range(5000):
        mailbox.put(events.of_session("title", "a", title=str(number)))
    mailbox.put(events.of_session("resized", "a", {"cols": 90, "rows": 20}))
    assert [one.data.get("title", "size") for one in taken(mailbox)] == ["4999", "size"]


def test_one_who_missed_too_much_is_told_to_fetch_the_list():
    mailbox = Mailbox(1, sees_all=False)
    for number in range(MAX_WAITING + 2):
        mailbox.put(events.of_session("title", str(number), title="x"))
    assert [one.name for one in taken(mailbox)] == ["runner", "session"]


def test_after_its_end_nothing_else_is_said_of_a_session():
    mailbox = Mailbox(1, sees_all=False)
    mailbox.put(events.of_session("title", "a", title="x"))
    mailbox.put(events.of_session("deleted", "a"))
    assert [one.kind for one in taken(mailbox)] == ["deleted"]
