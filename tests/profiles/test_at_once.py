"""Many callers at the same moment, on a whole server: the bounds hold, and nobody sees a crash."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.server import AgtermServer


@pytest.fixture(scope="module")
def server():
    with AgtermServer() as started:
        yield started


def at_once(calls):
    """How often each status was answered."""
    with ThreadPoolExecutor(16) as pool:
        return Counter(answer.status_code for answer in pool.map(lambda call: call(), calls))


def own(user):
    return [profile for profile in user.get("/api/profiles").json()["data"]["profiles"] if profile["isCustom"]]


def test_one_name_is_given_once(server):
    user = server.make_user("namesakes")
    post = lambda: user.post("/api/profiles", json={"name": "Same"})  # noqa: E731
    assert at_once([post] * 16) == {201: 1, 409: 15}
    assert len(own(user)) == 1


def test_there_are_never_more_than_two_hundred(server):
    user = server.make_user("collector")
    calls = [lambda n=n: user.post("/api/profiles", json={"name": f"p{n}"}) for n in range(208)]
    assert at_once(calls) == {201: 200, 409: 8}
    assert len(own(user)) == 200


def test_a_profile_that_is_deleted_while_it_becomes_the_default_leaves_no_default(server):
    user = server.make_user("hasty")
    made = user.post("/api/profiles", json={"name": "Short-lived"}).json()["data"]["profile"]["id"]
    url = f"/api/profiles/{made}"
    change = [
        lambda: user.post(f"{url}/default"), lambda: user.put(url, json={"name": "Other"}), lambda: user.delete(url),
    ]  # fmt: skip
    assert set(at_once(change * 5)) <= {200, 404}
    assert own(user) == []
    assert user.post("/api/sessions", json={}).json()["error"]["message"] == "agent is required"
