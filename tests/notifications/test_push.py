"""What is pushed when: sealed for one browser, signed by us, to nobody who looks, and without what a screen shows."""

import asyncio
import threading

import pytest
from py_vapid import Vapid02
from support.sockets import wait_until
from support.spending import spend

from accounts import users
from core.errors import HostUnavailable
from notifications import desk as desks
from notifications import news, sending
from notifications.desk import Desk
from notifications.models import PushSubscription
from sessions import money

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/notifications"


@pytest.fixture
def telling(runner, service, monkeypatch):
    """A desk that listens to the runner."""
    monkeypatch.setattr(desks, "GRACE_S", 0.0)
    monkeypatch.setattr(desks, "WAIT_FOR_LEAVING_S", 0.05)
    monkeypatch.setattr(news, "LEAST_WORK_S", 0.0)
    monkeypatch.setattr(news, "LEAST_COMMAND_S", 0.0)
    desk, loop = Desk(), asyncio.new_event_loop()

    async def listen():
        try:
            await desk.listen(runner.address)
        except (HostUnavailable, asyncio.CancelledError):
            pass

    task = loop.create_task(listen())
    thread = threading.Thread(target=loop.run_until_complete, args=(task,))
    thread.start()
    assert desk.listens.wait(20)
    yield desk
    loop.call_soon_threadsafe(task.cancel)
    thread.join(20)
    desk._senders.shutdown()


def type_into(caller, session, data):
    answer = caller.post(f"/api/sessions/{session['id']}/input", {"data": data}, format="json")
    assert answer.status_code == 200


def test_a_question_is_told_sealed_and_signed_to_whom_it_concerns_alone(
    telling, mine, client, stranger, subscribe, service, start
):
    mine_too, browser, his = subscribe(mine, kinds=["failed"]), subscribe(mine), subscribe(client(stranger))
    lookers = subscribe(client(users.create("looker", "viewer")), kinds=["needs_input"])
    session = start(name="release")
    mine.post(f"/api/sessions/{session['id']}/shares", {"mode": "view", "user": "looker"}, format="json")
    type_into(mine, session, "read -p 'Is the password hunter2? [y/N] ' answer\n")
    (message,) = service.wait_for(browser)
    assert message == {
        "title": "release",
        "body": "Needs you",
        "path": f"/sessions/{session['id']}",
        "tag": f"{session['id']} needs_input",
        "kind": "needs_input",
    }
    assert service.wait_for(lookers) == [message]
    _path, headers, _ = next(one for one in service.received if browser.endpoint.endswith(one[0]))
    assert headers["Urgency"] == "high"
    assert int(headers["TTL"]) > 0
    said = dict(part.split("=", 1) for part in headers["Authorization"].removeprefix("vapid ").split(","))
    assert said["k"] == mine.get(URL).json()["data"]["key"]
    assert Vapid02.verify(headers["Authorization"])
    wait_until("it is noted", lambda: PushSubscription.objects.get(pk=browser.id).last_sent_at)
    assert service.messages(mine_too) == service.messages(his) == []
    type_into(mine, session, "n\nexit 3\n")
    assert [one["kind"] for one in service.wait_for(mine_too)] == ["failed"]


def test_what_ends_well_has_finished_and_what_somebody_stopped_is_no_news(telling, mine, subscribe, service, start):
    browser = subscribe(mine, kinds=["finished", "failed"])
    stopped, session = start(name="stopped"), start(name="done", args=["-c", "read line"])
    mine.post(f"/api/sessions/{stopped['id']}/stop")
    type_into(mine, session, "go on\n")
    wait_until("it is told", lambda: "done" in [one["title"] for one in service.messages(browser)])
    assert {(one["title"], one["kind"]) for one in service.messages(browser)} == {("done", "finished")}


def test_a_budget_that_warns_and_holds_is_told(telling, mine, subscribe, service, start):
    browser = subscribe(mine, kinds=["over_budget"])
    session = start(name="spender", budget={"limitUsd": "1"})
    for many, usd in enumerate(("0.85", "0.20"), start=1):
        money.settled(spend(session["id"], usd))
        service.wait_for(browser, many)
    assert [one["body"] for one in service.messages(browser)] == ["A budget is nearly used up", "A budget is used up"]


def test_who_looks_is_told_only_when_he_leaves_and_it_is_still_asked(
    telling, mine, client, teammate, subscribe, service, start
):
    browser, session, other = subscribe(mine), start(name="asks on"), start(name="is answered")
    away = subscribe(client(teammate))
    mine.post(f"/api/sessions/{session['id']}/shares", {"mode": "view", "user": "teammate"}, format="json")
    page = {"page": "a-page-of-mine"}
    assert mine.post(f"{URL}/presence", page | {"visible": True}, format="json").status_code == 200
    for each in (session, other):
        type_into(mine, each, "read -p 'Go on? [y/N] ' answer; sleep 60\n")
        wait_until("it asks", lambda each=each: state(mine, each) == "needs_input")
    type_into(mine, other, "y\n")
    wait_until("it goes on", lambda: state(mine, other) != "needs_input")
    assert [one["title"] for one in service.wait_for(away)] == ["asks on"]
    assert service.messages(browser) == []
    mine.post(f"{URL}/presence", page | {"visible": False}, format="json")
    assert [one["title"] for one in service.wait_for(browser)] == ["asks on"]


def state(caller, session):
    return caller.get(f"/api/sessions/{session['id']}").json()["data"]["session"]["state"]


@pytest.mark.parametrize(("status", "stays"), [(410, False), (404, False), (500, True), (307, True)])
def test_a_subscription_that_is_gone_is_forgotten_and_no_redirect_followed(mine, subscribe, service, status, stays):
    browser = subscribe(mine)
    row = PushSubscription.objects.get(pk=browser.id)
    service.answers[browser.endpoint.removeprefix(service.address)] = status
    sending.send(row, {"kind": "failed", "tag": "one", "title": "a session"})
    assert PushSubscription.objects.filter(pk=browser.id).exists() is stays
    assert len(service.received) == 1


def test_a_push_service_that_was_taken_off_the_list_is_sent_nothing(mine, subscribe, service, configure):
    row = PushSubscription.objects.get(pk=subscribe(mine).id)
    configure(push_hosts=())
    sending.send(row, {"kind": "failed", "tag": "one", "title": "a session"})
    assert service.received == []
