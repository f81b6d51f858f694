"""Every answer under /api has one shape, whatever goes wrong."""

import json
import logging

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseForbidden
from django.urls import path
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.response import Response
from rest_framework.views import APIView

from core import errors
from core.envelope import EnvelopeRenderer, as_is, read_json


class Open(APIView):
    authentication_classes = ()
    permission_classes = ()


class Echo(Open):
    def get(self, request):
        return Response({"hello": "world"})

    def post(self, request):
        return Response(request.data)

    def delete(self, request):
        return Response(status=204)


class Crash(Open):
    def get(self, request):
        raise RuntimeError("the password is hunter2")


class Fails(Open):
    raises = Http404

    def get(self, request):
        raise self.raises


class Code(Open):
    def get(self, request, code):
        kind = errors.by_code(code)
        raise kind(limit=7, retry_after_s=3) if kind is errors.RateLimited else kind()


class Validates(Open):
    class Shape(serializers.Serializer):
        cols = serializers.IntegerField()

    def post(self, request):
        self.Shape(data=request.data).is_valid(raise_exception=True)


def answers(data, status=200):
    class Answers(Open):
        def get(self, request):
            return Response(data, status=status)

    return Answers.as_view()


def plain(request):
    return HttpResponse("fine")


urlpatterns = [
    path("api/echo", Echo.as_view()),
    path("api/crash", Crash.as_view()),
    path("api/code/<str:code>", Code.as_view()),
    path("api/validates", Validates.as_view()),
    path("api/missing", Fails.as_view(raises=Http404)),
    path("api/denied", Fails.as_view(raises=PermissionDenied)),
    path("api/slow-down", Fails.as_view(raises=Throttled(wait=2.5))),
    path("api/nothing", answers(None)),
    path("api/odd", answers(["not an error payload"], status=409)),
    path("api/surrogate", answers({"name": "caf\udce9"})),
    path("api/not-a-number", answers({"cost": float("nan")})),
    path("api/plain", plain),
    path("api/own-page", lambda _: HttpResponseForbidden("<h1>secret page</h1>")),
    path("api/proxied", lambda _: as_is(HttpResponse("theirs", status=404))),
    path("api/django-404", Fails.as_view(raises=Http404)),
    path("page/plain", plain),
]


@pytest.fixture(autouse=True)
def _urls(settings):
    settings.ROOT_URLCONF = __name__


def error_of(response, status):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    body = json.loads(response.content)
    assert set(body) == {"success", "error"}
    assert body["success"] is False
    assert body["error"]["message"]
    return body["error"]


def test_what_a_view_returns_is_the_data_of_a_success(client):
    response = client().get("/api/echo")
    assert response.status_code == 200
    assert json.loads(response.content) == {"success": True, "data": {"hello": "world"}}


def test_returning_nothing_is_a_success_with_empty_data(client):
    assert json.loads(client().get("/api/nothing").content) == {"success": True, "data": {}}


def test_204_has_no_body(client):
    response = client().delete("/api/echo")
    assert (response.status_code, response.content) == (204, b"")


def test_answers_are_json_whatever_the_caller_would_rather_have(client):
    response = client().get("/api/echo", HTTP_ACCEPT="text/html")
    assert response["Content-Type"] == "application/json"


def test_answers_are_not_kept_in_caches(client):
    assert client().get("/api/echo")["Cache-Control"] == "no-store"


def test_half_a_surrogate_pair_in_an_answer_does_not_crash(client):
    response = client().get("/api/surrogate")
    assert json.loads(response.content)["data"] == {"name": "caf\udce9"}


@pytest.mark.parametrize("url", ["/api", "/api/", "/api/no/such/thing", "/api/missing"])
def test_an_unknown_url_is_404(client, url):
    assert error_of(client().get(url), 404)["code"] == "NOT_FOUND"


def test_a_denied_permission_is_403(client):
    assert error_of(client().get("/api/denied"), 403)["code"] == "FORBIDDEN"


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "BREW"])
def test_a_wrong_verb_is_405_and_says_which_are_right(client, verb):
    response = client().generic(verb, "/api/echo")
    assert error_of(response, 405)["code"] == "METHOD_NOT_ALLOWED"
    assert "POST" in response["Allow"]


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b'"text"', b"1", b"null", b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": 1e999}', b'{"a": 1, "a": 2}',
        b'{"a": "\xff"}', b'{"a": "\\ud800"}', b'{"\\udfff": 1}', b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_a_body_that_is_no_clean_json_object_is_400(client, body):
    response = client().post("/api/echo", body, content_type="application/json")
    assert error_of(response, 400)["code"] == "INVALID_REQUEST"


def test_nul_and_real_surrogate_pairs_are_ordinary_text(client):
    response = client().post("/api/echo", b'{"a": "\\u0000 \\ud83d\\ude00"}', content_type="application/json")
    assert response.json()["data"] == {"a": "\0 😀"}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_body_of_another_kind_is_400(client, kind):
    error = error_of(client().generic("POST", "/api/echo", b'{"a": 1}', content_type=kind), 400)
    assert error["code"] == "INVALID_REQUEST"
    assert "application/json" in error["message"]


def test_a_body_without_a_kind_is_400(client):
    response = client().generic("POST", "/api/echo", b'{"a": 1}', content_type="")
    assert error_of(response, 400)["code"] == "INVALID_REQUEST"


def test_a_post_without_a_body_is_an_empty_object(client):
    assert client().post("/api/echo", content_type="application/json").json()["data"] == {}


def test_a_body_that_is_too_big_is_413(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = client().post("/api/echo", {"a": "x" * 200}, format="json")
    assert error_of(response, 413)["code"] == "TOO_LARGE"


def test_a_failed_serializer_names_the_field(client):
    error = error_of(client().post("/api/validates", {"cols": "many"}, format="json"), 400)
    assert error["code"] == "INVALID_REQUEST"
    assert error["message"].startswith("cols: ")


KINDS = sorted(
    {kind for kind in errors._BY_CODE.values() if kind is not errors.AgtermError}, key=lambda kind: kind.code
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_error_of_the_tree_leaves_with_its_code_and_status(client, kind):
    assert error_of(client().get(f"/api/code/{kind.code}"), kind.status)["code"] == kind.code


def test_401_says_how_to_log_in(client):
    assert client().get("/api/code/UNAUTHORIZED")["WWW-Authenticate"] == "Bearer"


def test_429_says_when_to_come_back(client):
    response = client().get("/api/code/RATE_LIMITED")
    assert (response["Retry-After"], response["X-RateLimit-Limit"], response["X-RateLimit-Remaining"]) == (
        "3",
        "7",
        "0",
    )
    assert int(response["X-RateLimit-Reset"]) > 1_700_000_000


def test_rest_frameworks_own_throttles_are_429_too(client):
    response = client().get("/api/slow-down")
    assert error_of(response, 429)["code"] == "RATE_LIMITED"
    assert response["Retry-After"] == "3"


@pytest.mark.parametrize("debug", [False, True])
def test_a_crash_is_500_is_logged_and_leaks_nothing(client, settings, caplog, debug):
    settings.DEBUG = debug
    with caplog.at_level(logging.ERROR):
        response = client(raise_request_exception=False).get("/api/crash")
    assert error_of(response, 500)["code"] == "INTERNAL_ERROR"
    assert b"hunter2" not in response.content
    assert "hunter2" in caplog.text


def test_the_servers_own_failures_are_logged_and_the_callers_are_not(client, caplog):
    client().get("/api/code/INVALID_REQUEST")
    assert not [record for record in caplog.records if record.name == "core.envelope"]
    client().get("/api/code/HOST_UNAVAILABLE")
    assert [record.levelname for record in caplog.records if record.name == "core.envelope"] == ["ERROR"]


def test_an_answer_that_json_can_not_say_is_a_crash_not_a_lie(client):
    response = client(raise_request_exception=False).get("/api/not-a-number")
    assert error_of(response, 500)["code"] == "INTERNAL_ERROR"


def test_a_failure_with_a_strange_body_still_leaves_in_the_envelope(client):
    assert error_of(client().get("/api/odd"), 409)["code"] == "CONFLICT"


def test_a_failure_made_outside_rest_framework_is_put_into_the_envelope(client):
    response = client().get("/api/own-page")
    assert error_of(response, 403)["code"] == "FORBIDDEN"
    assert b"secret" not in response.content
    assert int(response.get("Content-Length", len(response.content))) == len(response.content)


def test_a_proxied_failure_keeps_its_own_body(client):
    response = client().get("/api/proxied")
    assert (response.status_code, response.content) == (404, b"theirs")


@pytest.mark.parametrize("debug", [False, True])
def test_a_foreign_host_name_is_400(client, settings, debug):
    settings.DEBUG = debug
    error = error_of(client().get("/api/echo", HTTP_HOST="evil.example"), 400)
    assert error["code"] == "INVALID_REQUEST"
    assert "AGTERM_ALLOWED_HOSTS" in error["message"]


def test_a_missing_csrf_token_is_403(client):
    response = client(enforce_csrf_checks=True).post("/api/plain")
    assert error_of(response, 403)["code"] == "FORBIDDEN"


def test_pages_outside_the_api_keep_djangos_answers(client):
    assert b"success" not in client().get("/page/none").content
    refused = client(enforce_csrf_checks=True).post("/page/plain")
    assert refused.status_code == 403
    assert refused["Content-Type"].startswith("text/html")


async def ask_in_pieces(*pieces):
    """POST as an ASGI server hands on a chunked body: in pieces, without Content-Length."""
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/api/echo", "headers": headers, "client": ("127.0.0.1", 1)}
    app = ApplicationCommunicator(get_asgi_application(), scope)
    for piece in pieces:
        await app.send_input({"type": "http.request", "body": piece, "more_body": piece is not pieces[-1]})
    start, body = await app.receive_output(5), await app.receive_output(5)
    return start["status"], json.loads(body["body"])


async def test_a_chunked_body_counts_as_a_body():
    assert await ask_in_pieces(b'{"a"', b": 1}") == (200, {"success": True, "data": {"a": 1}})


async def test_a_chunked_body_can_be_too_big_too(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    status, body = await ask_in_pieces(b'{"a": "', b'xxxxxxxx"}')
    assert (status, body["error"]["code"]) == (413, "TOO_LARGE")


def test_read_json_takes_what_json_allows():
    assert read_json(b'{"a": [1, 1.5, true, null, "\xc3\xa9"]}') == {"a": [1, 1.5, True, None, "é"]}


def test_times_are_utc_and_end_in_z():
    from datetime import UTC, datetime

    rendered = EnvelopeRenderer().render({"at": datetime(2024, 1, 15, 10, 30, tzinfo=UTC)})
    assert json.loads(rendered)["data"] == {"at": "2024-01-15T10:30:00Z"}
