"""Conversations on disk: what was said is there again, whatever happened to the program in between."""

import os
import stat

import pytest

from agterm_agent.engine.store import Store, StoreError


def said(text):
    return {"kind": "request", "parts": [{"part_kind": "user-prompt", "content": text}]}


def answered(text):
    return {"kind": "response", "parts": [{"part_kind": "text", "content": text}]}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.fixture
def keep(store):
    """`keep("a prompt", …)` saves a conversation and returns its id."""

    def make(*prompts):
        with store.create() as saved:
            for prompt in prompts:
                saved.append([said(prompt), answered("yes")])
        return saved.id

    return make


def test_what_was_said_is_there_again(store):
    with store.create() as saved:
        saved.append([said("Mend it, \ud800 ünïcode\n\x1b[31m")])
        saved.append([answered("done")])
        saved.note_totals({"requests": 1})
    with store.open(saved.id) as again:
        assert again.messages == [said("Mend it, \ud800 ünïcode\n\x1b[31m"), answered("done")]
        assert again.totals == {"requests": 1}


def test_a_conversation_goes_on_where_it_was(store, keep):
    name = keep("one")
    with store.open(name) as saved:
        saved.append([said("two")])
    with store.open(name) as saved:
        assert [message["parts"][0]["content"] for message in saved.messages] == ["one", "yes", "two"]


def test_after_a_compaction_the_model_knows_the_new_messages_alone(store, keep):
    name = keep("one", "two")
    with store.open(name) as saved:
        saved.replace([said("summary")])
        saved.append([answered("on it goes")])
    with store.open(name) as saved:
        assert saved.messages == [said("summary"), answered("on it goes")]
    assert [(each.title, each.messages) for each in store.all()] == [("one", 2)]


def test_a_line_that_a_crash_has_torn_is_dropped_and_the_rest_goes_on(store, keep):
    name = keep("one")
    path = store.folder / f"{name}.jsonl"
    path.write_bytes(path.read_bytes() + b'{"message": {"kind": "requ')
    with store.open(name) as saved:
        assert saved.messages == [said("one"), answered("yes")]
        saved.append([said("two")])
    with store.open(name) as saved:
        assert saved.messages[-1] == said("two")


def test_damage_in_the_middle_is_told_and_nothing_is_thrown_away(store, keep):
    name = keep("one")
    path = store.folder / f"{name}.jsonl"
    before = path.read_bytes().replace(b'"kind": "request"', b'"kind: "request"')
    path.write_bytes(before)
    with pytest.raises(StoreError, match="damaged in line 3"):
        store.open(name)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "line",
    [
        "null",
        "[" * 100_000,
        '{"message": 5}',
        '{"message": {"parts": [1]}}',
        '{"replace": 7}',
        '{"replace": [{}]}',
        '{"totals": 5}',
        '{"title": 7}',
    ],
)
def test_a_line_that_nobody_would_have_written_is_damage_and_the_list_goes_on(store, keep, line):
    name = keep("one")
    path = store.folder / f"{name}.jsonl"
    path.write_bytes(line.encode() + b"\n" + path.read_bytes())
    with pytest.raises(StoreError, match="damaged in line 1"):
        store.open(name)
    assert [(each.title, each.messages) for each in store.all()] == [("one", 2)]


def test_a_conversation_is_named_by_the_beginning_of_its_id_or_as_the_latest(store, keep):
    old, new = keep("old"), keep("new")
    os.utime(store.folder / f"{old}.jsonl", (1, 1))
    assert store.find(old[:8]) == old
    assert store.find("latest") == new


@pytest.mark.parametrize("name", ["ffff", "../../etc/passwd", "", "abc", "ABCD1234", "latest"])
def test_what_is_no_conversation_is_refused(store, name):
    with pytest.raises(StoreError):
        store.find(name)


def test_a_beginning_that_several_share_is_refused(store, tmp_path):
    store.folder.mkdir()
    for ending in "12":
        (store.folder / f"abcd{ending}.jsonl").write_text("{}\n")
    with pytest.raises(StoreError, match="2 conversations begin with abcd"):
        store.find("abcd")


def test_two_agents_cannot_write_one_conversation(store, keep):
    name = keep("one")
    with store.open(name), pytest.raises(StoreError, match="open in another"):
        store.open(name)
    store.open(name).close()


def test_the_list_shows_titles_sizes_and_the_newest_first(store, keep):
    old = keep("  The first\n  prompt  ", "second")
    new = keep("x" * 200)
    os.utime(store.folder / f"{old}.jsonl", (1, 1))
    listed = store.all()
    assert [(each.id, each.messages) for each in listed] == [(new, 2), (old, 4)]
    assert [each.title for each in listed] == ["x" * 79 + "…", "The first prompt"]


def test_a_conversation_in_which_nothing_was_said_leaves_no_file(store):
    store.create().close()
    assert store.all() == []


def test_a_deleted_conversation_is_gone(store, keep):
    name, other = keep("one"), keep("two")
    store.delete(name[:6])
    assert [each.id for each in store.all()] == [other]


def test_nobody_else_may_read_conversations(store, keep):
    name = keep("secret")
    assert stat.S_IMODE((store.folder / f"{name}.jsonl").stat().st_mode) == 0o600
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_a_full_disk_leaves_no_half_line(store, monkeypatch):
    with store.create() as saved:
        saved.append([said("one")])
        real = os.write

        def write(descriptor, data):
            if len(data) > 10:
                return real(descriptor, bytes(data[:10]))
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, "write", write)
            with pytest.raises(StoreError, match="No space left"):
                saved.append([answered("y" * 15)])
        assert saved.messages == [said("one")]
        saved.append([answered("two")])
    with store.open(saved.id) as again:
        assert again.messages == [said("one"), answered("two")]
