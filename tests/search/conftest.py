"""What every test of search can ask for."""

import pytest
from support.rest import mine, no_runner, nobodys, row, runner, shared_runner, start  # noqa: F401
from support.sockets import wait_until


@pytest.fixture
def search():
    """`search(client, query, **filters)`: the data of the answer."""

    def ask(client, query, status=200, **filters):
        answer = client.post("/api/search", {"query": query, "filters": filters, "limit": 50}, format="json")
        assert answer.status_code == status, answer.json()
        return answer.json()["data"] if status == 200 else answer.json()["error"]

    return ask


@pytest.fixture
def said(start, mine, search):  # noqa: F811
    """`said(word)`: a session that has printed the word, once it can be found there."""

    def say(word, **fields):
        session = start(**fields)
        command = {"prompt": f"echo it says {word} here"}
        assert mine.post(f"/api/sessions/{session['id']}/execute", command, format="json").status_code == 200
        wait_until(
            "what it said is found",
            lambda: (
                len({hit["document"]["type"] for hit in search(mine, word, sessionId=session["id"])["results"]}) == 2
            ),
        )
        return session

    return say
