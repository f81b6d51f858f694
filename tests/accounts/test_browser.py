"""The browser's cookie counts, writes only with a CSRF token, and dies with the log-in."""

import pytest
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services


class Who(APIView):
    def get(self, request):
        return Response({"kind": request.auth.kind, "login": request.auth.login.pk})


urlpatterns = [path("api/who", Who.as_view())]


@pytest.fixture
def csrf(client):
    """The CSRF token a browser has after it opened a page."""

    def fetch(caller):
        caller.get("/")
        return caller.cookies["csrftoken"].value

    return fetch


def test_the_cookie_says_who_is_calling(browser, owner, teammate, stranger):
    for person in (owner, teammate, stranger):
        assert browser(person).get("/api/auth/me").json()["data"]["user"]["id"] == person.pk


def test_a_write_without_a_csrf_token_is_403(browser, owner):
    response = browser(owner).post("/api/auth/socket-token")
    assert (response.status_code, response.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert "CSRF" in response.json()["error"]["message"]


def test_a_write_with_a_made_up_csrf_token_is_403(browser, owner, csrf):
    caller = browser(owner)
    csrf(caller)
    assert caller.post("/api/auth/socket-token", headers={"X-CSRFToken": "x" * 64}).status_code == 403


def test_a_write_with_the_csrf_token_works(browser, owner, csrf):
    caller = browser(owner)
    response = caller.post("/api/auth/socket-token", headers={"X-CSRFToken": csrf(caller)})
    assert response.status_code == 200


def test_logging_in_gives_all_that_a_browser_needs_to_write(client, owner, password):
    caller = client(enforce_csrf_checks=True)
    caller.post("/api/auth/login", {"username": "owner", "password": password, "browser": True}, format="json")
    token = caller.cookies["csrftoken"].value
    assert caller.post("/api/auth/socket-token", headers={"X-CSRFToken": token}).status_code == 200


def test_a_bearer_token_needs_no_csrf_token(client, owner):
    assert client(owner, enforce_csrf_checks=True).post("/api/auth/socket-token").status_code == 200


def test_a_bad_bearer_token_is_not_saved_by_a_good_cookie(browser, owner):
    assert browser(owner).get("/api/auth/me", HTTP_AUTHORIZATION="Bearer x").status_code == 401


@pytest.mark.parametrize("kind", ["access", "refresh", "socket"])
def test_only_the_browsers_token_is_a_cookie(browser, owner, kind):
    caller = browser(owner)
    issued = services.issue_tokens(caller.login_row)
    raw = {"access": issued.access, "refresh": issued.refresh, "socket": services.issue_socket_token(caller.login_row)}
    caller.cookies["agterm_login"] = raw[kind]
    assert caller.get("/api/auth/me").status_code == 401


def test_a_revoked_log_ins_cookie_is_401(browser, owner):
    caller = browser(owner)
    services.log_out(caller.login_row)
    assert caller.get("/api/auth/me").status_code == 401


def test_request_auth_tells_browsers_from_api_callers(browser, client, owner, settings):
    settings.ROOT_URLCONF = __name__
    for caller, kind in ((browser(owner), "browser"), (client(owner), "api")):
        data = caller.get("/api/who").json()["data"]
        assert data == {"kind": kind, "login": str(caller.login_row.pk)}
