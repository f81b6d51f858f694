"""What each role and each scope may do, at every door there is: reading, changing, streams and sockets."""

import re
from types import SimpleNamespace

import pytest
from django.urls import URLResolver, get_resolver
from rest_framework.views import APIView

from accounts import api_tokens, services, sockets, users
from accounts.models import Viewer
from accounts.permissions import bounded, can, looks_only, role
from core.errors import Forbidden, Unauthorized
from previews import services as previews

READS = ("/api/sessions", "/api/auth/me", "/api/agents", "/api/recordings", "/api/runs", "/api/costs/budgets")
CHANGES = (
    ("post", "/api/sessions"),
    ("post", "/api/profiles"),
    ("post", "/api/costs/budgets"),
    ("put", "/api/schemas/mine"),
    ("delete", "/api/search/index"),
    ("post", "/api/files/upload"),
    ("post", "/api/upload"),
    ("post", "/api/auth/tokens"),
    ("post", "/api/sessions/batch/input"),
)
STREAMS = {"api/run", "api/runs/1/cancel"}  # no views of REST framework's: `admit` lets in
OPEN_TO_ALL = {"api/auth/login", "api/auth/refresh"}  # nobody is logged in there


@pytest.fixture
def viewer(db):
    return users.create("looker", "viewer")


@pytest.fixture
def token_of(client):
    """`token_of(user, "read")`: a client that comes with an API token."""

    def make(user, *scopes):
        _row, secret = api_tokens.create(user, "mine", scopes)
        made = client()
        made.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        made.secret = secret
        return made

    return make


def statuses(caller, asked):
    body = {"message": "Do it"}
    return {f"{verb} {path}": getattr(caller, verb)(path, body, format="json").status_code for verb, path in asked}


def refused(caller):
    return [name for name, status in statuses(caller, CHANGES).items() if status == 403]


def test_a_viewer_reads_and_changes_nothing(client, viewer):
    caller = client(viewer)
    assert [path for path in READS if caller.get(path).status_code not in (200, 503)] == []
    assert len(refused(caller)) == len(CHANGES)


def test_a_member_is_refused_none_of_it(client, owner):
    assert refused(client(owner)) == []


def test_a_token_that_reads_changes_nothing_whoever_made_it(token_of, staff):
    caller = token_of(staff, "read")
    assert caller.get("/api/auth/me").json()["data"]["user"] | {"id": 0} == {
        "id": 0, "username": "staff", "isStaff": False, "role": "viewer", "hasPassword": True,
    }  # fmt: skip
    assert len(refused(caller)) == len(CHANGES)


def test_a_token_that_writes_makes_a_member_of_everybody(token_of, staff):
    caller = token_of(staff, "read", "write")
    assert refused(caller) == ["post /api/auth/tokens"]
    assert caller.get("/api/users").status_code == 403
    assert token_of(staff, "admin").get("/api/users").status_code == 200


def test_a_token_for_admin_is_worth_no_more_than_who_made_it(token_of, staff):
    caller = token_of(staff, "admin")
    staff.is_staff = False
    staff.save()
    assert caller.get("/api/users").status_code == 403
    users.change(users.find(staff.pk), role="viewer")
    assert len(refused(caller)) == len(CHANGES)


def test_nobody_who_is_a_stranger_gets_past_any_door(client, db):
    caller = client()
    let_in = {
        f"{verb} {path}"
        for verb, path in every_door()
        if getattr(caller, verb)(f"/{path}", {}, format="json").status_code < 300
    }
    assert let_in == {"get api/health", "get api/schema", "get api/docs"}


def test_whoever_only_looks_gets_past_no_door_that_changes(client, viewer):
    """Also past those that are made tomorrow: the doors are all that there are."""
    caller = client(viewer)
    for verb, path in every_door():
        if verb == "get" or path in OPEN_TO_ALL | STREAMS | allowed_to_viewers(verb) | {"api/recordings/1/export"}:
            continue
        answer = getattr(caller, verb)(f"/{path}", {}, format="json")
        assert answer.status_code == 403, f"{verb} {path}: {answer.status_code}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", sorted(STREAMS))
def test_a_stream_that_changes_something_is_closed_to_who_only_looks(client, token_of, path):
    caller = token_of(users.create("looker", "viewer"), "write")
    assert caller.post(f"/{path}", {"message": "Do it"}, format="json").status_code == 403


def test_there_is_no_other_stream_that_changes_something():
    kinds = {path: view.view_class for path, view in routes()}
    streams = {path for verb, path in every_door() if verb != "get" and not issubclass(kinds[path], APIView)}
    assert streams == STREAMS | {"api/recordings/1/export"}  # which only reads


def test_what_viewers_may_send_all_the_same_is_this_and_nothing_else():
    """A view that is added here by mistake shows up."""
    assert {
        (verb.upper(), path) for verb in ("post", "patch", "put", "delete") for path in allowed_to_viewers(verb)
    } == {
        ("POST", "api/auth/logout"),
        ("POST", "api/auth/socket-token"),
        ("POST", "api/auth/password"),
        ("POST", "api/search"),
        ("POST", "api/notifications/subscriptions"),
        ("DELETE", "api/notifications/subscriptions/1"),
        ("POST", "api/notifications/presence"),
        ("DELETE", "api/auth/tokens/1"),
        ("DELETE", "api/auth/logins/1"),
    }


def routes(patterns=None, before=""):
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif route.startswith("api/"):
            yield re.sub(r"<[^>]+>", "1", route), pattern.callback


def every_door():
    """Every verb that any view under /api answers."""
    for path, view in routes():
        for verb in ("get", "post", "patch", "put", "delete"):
            if hasattr(view.view_class, verb) and "(" not in path:
                yield verb, path


def allowed_to_viewers(verb):
    return {path for path, view in routes() if verb.upper() in getattr(view.view_class, "for_viewers", ())}


def scope_with(secret):
    return {
        "type": "websocket", "path": "/ws", "query_string": f"token={secret}".encode(),
        "headers": [(b"host", b"testserver")],
    }  # fmt: skip


def test_a_socket_that_does_not_see_to_it_itself_is_closed_to_who_only_looks(token_of, owner):
    scope = scope_with(token_of(owner, "read").secret)
    with pytest.raises(Forbidden):
        sockets.authenticate_scope(scope)
    assert looks_only(sockets.authenticate_scope(scope, looking=True).user)
    assert sockets.authenticate_scope(scope_with(token_of(owner, "write").secret)).user == owner


def test_a_socket_token_may_no_more_than_what_it_was_asked_for_with(token_of, owner):
    caller = token_of(owner, "read")
    secret = caller.post("/api/auth/socket-token").json()["data"]["token"]
    with pytest.raises(Forbidden):
        sockets.authenticate_scope(scope_with(secret))


def test_who_looks_only_is_no_user_to_who_does_not_ask_for_lookers(viewer):
    login = services.start(viewer, kind="api")
    assert services.live_user(login.pk, looking=True) == viewer
    with pytest.raises(Forbidden):
        services.live_user(login.pk)


def test_a_viewer_who_is_staff_in_the_database_is_a_viewer(staff, owner):
    Viewer.objects.create(user=staff)
    user = bounded(services.start(staff, kind="api"))
    assert (role(user), user.is_staff, can(user, "view", SimpleNamespace(owner_id=owner.pk))) == (
        "viewer",
        False,
        False,
    )


def test_a_token_without_any_scope_is_none(token_of, owner):
    with pytest.raises(Unauthorized):
        sockets.authenticate_scope(scope_with(token_of(owner).secret))


def test_a_preview_is_closed_to_who_only_looks(viewer):
    """Whatever is asked there, a program answers that may do anything."""
    with pytest.raises(Forbidden):
        previews.find(services.start(viewer, kind="api").pk, 8000)
