"""The terminal itself: what is typed, what is drawn, how large it is, and what it must not say."""

import re

import pytest
from playwright.sync_api import expect
from support.browser import DESKTOP, PHONE, wait_until


def test_wide_characters_take_two_cells_and_clusters_stay_whole(desk, session):
    desk.open_session(session)
    desk.run(r"printf '|宽字|👩‍👩‍👧|é|🇩🇪|\n'; printf 'wi''dth\n'")
    desk.wait_for("width")
    assert "|宽字|👩‍👩‍👧|é|🇩🇪|" in desk.lines()
    column = """() => {
      const buffer = [...window.agterm.terminals.values()].at(-1).terminal.buffer.active;
      for (let y = 0; y < buffer.length; y++) {
        const line = buffer.getLine(y);
        if (line.translateToString(true).startsWith('|宽')) return [1, 5, 6].map((x) => line.getCell(x).getChars());
      }
    }"""
    assert desk.page.evaluate(column) == ["宽", "|", "👩‍👩‍👧"]


def test_typed_text_of_other_scripts_arrives(desk, session):
    desk.open_session(session)
    desk.run("printf %s '日本 ñ 🎉' | wc -c | sed 's/^/by''tes /'")
    desk.wait_for("bytes 14")


def test_the_program_learns_the_size_of_the_window_and_of_a_new_one(desk, session):
    desk.open_session(session)
    for width, height in ((1280, 800), (1000, 600)):
        desk.page.set_viewport_size({"width": width, "height": height})
        desk.page.wait_for_timeout(400)
        cols, rows = desk.size
        desk.run(f"stty size | sed 's/^/si''ze{width} /'")
        desk.wait_for(f"size{width} {rows} {cols}")


def test_a_reload_shows_the_same_screen(desk, session):
    desk.open_session(session)
    desk.run(r"for i in $(seq 1 60); do echo row-$i; done; printf '\e[31mre''d\e[0m\n'")
    desk.wait_for("red")
    desk.page.wait_for_timeout(300)
    before = [line for line in desk.lines() if line]
    desk.page.reload()
    desk.wait_for("row-60")
    assert [line for line in desk.lines() if line] == before
    desk.run("echo al''ive")
    desk.wait_for("alive")


def test_a_full_screen_program_survives_a_reload(desk, session):
    desk.open_session(session)
    desk.run(r"printf '\e[?1049h\e[2J\e[5;10Hfull''screen'; read -r; printf '\e[?1049l'; echo ba''ck")
    desk.wait_for("fullscreen")
    desk.page.reload()
    desk.wait_for("fullscreen")
    kind = "[...window.agterm.terminals.values()].at(-1).terminal.buffer.active.type"
    assert desk.page.evaluate(kind) == "alternate"
    desk.page.keyboard.press("Enter")
    desk.wait_for("back")
    assert desk.page.evaluate(kind) == "normal"


def test_a_question_of_the_program_is_answered_once(desk, session):
    desk.open_session(session)
    desk.run(r"read -rs -t 2 -d R -p $'\e[6n' a; read -rs -t 1 -d R b; echo an''swers ${#a} ${#b} ${b:-none}")
    desk.wait_for("answers")
    found = next(line for line in desk.lines() if line.startswith("answers"))
    assert found.endswith(" 0 none")
    assert found != "answers 0 0 none"


def test_a_flood_ends_with_the_right_last_lines(desk, session):
    desk.open_session(session)
    desk.run("seq -f 'line %.0f' 100000; echo do''ne")
    desk.wait_for("done", timeout_s=60)
    lines = desk.lines()
    end = lines.index("done")
    assert lines[end - 1000 : end] == [f"line {number}" for number in range(99_001, 100_001)]
    desk.run("echo aft''er")
    desk.wait_for("after")


def test_two_windows_show_the_same(desk, window, logged_in, session):
    other = window(storage_state=logged_in)
    desk.open_session(session)
    other.open_session(session)
    desk.page.bring_to_front()
    desk.run("echo to''gether")
    desk.wait_for("together")
    other.wait_for("together")
    assert other.state == "live"


def test_the_selection_is_copied_and_text_is_found(desk, session):
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.open_session(session)
    desk.run("echo nee''dle")
    desk.wait_for("needle")
    desk.page.keyboard.press("Control+Shift+F")
    desk.page.get_by_role("searchbox").fill("needle")
    expect(desk.page.get_by_role("button", name="Copy selection")).to_be_enabled()
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Control+Shift+C")
    wait_until("a copy", lambda: desk.page.evaluate("navigator.clipboard.readText()") == "needle")


def test_the_title_that_a_program_sets_is_the_title_of_the_page(desk, session):
    desk.open_session(session)
    desk.run(r"printf '\e]2;my tit''le\a'; sleep 2")
    wait_until("the title", lambda: desk.page.title() == "my title · AGTerm", say=desk.page.title)


@pytest.mark.parametrize("kind", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_program_is_begun_at_the_size_of_the_window_it_is_started_in(window, logged_in, server, kind):
    desk = window(storage_state=logged_in, **kind)
    desk.open()
    desk.page.get_by_role("button", name="New session").click()
    desk.page.get_by_role("radio", name=re.compile("Shell")).check(force=True)
    desk.page.get_by_label("Initial command").fill("stty size | sed 's/^/begun at /'")
    desk.page.get_by_role("button", name="Start", exact=True).click()
    desk.wait_live()
    cols, rows = desk.size
    desk.wait_for(f"begun at {rows} {cols}")
    server.api.delete(f"/api/sessions/{desk.page.url.rpartition('/')[2].partition('?')[0]}")
