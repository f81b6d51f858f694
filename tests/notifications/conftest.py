"""What every notification test can ask for: a push service, and browsers that want to be told by it."""

import pytest
from support.pushing import PushService
from support.rest import codex, mine, runner, shared_runner, start  # noqa: F401

from notifications import vapid

URL = "/api/notifications/subscriptions"


@pytest.fixture
def service(configure, tmp_path):
    """The one push service that this server may send to."""
    made = PushService()
    configure(push_hosts=(made.address,), home=tmp_path)
    yield made
    made.close()
    vapid._kept.cache_clear()


@pytest.fixture
def subscribe(service):
    """`subscribe(caller)`: a browser of theirs, which is told of what `kinds` say."""

    def make(caller, **wish):
        browser = service.browser()
        answer = caller.post(URL, browser.wish | wish, format="json")
        assert answer.status_code == 201, answer.json()
        browser.id = answer.json()["data"]["subscription"]["id"]
        return browser

    return make
