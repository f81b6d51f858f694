"""Previews under each of the servers: what they do differently is bodies, sockets and readers who go."""

from pathlib import Path

import httpx
from support import previewed
from support.sockets import wait_until
from websockets.sync.client import connect

PORT = 5199


def test_a_request_a_stream_and_a_socket_reach_a_server_in_a_session(server):
    session_id = server.start_session()
    place = f"/api/sessions/{session_id}"
    (server.home / "workspaces" / session_id / "previewed.py").write_text(Path(previewed.__file__).read_text())
    server.api.post(f"{place}/input", json={"data": f"python3 previewed.py {PORT} 2>/dev/null\n"})
    wait_until("its port", lambda: server.api.get(f"{place}/ports").json()["data"]["ports"])
    told = server.api.post(f"/preview/{PORT}/a%20b?q=1", content=b"x" * 300_000).json()
    assert (told["path"], told["size"]) == ("/a%20b?q=1", 300_000)
    assert httpx.get(f"{server.url}/preview/{PORT}/").status_code == 401
    with server.api.stream("GET", f"/preview/{PORT}/stream") as answer:
        assert next(answer.iter_raw()) == b"data: first\n\n"
    address = server.url.replace("http", "ws") + f"/preview/{PORT}/echo"
    headers = {"Authorization": server.api.headers["Authorization"]}
    with connect(address, additional_headers=headers, origin=server.url) as socket:
        socket.send("ping")
        assert socket.recv(timeout=20) == f"ping http://localhost:{PORT}"
    server.api.delete(place)
