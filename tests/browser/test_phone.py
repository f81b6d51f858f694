"""AGTerm in a pocket: an app to install, pushed to while it is closed, no page too wide or too small for a thumb."""

import base64
import json
import re

import httpx
import pytest
from playwright.sync_api import expect
from support.axe import serious
from support.browser import PHONE, wait_until

SETTINGS = ("account", "keys", "appearance", "notifications", "audit")
PAGES = ("/", "/costs", "/recordings", "/search", *(f"/settings/{one}" for one in SETTINGS))
VIEWS = ("", "/files", "/changes", "/preview")
# Of what is in a line of text, and of what is drawn smaller than the touch area around it, nothing is asked.
SMALL = """() => [...document.querySelectorAll('button, summary, select, textarea, input')]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && !/^(checkbox|radio|range|file)$/.test(one.type))
  .filter((one) => !one.closest('.xterm, .visually-hidden, .badge-button'))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, {width, height}]) => width > 1 && (height < 42 || width < 36))
  .map(([one, {width, height}]) => `${one.outerHTML.slice(0, 90)} ${width}x${height}`)"""
# A page that has its code and what it has asked for, or a view of a session.
SHOWN = "main:not([aria-busy=true]):has(h1), .stage, .panel:not([hidden]) > *"
TOO_LONG = "document.scrollingElement.scrollHeight > document.scrollingElement.clientHeight"
ENDPOINT = "https://nobody.push.apple.com/a-browser-of-the-tests"
POINT = base64.urlsafe_b64encode(b"\4" + bytes(64)).decode()
# The browser's push service is out of reach here: what it would say is said in its place.
PUSH_MANAGER = """(() => {
  let made = null;
  PushManager.prototype.getSubscription = async () => made;
  PushManager.prototype.subscribe = async ({applicationServerKey, userVisibleOnly}) => (made = {
    options: {applicationServerKey: applicationServerKey.buffer, userVisibleOnly},
    toJSON: () => ({endpoint: 'ENDPOINT', keys: {p256dh: 'POINT', auth: 'AAAAAAAAAAAAAAAAAAAAAA'}}),
    unsubscribe: async () => { made = null; return true; },
  });
})()""".replace("ENDPOINT", ENDPOINT).replace("POINT", POINT)


@pytest.fixture
def phone(window, logged_in):
    return window(storage_state=logged_in, **PHONE)


def worker_of(desk):
    """The service worker, once it rules the page."""
    wait_until("a worker", lambda: desk.page.evaluate("Boolean(navigator.serviceWorker.controller)"))
    return desk.context.service_workers[0]


def test_no_page_is_wider_than_a_phone_or_too_small_for_a_thumb(phone, session):
    page, faults = phone.page, []
    for path in (*PAGES, *(f"/sessions/{session}{view}" for view in VIEWS)):
        phone.open(path)
        expect(page.locator(SHOWN).first).to_be_visible()
        wide, width = phone.widest()
        if wide > width:
            faults.append(f"{path}: {wide} px wide")
        if page.evaluate(TOO_LONG):
            faults.append(f"{path}: scrolls as a whole, beside what scrolls in it")
        faults += [f"{path}: {found}" for found in (*page.evaluate(SMALL), *serious(page))]
    assert faults == []


def test_a_thumb_writes_answers_and_types_what_a_phones_keyboard_hides(phone, session):
    phone.open_session(session)
    page = phone.page
    bar = page.get_by_role("toolbar", name="Keys")
    bar.get_by_role("button", name="Write").tap()
    box = page.get_by_label("Text for the terminal")
    expect(box).to_be_focused()
    box.fill("echo wri''tten; read -p 'Go on? [y/N] ' answer; echo so''be:$answer")
    page.get_by_role("button", name="Send", exact=True).tap()
    phone.wait_for("written")
    answers = page.get_by_role("group", name="Answers")
    expect(answers).to_be_visible()
    assert page.evaluate(SMALL) == serious(page) == []
    answers.get_by_role("button", name="Yes").tap()
    phone.wait_for("sobe:y")
    expect(answers).to_have_count(0)
    page.locator(".screen").tap()
    phone.type("echo a")
    for key in ("Dash", "Tilde", "Slash", "Pipe"):
        bar.get_by_role("button", name=key).tap()
    phone.run("tr a-z A-Z")
    phone.wait_for("A-~/")


def test_the_page_is_an_app_with_its_icons(server):
    manifest = httpx.get(f"{server.url}/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    said = manifest.json()
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in said["icons"]}
    assert "maskable" in {icon["purpose"] for icon in said["icons"]}
    for icon in said["icons"]:
        assert httpx.get(f"{server.url}{icon['src']}").headers["content-type"] == icon["type"]
    for path in (said["start_url"], *(one["url"] for one in said["shortcuts"])):
        assert httpx.get(f"{server.url}{path}").status_code == 200
    worker = httpx.get(f"{server.url}/sw.js")
    assert worker.headers["cache-control"] == "no-cache"
    assert worker.headers["content-type"].startswith("text/javascript")


def test_a_server_that_is_away_is_told_of_and_nothing_is_kept(far_desk, line):
    far_desk.open("/settings/notifications")
    worker = worker_of(far_desk)
    page = far_desk.page
    line.cut()
    page.goto(f"{far_desk.url}/costs")
    expect(page.get_by_role("heading", name="The server can’t be reached")).to_be_visible()
    assert serious(page) == []
    line.mend()
    expect(page.get_by_role("heading", name="Costs", exact=True)).to_be_visible()
    assert worker.evaluate("caches.keys()") == []


def test_what_is_pushed_is_shown_when_nobody_looks_and_leads_to_the_session(window, logged_in, server, session):
    desk = window(storage_state=logged_in)
    desk.context.grant_permissions(["notifications"])
    seen = []
    line = desk.context.new_cdp_session(desk.page)
    line.on("ServiceWorker.workerRegistrationUpdated", lambda event: seen.extend(event["registrations"]))
    line.send("ServiceWorker.enable")
    desk.open("/settings/notifications")
    worker = worker_of(desk)
    news = {"title": "release", "body": "Needs you", "path": f"/sessions/{session}", "tag": "one"}

    def push(data):
        told = {"origin": server.url, "registrationId": seen[-1]["registrationId"], "data": data}
        line.send("ServiceWorker.deliverPushMessage", told)

    def shown():
        return worker.evaluate(
            "registration.getNotifications().then((all) => all.map(({title, body, data}) => [title, body, data.path]))"
        )

    desk.page.goto("about:blank")
    push(json.dumps(news))
    wait_until("it is shown", lambda: shown() == [["release", "Needs you", news["path"]]])
    push(json.dumps(news | {"body": "Has finished"}))
    wait_until("the newer one took its place", lambda: [body for _, body, _ in shown()] == ["Has finished"])
    desk.open("/settings/notifications")
    expect(desk.page.get_by_role("heading", name="Notifications", exact=True)).to_be_visible()

    def led_to_the_session():
        worker.evaluate("goTo('https://evil.example/')")
        worker.evaluate(f"goTo('{news['path']}')")
        return desk.page.url.startswith(f"{server.url}{news['path']}")

    wait_until("the page goes there", led_to_the_session)
    expect(desk.page.locator("h1")).to_have_text("a shell")


def test_push_is_switched_on_and_off_and_says_what_it_needs(window, logged_in, server):
    desk = window(storage_state=logged_in)
    desk.context.grant_permissions(["notifications"])
    desk.context.add_init_script(PUSH_MANAGER)
    desk.open("/settings/notifications")
    page = desk.page

    def told():
        return [one["kinds"] for one in server.api.get("/api/notifications").json()["data"]["subscriptions"]]

    switch = page.get_by_role("checkbox", name=re.compile("^Push to this browser"))
    switch.check()
    browsers = page.get_by_role("list", name="Browsers that are told")
    expect(browsers).to_contain_text("Chrome on Linux this one")
    wait_until("the server knows", lambda: len(told()) == 1)
    assert serious(page) == []
    page.get_by_role("checkbox", name="A session has finished").uncheck()
    wait_until("the server knows what of", lambda: [len(kinds) for kinds in told()] == [4])
    page.reload()
    expect(switch).to_be_checked()
    switch.uncheck()
    wait_until("the server knows that it is to tell nobody", lambda: told() == [])
    expect(browsers).to_have_count(0)


def test_without_https_the_switch_says_why_and_what_to_do(window, logged_in):
    desk = window(storage_state=logged_in)
    desk.context.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    desk.open("/settings/notifications")
    switch = desk.page.get_by_role("checkbox", name=re.compile("^Push to this browser .*by https"))
    expect(switch).to_be_disabled()
