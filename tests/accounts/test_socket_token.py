"""POST /api/auth/socket-token"""

import jwt

from accounts.services import find_login


def test_it_gives_a_token_for_a_minute(client, owner):
    data = client(owner).post("/api/auth/socket-token").json()["data"]
    assert data["expiresIn"] == 60
    claims = jwt.decode(data["token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 60
    assert find_login(data["token"], {"socket"}).user == owner


def test_everyone_gets_their_own(client, owner, teammate, stranger):
    for person in (owner, teammate, stranger):
        token = client(person).post("/api/auth/socket-token").json()["data"]["token"]
        assert find_login(token, {"socket"}).user == person


def test_it_dies_with_the_log_in(client, owner):
    caller = client(owner)
    token = caller.post("/api/auth/socket-token").json()["data"]["token"]
    caller.post("/api/auth/logout")
    assert caller.get("/api/auth/me").status_code == 401
    from accounts.sockets import authenticate_scope
    from core.errors import Unauthorized

    try:
        authenticate_scope({"headers": [(b"host", b"localhost")], "query_string": f"token={token}".encode()})
    except Unauthorized:
        return
    raise AssertionError("a socket opened with a dead log-in's token")


def test_without_a_token_it_is_401(client, db):
    assert client().post("/api/auth/socket-token").status_code == 401
