"""A client that goes away without a word costs nobody anything, not even a line in the log."""

from support.server import AgtermServer
from support.sockets import WebSocket


def test_a_client_that_vanishes_while_it_asks_is_no_error_in_the_log():
    with AgtermServer() as server:
        session_id, token = server.start_session(), server.access_token()
        for _ in range(30):
            socket = WebSocket(server.socket_url, token)
            socket.send("session:attach", sessionId=session_id)
            socket._connection.socket.close()
        with WebSocket(server.socket_url, token) as socket:
            socket.attach(session_id)
        assert "a socket message failed" not in "".join(server.output)
