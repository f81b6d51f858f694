"""Who is told where: subscriptions are made, renewed, listed and taken back, and end with what they stand on."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts import services as accounts
from accounts import users
from notifications import endpoints, presence, services, vapid
from notifications.models import PushSubscription
from notifications.news import News
from sessions import shares
from sessions.models import Session, Share

pytestmark = pytest.mark.django_db
URL = "/api/notifications"
PAGE = {"page": "a-page-of-theirs", "visible": True}


@pytest.fixture
def looker(db):
    return users.create("looker", "viewer")


@pytest.fixture
def session(owner):
    return Session.objects.create(owner=owner, agent="shell", name="release", runner="", status="running")


def told(user, session, kind="needs_input", moment="once"):
    """How many browsers of the user are told of such news of the session."""
    return len(services.to_tell(user.pk, News(str(session.pk), frozenset(), kind, moment, {})))


def listed(caller):
    answer = caller.get(URL)
    assert answer.status_code == 200
    return answer.json()["data"]["subscriptions"]


def test_a_browser_subscribes_changes_its_mind_and_takes_it_back(mine, subscribe):
    browser = subscribe(mine, kinds=["needs_input", "failed"])
    (row,) = listed(mine)
    assert (row["id"], row["kinds"], row["lastSentAt"]) == (browser.id, ["failed", "needs_input"], None)
    again = mine.post(f"{URL}/subscriptions", browser.wish | {"kinds": ["finished"]}, format="json")
    assert again.json()["data"]["subscription"]["id"] == browser.id
    assert [one["kinds"] for one in listed(mine)] == [["finished"]]
    assert mine.delete(f"{URL}/subscriptions/{browser.id}").json()["data"] == {"id": browser.id, "deleted": True}
    assert listed(mine) == []
    assert mine.delete(f"{URL}/subscriptions/{browser.id}").status_code == 404


def test_nobody_sees_or_takes_back_what_is_anothers(mine, client, stranger, staff, subscribe):
    browser = subscribe(mine)
    for other in (client(stranger), client(staff)):
        assert listed(other) == []
        assert other.delete(f"{URL}/subscriptions/{browser.id}").status_code == 404
    assert len(listed(mine)) == 1
    assert client().get(URL).status_code == 401


def test_a_browser_that_somebody_else_logs_in_at_is_theirs_from_then_on(mine, client, stranger, subscribe):
    browser = subscribe(mine)
    assert client(stranger).post(f"{URL}/subscriptions", browser.wish, format="json").status_code == 201
    assert listed(mine) == []


def test_who_logs_out_is_told_no_more(mine, owner, session, subscribe):
    subscribe(mine)
    accounts.log_out(mine.login_row)
    assert told(owner, session) == 0
    assert not PushSubscription.objects.exists()


def test_the_same_news_is_given_out_once(mine, owner, session, subscribe):
    subscribe(mine, kinds=["failed"])
    assert told(owner, session, "finished") == 0
    assert [told(owner, session, "failed", moment) for moment in ("one", "one", "two")] == [1, 0, 1]


def test_a_viewer_subscribes_and_takes_back_for_himself_alone(mine, owner, client, looker, subscribe):
    caller, others = client(looker), subscribe(mine)
    browser = subscribe(caller)
    assert [row["id"] for row in listed(caller)] == [browser.id]
    assert caller.delete(f"{URL}/subscriptions/{others.id}").status_code == 404
    assert caller.post(f"{URL}/presence", PAGE, format="json").status_code == 200
    assert [presence.is_here(user.pk) for user in (looker, owner)] == [True, False]
    assert caller.delete(f"{URL}/subscriptions/{browser.id}").status_code == 200
    assert (listed(caller), len(listed(mine))) == ([], 1)


def test_a_viewer_is_told_of_what_he_may_see_as_long_as_he_may(owner, client, looker, session, subscribe):
    subscribe(client(looker))
    assert told(looker, session) == 0
    share, _ = shares.create(session, owner, mode="view", with_name="looker")
    assert told(looker, session, moment="shared") == 1
    shares.take_back(session, str(share.pk))
    assert told(looker, session, moment="taken back") == 0
    shares.create(session, owner, mode="view", with_name="looker")
    Share.objects.update(expires_at=share.created_at)
    assert told(looker, session, moment="run out") == 0
    shares.create(session, owner, mode="view", with_name="looker")
    users.change(owner, role="viewer")
    assert told(looker, session, moment="by one who may no longer share") == 0


def test_whoever_becomes_a_viewer_is_still_told_of_sessions_of_his_own(mine, owner, session, subscribe):
    subscribe(mine)
    users.change(owner, role="viewer")
    assert told(owner, session) == 1


def test_the_servers_key_is_made_once_and_is_nobody_elses_to_read(mine, service, tmp_path):
    ready = threading.Barrier(8)

    def ask(_):
        ready.wait(20)
        return vapid.public_key()

    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(ask, range(8)))
    assert keys == {mine.get(URL).json()["data"]["key"]}
    assert {len(key) for key in keys} == {87}
    assert [path.name for path in tmp_path.glob("vapid*")] == ["vapid.pem"]
    assert stat.S_IMODE((tmp_path / "vapid.pem").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/a",
        "https://fcm.googleapis.com:8443/a",
        "https://fcm.googleapis.com.evil.example/a",
        "https://me@fcm.googleapis.com/a",
        "https://169.254.169.254/latest",
        "https://localhost/a",
        "https://.push.apple.com/a",
        "http://127.0.0.1:3000/api",
        "https://fcm.googleapis.com\\@evil.example/a",
        "https://[::1/a",
        "file:///etc/passwd",
        "https://fcm.googleapis.com/a b",
    ],
)
def test_only_known_push_services_are_sent_to(mine, service, configure, endpoint):
    configure(push_hosts=("fcm.googleapis.com", "*.push.apple.com"))
    wish = service.browser().wish | {"endpoint": endpoint}
    answer = mine.post(f"{URL}/subscriptions", wish, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")


def test_those_of_the_great_browsers_are_known(settings):
    for host in (
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "web.push.apple.com",
        "wns2-by3p.notify.windows.com",
    ):
        endpoints.check(f"https://{host}/some/thing?with=query", settings.AGTERM.push_hosts)


@pytest.mark.parametrize(
    "wrong",
    [{"keys": {"p256dh": "AAAA", "auth": "A" * 22}}, {"kinds": ["everything"]}, {"endpoint": ""}],
    ids=["keys", "kinds", "endpoint"],
)
def test_what_is_no_subscription_is_refused(mine, service, wrong):
    assert mine.post(f"{URL}/subscriptions", service.browser().wish | wrong, format="json").status_code == 400


def test_there_is_an_end_to_a_users_browsers(mine, subscribe, service, monkeypatch):
    monkeypatch.setattr(services, "MOST", 1)
    browser = subscribe(mine)
    assert mine.post(f"{URL}/subscriptions", service.browser().wish, format="json").status_code == 409
    assert mine.post(f"{URL}/subscriptions", browser.wish, format="json").status_code == 201


@pytest.mark.parametrize("scopes", [["read"], ["read", "write"]], ids=["reads", "writes"])
def test_an_api_token_neither_is_a_browser_nor_silences_one(mine, subscribe, service, client, owner, scopes):
    browser = subscribe(mine)
    token = mine.post("/api/auth/tokens", {"name": "a script", "scopes": scopes}, format="json")
    caller = client()
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {token.json()['data']['secret']}")
    assert caller.post(f"{URL}/subscriptions", service.browser().wish, format="json").status_code == 403
    assert caller.delete(f"{URL}/subscriptions/{browser.id}").status_code == 403
    assert caller.post(f"{URL}/presence", PAGE, format="json").status_code == 403
    assert len(listed(mine)) == 1
    assert not presence.is_here(owner.pk)
