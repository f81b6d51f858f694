"""The files of a session in a real browser: the tree, the editor, two who write the same file, uploads and searches."""

import pytest
from playwright.sync_api import expect
from support import axe
from support import browser as tools

COMMANDS = [
    """mkdir -p src/deep && printf 'def main():\\n    return "needle"\\n' > src/app.py && echo one > notes.txt""",
    "echo hidden > .secret && seq -f 'line %g needle' 200 > src/deep/long.txt && head -c 40 /dev/urandom > blob.bin",
    "head -c 2000000 /dev/zero | tr '\\0' 'x' > big.log && touch -- '<img src=x onerror=alert(1)>.txt'",
]


@pytest.fixture
def stocked(server, session):
    """The session's workspace holds some files."""
    asked = {"prompt": " && ".join(COMMANDS), "waitFor": "idle", "timeoutMs": 30000}
    assert server.api.post(f"/api/sessions/{session}/execute", json=asked).json()["data"]["exitCode"] == 0
    return session


def content_of(server, session_id, path):
    answer = server.api.get("/api/files/read", params={"sessionId": session_id, "path": path})
    return answer.json()["data"]["content"] if answer.is_success else None


def write_beside(server, session_id, path, content):
    server.api.post("/api/files/write", json={"sessionId": session_id, "path": path, "content": content})


def test_files_are_found_edited_and_kept_from_being_lost(desk, server, stocked):
    desk.open(f"/sessions/{stocked}/files")
    page = desk.page
    row = lambda name: page.get_by_role("treeitem", name=name, exact=True)  # noqa: E731
    text = page.locator(".file .cm-content")

    # with the keyboard alone: down to a folder, into it, and open what is in it
    expect(page.get_by_role("treeitem")).to_have_count(5)
    row("src").focus()
    page.keyboard.press("ArrowRight")
    expect(row("deep")).to_be_visible()
    expect(row("src")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(text).to_contain_text("needle")

    # what is typed is saved with Ctrl+S
    text.click()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("# mine\n")
    expect(page.get_by_role("button", name="app.py (not saved)")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name="app.py (not saved)")).to_have_count(0)
    assert content_of(server, stocked, "src/app.py") == '# mine\ndef main():\n    return "needle"\n'

    # somebody else writes it meanwhile: both versions are shown, and neither is lost unasked
    write_beside(server, stocked, "src/app.py", "# theirs\n")
    page.keyboard.insert_text("# more of mine\n")
    expect(page.get_by_role("button", name="app.py (not saved)")).to_be_visible()
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="app.py was changed meanwhile")
    expect(dialog.get_by_label("Contents of app.py, on disk")).to_contain_text("# theirs")
    assert axe.serious(page) == []
    assert content_of(server, stocked, "src/app.py") == "# theirs\n"
    dialog.get_by_role("button", name="Save mine").click()
    expect(dialog).to_be_hidden()
    assert content_of(server, stocked, "src/app.py").startswith("# mine\n# more of mine\n")

    # a file that nobody changed here follows the disk when one comes back to the page
    write_beside(server, stocked, "src/app.py", "# theirs again\n")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(text).to_have_text("# theirs again")

    # found by what is in it, and opened at the line
    page.get_by_role("button", name="Contents", exact=True).click()
    page.get_by_role("searchbox", name="Find files").fill("line 150 needle")
    page.get_by_role("button", name="150 line 150 needle").click()
    expect(page.locator(".file .cm-activeLine")).to_have_text("line 150 needle")
    page.get_by_role("searchbox", name="Find files").fill("")

    # by a part of its name
    page.keyboard.press("Control+p")
    page.get_by_role("combobox", name="Part of the file’s name").fill("blo")
    expect(page.get_by_role("option", name="blob.bin")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is no text")).to_be_visible()

    # too large to be edited, and a name that would like to be a program
    row("big.log").click()
    expect(page.get_by_text("Too large to be edited here")).to_be_visible()
    row("<img src=x onerror=alert(1)>.txt").click()
    expect(page.locator(".file-path")).to_have_text("<img src=x onerror=alert(1)>.txt")
    assert axe.serious(page) == []


def test_files_are_made_renamed_deleted_and_uploaded(desk, server, stocked):
    desk.open(f"/sessions/{stocked}/files")
    page = desk.page
    row = lambda name: page.get_by_role("treeitem", name=name, exact=True)  # noqa: E731
    expect(row(".secret")).to_have_count(0)
    page.get_by_role("button", name="More for files").click()
    page.get_by_role("menuitem", name="Show hidden files").click()
    expect(row(".secret")).to_be_visible()

    page.get_by_role("button", name="New file").click()
    page.get_by_role("textbox", name="Name").fill("made.md")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Close made.md")).to_be_visible()

    row("made.md").focus()
    page.keyboard.press("F2")
    page.get_by_role("textbox", name="New name").fill("renamed.md")
    page.keyboard.press("Enter")
    expect(row("renamed.md")).to_be_visible()
    assert content_of(server, stocked, "renamed.md") == ""
    assert content_of(server, stocked, "made.md") is None

    row("renamed.md").click(button="right")
    page.get_by_role("menuitem", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(row("renamed.md")).to_have_count(0)
    assert content_of(server, stocked, "renamed.md") is None

    # an upload asks before it overwrites, and says what became of each file
    row("notes.txt").focus()
    sent = [
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"two\n"},
        {"name": "fresh.txt", "mimeType": "text/plain", "buffer": b"fresh\n"},
    ]
    page.get_by_label("Files to upload").set_input_files(sent)
    question = page.get_by_role("dialog", name="Replace the file?")
    expect(question).to_contain_text("notes.txt")
    assert content_of(server, stocked, "notes.txt") == "one\n"
    question.get_by_role("button", name="Replace").click()
    expect(page.get_by_text("2 of 2 uploaded")).to_be_visible()
    expect(row("fresh.txt")).to_be_visible()
    assert content_of(server, stocked, "notes.txt") == "two\n"

    # what is dropped on a folder belongs there
    dropped = page.evaluate_handle(
        "() => { const held = new DataTransfer(); held.items.add(new File(['dropped'], 'dropped.txt')); return held; }"
    )
    row("src").dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.get_by_text("3 of 3 uploaded")).to_be_visible()
    expect(row("dropped.txt")).to_be_visible()
    assert content_of(server, stocked, "src/dropped.txt") == "dropped"

    # what is not saved is not closed unasked
    row("notes.txt").click()
    page.locator(".file .cm-content").click()
    page.keyboard.insert_text("half a thought")
    page.get_by_role("button", name="Close notes.txt").click()
    page.get_by_role("dialog", name="Save your changes?").get_by_role("button", name="Don’t save").click()
    expect(page.get_by_text("Choose a file")).to_be_visible()
    assert content_of(server, stocked, "notes.txt") == "two\n"


def test_on_a_phone_one_looks_at_the_tree_or_at_a_file(window, logged_in, stocked):
    desk = window(storage_state=logged_in, **tools.PHONE)
    desk.open(f"/sessions/{stocked}/files")
    page = desk.page
    page.get_by_role("treeitem", name="notes.txt").tap()
    expect(page.locator(".file .cm-content")).to_have_text("one")
    expect(page.get_by_role("tree")).to_be_hidden()
    assert desk.widest() == (390, 390)
    page.get_by_role("button", name="All files").tap()
    page.get_by_role("button", name="Actions for notes.txt").tap()
    expect(page.get_by_role("menuitem", name="Rename…")).to_be_in_viewport()
    assert desk.widest() == (390, 390)
    assert axe.serious(page) == []
