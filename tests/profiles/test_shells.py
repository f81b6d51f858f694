"""GET /api/shells"""

import os
from pathlib import Path

from agents import discovery


def test_it_lists_the_shells_there_are_and_the_one_that_runs_unasked(mine, shells):
    data = mine.get("/api/shells").json()["data"]
    assert data["shells"] == [{"name": Path(path).name, "path": path, "cmd": path} for path in shells]
    assert "sh" in {shell["name"] for shell in data["shells"]}
    assert all(os.access(shell["path"], os.X_OK) for shell in data["shells"])
    assert data["default"] in shells


def test_the_cwd_is_a_folder_that_sessions_may_work_in(mine, configure, tmp_path):
    configure(allowed_roots=("/nowhere/at/all", str(tmp_path)))
    assert mine.get("/api/shells").json()["data"]["cwd"] == str(tmp_path.resolve())


def test_without_such_a_folder_there_is_no_cwd(mine, configure):
    configure(allowed_roots=("/nowhere/at/all",))
    assert mine.get("/api/shells").json()["data"]["cwd"] is None


def test_a_relative_folder_on_path_gives_no_shell(mine, monkeypatch, tmp_path):
    program = tmp_path / "bash"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(discovery, "search_path", lambda: [".", "/usr/bin", "/bin"])
    assert all(Path(shell["path"]).is_absolute() for shell in mine.get("/api/shells").json()["data"]["shells"])


def test_nobody_is_told_to_log_in(client):
    answer = client().get("/api/shells")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "UNAUTHORIZED")
