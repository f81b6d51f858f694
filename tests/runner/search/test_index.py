"""What is printed and told is found again, by whom it belongs to, and nothing else is."""

import base64
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from support.sockets import wait_until

from core.errors import InvalidRequest
from runner.search import asking, finding, volumes
from runner.search.finding import Wanted
from runner.search.gathering import Document
from runner.search.indexer import QUEUE_BYTES, Indexer
from runner.search.volumes import Library

MAX = 64 * 1024 * 1024


@pytest.fixture
def index(tmp_path):
    return tmp_path / "search" / "index.sqlite3"


@pytest.fixture
def library(index):
    made = Library(index, MAX)
    yield made
    made.close()


def document(text, *, owner="7", session="one", agent="claude", kind="output", at=1000):
    return Document(owner, session, agent, kind, text, [(0, 0, at)], at)


def found(index, query, owner="7", **fields):
    return [hit["snippet"] for hit in finding.query(index, Wanted(query, owner, **fields))["hits"]]


def test_words_phrases_beginnings_and_what_must_not_be_there(index, library):
    library.write([document("the build failed: Ünïcode in foo_bar.py"), document("the build is done")], {})
    failed, done = "the build failed: Ünïcode in foo_bar.py", "the build is done"
    for query, expected in {
        "build": [done, failed], "FAILED the": [failed], '"build failed"': [failed], '"failed build"': [],
        "fail*": [failed], "build -failed": [done], "unicode": [failed], "u\u0308nicode": [failed],
        "foo_bar.py": [failed], "bar": [failed],
        "-done build": [failed], '"the build" -"is done"': [failed], "fail": [],
    }.items():  # fmt: skip
        assert found(index, query) == expected, query


@pytest.mark.parametrize("query", ["", "-build", "...", '"', "a*"])
def test_a_query_that_asks_for_nothing_is_refused(query):
    with pytest.raises(InvalidRequest):
        asking.parse(query)


@pytest.mark.parametrize("query", ["a AND (", "NEAR(a b)", "text : a", "a OR b", "x' --", "^a", '"a', "{tags} : k"])
def test_no_query_is_a_syntax_error(index, library, query):
    library.write([document("a b text near and or tags k koutput")], {})
    finding.query(index, Wanted(query, "7"))


def test_matches_are_places_in_the_snippet(index, library):
    library.write([document("first line\nsecond 🚀 line with an Érror\nthird line")], {})
    (hit,) = finding.query(index, Wanted("error third", "7"))["hits"]
    assert [hit["snippet"][start:end] for start, end in hit["matches"]] == ["Érror", "third"]
    library.write([document("unlit lit litter lit up lit-up relit upper")], {})
    for query, expected in {"lit": [6, 17, 24], '"lit up"': [17, 24], "lit*": [6, 10, 17, 24], "up": [21, 28]}.items():
        (hit,) = finding.query(index, Wanted(query, "7"))["hits"]
        assert [start for start, _ in hit["matches"]] == expected, query


def test_nobody_finds_what_is_anothers(index, library):
    library.write([document("our secret plan"), document("their secret", owner="8", session="two")], {})
    assert found(index, "secret", "8") == ["their secret"]
    assert found(index, "plan", "8") == []
    assert found(index, "secret", "8", sessions=["one"]) == []
    assert finding.suggest(index, "pl", "8", 10) == []
    assert sorted(found(index, "secret", None)) == ["our secret plan", "their secret"]
    assert found(index, "secret", "../owner-7") == []


def test_filters_narrow_what_is_found(index, library):
    library.write(
        [
            document("apple one", session="a", agent="claude", at=1000),
            document("apple two", session="b", agent="codex", at=20_000),
            document("apple three", session="b", agent="codex", kind="input", at=40_000),
        ],
        {},
    )
    assert found(index, "apple", sessions=["b"]) == ["apple three", "apple two"]
    assert found(index, "apple", agent="claude") == ["apple one"]
    assert found(index, "apple", kind="input") == ["apple three"]
    assert found(index, "apple", since=20_000, until=30_000) == ["apple two"]
    assert found(index, "apple", sessions=[]) == []


def test_pages_follow_each_other_over_owners_and_volumes(index):
    library = Library(index, MAX)
    library._volume_bytes = 1  # each write fills a volume
    for number in range(12):
        library.write([document(f"pear {number}", owner=str(number % 2), at=number * 1000)], {})
    library.close()
    assert len(list(index.parent.glob("*/*.sqlite3"))) == 12
    pages, cursor = [], None
    while True:
        reply = finding.query(index, Wanted("pear", limit=5, cursor=cursor))
        pages.append([hit["snippet"] for hit in reply["hits"]])
        cursor = reply["nextCursor"]
        if cursor is None:
            break
    assert [text for page in pages for text in page] == [f"pear {number}" for number in reversed(range(12))]
    assert [len(page) for page in pages] == [5, 5, 2]
    with pytest.raises(InvalidRequest):
        finding.query(index, Wanted("pear", cursor="nonsense"))
    for forged in ("[1e400,1,1,1]", f'[{-(10**30)},"7",1,1]', '[1.5,"7",1,1]', "{}"):
        with pytest.raises(InvalidRequest):
            finding.query(index, Wanted("pear", cursor=base64.urlsafe_b64encode(forged.encode()).decode()))


def test_words_are_suggested_from_what_was_printed(index, library):
    library.write([document("deploy deployment.yaml"), document("Deploy the deployer"), document("other")], {})
    assert finding.suggest(index, "kubectl dep", "7", 10)[0] == "deploy"
    assert set(finding.suggest(index, "de", "7", 10)) == {"deploy", "deployment.yaml", "deployer"}
    assert finding.suggest(index, "dep", "7", 1) == ["deploy"]
    assert finding.suggest(index, "", "7", 10) == []


def test_a_forgotten_session_leaves_nothing_in_the_file(index, library):
    library.write([document("xylophone kept", session="kept"), document("zeppelin gone", session="gone")], {})
    library.forget("gone")
    library.close()
    assert found(index, "zeppelin") == []
    assert found(index, "xylophone") == ["xylophone kept"]
    data = b"".join(path.read_bytes() for path in index.parent.glob("*/*.sqlite3*"))
    assert b"xylophone" in data
    assert b"zeppelin" not in data


def test_what_is_too_old_is_forgotten(index, library):
    library.write([document("plum old", at=1000), document("plum new", at=9000)], {})
    library.prune(5000)
    assert found(index, "plum") == ["plum new"]
    library.prune(10_000)
    assert found(index, "plum") == []


def test_an_owner_can_have_all_forgotten_while_it_is_written(index, library):
    library.write([document("cherry"), document("cherry of another", owner="8")], {})
    assert found(index, "cherry") == ["cherry"]
    volumes.clear(index, "7")
    assert found(index, "cherry") == []
    library.write([document("cherry again")], {})
    assert found(index, "cherry") == ["cherry again"]
    assert found(index, "cherry", "8") == ["cherry of another"]


def test_the_files_stay_within_their_limit_and_a_flood_is_forgotten_first(index):
    library = Library(index, 8 * 1024 * 1024)
    library.write([document("a quiet owner's line", owner="8", at=1)], {})
    for number in range(24):
        text = "\n".join(os.urandom(16).hex() + f" grape{number}" for _ in range(80))
        library.write([document(text, at=1000 + number * 400 + each) for each in range(256)], {})
    library.close()
    assert sum(path.stat().st_size for path in index.parent.glob("*/*")) <= 10 * 1024 * 1024
    assert found(index, "quiet", "8") == ["a quiet owner's line"]
    assert found(index, "grape23", limit=1)
    assert found(index, "grape0") == []


def test_a_damaged_file_is_set_aside_and_replies_say_so(index, library, caplog):
    library.write([document("before the damage")], {})
    library.close()
    assert found(index, "damage") == ["before the damage"]
    (path,) = index.parent.glob("*/*.sqlite3")
    path.write_bytes(b"this is no database" * 1000)
    library.write([document("after the damage")], {})
    reply = finding.query(index, Wanted("damage", "7"))
    assert [hit["snippet"] for hit in reply["hits"]] == ["after the damage"]
    assert reply["damaged"] == 1
    assert "damaged" in caplog.text


def test_a_killed_writer_leaves_an_index_that_opens(index, tmp_path):
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from runner.search.gathering import Document\n"
        "from runner.search.volumes import Library\n"
        "library = Library(Path(sys.argv[1]), 1 << 26)\n"
        "for number in range(10**6):\n"
        "    text = f'banana {number} ' * 200\n"
        "    library.write([Document('7', 's', 'a', 'output', text, [(0, 0, number)], number)], {})\n"
        "    print(number, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, index], stdout=subprocess.PIPE, text=True) as writer:
        written = [int(writer.stdout.readline()) for _ in range(40)][-1]
        writer.send_signal(signal.SIGKILL)
    assert found(index, f"banana {written}", limit=1)
    library = Library(index, MAX)
    library.write([document("banana after all", at=10**7)], {})
    library.close()
    assert found(index, "banana", limit=1) == ["banana after all"]


def test_a_live_session_is_found_soon(index):
    indexer = Indexer(index, MAX)
    indexer.open("one", {"owner": "7", "agent": "claude"})
    indexer.output("one", 100, time.time(), b"a live line\r\n$ unfinished")
    indexer.output("never opened", 0, time.time(), b"a live line of nobody\r\n")
    indexer.typed("one", time.time(), "a live command")
    wait_until("the live session is found", lambda: len(found(index, "live")) == 2)
    reply = finding.query(index, Wanted("line", "7"))
    assert [(hit["session"], hit["offset"], hit["kind"]) for hit in reply["hits"]] == [("one", 100, "output")]
    indexer.forget("one")
    wait_until("it is forgotten", lambda: found(index, "live") == [])
    indexer.output("one", 200, time.time(), b"live once more\r\n")
    indexer.exited("one")
    indexer.close()
    assert found(index, "live") == ["live once more"]


def test_what_there_is_no_room_for_is_counted_and_told(index):
    indexer = Indexer(index, MAX)
    indexer._threads.append(None)  # nobody takes anything from the queue
    indexer.open("flood", {"owner": "7", "agent": "shell"})
    indexer.open("quiet", {"owner": "7", "agent": "shell"})
    piece = b"x" * 65_535 + b"\n"
    for number in range(QUEUE_BYTES // len(piece)):
        indexer.output("flood", number * len(piece), 1.0, piece)
    indexer.output("quiet", 0, 2.0, b"a quiet line\r\n")
    indexer.dropped("flood", 1000)
    indexer._threads.clear()
    indexer.start()
    wait_until("the quiet one is found", lambda: found(index, "quiet") == ["a quiet line"])
    indexer.close()
    dropped = finding.query(index, Wanted("quiet", "7"))["dropped"]
    assert dropped["bytes"] > QUEUE_BYTES // 2
    assert [each["session"] for each in dropped["sessions"]] == ["flood"]
    assert finding.query(index, Wanted("quiet", "8"))["dropped"]["bytes"] == 0
    assert finding.query(index, Wanted("quiet", "7", sessions=["quiet"]))["dropped"]["bytes"] == 0


def test_what_cannot_be_written_is_counted_and_told_once_it_can(index, monkeypatch):
    write, is_full = Library.write, True

    def full(library, *told):
        if is_full:
            raise OSError("the disk is full")
        write(library, *told)

    monkeypatch.setattr(Library, "write", full)
    indexer = Indexer(index, MAX)
    indexer.open("one", {"owner": "7", "agent": "shell"})
    indexer.output("one", 0, 2.0, b"lost for ever\r\n" + b"many words more\r\n" * 400)
    indexer.output("one", 8000, 2.0, b"and another\r\n")
    wait_until("it is counted", lambda: indexer._dropped)
    is_full = False
    indexer.output("one", 9000, 3.0, b"after that\r\n")
    wait_until("there is room again", lambda: found(index, "after") == ["after that"])
    indexer.close()
    assert finding.query(index, Wanted("after", "7"))["dropped"]["bytes"] > 20


def test_a_damaged_document_takes_nothing_else_with_it(index, library):
    library.write([document("whole kiwi", session="two"), document("damaged kiwi")], {})
    database = sqlite3.connect(volumes.volumes(volumes.folder_of(index, "7"))[0])
    database.execute("UPDATE documents SET body = x'00' WHERE id = 2")
    database.commit()
    database.close()
    assert finding.query(index, Wanted("kiwi", "7"))["damaged"] == 1
    assert finding.suggest(index, "kiw", "7", 5) == []
    library.forget("one")
    library.write([document("a new kiwi")], {})
    assert found(index, "kiwi") == ["a new kiwi"]
