"""What a web process tells of money: to whom, how often, and when a budget holds a session or lets it go."""

import asyncio

import pytest
from channels.db import database_sync_to_async
from support.spending import spend

from costs import budgets
from costs.models import MeteredSession
from costs.money import picousd
from sessions import money
from terminals import money as watch
from terminals.hub import Hub, Mailbox

pytestmark = pytest.mark.django_db(transaction=True)
TIMEOUT_S = 15


class Listener:
    """One stream or socket: what it was told, in order."""

    def __init__(self, hub, user, only=""):
        self.hub, self.mailbox = hub, Mailbox(user.pk, user.is_staff, only)
        self.said = []
        hub.join(self.mailbox)
        self._task = asyncio.create_task(self._listen())
        self._arrived = asyncio.Event()

    async def _listen(self):
        while (happening := await self.mailbox.take()) is not None:
            self.said.append((happening.name, happening.data))
            self._arrived.set()

    async def until(self, found):
        """What `found()` says, once it says something."""
        async with asyncio.timeout(TIMEOUT_S):
            while not (result := found()):
                self._arrived.clear()
                await self._arrived.wait()
        return result

    async def see(self, name, **wanted):
        """The data of the first event of this name with these fields, once it is said."""

        def found():
            return [data for said, data in self.said if said == name and wanted.items() <= data.items()]

        return (await self.until(found))[0]

    def costs(self):
        return [data for name, data in self.said if name == "cost:updated"]

    async def see_cost(self, usd):
        return (await self.until(lambda: [data for data in self.costs() if data["cost"]["costUsd"] == usd]))[-1]

    def states(self):
        return [d["session"]["state"] for _, d in self.said if d.get("type") == "state"]

    def close(self):
        self._task.cancel()
        self.hub.leave(self.mailbox)


@pytest.fixture
def told(runner):
    """`told(scenario)` runs `await scenario(listen)`; `listen(user, only=, hub=)` is ready when it hears the runner."""

    def run(scenario):
        async def play():
            opened, made = [], []

            async def listen(user, only="", own=False):
                if own or not made:
                    made.append(Hub(runner.address, lambda: None))
                listener = Listener(made[-1], user, only)
                opened.append(listener)
                await listener.see("runner", available=True)
                return listener

            try:
                await scenario(listen)
            finally:
                for listener in opened:
                    listener.close()

        asyncio.run(play())

    return run


async def in_thread(do, *arguments, **named):
    return await database_sync_to_async(do, thread_sensitive=False)(*arguments, **named)


async def charge(session, usd):
    money.settled(await in_thread(spend, session["id"], usd))


def test_a_cost_is_told_to_the_owner_and_staff_and_whoever_watches_that_session(told, start, owner, stranger, staff):
    session, other = start(), start()

    async def scenario(listen):
        mine, all_ = await listen(owner), await listen(staff)
        his = await listen(stranger)
        watching, beside = await listen(owner, only=session["id"]), await listen(owner, only=other["id"])
        await charge(session, "0.25")
        for listener in (mine, all_, watching):
            told = await listener.see_cost("0.25")
            assert (told["sessionId"], told["cost"]["requests"], told["budget"]) == (session["id"], 1, None)
        await charge(other, "0.50")
        await beside.see_cost("0.50")
        assert {data["sessionId"] for data in watching.costs()} == {session["id"]}
        assert not his.costs()

    told(scenario)


def test_of_many_calls_few_are_told_and_the_last_always(told, start, owner):
    session = start()

    async def scenario(listen):
        mine = await listen(owner)
        for _ in range(40):
            await charge(session, "0.01")
        await mine.see_cost("0.40")
        assert len(mine.costs()) < 20

    told(scenario)


def test_each_web_process_tells_its_own(told, start, owner):
    session = start()

    async def scenario(listen):
        here, there = await listen(owner), await listen(owner, own=True)
        await charge(session, "0.01")
        for listener in (here, there):
            await listener.see_cost("0.01")

    told(scenario)


def test_a_budget_warns_then_holds_and_a_higher_limit_lets_go(told, start, owner, mine):
    session = start(budget={"limitUsd": "1"})

    async def scenario(listen):
        stream, watching = await listen(owner), await listen(owner, only=session["id"])
        await charge(session, "0.80")
        for listener in (stream, watching):
            warned = await listener.see("budget:warning", sessionId=session["id"])
            assert (warned["budget"]["percent"], warned["budget"]["limitUsd"]) == (80, "1.00")
        await charge(session, "0.20")
        for listener in (stream, watching):
            assert (await listener.see("budget:exceeded"))["budget"]["spentUsd"] == "1.00"
        called = await stream.see("attention", reason="over_budget")
        assert called["session"]["state"] == "over_budget"
        assert (await watching.see_cost("1.00"))["blockedBy"]["budget"]["limitUsd"] == "1.00"
        assert stream.states()[-1] == "over_budget"
        url = f"/api/sessions/{session['id']}"
        await in_thread(mine.patch, url, {"budget": {"limitUsd": "2"}}, format="json")
        await stream.until(lambda: stream.states()[-1] != "over_budget")
        await watching.until(lambda: watching.costs()[-1]["blockedBy"] is None)

    told(scenario)


def test_a_refusal_holds_every_session_of_that_budget(told, start, owner):
    one, other = start(), start()
    budgets.create(owner, scope="user", owner=owner, limit_picousd=picousd("1"))

    async def scenario(listen):
        stream = await listen(owner)
        await in_thread(spend, one["id"], "1")
        found = await in_thread(budgets.blocked, [(await in_thread(row, one)).pk])
        money.refused(next(iter(found.values())))
        for session in (one, other):
            await stream.see("attention", reason="over_budget", sessionId=session["id"])

    told(scenario)


def row(session):
    return MeteredSession.objects.get(pk=session["id"])


def test_a_held_sessions_states_are_not_told_but_its_end_is(told, start, owner, mine):
    session = start(args=["-c", "read line; echo $line; exec cat"], budget={"limitUsd": "1"})

    async def scenario(listen):
        stream = await listen(owner)
        await charge(session, "1")
        await stream.see("attention", reason="over_budget")
        before = len(stream.states())
        await in_thread(mine.post, f"/api/sessions/{session['id']}/input", {"data": "hello\n"}, format="json")
        await in_thread(mine.post, f"/api/sessions/{session['id']}/stop")
        await stream.see("session", type="exited")
        await stream.until(lambda: "exited" in stream.states())
        assert stream.states()[before:] == ["exited"]

    told(scenario)


def test_a_day_that_begins_lets_go_without_anybodys_doing(told, start, owner, monkeypatch):
    session = start(budget={"limitUsd": "1"})
    spend(session["id"], "1")
    monkeypatch.setattr(watch, "RECHECK_S", 0.1)

    async def scenario(listen):
        stream = await listen(owner)
        monkeypatch.setattr(budgets, "blocked", lambda _ids: {})
        await stream.until(lambda: [state for state in stream.states() if state != "over_budget"])

    told(scenario)
