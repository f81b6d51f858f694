"""What other sites, links and stored names try with a logged-in browser: forged writes, frames, redirects, leaks."""

import logging
import re
import uuid
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from support.spending import spend

from accounts import api_tokens, services
from accounts.models import LoginLink
from agterm.openapi import endpoints
from audit import listening
from audit.models import AuditEvent
from costs import budgets, ledger
from costs.money import picousd
from profiles.models import Profile
from recordings.models import Recording
from runs.models import Run
from sessions import shares
from sessions.models import Session, ShareMode

EVIL = "https://evil.example"
SOME_ID = "11111111-1111-4111-8111-111111111111"
VALUES = {"uuid": SOME_ID, "int": "1", "slug": "keys", "str": SOME_ID}
KNOW_NO_COOKIE = {"/api/auth/login", "/api/auth/refresh"}  # whoever is logged in: their caller shows who they are
MARKUP = '"><script>owned()</script><img src=x onerror=owned()>'
IN_A_NAME = "'\"><svg onload=owned()>{{7*7}}"


def filled(route):
    """A route with something in place of what it names."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES[found[1] or "str"], route)


def pages_of(patterns, before=""):
    """All addresses beside the API and the admin site, as they are routed."""
    for pattern in patterns:
        route = before + str(getattr(pattern.pattern, "_route", ""))
        if route.startswith(("api", "admin")):
            continue
        if isinstance(pattern, URLResolver):
            yield from pages_of(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and hasattr(pattern.pattern, "_route"):
            yield filled(route)


def lists_of_the_admin():
    return [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]


@pytest.fixture
def boss(db):
    """An administrator's browser, which came in by the workspace's log-in."""
    made = Client()
    made.get(f"/login/{services.create_login_link(User.objects.create_superuser('boss'))}")
    return made


@pytest.fixture
def shared(owner):
    """A session, and the secret of a link to it."""
    row = Session.objects.create(owner=owner, name="s", agent="shell", runner="unix:/nowhere", status="exited")
    return row, shares.create(row, owner, mode=ShareMode.VIEW)[1]


# Writes that another page sends with the browser's cookie.


def test_no_write_counts_by_the_cookie_alone_nor_from_a_foreign_page(browser, owner, configure):
    configure(login_attempts_per_minute=10**6)
    writes = [each for each in endpoints.all_of_them() if each.method not in ("get", "head")]
    assert len(writes) > 60
    caller = browser(owner)
    caller.get("/")
    token = caller.cookies["csrftoken"].value
    passed = []
    for each in writes:
        send, path = getattr(caller, each.method), filled(each.route)
        forms = [{"data": b"a=1", "content_type": "text/plain"}, {"data": b"{}", "content_type": "application/json"}]
        for body in forms if each.path not in KNOW_NO_COOKIE else []:
            bare = send(path, **body)
            if not (bare.status_code == 401 or (bare.status_code == 403 and "CSRF" in bare.json()["error"]["message"])):
                passed.append(("no token", each.method, path, bare.status_code))
        for origin in (EVIL, "null", "http://testserver.evil.example", "http://testserver:81"):
            foreign = send(path, **forms[1], headers={"Origin": origin, "X-CSRFToken": token})
            if foreign.status_code != 403:
                passed.append((origin, each.method, path, foreign.status_code))
    assert passed == []


def test_the_admin_site_takes_no_form_of_another_page(boss, owner):
    made = Client(enforce_csrf_checks=True)
    made.cookies = boss.cookies
    page = made.get("/admin/auth/user/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = {"action": "make_admin", "_selected_action": [str(owner.pk)]}
    assert made.post("/admin/auth/user/", form).status_code == 403
    signed = form | {"csrfmiddlewaretoken": token}
    assert made.post("/admin/auth/user/", signed, headers={"Origin": EVIL}).status_code == 403
    assert made.post("/admin/logout/", headers={"Origin": EVIL}).status_code == 403
    owner.refresh_from_db()
    assert not owner.is_staff
    assert made.post("/admin/auth/user/", signed, headers={"Origin": "http://testserver"}).status_code == 302
    owner.refresh_from_db()
    assert owner.is_staff


def test_who_may_edit_users_but_rules_nobody_can_neither_become_nor_take_over_an_administrator(staff, browser, client):
    """By no door: the form, the password's page, the API; by a link of an administrator's least of all."""
    boss = User.objects.create_superuser("boss", password="correct horse battery")
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="auth"))
    made = Client()
    made.force_login(User.objects.get(pk=staff.pk))
    form = {"username": "staff", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    made.post(f"/admin/auth/user/{staff.pk}/change/", form | joined)
    password = {"usable_password": "true", "password1": "a quite new one 7", "password2": "a quite new one 7"}
    made.post(f"/admin/auth/user/{boss.pk}/password/", password)
    made.post(f"/admin/auth/user/{boss.pk}/change/", {"username": "mine-now"} | joined)
    User.objects.create_superuser("second")
    made.post("/admin/auth/user/", {"action": "remove", "_selected_action": [str(boss.pk)], "post": "yes"})
    User.objects.get(username="second").delete()
    caller = client(User.objects.get(pk=staff.pk))
    for path, fields in ((staff.pk, {"role": "admin"}), (boss.pk, {"password": "a quite new one 7"})):
        assert caller.patch(f"/api/users/{path}", fields, format="json").status_code == 403
    assert caller.post(f"/api/users/{boss.pk}/login-link").status_code == 403
    assert caller.post("/api/users", {"username": "new", "role": "admin"}, format="json").status_code == 403
    staff.refresh_from_db()
    boss.refresh_from_db()
    assert (staff.is_superuser, boss.is_superuser, boss.is_active, boss.username) == (False, True, True, "boss")
    assert boss.check_password("correct horse battery")
    assert not LoginLink.objects.exists()
    assert list(User.objects.filter(is_superuser=True)) == [boss]


# What every answer says of itself.


def test_no_page_can_be_framed_sniffed_run_inline_or_kept(boss, client, owner, shared):
    pages = [*pages_of(get_resolver().url_patterns), f"/s/{shared[1]}", "/api/docs", "/nowhere", "/s/wrong"]
    pages += ["/admin/", "/admin/machine/agents/", "/admin/machine/isolation/", "/admin/nowhere/"]
    pages += lists_of_the_admin()
    assert {"/", "/shared", "/search", f"/sessions/{SOME_ID}", "/admin/auth/user/"} <= set(pages)
    for path in pages:
        answer = boss.get(path)
        assert answer.status_code in (200, 302, 401, 404), path
        assert answer.headers["X-Frame-Options"] == "DENY", path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer"), path
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy or "sandbox" in policy, path
        assert not re.search(r"connect-src[^;]* wss?:(?!//testserver[ ;])", policy), path
        scripts = re.search(r"script-src ([^;]*)", policy)
        assert scripts is None or not re.search(r"unsafe-inline|'unsafe-eval'|https?:|\*", scripts[1]), path
        is_page = answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html")
        if is_page and path != "/api/docs":
            assert "no-store" in answer.headers["Cache-Control"], path
        if is_page:
            assert Seen(answer).scripts == [], path
    for path in ("/api/profiles", "/api/auth/me", "/api/schema", "/api/nowhere"):
        answer = client(owner).get(path)
        assert answer.headers["X-Frame-Options"] == "DENY", path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert path == "/api/schema" or "no-store" in answer.headers["Cache-Control"], path
        assert "Access-Control-Allow-Origin" not in answer.headers, path


def test_no_redirect_leads_to_another_site(boss, owner, shared):
    asked = "?next=https://evil.example/&url=//evil.example&redirect=//evil.example"
    links = [services.create_login_link(owner) for _ in range(2)]
    paths = [f"/login/{links[0]}{asked}", f"/login/{links[1]}?next=//evil.example", f"/login/no-such{asked}"]
    paths += [f"/s/{shared[1]}{asked}", f"/s/no-such{asked}", "/s//evil.example", "/login//evil.example"]
    paths += [f"/admin/{name}/{asked}" for name in ("login", "logout", "password_change", "jsi18n")]
    paths += [
        f"/admin{asked}",
        f"/admin/login/?next={EVIL}",
        "/admin//evil.example/",
        "/admin/r/1/1/",
        "//evil.example/",
    ]
    paths += ["//evil.example/%2e%2e", "/\\evil.example", "/sessions//evil.example/", "/admin/auth/user//evil.example/"]
    found = {}
    for visitor in (Client(), boss):
        for path in paths:
            answer = visitor.get(path, headers={"X-Forwarded-Host": "evil.example"})
            if 300 <= answer.status_code < 400:
                found[path] = answer.headers["Location"]
    assert len(found) > 8
    for path, target in found.items():
        assert re.match(r"/(?![/\\])", target), (path, target)
        assert urlsplit(target).path in ("/", "/shared") or target.startswith("/admin/"), (path, target)


def test_links_are_made_for_the_servers_own_address_whatever_the_caller_says_it_is(browser, owner, client):
    caller = client(owner)
    for name in ("Host", "X-Forwarded-Host", "X-Original-Host", "Forwarded"):
        value = "host=evil.example" if name == "Forwarded" else "evil.example"
        answer = caller.get("/api/share-token", headers={name: value})
        assert answer.status_code == (400 if name == "Host" else 200), name
        assert "evil.example" not in answer.content.decode(), name


def test_a_links_secret_stands_in_no_address_answer_or_log_and_its_cookie_in_no_script(
    owner, shared, caplog, configure
):
    caplog.set_level(logging.DEBUG)
    one_time = services.create_login_link(owner)
    for path, cookie, secret in (("login", "agterm_login", one_time), ("s", "agterm_share", shared[1])):
        for scheme in ("http", "https"):
            visitor = Client()
            answers = [visitor.head(f"/{path}/{secret}"), visitor.post(f"/{path}/{secret}")]
            answers.append(visitor.get(f"/{path}/{secret}", secure=scheme == "https"))
            answers.append(visitor.get(answers[-1].headers["Location"]))
            for answer in answers:
                assert secret not in answer.content.decode() + str(answer.headers) + answer.cookies.output()
            if cookie in visitor.cookies:
                kept = visitor.cookies[cookie]
                assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", "/")
                assert bool(kept["secure"]) == (scheme == "https")
                assert kept["domain"] == ""
        assert "no-store" in answers[2].headers["Cache-Control"]
        assert answers[2].headers["Referrer-Policy"] in ("no-referrer", "same-origin")
        told = [record.getMessage() for record in caplog.records if secret in record.getMessage()]
        assert told == []
        assert secret not in str(list(AuditEvent.objects.values()))


# Markup in what is stored.


class Seen(HTMLParser):
    """What a page runs, or would: inline scripts, handlers, and links that are programs."""

    def __init__(self, answer):
        super().__init__()
        self.scripts, self.tags = [], []
        self.feed(answer.content.decode())

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        named = dict(attributes)
        if tag == "script" and "src" not in named and named.get("type") != "application/json":
            self.scripts.append(self.get_starttag_text())
        if any(name.startswith("on") for name in named):
            self.scripts.append(self.get_starttag_text())
        if any((named.get(name) or "").strip().lower().startswith("javascript:") for name in ("href", "src", "action")):
            self.scripts.append(self.get_starttag_text())


@pytest.fixture
def hostile(owner):
    """One of everything an administrator looks at, with markup wherever a user, a program or a provider may put it."""
    user = User.objects.create(username=IN_A_NAME, first_name=MARKUP)
    login = services.start(user, kind="browser", user_agent=MARKUP)
    api_tokens.create(user, MARKUP, ["read"])
    row = Session.objects.create(
        owner=user, name=MARKUP, agent="shell", model=MARKUP, provider="x'\"><b>", runner="unix:/nowhere",
        workspace=f"/srv/{MARKUP}", color="red;}</st", tags=[MARKUP], status="exited",
        repo={"url": "javascript:owned()"},
    )  # fmt: skip
    shares.create(row, user, mode=ShareMode.VIEW)
    Recording.objects.create(
        owner=user, session=row, session_key=row.pk, session_name=MARKUP, agent="shell", runner="unix:/nowhere",
        title=MARKUP, error=MARKUP, started_at=datetime.now(UTC), cols=80, rows=24, status="failed",
        markers=[{"label": MARKUP}],
    )  # fmt: skip
    Run.objects.create(
        owner=user, session_name=MARKUP, agent="shell", message=MARKUP, result=MARKUP, reason=MARKUP, timeout_ms=1,
        started_at=datetime.now(UTC), status="failed", diff=MARKUP,
    )  # fmt: skip
    Profile.objects.create(
        id=str(uuid.uuid4()), owner=user, name=MARKUP, name_key="x", agent="shell", icon=MARKUP[:64], tags=[MARKUP]
    )
    ledger.know(row.pk, user.pk, MARKUP, "shell", datetime.now(UTC))
    spend(row.pk, "3", response_id=MARKUP)
    listening.write("thing.do", actor=user, target=f"file:{MARKUP}", details={"name": MARKUP, "path": MARKUP})
    budgets.for_session(row.pk, picousd("3"), user)
    return login


def test_names_with_markup_are_text_on_every_page_of_the_admin_site(boss, hostile):
    seen = 0
    for path in lists_of_the_admin():
        listed = boss.get(path)
        assert listed.status_code == 200, path
        keys = set(re.findall(rf'href="({path}[^"/?]+/change/)', listed.content.decode()))
        for address in [path, f"{path}?q=%22%3E%3Cscript%3Eowned()%3C/script%3E", *sorted(keys)[:4]]:
            page = boss.get(address)
            assert page.status_code in (200, 302), address
            if page.status_code == 200:
                assert Seen(page).scripts == [], address
                assert "<svg onload" not in page.content.decode(), address
                seen += "&lt;script&gt;owned()" in page.content.decode() or "&lt;svg onload" in page.content.decode()
    assert seen > 10
    asked = {"action": "delete_them", "_selected_action": [str(Session.objects.get().pk)]}
    assert Seen(boss.post("/admin/agterm_sessions/session/", asked, follow=True)).scripts == []
    for path in (
        "/?login=<script>owned()</script>",
        "/search?q=<script>owned()</script>",
        "/shared?share=<svg/onload=1>",
    ):
        assert "owned" not in boss.get(path).content.decode()
