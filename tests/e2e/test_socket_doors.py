"""Who gets a terminal socket: the error says why, the close code says it again, on both servers."""

import uuid

import pytest

from accounts import tokens

FOREIGN = {"https://evil.example", "http://localhost.evil.example", "null", "http://127.0.0.1:1"}


def refusal(socket):
    """The error and the close code."""
    return socket.error()["code"], socket.until_closed()


@pytest.fixture
def signed(server):
    """`signed(kind, life_s, key)`: a token as the server would make it, but for what is said."""
    key = (server.home / "secret.key").read_text().strip()
    return lambda kind="access", life_s=60, with_key=key: tokens.issue(
        kind, key=with_key, user_id=1, login_id=uuid.uuid4(), life_s=life_s
    )


def test_an_expired_token_is_refused(connect, signed):
    socket = connect(signed(life_s=-5))
    assert refusal(socket) == ("UNAUTHORIZED", 4401)
    assert "expired" in socket.messages[0]["payload"]["message"]


def test_a_forged_token_is_refused(connect, signed):
    forged = signed(with_key="a key of somebody else's, just as long")
    assert refusal(connect(forged)) == ("UNAUTHORIZED", 4401)


def test_a_token_of_a_log_in_that_never_was_is_refused(connect, signed):
    assert refusal(connect(signed())) == ("UNAUTHORIZED", 4401)


@pytest.mark.parametrize("token", ["x", "a.b.c", "", "é", "x" * 4000])
def test_what_is_no_token_is_refused(connect, token):
    assert refusal(connect(token or " ")) == ("UNAUTHORIZED", 4401)


def test_no_token_at_all_is_refused(connect):
    assert refusal(connect(None)) == ("UNAUTHORIZED", 4401)


def test_a_refresh_token_opens_no_socket(connect, signed):
    assert refusal(connect(signed("refresh"))) == ("UNAUTHORIZED", 4401)


@pytest.mark.parametrize("origin", sorted(FOREIGN))
def test_a_foreign_page_is_refused_even_with_a_good_token(connect, origin):
    assert refusal(connect(origin=origin)) == ("FORBIDDEN", 4403)


def test_our_own_page_is_let_in(server, connect):
    assert connect(origin=server.url).answer("ping") == {"type": "pong"}


def test_a_sixty_second_token_opens_a_socket(server, connect):
    answer = server.api.post("/api/auth/socket-token").json()["data"]
    token = next(value for value in answer.values() if isinstance(value, str))
    assert connect(token).answer("ping") == {"type": "pong"}


def test_nothing_said_before_the_refusal_is_obeyed(server, connect, signed, session):
    socket = connect(signed(life_s=-5))
    try:
        socket.send("session:attach", sessionId=session)
        socket.type("echo obeyed > obeyed\n")
    except Exception:
        pass
    socket.until_closed()
    assert not any(m["type"] == "session:attached" for m in socket.messages)
