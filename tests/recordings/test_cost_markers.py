"""What a call has cost is a marker of the recording: what it adds, and what the session has cost in all."""

import uuid

from support.sockets import wait_until
from support.spending import spend

from sessions import money


def test_a_call_that_cost_something_is_a_marker(start, mine, begin, runner):
    session = start()
    made = begin(session)
    for usd in ("0.0102", "0.0021"):
        done = spend(session["id"], usd)
        news = money._labelled([money.cost_of(done.session_id)], {done.session_id: done.entry.cost_picousd})
        runner.call("publish", **news[0])

    def costs():
        markers = mine.get(f"/api/recordings/{made['id']}").json()["data"]["recording"]["markers"]
        return [one["label"] for one in markers if one["kind"] == "cost"]

    wait_until("both are marked", lambda: len(costs()) == 2)
    assert costs() == ["cost: $0.0102 (+$0.0102)", "cost: $0.0123 (+$0.0021)"]


def test_calls_that_are_told_together_are_one_marker(monkeypatch, start):
    told = []
    monkeypatch.setattr(money, "_tell", told.extend)
    monkeypatch.setattr(money, "INTERVAL_S", 0.01)
    publisher = money.Publisher()
    session_id = uuid.UUID(start()["id"])
    done = [spend(session_id, usd) for usd in ("1.5", "0.000001")]
    publisher._is_telling = True  # somebody is telling just now
    for one in done:
        publisher.tell([money.cost_of(session_id)], added={session_id: one.entry.cost_picousd})
    money._publish(*publisher._take())
    assert [one["label"] for one in told] == ["cost: $1.5000 (+$1.5000)"]


def test_what_costs_nothing_or_is_another_sessions_has_no_label():
    one, other = uuid.uuid4(), uuid.uuid4()
    news = [money.cost_of(one), money.cost_of(other) | {"event": "budget_warning"}]
    assert money._labelled(news, {}) == news
