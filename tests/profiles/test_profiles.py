"""/api/profiles: making, seeing, replacing and deleting one's own; the machine's shells beside them."""

import re

import pytest

from profiles import services
from profiles.models import DefaultProfile, Profile

WHOLE = {
    "name": "Codex on Sol",
    "agent": "codex",
    "path": None,
    "args": ["--search"],
    "env": {"TOKEN": "secret"},
    "cwd": "/tmp",
    "icon": "🚀",
    "color": "#4ade80",
    "tags": ["work", "night"],
    "provider": "openai",
    "model": "gpt-5.5",
    "initialCommand": None,
    "prompt": "Look around",
}


def listed(client_):
    return client_.get("/api/profiles").json()["data"]["profiles"]


def test_the_machines_shells_come_first_and_belong_to_nobody(mine, make, shells):
    own = make()
    *found, last = listed(mine)
    assert last == own
    assert [profile["path"] for profile in found] == shells
    for profile in found:
        assert profile["id"] == f"system-{profile['name']}"
        assert (profile["agent"], profile["isCustom"], profile["isDefault"]) == ("shell", False, False)
        assert (profile["createdAt"], profile["args"], profile["env"]) == (None, [], {})
    assert listed(mine)[:-1] == found


def test_a_profile_is_shown_as_it_was_sent(mine, make, row, owner):
    made = make(**WHOLE)
    assert {name: made[name] for name in WHOLE} == WHOLE
    assert re.fullmatch(r"custom-[0-9a-f-]{36}", made["id"])
    assert (made["isCustom"], made["isDefault"]) == (True, False)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made["createdAt"])
    assert mine.get(f"/api/profiles/{made['id']}").json()["data"] == {"profile": made}
    stored = row(made)
    assert (stored.owner, stored.name, stored.env, stored.prompt) == (owner, WHOLE["name"], WHOLE["env"], "Look around")


def test_a_name_is_all_it_takes_and_the_rest_is_empty(make):
    made = make(name="  Bare ")
    assert (made["name"], made["agent"], made["path"], made["args"]) == ("Bare", "shell", None, [])
    assert (made["env"], made["tags"], made["color"], made["cwd"], made["icon"]) == ({}, [], None, None, None)


def test_what_the_server_sets_counts_for_nothing_when_sent(make, mine):
    made = make(id="custom-mine", isCustom=False, isDefault=True, createdAt="2001-01-01T00:00:00Z", updatedAt=None)
    assert made["id"] != "custom-mine"
    assert (made["isCustom"], made["isDefault"], made["createdAt"][:4] > "2001") == (True, False, True)
    answer = mine.put(f"/api/profiles/{made['id']}", made | {"name": "Other"}, format="json")
    assert answer.json()["data"]["profile"]["name"] == "Other"


def test_a_shell_may_be_named_by_its_name_and_is_kept_by_its_path(make, shells):
    assert make(path="sh")["path"] == next(path for path in shells if path.endswith("/sh"))


def test_the_same_shell_under_another_path_is_that_shell(make, shells, tmp_path):
    (tmp_path / "sh").symlink_to(shells[-1])
    assert make(path=str(tmp_path / "sh"))["path"] == shells[-1]


def test_put_replaces_everything(mine, make, row):
    made = make(**WHOLE)
    answer = mine.put(f"/api/profiles/{made['id']}", {"name": "Plain"}, format="json")
    shown = answer.json()["data"]["profile"]
    assert (shown["id"], shown["name"], shown["agent"], shown["env"], shown["prompt"]) == (
        made["id"], "Plain", "shell", {}, None)  # fmt: skip
    assert shown["createdAt"] == made["createdAt"]
    assert (row(made).name, row(made).args, row(made).cwd) == ("Plain", [], "")


def test_delete_removes_it(mine, make):
    made = make()
    answer = mine.delete(f"/api/profiles/{made['id']}")
    assert answer.json() == {"success": True, "data": {"id": made["id"], "deleted": True}}
    assert not Profile.objects.exists()
    assert mine.get(f"/api/profiles/{made['id']}").status_code == 404
    assert mine.delete(f"/api/profiles/{made['id']}").status_code == 404


@pytest.mark.parametrize(("name", "second"), [("Dev", "Dev"), ("Dev", " dEV "), ("Straße", "STRASSE")])
def test_two_profiles_of_one_name_are_refused_in_any_case(mine, make, error_of, name, second):
    make(name=name)
    assert error_of(mine.post("/api/profiles", {"name": second}, format="json"))[:2] == (409, "CONFLICT")
    other = make(name="Other")
    assert error_of(mine.put(f"/api/profiles/{other['id']}", {"name": second}, format="json"))[:2] == (409, "CONFLICT")
    assert [profile.name for profile in Profile.objects.all()] == [name, "Other"]


def test_the_same_name_as_a_strangers_or_a_shells_is_free(make, client, stranger):
    make(name="sh")
    assert client(stranger).post("/api/profiles", {"name": "sh"}, format="json").status_code == 201


def test_a_name_longer_in_lower_case_fits(make):
    make(name="ΐ" * 100)


def test_there_is_a_most_to_profiles(mine, make, monkeypatch, error_of):
    monkeypatch.setattr(services, "MAX_PROFILES", 2)
    make(name="1")
    make(name="2")
    status, code, message = error_of(mine.post("/api/profiles", {"name": "3"}, format="json"))
    assert (status, code) == (409, "CONFLICT")
    assert "2 profiles" in message
    assert Profile.objects.count() == 2


def test_a_profile_that_is_too_large_altogether(mine, error_of, db):
    answer = mine.post("/api/profiles", {"name": "Large", "args": ["x" * 8000] * 10}, format="json")
    assert error_of(answer)[:2] == (413, "TOO_LARGE")
    assert not Profile.objects.exists()


REFUSED = [
    {"name": ""}, {"name": "  "}, {"name": None}, {"name": 5}, {"name": "x" * 101}, {"name": "a\nb"}, {"name": "a\0"},
    {"somethingNew": 1}, {"agent": ""}, {"agent": None}, {"agent": 5}, {"args": "ls"}, {"args": [1]}, {"args": None},
    {"args": ["\0"]}, {"args": ["x"] * 65}, {"env": []}, {"env": {"A": 1}}, {"env": {"1A": "x"}}, {"env": {"A=B": "x"}},
    {"env": {"": "x"}}, {"env": {"A": "\0"}}, {"env": {"HOME": "/"}}, {"env": {"TMPDIR": "/"}},
    {"env": {"AGTERM_HOME": "/"}}, {"env": {f"A{n}": "" for n in range(101)}}, {"env": {"A": "x" * 65537}},
    {"cwd": "relative"}, {"cwd": ""}, {"cwd": "/a\0b"}, {"cwd": "/" + "x" * 4096}, {"icon": "x" * 65}, {"icon": "\x07"},
    {"color": "red"}, {"color": "#fff"}, {"color": "#4ade8g"}, {"color": "#4ade80\n"}, {"tags": "work"},
    {"tags": [""]}, {"tags": ["x" * 51]}, {"tags": ["a\tb"]}, {"tags": [str(n) for n in range(21)]},
    {"provider": "openai"}, {"model": "gpt-5"}, {"prompt": "hello"}, {"initialCommand": "x" * 8193},
    {"initialCommand": "a\0"}, {"agent": "codex", "initialCommand": "ls"}, {"agent": "codex", "path": "sh"},
    {"agent": "codex", "provider": "anthropic"}, {"agent": "codex", "model": "claude-x"},
    {"agent": "codex", "env": {"OPENAI_API_KEY": "x"}}, {"agent": "codex", "env": {"GW_KEY": "x"}},
    {"agent": "claude", "env": {"ANTHROPIC_BASE_URL": "x"}}, {"agent": "claude", "env": {"ANTHROPIC_AUTH_TOKEN": "x"}},
    {"agent": "gemini", "env": {"GOOGLE_GEMINI_BASE_URL": "x"}}, {"agent": "codex", "prompt": "x" * 32_769},
]  # fmt: skip


@pytest.mark.parametrize("body", REFUSED, ids=lambda body: repr(body)[:40])
def test_bad_input_is_refused_and_changes_nothing(mine, make, row, error_of, body):
    made = make(name="Before")
    for answer in (
        mine.post("/api/profiles", {"name": "New"} | body, format="json"),
        mine.put(f"/api/profiles/{made['id']}", {"name": "New"} | body, format="json"),
    ):
        assert error_of(answer)[:2] == (400, "INVALID_REQUEST")
    assert row(made).name == "Before"
    assert Profile.objects.count() == 1


@pytest.mark.parametrize("path", ["/nowhere/bash", "/etc/passwd", "../sh", "sh\0", "/usr/bin/env", "/loop/sh"])
def test_a_path_that_is_no_shell_of_the_machine(mine, error_of, path, db):
    answer = mine.post("/api/profiles", {"name": "x", "path": path}, format="json")
    assert answer.status_code == 400
    assert "\0" in path or error_of(answer)[2] == "Invalid shell"


def test_an_agent_that_is_none(mine, error_of, db):
    answer = mine.post("/api/profiles", {"name": "x", "agent": "no-such"}, format="json")
    assert error_of(answer)[:2] == (404, "AGENT_NOT_FOUND")


def test_an_agents_own_variables_are_free_for_others(make):
    make(env={"OPENAI_API_KEY": "mine", "PATH": "/opt/bin", "LD_PRELOAD": "/x.so", "_a1": ""})


def test_the_machines_shells_are_read_only(mine, error_of, db):
    (first, *_) = listed(mine)
    url = f"/api/profiles/{first['id']}"
    assert mine.get(url).json()["data"]["profile"] == first
    assert error_of(mine.put(url, {"name": "x"}, format="json")) == (404, "NOT_FOUND", "Custom profile not found")
    assert error_of(mine.delete(url)) == (404, "NOT_FOUND", "Custom profile not found")


CALLS = [("get", ""), ("put", ""), ("delete", ""), ("post", "/default"), ("delete", "/default")]


@pytest.mark.parametrize(("verb", "path"), CALLS)
def test_a_stranger_finds_nothing_there_and_staff_neither(make, client, stranger, staff, row, error_of, verb, path):
    made = make(env={"TOKEN": "secret"})
    for person in (stranger, staff):
        answer = getattr(client(person), verb)(f"/api/profiles/{made['id']}{path}", {"name": "Taken"}, format="json")
        assert error_of(answer)[:2] == (404, "NOT_FOUND")
        assert made["id"] not in str(listed(client(person)))
    assert row(made).name == made["name"]
    assert not DefaultProfile.objects.exists()


@pytest.mark.parametrize(("verb", "path"), [("get", ""), ("post", ""), *((v, f"/:id{p}") for v, p in CALLS)])
def test_nobody_is_told_to_log_in(make, client, row, error_of, verb, path):
    made = make()
    url = f"/api/profiles{path.replace(':id', made['id'])}"
    assert error_of(getattr(client(), verb)(url, {"name": "x"}, format="json"))[:2] == (401, "UNAUTHORIZED")
    assert row(made).name == made["name"]
    assert Profile.objects.count() == 1


@pytest.mark.parametrize(("verb", "path"), CALLS)
@pytest.mark.parametrize("profile_id", ["custom-1720099200000", "system-nosuch", "%00", "x" * 500])
def test_a_profile_that_never_was(mine, error_of, verb, path, profile_id, db):
    answer = getattr(mine, verb)(f"/api/profiles/{profile_id}{path}", {"name": "x"}, format="json")
    assert error_of(answer)[:2] == (404, "NOT_FOUND")


@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_a_body_that_is_no_object_is_refused(mine, error_of, body, db):
    assert error_of(mine.post("/api/profiles", body, format="json"))[:2] == (400, "INVALID_REQUEST")
