"""What a caller who is not logged in can make the server keep, and how a broken download ends, on the wire itself."""

import os
import socket
from pathlib import Path

import httpx
import pytest

MIB = 1 << 20


def kept(pid):
    """Bytes in the temporary files of the process."""
    folder = f"/proc/{pid}/fd"
    opened = [f"{folder}/{number}" for number in os.listdir(folder)]
    return sum(os.stat(path).st_size for path in opened if "(deleted)" in os.readlink(path))


@pytest.mark.parametrize("target", ["/api/files/upload?path=x", "/api/auth/login"])
def test_a_large_body_of_nobody_is_not_kept(server, target):
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as caller:
        caller.sendall(f"POST {target} HTTP/1.1\r\nHost: {host}:{port}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        before, largest = kept(server.web_pid), 0
        try:
            for _ in range(20):
                caller.sendall(b"%x\r\n%s\r\n" % (MIB, b"x" * MIB))
                largest = max(largest, kept(server.web_pid) - before)
        except OSError:
            pass  # it was cut, which is well
        said = caller.recv(100)
    assert b" 401 " in said or b" 413 " in said
    assert largest <= 4 * MIB


def test_a_download_that_breaks_off_breaks_the_connection(server):
    session = server.api.get(f"/api/sessions/{server.start_session()}").json()["data"]["session"]
    path = Path(session["workspaceDir"]) / "f"
    with path.open("wb") as made:
        made.truncate(64 * MIB)
    asked = {"sessionId": session["id"], "path": "f"}

    def download():
        with server.api.stream("GET", "/api/files/download", params=asked) as answer:
            for _ in answer.iter_raw():
                os.truncate(path, 0)

    with pytest.raises(httpx.RemoteProtocolError):
        download()
    assert "Traceback" not in "".join(server.output)
