"""What a browser must fetch before it can show the list or a terminal stays small, whatever else the page learns."""

import gzip
import json

from agterm import page

MOST_BYTES = 200_000
OPENED_LATER = ("src/editor/", "src/player/", "src/views/files/", "src/views/recordings/recording", "@codemirror/")


def manifest():
    path = page.APP / "manifest.json"
    assert path.exists(), "the page is not built: run make ui"
    return json.loads(path.read_text())


def needed(built, *names):
    """These chunks and all that they import statically."""
    found = dict.fromkeys(names)
    for name in names:
        found |= dict.fromkeys(needed(built, *built[name].get("imports", [])))
    return list(found)


def gzipped(built, names):
    files = {file for name in names for file in (built[name]["file"], *built[name].get("css", []))}
    return sum(len(gzip.compress((page.APP / file).read_bytes())) for file in files)


def test_the_list_and_a_first_terminal_come_in_less_than_200_kb():
    built = manifest()
    assert gzipped(built, needed(built, page.WORKSPACE)) < MOST_BYTES / 2
    assert gzipped(built, needed(built, page.WORKSPACE, page.TERMINAL)) < MOST_BYTES


def test_the_editor_and_the_player_come_when_they_are_opened():
    built = manifest()
    first = needed(built, page.WORKSPACE, page.TERMINAL)
    later = [name for name in built if any(part in name for part in OPENED_LATER)]
    assert any("editor" in name for name in later)
    assert any("recording" in name for name in later)
    assert not set(first) & set(later)
    held_apart = {file for name in later for file in (built[name]["file"], *built[name].get("css", []))}
    assert not {built[name]["file"] for name in first} & held_apart


def test_the_address_of_a_terminal_makes_the_browser_fetch_its_code_at_once(client):
    terminal = page.URL + manifest()[page.TERMINAL]["file"]
    assert terminal in client().get("/sessions/550e8400-e29b-41d4-a716-446655440000").content.decode()
    assert terminal not in client().get("/").content.decode()
