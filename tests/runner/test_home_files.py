"""Files of a session's HOME, read for the web side, whatever lies there."""

import base64
import os
import threading
import time

import pytest

from core.errors import InvalidRequest
from runner import protocol
from runner.workspace import home_files

SESSION = "550e8400-e29b-41d4-a716-446655440000"


def read(home, *patterns, since=None, max_bytes=1 << 20):
    answer = home_files.read(home, patterns, since or {}, max_bytes)
    return {file["path"]: base64.b64decode(file["data"]) for file in answer["files"]}, answer


def put(home, path, data=b"text"):
    (home / path).parent.mkdir(parents=True, exist_ok=True)
    (home / path).write_bytes(data)


def test_files_that_match_are_read_each_once(tmp_path):
    put(tmp_path, ".codex/sessions/2026/11/22/rollout-1.jsonl", b"one")
    put(tmp_path, ".codex/sessions/2026/11/22/other.txt")
    put(tmp_path, ".codex/auth.json", b"{}")
    found, answer = read(tmp_path, ".codex/sessions/*/*/*/rollout-*.jsonl", ".codex/auth.json", ".codex/*.json")
    assert found == {".codex/sessions/2026/11/22/rollout-1.jsonl": b"one", ".codex/auth.json": b"{}"}
    assert answer["whole"]


def test_only_what_is_new_is_read_and_all_of_a_file_that_was_made_anew(tmp_path):
    put(tmp_path, "a", b"first second")
    put(tmp_path, "b", b"new")
    found, answer = read(tmp_path, "a", "b", since={"a": 6, "b": 100})
    assert found == {"a": b"second", "b": b"new"}
    assert [file["offset"] for file in answer["files"]] == [6, 0]


def test_files_without_news_leave_room_for_those_that_have_some(tmp_path, monkeypatch):
    monkeypatch.setattr(home_files, "MAX_FILES", 2)
    for name in "abcd":
        put(tmp_path, name, b"known")
    put(tmp_path, "d", b"known and new")
    found, answer = read(tmp_path, "*", since=dict.fromkeys("abcd", 5))
    assert (found, answer["whole"]) == ({"d": b" and new"}, True)


def test_too_much_is_cut_and_said_to_be(tmp_path):
    put(tmp_path, "a", b"x" * 100)
    put(tmp_path, "b", b"y" * 100)
    found, answer = read(tmp_path, "a", "b", max_bytes=150)
    assert (len(found["a"]), len(found["b"]), answer["whole"]) == (100, 50, False)


def test_a_sparse_file_costs_no_more_than_the_limit(tmp_path):
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(1 << 40)
    found, answer = read(tmp_path, "huge", max_bytes=4096)
    assert (len(found["huge"]), answer["whole"]) == (4096, False)


def test_no_link_is_followed_and_no_pipe_is_waited_for(tmp_path):
    secret = tmp_path / "secret"
    put(secret, "auth.json", b"somebody else's")
    home = tmp_path / "home"
    put(home, "own/file")
    os.symlink(secret / "auth.json", home / "own" / "link")
    os.symlink(secret, home / "folder")
    os.mkfifo(home / "own" / "pipe")
    os.mkdir(home / "own" / "directory")
    assert read(home, "own/*", "folder/auth.json", "folder/*")[0] == {"own/file": b"text"}


def test_a_home_that_is_a_link_itself_is_not_read(tmp_path):
    put(tmp_path, "real/file")
    os.symlink(tmp_path / "real", tmp_path / "home")
    assert read(tmp_path / "home", "file")[0] == {}


def test_no_race_between_folder_and_link_leads_out(tmp_path):
    """The folder is exchanged for a link all the time; what is read is never what lies outside."""
    home, outside = tmp_path / "home", tmp_path / "outside"
    put(outside, "f", b"outside")
    put(home, "d/f", b"inside")
    os.symlink(outside, home / "swap")
    stop = False

    def swap():
        while not stop:
            os.rename(home / "d", home / "t")
            os.rename(home / "swap", home / "d")
            os.rename(home / "d", home / "swap")
            os.rename(home / "t", home / "d")

    racer = threading.Thread(target=swap)
    racer.start()
    seen = {data for _ in range(2000) for data in read(home, "d/f", "*/f")[0].values()}
    stop = True
    racer.join()
    assert seen <= {b"inside"}


def test_a_flood_of_names_ends_the_look_and_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(home_files, "MAX_NAMES", 50)
    for number in range(100):
        put(tmp_path, f"d/{number}")
    found, answer = read(tmp_path, "d/*")
    assert (len(found) <= 50, answer["whole"]) == (True, False)


def test_names_that_are_no_text_are_left_out(tmp_path):
    put(tmp_path, "d/plain")
    os.close(os.open(os.fsencode(tmp_path / "d") + b"/\xff", os.O_CREAT))
    assert list(read(tmp_path, "d/*")[0]) == ["d/plain"]


@pytest.mark.parametrize("pattern", ["../x", "a/../../x", "/etc/passwd", "", "a//b", "./x", "..", "a\0"])
def test_no_pattern_leads_out_of_home(pattern):
    with pytest.raises(InvalidRequest):
        protocol.parse_params("home_files", {"id": SESSION, "patterns": [pattern]})


def test_patterns_of_the_declarations_are_taken():
    given = {"id": SESSION, "patterns": [".claude/projects/*/*.jsonl", ".claude.json", "...x/a"], "since": {"x": 3}}
    assert protocol.parse_params("home_files", given).since == {"x": 3}


def test_time_is_told(tmp_path):
    put(tmp_path, "a")
    answer = read(tmp_path, "a")[1]["files"][0]
    assert abs(answer["modified_at"] - time.time()) < 60
    assert answer["size"] == 4
