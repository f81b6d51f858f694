"""Recordings as files: every format, what is hidden in them, a page that holds a player, what a cache may keep."""

import json
import re

import pytest
from support.sockets import wait_until

from agents import discovery
from recordings import page
from recordings.models import Recording

NASTY = "</script><img src=x onerror=alert(1)>"
FORMATS = ("asciinema", "json", "text", "html")


@pytest.fixture
def demonstration(start, begin, execute, end):
    """A recording that has ended, with a name that would like to be a tag, and a key that nobody knows of."""
    session = start(name=f"a {NASTY}")
    made = begin(session, title=NASTY, includeInput=True)
    execute(session, f"echo 'one {NASTY}' ghp_{'a1B2' * 9}")
    return end(made["id"])


def test_every_format_is_an_attachment_that_says_what_was_printed(demonstration, fetch):
    path = f"/api/recordings/{demonstration['id']}/export"
    kinds = {
        "asciinema": ("cast", "application/x-asciicast"),
        "json": ("json", "application/json"),
        "text": ("txt", "text/plain; charset=utf-8"),
        "html": ("html", "text/html; charset=utf-8"),
    }
    for kind, (suffix, content_type) in kinds.items():
        answer, content = fetch(path, {"format": kind})
        name = f"recording-{demonstration['id']}.{suffix}"
        assert (answer.status_code, answer["Content-Type"]) == (200, content_type), content
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"one " in content
        assert b"ghp_a1B2" in content
    answer, content = fetch(path, {"format": "gif"})
    assert (answer.status_code, json.loads(content)["error"]["message"]) == (400, "Unsupported format")


def test_asciicast_3_says_the_time_between_events(demonstration, export):
    header, *events = map(json.loads, export(demonstration, "asciinema").splitlines())
    newer, *same = map(json.loads, export(demonstration, "asciinema", version=3).splitlines())
    assert (header["version"], newer["version"]) == (2, 3)
    assert newer["term"]["cols"] == header["width"]
    assert [event[1:] for event in same] == [event[1:] for event in events]
    assert sum(event[0] for event in same) == pytest.approx(events[-1][0], abs=0.01)


def test_asked_for_without_keys_no_format_has_what_looks_like_one(demonstration, export):
    for kind in FORMATS:
        text = export(demonstration, kind, redact=True)
        assert "ghp_a1B2" not in text, kind
        assert "one " in text


def test_no_file_holds_a_key_that_the_session_was_given(codex, start, begin, mine, end, export, runner):
    """Printed in pieces by a program, and typed: what AGTerm put there is in no file of ours."""
    codex.write_text(
        "#!/bin/sh\necho first\nwhile read -r line; do printf '%s' \"$OPENAI_API_KEY\" | fold -w 7 | "
        'while read -r part; do printf \'%s\' "$part"; done; echo " $OPENAI_API_KEY" said; done\n'
    )
    discovery.forget()
    session = start(agent="codex", env={"MY_TOKEN": "a-token-of-my-own-0123456789"})
    made = begin(session, includeInput=True)
    key = _key_of(mine, session)
    for line in ("once", f"again {key} a-token-of-my-own-0123456789"):
        mine.post(f"/api/sessions/{session['id']}/input", {"data": f"{line}\r"}, format="json")
    cast = runner.home / "recordings" / f"{made['id']}.cast"
    wait_until("it was printed twice", lambda: cast.read_text().count("said") >= 2)
    made = end(made["id"])
    assert key not in cast.read_text()
    for kind in FORMATS:
        text = export(made, kind)
        assert "said" in text, kind
        assert "[redacted]" in text, kind
        assert key not in text, kind
        assert "a-token-of-my-own" not in text, kind


def _key_of(mine, session):
    from sessions import keys
    from sessions.models import Session

    return keys.issue(Session.objects.get(pk=session["id"]))


def test_the_page_is_whole_and_nothing_in_it_can_become_markup(demonstration, export):
    text = export(demonstration, "html")
    assert text.startswith("<!doctype html>")
    assert text.rstrip().endswith("</html>")
    assert text.count("</script>") == 4  # the player, its data, the markers, and what starts it
    assert "<img" not in text
    assert not re.search(r'(src|href)="?https?:', text)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src &#x27;none&#x27;")
    (cast,) = re.findall(r'<script type="application/x-asciicast" id="cast">\n(.*?)</script>', text, re.DOTALL)
    said = "".join(json.loads(line)[2] for line in cast.strip().splitlines()[1:] if '"o"' in line[:30])
    assert f"one {NASTY}" in said


def test_without_a_player_only_the_page_is_refused_saying_how_to_mend_it(demonstration, fetch, monkeypatch):
    monkeypatch.setattr(page.finders, "find", lambda _path: None)
    path = f"/api/recordings/{demonstration['id']}/export"
    answer, content = fetch(path, {"format": "html"})
    assert (answer.status_code, "make ui" in json.loads(content)["error"]["message"]) == (409, True)
    assert fetch(path, {"format": "text"})[0].status_code == 200


def test_a_player_gets_the_cast_and_keeps_it_until_it_changes(demonstration, fetch, export):
    path = f"/api/recordings/{demonstration['id']}/cast"
    answer, content = fetch(path)
    assert content.decode() == export(demonstration, "asciinema")
    assert "Content-Disposition" not in answer
    assert answer["Cache-Control"] == "private, no-cache"
    again, nothing = fetch(path, **{"if-none-match": f'W/"other", {answer["ETag"]}'})
    assert (again.status_code, nothing) == (304, b"")
    assert fetch(f"{path}?redact=true", **{"if-none-match": answer["ETag"]})[0].status_code == 200


def test_one_under_way_can_be_exported_and_is_not_kept_by_a_cache(start, begin, execute, fetch):
    session = start()
    made = begin(session)
    execute(session, "echo so-f''ar")

    def so_far():
        answer, content = fetch(f"/api/recordings/{made['id']}/cast")
        assert "ETag" not in answer
        return b"so-far" in content

    wait_until("what was printed is in the file", so_far)


def test_a_file_that_is_gone_is_not_found(demonstration, runner, fetch):
    (runner.home / "recordings" / f"{demonstration['id']}.cast").unlink()
    answer, content = fetch(f"/api/recordings/{demonstration['id']}/export", {"format": "text"})
    assert (answer.status_code, json.loads(content)["error"]["code"]) == (404, "NOT_FOUND")
    assert Recording.objects.count() == 1
