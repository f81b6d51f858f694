"""What every test can ask for: people, clients that speak for them, and a home folder that is nobody's."""

import atexit
import gc
import os
import shutil
import tempfile
from types import SimpleNamespace

for name in [name for name in os.environ if name.startswith("AGTERM_")]:
    del os.environ[name]  # the developer's own server is none of the tests' business
os.environ["AGTERM_HOME"] = tempfile.mkdtemp(prefix="agterm-tests-")
atexit.register(shutil.rmtree, os.environ["AGTERM_HOME"], ignore_errors=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agterm.settings")

gc.disable()  # until all tests are collected: none of them goes away, and looking for it takes a third of the time

import django  # noqa: E402
import pytest  # noqa: E402
from support import described, flushing  # noqa: E402

django.setup()
flushing.past_the_guards()
described.watch_clients()

PASSWORD = "correct horse battery"


def pytest_collection_finish():
    gc.enable()


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_company(item)))


def _company(item):
    """What runs in one process when tests run in several: a file, or all that share a server or a run of attacks."""
    chosen = item.callspec.params if hasattr(item, "callspec") else {}
    parts = item.path.relative_to(item.config.rootpath / "tests").with_suffix("").parts
    if parts[0] in ("e2e", "gateway") and "server" in chosen:
        return f"{parts[0]} {chosen['server']}"
    if "attacked" in item.fixturenames:
        return f"attacks {chosen.get('configuration')}"
    return "/".join(parts)


@pytest.fixture(autouse=True)
def _quick_and_forgetful(settings):
    """Passwords hashed fast; no caller's counter outlives a test, nor runs out while one asks again and again."""
    from django.core.cache import cache

    settings.AGTERM = settings.AGTERM.model_copy(update={"rate_limit_max": 1_000_000})
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def password():
    return PASSWORD


@pytest.fixture
def make_user(db):
    from django.contrib.auth.models import User

    return lambda name, **fields: User.objects.create_user(name, password=PASSWORD, **fields)


@pytest.fixture
def owner(make_user):
    return make_user("owner")


@pytest.fixture
def teammate(make_user):
    return make_user("teammate")


@pytest.fixture
def stranger(make_user):
    return make_user("stranger")


@pytest.fixture
def staff(make_user):
    return make_user("staff", is_staff=True)


@pytest.fixture
def client():
    """`client(user)` speaks for the user with an access token (`.login_row` is its log-in); `client()` for nobody."""
    from rest_framework.test import APIClient

    from accounts import services

    def make(user=None, **options):
        made = APIClient(**options)
        if user is not None:
            made.login_row = services.start(user, kind="api")
            made.credentials(HTTP_AUTHORIZATION=f"Bearer {services.issue_tokens(made.login_row).access}")
        return made

    return make


@pytest.fixture
def browser():
    """`browser(user)` carries the log-in cookie, and like a real server insists on CSRF tokens."""
    from rest_framework.test import APIClient

    from accounts import cookies, services

    def make(user):
        made = APIClient(enforce_csrf_checks=True)
        made.login_row = services.start(user, kind="browser")
        made.cookies[cookies.NAME] = services.issue_browser_token(made.login_row)
        return made

    return make


@pytest.fixture
def configure(settings):
    """`configure(port=1)` changes the configuration for one test."""

    def change(**fields):
        settings.AGTERM = settings.AGTERM.model_copy(update=fields)

    return change


@pytest.fixture
def still_clock(monkeypatch):
    """The throttles' clock stands still until it is moved: `still_clock.now += 60`."""
    clock = SimpleNamespace(now=1_700_000_000)
    monkeypatch.setattr("django_ratelimit.core.time", SimpleNamespace(time=lambda: clock.now))
    return clock
