"""A hostile name on everything there is, and a hostile page beside ours: nothing runs, acts or learns anything."""

import base64
import re
import shlex
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect
from support.browser import Desk, wait_until

TESTS = Path(__file__).resolve().parents[1]
MARKUP = '"><script>owned=1</script><img src=x onerror=owned=1>'
LINK = "javascript:owned=1//https://ours.example"
BRANCH = '"><img/src=x/onerror=owned=1>'
FOLDER = "<img src=x onerror=owned=1>"
HIDDEN = "a\u202etxt.exe\u200b"
FILES = [
    MARKUP.replace("/", "\u2215"), LINK.replace("/", "_"), HIDDEN, "<svg onload=owned=1>\n.md", "x" * 250,
    "{{constructor.constructor('owned=1')()}}", "' onfocus='owned=1' autofocus='", "page.html", "picture.svg",
]  # fmt: skip
SVG = (
    "<svg xmlns='http://www.w3.org/2000/svg' onload='top.owned=1'>"
    "<script>top.owned=1;fetch('//evil.example')</script></svg>"
)
DANGERS = """() => [
  window.owned, document.body.dataset.owned,
  ...[...document.querySelectorAll('[onerror], [onload], [onfocus], [src="x"], [href^="javascript:" i]')]
    .map((element) => element.outerHTML),
].filter(Boolean)"""


class Evil(BaseHTTPRequestHandler):
    """Another port: another origin, but the same site, so that the browser sends our cookies along."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><link rel=icon href=data:,><body>evil")

    def log_message(self, *_said):
        pass


@pytest.fixture
def evil():
    with ThreadingHTTPServer(("127.0.0.1", 0), Evil) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


class Watch:
    """What a window does behind somebody's back."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.said, self.elsewhere = desk, [], []
        desk.context.on("request", self._ask)
        desk.context.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))

    def _ask(self, request):
        if urlsplit(request.url).scheme.startswith(("http", "ws")) and not request.url.startswith(self.desk.url + "/"):
            self.elsewhere.append(request.url)

    def clean(self, where):
        assert self.desk.page.evaluate(DANGERS) == [], where
        assert (self.said, self.elsewhere, self.desk.complaints) == ([], [], []), where


@pytest.fixture
def hostile(server):
    """A session, a recording of it, money it cost, a profile and a token, with markup wherever markup can be put."""
    session = server.start_session("shell", name=f"{MARKUP}{HIDDEN}", tags=["<b onclick=owned=1>", LINK])
    tell = lambda path, **body: server.api.post(f"/api/{path}", json=body)  # noqa: E731
    tell("profiles", name=MARKUP, agent="shell", icon="<i>", tags=[LINK], prompt=MARKUP)
    tell("auth/tokens", name=f"{HIDDEN}{MARKUP}", scopes=["read"])
    recording = tell(f"recordings/start/{session}", title=f"{MARKUP}{HIDDEN}").json()["data"]["recordingId"]
    made = "; ".join(f"printf %s {shlex.quote(SVG)} > {shlex.quote(name)}" for name in FILES)
    made += f"; mkdir {shlex.quote(FOLDER)}"
    git = f"git init -q . && git checkout -qb {shlex.quote(BRANCH)} && git add page.html && git -c user.email=a@b.c"
    git += f" -c user.name={shlex.quote(MARKUP)} commit -qm {shlex.quote(MARKUP)} && echo '<b>' >> page.html"
    title = rf"printf '\e]0;{MARKUP}\a\e]8;;{LINK}\a{MARKUP} quixotic\e]8;;\a\n'"
    for command in (made, git, title):
        done = tell(f"sessions/{session}/execute", prompt=command, waitFor="idle").json()["data"]
        assert done["exitCode"] == 0, done
    spend = (
        f"import sys; sys.path.append({str(TESTS)!r}); from support.spending import spend; spend({session!r}, '0.75')"
    )
    server.clerk.do(spend)
    tell(f"recordings/stop/{session}")
    wait_until("it is indexed", lambda: tell("search", query="quixotic").json()["data"]["results"])
    yield session, recording
    server.api.delete(f"/api/recordings/{recording}")
    server.api.delete(f"/api/sessions/{session}")
    for row in server.api.get("/api/profiles").json()["data"]["profiles"]:
        server.api.delete(f"/api/profiles/{row['id']}")


def test_names_titles_files_and_output_with_markup_are_text_on_every_page(desk, server, stranger, hostile):
    session, recording = hostile
    for field, value in (
        ("name", "x" * 10_000),
        ("tags", ["x" * 10_000]),
        ("color", "red;background:url(//evil.example)"),
    ):
        assert server.api.patch(f"/api/sessions/{session}", json={field: value}).status_code == 400
    page, watch = desk.page, Watch(desk)

    desk.open("/")
    expect(page.get_by_role("link", name=MARKUP)).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("script")
    expect(page.get_by_role("option").filter(has_text=MARKUP).first).to_be_visible()
    watch.clean("the list and the palette")
    page.keyboard.press("Escape")

    tell = lambda data: server.api.post(f"/api/sessions/{session}/input", json={"data": data})  # noqa: E731
    tell(f"read -p {shlex.quote(MARKUP + ' go on? [y/N] ')} answer\n")
    page.get_by_role("button", name=re.compile("^Needs you: [1-9].* waiting")).click()
    panel = page.get_by_role("dialog", name="Needs you")
    expect(panel.get_by_label(re.compile("^Last lines of")).first).to_contain_text(f"{MARKUP} go on?")
    watch.clean("the panel of who needs somebody")
    panel.get_by_role("button", name="Yes").first.click()
    expect(panel.get_by_label(re.compile("^Last lines of"))).to_have_count(0)
    page.keyboard.press("Escape")

    folder = server.api.get(f"/api/sessions/{session}").json()["data"]["session"]["workspaceDir"]
    page.get_by_role("button", name="New session").first.click()
    launcher = page.get_by_role("dialog", name="New session")
    launcher.get_by_role("radio", name=re.compile("Shell")).check(force=True)
    launcher.get_by_label("Folder").fill(f"{folder}/<img")
    expect(launcher.get_by_role("option", name=f"{FOLDER}/")).to_be_visible()
    watch.clean("the launcher")

    desk.open_session(session)
    desk.wait_for("quixotic")
    expect(page.get_by_role("heading", name=MARKUP)).to_be_visible()
    expect(page.get_by_text(BRANCH).first).to_be_visible()
    watch.clean("the terminal")

    desk.open(f"/sessions/{session}/files")
    for name in ("picture.svg", "page.html"):
        page.get_by_role("treeitem", name=name, exact=True).click()
        expect(page.get_by_text("onload").first).to_be_visible()
    expect(page.get_by_role("treeitem")).to_have_count(len([*FILES, FOLDER]))
    watch.clean("the files")

    desk.open(f"/sessions/{session}/changes")
    page.get_by_role("button", name=re.compile("page.html")).first.click()
    expect(page.get_by_text("<b>", exact=True).first).to_be_visible()
    page.get_by_role("button", name="History").click()
    expect(page.get_by_text(MARKUP).nth(1)).to_be_visible()
    watch.clean("the changes")

    desk.open(f"/recordings/{recording}")
    expect(page.locator(".ap-term")).to_be_visible()
    for path, shown in (("/recordings", MARKUP), ("/costs", MARKUP), ("/search?q=quixotic", "quixotic")):
        page.goto(desk.url + path)
        expect(page.get_by_text(shown).first).to_be_visible()
        watch.clean(path)

    desk.open("/settings/account")
    sections = page.get_by_role("navigation", name="Settings").get_by_role("link")
    expect(sections.first).to_be_visible()
    for section in sections.all():
        section.click()
        expect(section).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("heading").first).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        watch.clean(section.inner_text())
    asked = quote("<img src=x onerror=owned=1>")
    for path in (f"/?login={asked}", f"/search?q={asked}", f"/costs?by={asked}#{asked}", f"/shared?share={asked}"):
        page.goto(desk.url + path)
        expect(page.get_by_role("heading").first).to_be_visible()
        watch.clean(path)
    for path in ("agterm_sessions/session", "agterm_recordings/recording", "accounts/apitoken", "costs/meteredsession"):
        page.goto(f"{desk.url}/admin/{path}/")
        expect(page.get_by_text(MARKUP).first).to_be_visible()
        watch.clean(path)

    guest = Watch(stranger)
    link = server.api.post(f"/api/sessions/{session}/shares", json={"mode": "view"}).json()["data"]["share"]["url"]
    stranger.page.goto(link)
    stranger.wait_for("quixotic")
    expect(stranger.page.get_by_text(MARKUP).first).to_be_visible()
    guest.clean("a shared terminal")
    secret = link.rpartition("/")[2]
    assert secret not in stranger.page.url + stranger.page.evaluate("document.referrer + document.cookie")
    assert not any(secret in line for line in server.output)


def test_a_key_that_was_meant_for_the_program_answers_no_question_of_a_program(desk, session):
    """It may ask at the very moment when somebody types on: what Enter then presses is the refusal."""
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.open_session(session)
    desk.page.evaluate("navigator.clipboard.writeText('mine')")
    stolen = base64.b64encode(b"rm -rf ~").decode()
    desk.run(rf"printf '\e]52;c;{stolen}\a'")
    expect(desk.page.get_by_role("dialog")).to_contain_text("fill your clipboard")
    for key in ("y", "Enter", "Enter"):
        desk.page.keyboard.press(key)
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    desk.run("echo ty''ped on")
    desk.wait_for("typed on")
    assert desk.page.evaluate("navigator.clipboard.readText()") == "mine"


FORGED = """async (ours) => {
  const tried = {};
  const body = new Blob(['{"name": "forged"}'], {type: 'application/json'});
  const ask = (path, how) => fetch(ours + path, {credentials: 'include', ...how})
    .then((answer) => answer.text(), () => 'refused');
  const post = (path, how) => ask(path, {method: 'POST', body, ...how});
  tried.read = await ask('/api/auth/me', {});
  tried.write = await post('/api/profiles', {});
  await post('/api/profiles', {mode: 'no-cors', body: '{"name": "forged", "agent": "shell"}'});
  navigator.sendBeacon(`${ours}/api/profiles`, '{"name": "forged", "agent": "shell"}');
  const link = (path) => new Promise((done) => {
    const socket = new WebSocket(`${ours.replace('http', 'ws')}${path}`);
    socket.onclose = (event) => done(event.code);
    socket.onmessage = ({data}) => JSON.parse(data).type !== 'error' && done(data);
  });
  tried.socket = await link('/ws');
  tried.shared = await link('/ws?shared=1');
  tried.chat = await link('/ws/chat');
  const frame = document.createElement('iframe');
  tried.frame = await new Promise((done) => {
    frame.onload = () => done(frame.contentWindow.length);
    frame.src = `${ours}/`;
    document.body.append(frame);
  });
  return tried;
}"""


def test_a_page_of_the_same_site_can_not_act_look_or_hold_on(desk, server, evil):
    page = desk.page
    ours = server.url
    asked = []
    desk.context.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - Playwright wants a function
    page.goto(f"{evil}/")
    tried = page.evaluate(FORGED, ours)
    assert {name: tried[name] for name in ("read", "write", "frame")} == {
        "read": "refused",
        "write": "refused",
        "frame": 0,
    }
    assert {tried[name] for name in ("socket", "shared", "chat")} <= {1006, 4401, 4403}, tried
    names = [row["name"] for row in server.api.get("/api/profiles").json()["data"]["profiles"]]
    assert "forged" not in names
    assert any("agterm_login" in (each.all_headers().get("cookie") or "") for each in asked)  # or nothing was tried

    # a window that it opens lets go of it, and what is opened from ours is not told where it was
    with page.expect_popup() as opened:
        page.evaluate("(ours) => { window.held = window.open(ours); }", ours)
    expect(opened.value.get_by_role("heading", name="Sessions", exact=True)).to_be_visible()
    wait_until("it lost hold", lambda: page.evaluate("window.held.closed"))
    assert opened.value.evaluate("window.opener") is None
    opened.value.evaluate("(evil) => { location.href = `${evil}/after?`; }", evil)
    opened.value.wait_for_url(f"{evil}/after?")
    assert opened.value.evaluate("document.referrer") == ""
    desk.console.clear()  # the browser itself tells the hostile page what it refused
