"""Tabs and panes that stay as they were left; and what a terminal asks before it does it."""

import base64
import re

import pytest
from playwright.sync_api import expect
from support import axe
from support.browser import PHONE, wait_until

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="
)
PUT = """({type, name, bytes, event}) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, {type}));
  const target = document.querySelector('.terminal-host .xterm-helper-textarea');
  const made = event === 'paste'
    ? new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})
    : new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true});
  target.dispatchEvent(made);
}"""
PASTE_TEXT = """(text) => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  document.querySelector('.terminal-host .xterm-helper-textarea')
    .dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""
SCREEN = """(id) => {
  const buffer = window.agterm.terminals.get(id)?.terminal.buffer.active;
  return Array.from({length: buffer?.length ?? 0}, (_, y) => buffer.getLine(y).translateToString(true)).join('\\n');
}"""
SPOT = """(text) => {
  const {terminal} = [...window.agterm.terminals.values()].at(-1);
  const buffer = terminal.buffer.active, screen = document.querySelector('.xterm-screen').getBoundingClientRect();
  for (let y = buffer.baseY; y < buffer.baseY + terminal.rows; y++) {
    const x = buffer.getLine(y).translateToString().indexOf(text);
    if (x < 0) continue;
    return [screen.left + (x + 1.5) * screen.width / terminal.cols,
            screen.top + (y - buffer.viewportY + 0.5) * screen.height / terminal.rows];
  }
}"""


@pytest.fixture
def two(server):
    """Two running shells."""
    made = [server.start_session("shell", name=name) for name in ("first shell", "second shell")]
    yield made
    for session_id in made:
        server.api.delete(f"/api/sessions/{session_id}")


def tabs(page):
    """What is open, pane by pane."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.workpane')].map((pane) =>
             [...pane.querySelectorAll('[role=tab] .tab-name')]
               .map((name) => name.firstChild.textContent.trim()))"""
    )


def test_tabs_and_splits_stay_as_they_were_left_and_closing_a_tab_ends_nothing(desk, server, two):
    page = desk.page
    desk.open_session(two[0])
    desk.open_session(two[1])
    wait_until("two tabs", lambda: tabs(page) == [["first shell", "second shell"]], say=lambda: str(tabs(page)))
    page.keyboard.press("Control+Shift+E")
    wait_until("two panes", lambda: tabs(page) == [["first shell"], ["second shell"]])
    desk.run("stty size | sed 's/^/si''ze /'")
    wait_until("half a width", lambda: desk.size[0] < 75)
    page.keyboard.press("Control+Shift+ArrowLeft")
    expect(page).to_have_url(re.compile(two[0]))
    expect(page.locator("h1")).to_have_text("first shell")
    wait_until("its line", lambda: page.evaluate("(id) => window.agterm.terminals.get(id)?.state", two[0]) == "live")
    page.keyboard.insert_text("echo to the fi''rst; echo; echo; echo")
    page.keyboard.press("Enter")
    wait_until("its echo", lambda: "to the first" in page.evaluate(SCREEN, two[0]))
    line = page.get_by_role("separator", name="Resize the panes")
    line.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(line).to_have_attribute("aria-valuenow", "60")
    assert axe.serious(page) == []
    page.reload()
    wait_until("both panes again", lambda: tabs(page) == [["first shell"], ["second shell"]])
    expect(line).to_have_attribute("aria-valuenow", "60")
    wait_until("the first one's line", lambda: "to the first" in page.evaluate(SCREEN, two[0]))
    page.get_by_role("tab", name="second shell").drag_to(page.get_by_role("tab", name="first shell"))
    wait_until("one pane", lambda: sorted(map(len, tabs(page))) == [2], say=lambda: str(tabs(page)))
    page.get_by_role("tab", name="second shell").click(button="middle")
    wait_until("one tab", lambda: tabs(page) == [["first shell"]])
    page.get_by_role("tab", name="first shell").focus()
    page.keyboard.press("Delete")
    expect(page.get_by_role("heading", name="Sessions", exact=True)).to_be_visible()
    found = server.api.get("/api/sessions").json()["data"]["sessions"]
    assert {row["status"] for row in found if row["id"] in two} == {"running"}


def test_the_views_of_a_session_are_tabs_with_addresses_of_their_own(desk, session):
    page = desk.page
    desk.open_session(session)
    views = page.get_by_role("navigation", name="Views of the session")
    views.get_by_role("link", name="Files").click()
    expect(page).to_have_url(re.compile(f"{session}/files"))
    expect(page.get_by_role("tab", name=re.compile("a shell ?: Files"))).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name=re.compile("a shell ?: Files")).click(button="right")
    page.get_by_role("menuitem", name="Move to the right").click()
    wait_until("two panes", lambda: tabs(page) == [["a shell"], ["a shell"]])
    page.go_back()
    expect(page).not_to_have_url(re.compile("/files"))


def test_what_a_program_or_the_clipboard_brings_is_asked_about(desk, session):
    page = desk.page
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.open_session(session)
    dialog = page.get_by_role("dialog")
    desk.run(r"bind 'set enable-bracketed-paste off'; echo re''ady")
    desk.wait_for("ready")
    page.evaluate(PASTE_TEXT, "echo pasted-o''ne\necho pasted-t\x1b[201~''wo\n")
    expect(dialog).to_contain_text("Paste 2 lines?")
    assert not desk.shows("pasted-one")
    dialog.get_by_role("button", name="Cancel").click()
    page.evaluate(PASTE_TEXT, "echo pasted-o''ne\necho pasted-t''wo\n")
    dialog.get_by_role("button", name="Paste").click()
    desk.wait_for("pasted-two")

    page.evaluate("navigator.clipboard.writeText('mine')")
    desk.run(r"printf '\e]52;c;?\a\e]52;c;%s\a' $(printf fr''omprogram | base64)")
    expect(dialog).to_contain_text("fill your clipboard")
    expect(dialog).to_contain_text("fromprogram")
    assert page.evaluate("navigator.clipboard.readText()") == "mine"
    dialog.get_by_role("button", name="Allow").click()
    wait_until("it is there", lambda: page.evaluate("navigator.clipboard.readText()") == "fromprogram")

    link = r"\e]8;;{}\a{}\e]8;;\a".format
    both = link("https://evil.example/x", "by.bank.exam''ple") + " " + link("javascript:alert(1)", "bad''link")
    desk.run(f"clear; printf '{both}\\n'")
    desk.wait_for("by.bank.example badlink")
    page.mouse.move(*page.evaluate(SPOT, "by.bank.example"))
    page.mouse.click(*page.evaluate(SPOT, "by.bank.example"))
    expect(dialog).to_contain_text("https://evil.example/x")
    with page.expect_popup() as opened:
        dialog.get_by_role("button", name="Open in a new tab").click()
    assert opened.value.evaluate("window.opener") is None
    opened.value.close()
    page.mouse.click(*page.evaluate(SPOT, "badlink"))
    page.wait_for_timeout(300)
    expect(dialog).to_have_count(0)
    assert len(desk.context.pages) == 1


def test_a_pasted_picture_and_a_dropped_file_land_in_the_workspace_and_their_paths_are_typed(desk, session):
    desk.open_session(session)
    desk.run('stty -echo; while read -r p; do eval "wc -c $p"; done')
    picture = {"type": "image/png", "name": "shot.png", "bytes": base64.b64encode(PIXEL).decode(), "event": "paste"}
    desk.page.evaluate(PUT, picture)
    expect(desk.page.get_by_text("into the workspace…")).to_have_count(0)
    desk.page.wait_for_timeout(300)
    desk.page.keyboard.press("Enter")
    wait_until(
        "its size", lambda: any(re.match(rf"{len(PIXEL)} .*\.png", line) for line in desk.lines()), say=desk.last_lines
    )
    for size in ("12", "12"):
        desk.page.evaluate(
            PUT,
            {
                "type": "text/plain",
                "name": "it's notes.txt",
                "bytes": base64.b64encode(b"hello world\n").decode(),
                "event": "drop",
            },
        )
        desk.page.wait_for_timeout(300)
        desk.page.keyboard.press("Enter")
        wait_until(f"{size} bytes", lambda: any(line.startswith("12 ") for line in desk.lines()), say=desk.last_lines)
    wait_until("the second under another name", lambda: desk.shows("it's notes-2.txt"), say=desk.last_lines)


def test_text_is_found_by_pattern_and_letters_grow(desk, session):
    page = desk.page
    desk.open_session(session)
    desk.run("clear; printf 'Alpha 1\nalpha 22\nbeta 333\n'; echo do''ne")
    desk.wait_for("done")
    page.keyboard.press("Control+Shift+F")
    page.get_by_role("searchbox").fill("alpha")
    expect(page.locator(".find-count")).to_have_text(re.compile("of [234]$"))
    page.get_by_role("button", name="Regular expression").click()
    page.get_by_role("searchbox").fill(r"b.ta \d{3}")
    expect(page.locator(".find-count")).to_have_text("1 of 1")
    page.get_by_role("searchbox").fill("(")
    expect(page.locator(".find-count")).to_have_text("None")
    page.keyboard.press("Escape")
    cols = desk.size[0]
    for _ in range(4):
        page.keyboard.press("Control+Equal")
    wait_until("fewer columns", lambda: desk.size[0] < cols)
    page.keyboard.press("Control+0")
    wait_until("as many as before", lambda: desk.size[0] == cols)


def test_a_picture_that_a_program_prints_is_drawn(desk, session):
    desk.open_session(session)
    desk.run(r"printf '\ePq#0;2;100;0;0#0~~@@vv@@~~@@~~$-\e\\'; echo dr''awn")
    desk.wait_for("drawn")
    expect(desk.page.locator("canvas.xterm-image-layer")).to_have_count(1)
    desk.run("read -rs -t 1 -p $'\\e[c' a; echo an''swered ${#a} times")
    desk.wait_for("answered")


def test_who_may_only_look_sees_that_and_can_not_type(window, logged_in, session):
    desk = window(storage_state=logged_in, **PHONE)

    def only_look(route):
        server = route.connect_to_server()
        route.on_message(
            lambda text: server.send(
                text.replace('"binary":true', '"binary":true,"mode":"view"') if isinstance(text, str) else text
            )
        )

    desk.page.route_web_socket(re.compile("/ws"), only_look)
    desk.open_session(session)
    expect(desk.page.get_by_text("View only")).to_be_visible()
    expect(desk.page.get_by_role("button", name="Take control")).to_have_count(0)
    expect(desk.page.get_by_role("toolbar", name="Keys")).to_have_count(0)
    desk.page.locator(".screen").tap()
    desk.run("echo ty''ped")
    desk.page.wait_for_timeout(300)
    assert not desk.shows("typed")
    wide, screen = desk.widest()
    assert wide <= screen


def test_on_a_phone_one_tab_is_on_screen_and_the_others_in_a_strip(window, logged_in, two):
    phone = window(storage_state=logged_in, **PHONE)
    phone.open_session(two[0])
    phone.open_session(two[1])
    strip = phone.page.get_by_role("tablist", name="Open tabs")
    expect(strip.get_by_role("tab")).to_have_count(2)
    strip.get_by_role("tab", name="first shell").tap()
    expect(phone.page.locator("h1")).to_have_text("first shell")
    assert axe.serious(phone.page) == []
    wide, screen = phone.widest()
    assert wide <= screen


def test_the_theme_is_chosen_and_stays_and_terminals_are_dark_unless_wanted_otherwise(desk, session):
    page = desk.page
    background = "getComputedStyle(document.querySelector('.xterm-viewport, .pane')).backgroundColor"
    dark = "getComputedStyle(document.body).backgroundColor"
    for theme, shade in (
        ("Light", "rgb(244, 246, 249)"),
        ("High contrast", "rgb(0, 0, 0)"),
        ("Dark", "rgb(11, 14, 19)"),
    ):
        desk.open("/settings/appearance")
        page.get_by_role("group", name="Theme").get_by_role("radio", name=theme).check(force=True)
        page.reload()
        expect(page.get_by_role("group", name="Theme").get_by_role("radio", name=theme)).to_be_checked()
        assert page.evaluate(dark) == shade
        assert axe.serious(page) == []
    page.get_by_role("radio", name="Always light").check(force=True)
    desk.open_session(session)
    assert page.evaluate(background) != "rgb(14, 17, 22)"
    colours = "[...window.agterm.terminals.values()].at(-1).terminal.options.theme.background"
    assert page.evaluate(colours) == "#fbfcfe"
