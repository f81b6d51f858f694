"""GET /api/isolation, GET /api/sessions/:id/network, and what a new session asks of its box"""

import re

import pytest
from support.server import RunnerProcess
from support.sockets import wait_until

from runner import client as runner_client
from sessions.models import Session

ASK_THE_PROXY = (
    "port=${HTTPS_PROXY##*:}; exec 3<>/dev/tcp/127.0.0.1/${port%/}; "
    "printf 'CONNECT 10.1.2.3:80 HTTP/1.1\\r\\nHost: 10.1.2.3:80\\r\\n\\r\\n' >&3; head -n 1 <&3"
)


@pytest.fixture
def refused(mine, runner):
    """`refused(**body)`: status, code and message; nothing is left of it anywhere."""

    def check(**body):
        answer = mine.post("/api/sessions", {"agent": "shell"} | body, format="json")
        assert not Session.objects.exists()
        assert runner.call("list") == []
        error = answer.json()["error"]
        return answer.status_code, error["code"], error["message"]

    return check


@pytest.fixture
def bare_runner(configure, db):
    """A runner whose sessions are not walled in at all."""
    with RunnerProcess({"AGTERM_ISOLATION": "none"}) as started:
        configure(runner=started.address)
        yield started


def data(client_, path):
    answer = client_.get(path)
    assert answer.status_code == 200, answer.json()
    return answer.json()["data"]


# --- the network of a session ----------------------------------------------------------------------------------------


def test_a_session_says_how_it_is_walled_in(start, runner):
    box = start()["isolation"]
    assert set(box) == {"level", "network", "allow", "notes", "end"}
    assert (box["level"], box["network"], box["allow"]) == (runner.call("isolation")["level"], "proxy", [])
    assert box["notes"]
    assert box["end"] is None


def test_one_that_was_stopped_says_that_nothing_of_it_is_left(start, mine):
    stopped = mine.post(f"/api/sessions/{start()['id']}/stop").json()["data"]["session"]
    assert (stopped["status"], stopped["isolation"]["end"]) == ("exited", "certain")


@pytest.mark.parametrize("network", ["none", "gateway", "proxy"])
def test_a_session_has_the_network_it_asked_for(start, row, network):
    session = start(network=network)
    assert session["isolation"]["network"] == network
    assert row(session).recipe["network"] == network


def test_the_proxy_is_narrowed_to_the_hosts_named(start, row):
    session = start(networkAllow=["GitHub.com", "*.example.org", "github.com"])
    assert session["isolation"]["allow"] == ["*.example.org", "github.com"]
    assert row(session).recipe["network"] == "proxy", "a wider default, later, must not widen it"


@pytest.mark.parametrize(("body", "field"), [
    ({"network": "all"}, "network"), ({"network": 1}, "network"), ({"networkAllow": "github.com"}, "networkAllow"),
    ({"networkAllow": ["https://github.com/"]}, r"networkAllow\.0"), ({"networkAllow": [""]}, r"networkAllow\.0"),
    ({"networkAllow": ["x.org\n"]}, r"networkAllow\.0"), ({"networkAllow": ["a", "b c"]}, r"networkAllow\.1"),
    ({"networkAllow": ["x.org"] * 201}, "networkAllow"),
    ({"networkAllow": ["x.org"], "network": "none"}, "networkAllow"),
    ({"networkAllow": ["x.org"], "network": "gateway"}, "networkAllow"),
])  # fmt: skip
def test_a_network_that_cannot_be_is_refused_by_the_name_of_its_field(refused, body, field):
    status, code, message = refused(**body)
    assert (status, code) == (400, "INVALID_REQUEST")
    assert re.match(field, message), message


def test_an_agent_that_needs_its_model_is_not_started_without_a_way_to_it(refused, codex):
    status, code, message = refused(agent="codex", network="none")
    assert (status, code) == (400, "INVALID_REQUEST")
    assert message.startswith("network: none")


def test_an_open_network_is_for_administrators(refused):
    status, code, message = refused(network="open")
    assert (status, code) == (403, "FORBIDDEN")
    assert "AGTERM_NETWORK=open" in message


def test_an_administrator_may_open_the_network(client, staff, runner):
    answer = client(staff).post("/api/sessions", {"agent": "shell", "network": "open"}, format="json")
    assert answer.status_code == 201, answer.json()
    assert answer.json()["data"]["session"]["isolation"]["network"] == "open"


def test_everybody_may_where_open_is_the_default(start, configure):
    configure(network="open")
    assert start(network="open")["isolation"]["network"] == "open"


def test_whoever_is_no_administrator_any_more_opens_no_network_again(client, staff, runner):
    theirs = client(staff)
    made = theirs.post("/api/sessions", {"agent": "shell", "network": "open"}, format="json")
    session = made.json()["data"]["session"]
    staff.is_staff = False
    staff.save()
    answer = theirs.post(f"/api/sessions/{session['id']}/restart", {}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")


def test_the_network_stays_after_a_restart_and_a_switch(start, mine, codex):
    session = start(networkAllow=["github.com"])
    again = mine.post(f"/api/sessions/{session['id']}/restart", {}, format="json").json()["data"]["session"]
    switched = mine.post(f"/api/sessions/{session['id']}/switch-agent", {"agent": "codex"}, format="json")
    for after in (again, switched.json()["data"]["session"]):
        assert (after["isolation"]["network"], after["isolation"]["allow"]) == ("proxy", ["github.com"])


def test_a_switch_to_an_agent_that_could_not_reach_its_model_is_refused(start, mine, codex):
    session = start(network="none")
    answer = mine.post(f"/api/sessions/{session['id']}/switch-agent", {"agent": "codex"}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
    assert data(mine, f"/api/sessions/{session['id']}")["session"]["agent"] == "shell"


def test_the_admin_site_shows_it_of_every_session(start, admin_client, runner):
    box = start(network="gateway")["isolation"]
    shown = admin_client.get("/admin/agterm_sessions/session/").content.decode()
    assert f"{box['level']} · gateway" in shown


# --- the least that is enough ----------------------------------------------------------------------------------------


def test_below_the_minimum_nothing_is_started_and_the_answer_says_how_to_mend_it(mine, bare_runner, configure):
    configure(isolation_minimum="namespaces")
    answer = mine.post("/api/sessions", {"agent": "shell"}, format="json")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "ISOLATION_TOO_WEAK")
    assert (error["details"]["level"], error["details"]["minimum"]) == ("none", "namespaces")
    assert isinstance(error["details"]["refused"], list)
    assert "namespaces" in error["message"]
    assert not Session.objects.exists()
    assert bare_runner.call("list") == []


def test_one_person_alone_needs_no_walls_and_two_do(mine, bare_runner, make_user):
    first = mine.post("/api/sessions", {"agent": "shell"}, format="json")
    assert first.status_code == 201, first.json()
    make_user("gone", is_active=False)
    assert data(mine, "/api/isolation")["minimum"] == {"wanted": "auto", "effective": "none", "satisfied": True}
    make_user("somebody else")
    report = data(mine, "/api/isolation")
    assert report["minimum"] == {"wanted": "auto", "effective": "landlock", "satisfied": False}
    assert report["severalUsers"]
    session_id = first.json()["data"]["session"]["id"]
    for path in ("/api/sessions", f"/api/sessions/{session_id}/restart"):
        answer = mine.post(path, {"agent": "shell"} if path == "/api/sessions" else {}, format="json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "ISOLATION_TOO_WEAK")


def test_an_operator_may_say_that_no_walls_are_enough(mine, bare_runner, make_user, configure):
    make_user("somebody else")
    configure(isolation_minimum="none")
    assert mine.post("/api/sessions", {"agent": "shell"}, format="json").status_code == 201
    report = data(mine, "/api/isolation")
    assert (report["level"], report["severalUsers"], report["minimum"]["satisfied"]) == ("none", True, True)


# --- the report ------------------------------------------------------------------------------------------------------


def test_everybody_can_read_how_sessions_are_walled_in(mine, runner, configure):
    configure(network_allow=("github.com",), network_private=("registry.corp:8081", "10.1.0.0/16"))
    report = data(mine, "/api/isolation")
    assert set(report) >= {
        "level", "wanted", "runAs", "mechanisms", "promises", "missing", "refusedLevels", "openAttacks", "verified",
        "minimum", "network", "severalUsers",
    }  # fmt: skip
    said = runner.call("isolation")
    assert (report["level"], report["wanted"]) == (said["level"], said["wanted"])
    assert report["network"] == {"default": "proxy", "allow": ["github.com"], "privateCount": 2}
    assert not [name for part in ("mechanisms", "promises") for name in report[part] if "_" in name]
    for part in report["missing"]:
        assert re.fullmatch("[a-zA-Z]+", part["what"])
        assert part["why"]
        assert part["fix"]


def test_the_report_is_for_those_who_are_logged_in(client, runner):
    assert client().get("/api/isolation").status_code == 401


def test_without_a_runner_nobody_knows(mine, no_runner):
    no_runner()
    answer = mine.get("/api/isolation")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "HOST_UNAVAILABLE")


# --- what a session reached ------------------------------------------------------------------------------------------


def test_the_owner_sees_what_his_session_reached_and_what_was_refused_it(start, mine, runner):
    session = start(shell="bash", args=["-c", f"{ASK_THE_PROXY}; sleep 1000"])
    wait_until("the refusal", lambda: runner.call("reached", id=session["id"])["reached"])
    shown = data(mine, f"/api/sessions/{session['id']}/network")
    assert (shown["network"], shown["allow"]) == ("proxy", [])
    entry = shown["reached"][-1]
    assert (entry["host"], entry["port"], entry["verdict"]) == ("10.1.2.3", 80, "refused")
    assert entry["reason"]
    assert entry["at"].endswith("Z")


def test_a_quiet_session_reached_nothing(start, mine):
    assert data(mine, f"/api/sessions/{start(network='none')['id']}/network") == {
        "network": "none", "allow": [], "reached": [],
    }  # fmt: skip


def test_what_a_session_reached_is_nobody_elses_business(start, client, stranger, nobodys, mine):
    path = f"/api/sessions/{start()['id']}/network"
    assert client(stranger).get(path).status_code == 404
    assert client().get(path).status_code == 401
    assert mine.get(f"/api/sessions/{nobodys}/network").status_code == 404


def test_of_a_session_that_its_runner_has_forgotten_nothing_is_known_any_more(start, mine, runner):
    session = start()
    runner_client.call(runner.address, "remove", id=session["id"])
    assert data(mine, f"/api/sessions/{session['id']}/network")["reached"] == []
