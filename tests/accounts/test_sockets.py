"""Who may open a WebSocket."""

from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from accounts import services
from accounts.sockets import authenticate_scope
from core.errors import Forbidden, Unauthorized

OWN, FOREIGN = "http://localhost:3000", "https://evil.example"


def scope(token=None, cookie=None, origin=None, host="localhost:3000", **more):
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if cookie is not None:
        headers.append((b"cookie", f"other=1; agterm_login={cookie}".encode()))
    headers += [(name, value) for name, value in more.pop("headers", [])]
    query = b"" if token is None else f"x=1&token={token}".encode()
    return {"type": "websocket", "scheme": "ws", "headers": headers, "query_string": query,
            "client": ("127.0.0.1", 5)} | more  # fmt: skip


@pytest.fixture
def login(owner):
    return services.start(owner, kind="browser")


@pytest.mark.parametrize("origin", [None, OWN])
def test_a_socket_token_opens_a_socket(login, owner, origin):
    caller = authenticate_scope(scope(token=services.issue_socket_token(login), origin=origin))
    assert (caller.user, caller.kind, caller.login_id) == (owner, "api", login.pk)


def test_an_access_token_does_too(login, owner):
    assert authenticate_scope(scope(token=services.issue_tokens(login).access)).user == owner


def test_everyone_is_themselves(owner, teammate, stranger):
    for person in (owner, teammate, stranger):
        token = services.issue_socket_token(services.start(person, kind="api"))
        assert authenticate_scope(scope(token=token)).user == person


def test_a_cookie_with_our_own_origin_opens_one(login, owner):
    caller = authenticate_scope(scope(cookie=services.issue_browser_token(login), origin=OWN))
    assert (caller.user, caller.kind, caller.login_id) == (owner, "browser", login.pk)


def test_a_cookie_of_an_allowed_origin_opens_one(login, owner, configure):
    configure(allowed_origins=("https://friend.example",))
    cookie = services.issue_browser_token(login)
    assert authenticate_scope(scope(cookie=cookie, origin="https://friend.example")).user == owner


def test_a_cookie_without_an_origin_is_forbidden(login):
    with pytest.raises(Forbidden):
        authenticate_scope(scope(cookie=services.issue_browser_token(login)))


@pytest.mark.parametrize("origin", [FOREIGN, "null", "", "http://localhost:3001"])
def test_a_foreign_page_is_forbidden_whatever_it_carries(login, origin):
    token, cookie = services.issue_socket_token(login), services.issue_browser_token(login)
    for carried in ({"token": token}, {"cookie": cookie}, {"token": token, "cookie": cookie}, {}):
        with pytest.raises(Forbidden):
            authenticate_scope(scope(origin=origin, **carried))


def test_a_page_that_made_its_own_name_point_at_us_is_forbidden(login):
    with pytest.raises(Forbidden):
        authenticate_scope(
            scope(token=services.issue_socket_token(login), host="evil.example:3000", origin="http://evil.example:3000")
        )


def test_a_page_in_the_clear_is_forbidden_behind_a_trusted_tls_proxy(login, configure):
    configure(trusted_proxies=("127.0.0.1",))
    forwarded = [(b"x-forwarded-proto", b"https")]
    with pytest.raises(Forbidden):
        authenticate_scope(scope(token=services.issue_socket_token(login), origin=OWN, headers=forwarded))


def test_without_any_credential_it_is_unauthorized(db):
    with pytest.raises(Unauthorized):
        authenticate_scope(scope())


@pytest.mark.parametrize("kind", ["refresh", "browser"])
def test_other_kinds_of_token_are_unauthorized(login, kind):
    raw = {"refresh": services.issue_tokens(login).refresh, "browser": services.issue_browser_token(login)}[kind]
    with pytest.raises(Unauthorized):
        authenticate_scope(scope(token=raw))


@pytest.mark.parametrize("token", ["x", "a.b.c", "%ED%A0%80", "%00"])
def test_rubbish_is_unauthorized(db, token):
    with pytest.raises(Unauthorized):
        authenticate_scope(scope(token=token))


def test_a_bad_token_is_not_saved_by_a_good_cookie(login):
    with pytest.raises(Unauthorized):
        authenticate_scope(scope(token="x", cookie=services.issue_browser_token(login), origin=OWN))


def test_an_expired_socket_token_is_unauthorized(login, monkeypatch):
    monkeypatch.setattr(services, "SOCKET_TOKEN_S", -1)
    with pytest.raises(Unauthorized):
        authenticate_scope(scope(token=services.issue_socket_token(login)))


def test_a_revoked_or_expired_log_in_is_unauthorized(login):
    token, cookie = services.issue_socket_token(login), services.issue_browser_token(login)
    type(login).objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for carried in ({"token": token}, {"cookie": cookie}):
        with pytest.raises(Unauthorized):
            authenticate_scope(scope(origin=OWN, **carried))
    type(login).objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert authenticate_scope(scope(token=token))
    services.log_out(login)
    for carried in ({"token": token}, {"cookie": cookie}):
        with pytest.raises(Unauthorized):
            authenticate_scope(scope(origin=OWN, **carried))


@pytest.mark.django_db(transaction=True)
async def test_a_consumer_can_ask_from_the_event_loop(login, owner):
    token = await database_sync_to_async(services.issue_socket_token)(login)
    caller = await database_sync_to_async(authenticate_scope)(scope(token=token))
    assert caller.user.username == "owner"
