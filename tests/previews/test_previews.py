"""A server in a session, seen through `/preview/:port/` and at an origin of its own; all over real connections."""

import contextlib
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from support import previewed
from support.server import AgtermServer
from support.sockets import wait_until
from websockets.sync.client import connect

PORT = 5173
SOURCE = Path(previewed.__file__).read_text()


def serve(server, api, port=PORT):
    answer = api.post("/api/sessions", json={"agent": "shell"})
    session_id = answer.json()["data"]["session"]["id"]
    (server.home / "workspaces" / session_id / "previewed.py").write_text(SOURCE)
    line = f"echo http://localhost:{port}/ ; python3 previewed.py {port} 2>/dev/null\n"
    api.post(f"/api/sessions/{session_id}/input", json={"data": line})
    wait_until("the server in the session", lambda: ports(api, session_id))
    return session_id


def ports(api, session_id):
    return api.get(f"/api/sessions/{session_id}/ports").json()["data"]["ports"]


@pytest.fixture(scope="module")
def server():
    with AgtermServer() as started:
        yield started


@pytest.fixture(scope="module")
def session(server):
    return serve(server, server.api)


@pytest.fixture(scope="module")
def stranger(server):
    with server.make_user("stranger") as api:
        yield api


@pytest.fixture
def browser(server):
    """A client with the log-in cookie, that follows nothing."""
    who = "User.objects.get(username='admin')"
    token = server.clerk.do(f"said = services.issue_browser_token(services.start({who}, kind='browser'))")
    with httpx.Client(base_url=server.url, headers={"Cookie": f"agterm_login={token}"}) as client:
        yield client


class Own:
    """The preview's own origin, by its host."""

    def __init__(self, server, browser):
        answer = browser.get(f"/preview/{PORT}/page?x=1", headers={"Sec-Fetch-Mode": "navigate"})
        assert answer.status_code == 307
        self.first, self.ticket_answer = urlsplit(answer.headers["location"]), answer
        self.client = httpx.Client(base_url=server.url, headers={"Host": self.first.netloc})
        self.entered = self.client.get(f"{self.first.path}?{self.first.query}")
        self.cookie = self.entered.headers["set-cookie"].partition(";")[0]

    def get(self, path, **headers):
        return self.client.get(path, headers={"Cookie": self.cookie, **headers})


def test_every_method_passes_with_path_query_and_body(server, session):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        told = server.api.request(method, f"/preview/{PORT}/a%20b?q=1&q=2", content=b"x" * 300_000).json()
        assert (told["method"], told["path"], told["size"]) == (method, "/a%20b?q=1&q=2", 300_000)
    assert server.api.head(f"/preview/{PORT}/").status_code == 200


def test_nothing_of_our_log_in_reaches_the_server_and_it_sets_no_cookie(server, session):
    answer = server.api.get(f"/preview/{PORT}/", headers={"Cookie": "agterm_login=x; other=y", "X-Own": "kept"})
    told = {name.lower(): value for name, value in answer.json()["headers"].items()}
    assert told["host"] == f"localhost:{PORT}"
    assert told["x-own"] == "kept"
    assert not {"authorization", "cookie"} & told.keys()
    assert "set-cookie" not in answer.headers
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "allow-same-origin" not in answer.headers["content-security-policy"]


def test_an_answer_comes_as_it_is_made(server, session):
    with server.api.stream("GET", f"/preview/{PORT}/stream") as answer:
        assert next(answer.iter_raw()) == b"data: first\n\n"


def test_a_redirect_to_the_server_itself_stays_in_the_preview(server, session):
    answer = server.api.get(f"/preview/{PORT}/redirect")
    assert answer.headers["location"] == f"{server.url}/preview/{PORT}/there"


def test_what_can_not_be_shown_is_said(server, session):
    for port in ("0", "65536", "x"):
        refused = server.api.get(f"/preview/{port}/")
        assert refused.status_code == 400
        assert refused.json()["error"]["message"] == "Invalid port: must be an integer between 1 and 65535"
    assert server.api.get("/preview/8787/").status_code == 404
    broken = server.api.get(f"/preview/{PORT}/broken")
    assert broken.status_code == 502
    assert broken.json()["error"]["message"].startswith("Bad gateway: ")
    assert httpx.get(f"{server.url}/preview/{PORT}/").status_code == 401


def test_a_stranger_sees_his_own_server_at_the_same_port_and_no_other(server, session, stranger):
    assert stranger.get(f"/preview/{PORT}/").status_code == 404
    assert stranger.get(f"/preview/{PORT}/?agtermSession={session}").status_code == 404
    assert stranger.get(f"/api/sessions/{session}/ports").status_code == 404
    own = serve(server, stranger)
    pids = {each["pid"] for each in ports(stranger, own)}
    assert stranger.get(f"/preview/{PORT}/").status_code == 200
    assert not pids & {each["pid"] for each in ports(server.api, session)}


def test_the_port_is_told_from_the_output_and_from_the_processes(server, session):
    told = server.api.get(f"/api/sessions/{session}/detect-port").json()["data"]
    assert told == {"detected": True, "port": PORT}
    (found,) = ports(server.api, session)
    assert (found["port"], found["address"]) == (PORT, "127.0.0.1")
    assert server.api.get(found["previewUrl"]).json()["path"] == "/"


def test_a_navigation_goes_to_an_origin_of_its_own_by_a_ticket_that_is_good_once(server, session, browser):
    own = Own(server, browser)
    assert own.first.netloc.startswith(f"p{PORT}-{session[:8]}.localhost:")
    assert own.entered.headers["location"] == "/page?x=1"
    assert own.client.get(f"{own.first.path}?{own.first.query}").status_code == 401
    assert own.get("/page").status_code == 200
    assert own.client.get("/page", headers={"Cookie": ""}).status_code == 401


def test_at_its_own_origin_only_the_server_is_to_be_had(server, session, browser):
    own = Own(server, browser)
    for path in ("/api/sessions", "/admin/", "/", "/static/app/x", "/llm/anthropic/v1/messages"):
        answer = own.get(path, Cookie=f"{own.cookie}; agterm_login=x; theirs=1")
        assert answer.json()["path"] == path
        assert answer.json()["headers"]["cookie"] == "theirs=1"
        assert answer.headers["set-cookie"] == "a=b"
    foreign = own.get("/", Origin="http://elsewhere.example")
    assert foreign.status_code == 403
    other = httpx.get(f"{server.url}/", headers={"Host": f"p{PORT + 1}-{session[:8]}.localhost", "Cookie": own.cookie})
    assert other.status_code == 401


def test_a_preview_dies_with_its_log_in(server, session, browser):
    own = Own(server, browser)
    server.clerk.do("from accounts.models import Login; Login.objects.filter(kind='browser').delete()")
    assert own.get("/").status_code == 401


def test_what_is_under_way_ends_with_its_session(server, session):
    own = serve(server, server.api, PORT + 2)
    with server.api.stream("GET", f"/preview/{PORT + 2}/stream") as answer:
        coming = answer.iter_raw()
        assert next(coming) == b"data: first\n\n"
        assert server.api.delete(f"/api/sessions/{own}").status_code == 200
        with contextlib.suppress(httpx.RemoteProtocolError):  # cut off
            assert list(coming) == []


def test_a_socket_passes_with_its_protocol(server, session):
    address = server.url.replace("http", "ws") + f"/preview/{PORT}/echo"
    headers = {"Authorization": server.api.headers["Authorization"]}
    with connect(address, additional_headers=headers, subprotocols=["vite-hmr"], origin=server.url) as socket:
        socket.send("ping")
        assert socket.recv(timeout=20) == f"ping http://localhost:{PORT}"
        assert socket.subprotocol == "vite-hmr"
