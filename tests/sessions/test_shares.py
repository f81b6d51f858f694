"""Shares: who is let to a session's terminal, by which door, for how long, and that nothing else opens."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts import users
from sessions import shares
from sessions.models import Share

OPEN = {  # to whoever a session is shared with
    "get api/sessions/{id}", "get api/sessions/{id}/snapshot", "get api/sessions/{id}/output",
    "get api/sessions/{id}/size", "post api/sessions/{id}/input", "post api/sessions/{id}/resize",
    "post api/sessions/{id}/execute",
}  # fmt: skip
OTHER = "11111111-1111-4111-8111-111111111111"
ASKED = {"git/blame": {"path": "x"}, "git/compare": {"with": OTHER}, "git/merge": {"from": OTHER}}  # or they say 400
GUEST_SEES = {"id", "name", "agent", "status", "state", "cols", "rows"}
ELSEWHERE = (
    "/api/files/list?sessionId={id}&path=.",
    "/api/files/read?sessionId={id}&path=x",
    "/api/costs/sessions/{id}",
)


@pytest.fixture
def session(start):
    return start(name="Mine")


@pytest.fixture
def share(mine, session):
    """`share(mode="view", user="teammate")`: the share as the API shows it."""

    def make(**fields):
        answer = mine.post(f"/api/sessions/{session['id']}/shares", {"mode": "view"} | fields, format="json")
        assert answer.status_code == 201, answer.json()
        return answer.json()["data"]["share"]

    return make


def path_of(made):
    return "/s/" + made["url"].rpartition("/s/")[2]


def statuses(caller, session, asked):
    def ask(verb, path, body):
        return getattr(caller, verb)(f"/api/sessions/{session['id']}{path}", body, format="json").status_code

    return {f"{verb} {path}": ask(verb, path, body) for verb, path, body in asked}


def doors(patterns=None, before=""):
    """Every verb of every view whose address names a session."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from doors(pattern.url_patterns, route)
        elif route.startswith("api/") and "session_id>" in route and issubclass(pattern.callback.view_class, APIView):
            path = re.sub(r"<[^>]+session_id>", "{id}", route)
            verbs = [
                verb for verb in ("get", "post", "patch", "put", "delete") if hasattr(pattern.callback.view_class, verb)
            ]
            yield from (f"{verb} {re.sub('<[^>]+>', '1', path)}" for verb in verbs)


def knocked(caller, session):
    """What every door that is not meant for those it is shared with answers."""
    found = {}
    for door in sorted(set(doors()) - OPEN):
        verb, path = door.split()
        body = next((asked for end, asked in ASKED.items() if path.endswith(end)), None if verb == "get" else {})
        found[door] = getattr(caller, verb)(
            f"/{path.format(**session)}", body, format=None if verb == "get" else "json"
        ).status_code
    assert len(found) > 30
    return found


# With a user.


def test_what_is_shared_is_in_the_others_list_and_says_so(client, teammate, session, share):
    share(user="teammate", mode="control")
    [row] = client(teammate).get("/api/sessions").json()["data"]["sessions"]
    assert (row["id"], row["access"], row["sharedBy"]) == (session["id"], "control", "owner")
    assert (session["access"], session["sharedBy"]) == ("own", None)
    one = client(teammate).get(f"/api/sessions/{session['id']}").json()["data"]["session"]
    assert (one["access"], one["sharedBy"]) == ("control", "owner")


READS = (("get", "", None), ("get", "/snapshot", None), ("get", "/output", None), ("get", "/size", None))
TYPES = (("post", "/input", {"data": ""}), ("post", "/resize", {"cols": 80, "rows": 24}))


def test_to_view_is_to_read_the_terminal_and_nothing_more(client, teammate, session, share):
    share(user="teammate")
    caller = client(teammate)
    assert set(statuses(caller, session, READS).values()) == {200}
    assert set(statuses(caller, session, TYPES).values()) == {403}
    executed = caller.post(f"/api/sessions/{session['id']}/execute", {"prompt": "id"}, format="json")
    batch = caller.post(
        "/api/sessions/batch/input", {"sessionIds": [session["id"]], "data": "id\n"}, format="json"
    ).json()["data"]
    assert (executed.status_code, batch["results"][0]["error"]["code"]) == (403, "FORBIDDEN")


def test_to_control_is_also_to_type(client, teammate, session, share):
    share(user="teammate", mode="control")
    assert set(statuses(client(teammate), session, (*READS, *TYPES)).values()) == {200}


def test_nothing_but_the_terminal_is_shared(client, teammate, session, share):
    share(user="teammate", mode="control")
    caller = client(teammate)
    inner = knocked(caller, session)
    assert set(inner.values()) == {404}, {k: v for k, v in inner.items() if v != 404}
    found = {path: caller.get(path.format(id=session["id"])).status_code for path in ELSEWHERE}
    assert set(found.values()) == {404}, found
    assert session["id"] not in caller.get("/api/processes").content.decode()


def test_a_stranger_gets_nothing_by_what_others_were_given(client, teammate, stranger, session, share):
    share(user="teammate", mode="control")
    share()
    assert set(statuses(client(stranger), session, (*READS, *TYPES)).values()) == {404}
    assert set(knocked(client(stranger), session).values()) == {404}
    assert client(stranger).get("/api/sessions").json()["data"]["sessions"] == []


def test_a_viewer_only_looks_whatever_they_were_given(client, session, share):
    looker = users.create("looker", "viewer")
    share(user="looker", mode="control")
    assert client(looker).get(f"/api/sessions/{session['id']}").json()["data"]["session"]["access"] == "view"
    assert set(statuses(client(looker), session, TYPES).values()) == {403}


def test_a_viewers_own_sessions_say_that_they_are_only_to_be_looked_at(mine, owner, session):
    users.change(users.find(owner.pk), role="viewer")
    [row] = mine.get("/api/sessions").json()["data"]["sessions"]
    assert row["access"] == "view"
    assert set(statuses(mine, session, (*TYPES, ("post", "/shares", {"mode": "view"}))).values()) == {403}


def test_sharing_anew_with_the_same_user_replaces(mine, session, share):
    users.create("ada", "member")
    share(user="ada")
    share(user="ada", mode="control")
    [only] = mine.get(f"/api/sessions/{session['id']}/shares").json()["data"]["shares"]
    assert (only["user"], only["mode"], only["createdBy"]) == ("ada", "control", "owner")


def test_a_share_ends_when_it_is_taken_back_runs_out_or_its_maker_may_share_no_more(
    client, mine, owner, teammate, session, share
):
    def reads():
        return client(teammate).get(f"/api/sessions/{session['id']}").status_code == 200

    made = share(user="teammate")
    assert reads()
    assert mine.delete(f"/api/sessions/{session['id']}/shares/{made['id']}").json()["data"]["deleted"] is True
    assert not reads()
    share(user="teammate")
    users.change(users.find(owner.pk), role="viewer")
    assert not reads()
    users.change(users.find(owner.pk), role="member")
    assert reads()
    Share.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not reads()
    assert mine.get(f"/api/sessions/{session['id']}/shares").json()["data"]["shares"] == []


@pytest.mark.parametrize("fields", [
    {"user": "nobody"}, {"user": "owner"}, {"mode": "own"}, {"expiresIn": 1}, {"expiresIn": 31 * 86400},
    {"maxUses": 0}, {"user": "teammate", "maxUses": 1},
], ids=["no user", "oneself", "no mode", "too short", "too long", "no use", "uses of a user"])  # fmt: skip
def test_nonsense_is_refused(mine, teammate, session, fields):
    answer = mine.post(f"/api/sessions/{session['id']}/shares", {"mode": "view"} | fields, format="json")
    assert answer.status_code == 400


def test_only_the_owner_and_staff_take_back(client, staff, stranger, session, share):
    made = share()
    url = f"/api/sessions/{session['id']}/shares/{made['id']}"
    assert client(stranger).delete(url).status_code == 404
    assert client(staff).delete(url).status_code == 200
    assert client(staff).delete(url).status_code == 404


# By a link.


def test_a_link_leads_to_a_page_that_does_not_know_the_secret(share, session):
    made, browser = share(), Client()
    answer = browser.get(path_of(made))
    assert (answer.status_code, answer["Location"], answer["Referrer-Policy"]) == (302, "/shared", "no-referrer")
    assert "no-store" in answer["Cache-Control"]
    cookie = browser.cookies["agterm_share"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert made["url"].rpartition("/")[2] not in cookie.value
    told = browser.get("/api/shared").json()["data"]["share"]
    assert (told["mode"], told["by"], set(told["session"])) == ("view", "owner", GUEST_SEES)
    assert told["session"]["id"] == session["id"]


def test_the_secret_is_shown_once_and_kept_nowhere(mine, share, session):
    secret = share()["url"].rpartition("/")[2]
    assert len(secret) == 43
    assert "url" not in mine.get(f"/api/sessions/{session['id']}/shares").json()["data"]["shares"][0]
    assert secret not in str(Share.objects.values())


def test_the_cookie_opens_nothing_else(share, session):
    browser = Client()
    browser.get(path_of(share(mode="control")))
    paths = ["/api/sessions", "/api/auth/me", "/api/events", "/api/users", "/api/share-token", "/api/audit"]
    paths += [f"/api/sessions/{session['id']}{path}" for _verb, path, _body in READS]
    found = {path: browser.get(path.format(id=session["id"])).status_code for path in (*paths, *ELSEWHERE)}
    assert set(found.values()) == {401}, {k: v for k, v in found.items() if v != 401}
    inner = knocked(APIClient(HTTP_COOKIE=browser.cookies.output(header="")), session)
    assert set(inner.values()) == {401}, inner
    typed = browser.post(f"/api/sessions/{session['id']}/input", {"data": "x"}, content_type="application/json")
    assert typed.status_code == 401
    assert browser.get("/admin/").status_code == 302


def test_a_link_is_used_as_often_as_it_may_be_and_by_one_browser_once(mine, share, session):
    made, first = share(maxUses=1), Client()
    assert first.head(path_of(made)).status_code == 200  # a scanner
    assert first.get(path_of(made))["Location"] == "/shared"
    assert first.get(path_of(made))["Location"] == "/shared"
    assert Client().get(path_of(made))["Location"] == "/shared?share=ended"
    [shown] = mine.get(f"/api/sessions/{session['id']}/shares").json()["data"]["shares"]
    assert (shown["uses"], shown["maxUses"]) == (1, 1)


def test_a_link_that_was_taken_back_takes_its_cookies_along(mine, share, session):
    made, browser = share(), Client()
    browser.get(path_of(made))
    mine.delete(f"/api/sessions/{session['id']}/shares/{made['id']}")
    assert browser.get("/api/shared").status_code == 401
    assert browser.get(path_of(made))["Location"] == "/shared?share=ended"


@pytest.mark.parametrize("value", ["", "x", "own key"])
def test_a_cookie_that_we_did_not_sign_is_none(share, session, value):
    made, browser = share(), Client()
    browser.cookies["agterm_share"] = signing.dumps(made["id"], key="k") if value == "own key" else value
    assert browser.get("/api/shared").status_code == 401


def test_a_cookie_for_a_user_is_not_made_of_a_link(share, teammate, session):
    """The id of a user's share stands in no cookie that counts."""
    made, browser = share(user="teammate"), Client()
    assert made["url"] is None
    browser.cookies["agterm_share"] = signing.dumps(made["id"], salt=shares._SALT)
    assert browser.get("/api/shared").status_code == 401


def test_guessing_a_link_is_counted(db, configure):
    configure(rate_limit_max=2)
    assert [Client().get("/s/" + "x" * 43).status_code for _ in range(3)] == [302, 302, 429]
