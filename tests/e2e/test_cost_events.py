"""Money on the wire: a call that another process has metered is seen at the terminal and in the stream of events."""

import subprocess
import sys
from pathlib import Path

from support.sockets import wait_until
from support.streams import EventReader

ROOT = Path(__file__).resolve().parents[2]
CHARGE = """
import sys, time
from agterm.cli import django
django.setup()
from sessions import money
from support.spending import spend
money.settled(spend(sys.argv[1], sys.argv[2]))
while money._publisher._is_telling:
    time.sleep(0.01)
"""


def charge(server, session_id, usd):
    """One call of the session, written and told of as the providers' door does, but not by the server that we watch."""
    subprocess.run(
        [sys.executable, "-c", CHARGE, session_id, usd],
        env=server.environment | {"PYTHONPATH": str(ROOT / "tests")}, cwd=ROOT, check=True, timeout=60,
    )  # fmt: skip


def test_a_budget_that_is_used_up_holds_the_session_on_every_screen_until_it_is_raised(server, connect):
    session_id = server.start_session("shell", budget={"limitUsd": "1"})
    url = f"/api/sessions/{session_id}"
    with EventReader(server.api) as stream, connect() as socket:
        stream.see("runner", available=True)
        socket.attach(session_id)
        assert socket.message("session:attached")["payload"]["session"]["budget"]["limitUsd"] == "1.00"
        charge(server, session_id, "1.25")
        told = socket.message("cost:updated")
        assert told["sessionId"] == session_id
        assert told["payload"]["cost"]["costUsd"] == told["payload"]["budget"]["spentUsd"] == "1.25"
        assert socket.message("budget:exceeded")["payload"]["budget"]["percent"] == 125
        socket.until("over budget at the terminal", lambda: states(socket)[-1:] == ["over_budget"])
        assert stream.see("cost:updated", sessionId=session_id)["cost"]["costUsd"] == "1.25"
        assert stream.see("budget:exceeded", sessionId=session_id)["budget"]["scope"] == "session"
        assert stream.see("attention", sessionId=session_id, reason="over_budget")["session"]["state"] == "over_budget"
        assert server.api.get(url).json()["data"]["session"]["state"] == "over_budget"
        with connect() as late:
            late.attach(session_id)
            attached = late.message("session:attached")["payload"]["session"]
            assert (attached["state"], attached["blockedBy"]["budget"]["id"]) == (
                "over_budget",
                attached["budget"]["id"],
            )
        raised = server.api.patch(url, json={"budget": {"limitUsd": "5"}}).json()["data"]["session"]
        assert (raised["blockedBy"], raised["state"] == "over_budget") == (None, False)
        socket.until("it goes on at the terminal", lambda: states(socket)[-1] != "over_budget")
        wait_until("it goes on in the stream", lambda: last_state(stream, session_id) != "over_budget")
    server.api.delete(url)


def states(socket):
    return [m["payload"]["state"] for m in list(socket.messages) if m["type"] == "session:state"]


def last_state(stream, session_id):
    told = [data for _, data in list(stream.said) if data.get("type") == "state" and data["sessionId"] == session_id]
    return told[-1]["session"]["state"]
