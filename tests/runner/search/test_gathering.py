"""Lines of a session as documents, which know where they stood."""

from runner.search.gathering import MAX_CHARACTERS, PIECE_BYTES, Gatherer


def gatherer():
    return Gatherer("s", {"owner": "7", "agent": "claude"}, lambda text: text.replace("hunter2", "[redacted]"))


def texts(documents):
    return [each.text for each in documents]


def test_what_is_redrawn_again_and_again_is_there_once():
    one = gatherer()
    frame = b"\x1b[2K\x1b[1A\x1b[2K\x1b[GThinking (%ds, 1.%dk tokens)\r\n> a prompt\r\n"
    found = [document for number in range(50) for document in one.output(0, 1.0, frame % (number, number), 1.0)]
    assert texts([*found, *one.flush()]) == ["Thinking (0s, 1.0k tokens)\n> a prompt"]


def test_the_same_lines_count_again_once_somebody_has_typed():
    one = gatherer()
    list(one.output(0, 1.0, b"a test failed\r\n", 1.0))
    assert texts(one.typed(2.0, "make test")) == ["a test failed", "make test"]
    list(one.output(15, 3.0, b"a test failed\r\n", 3.0))
    assert texts(one.flush()) == ["a test failed"]


def test_numbered_lines_of_a_log_are_not_the_same():
    one = gatherer()
    list(one.output(0, 1.0, b"test_1 passed\r\ntest_2 passed\r\n-----\r\n", 1.0))
    assert texts(one.flush()) == ["test_1 passed\ntest_2 passed"]


def test_a_flood_becomes_documents_that_know_where_it_stood():
    one = gatherer()
    data = b"".join(b"line number %06d of the flood\r\n" % number for number in range(20_000))
    found = list(one.output(1000, 5.0, data, 1.0)) + list(one.flush())
    assert max(len(each.text) for each in found) <= MAX_CHARACTERS
    assert "\n".join(texts(found)).splitlines() == data.decode().replace("\r\n", "\n").splitlines()
    for each in found:
        true = data.index(each.text[:18].encode()) + 1000
        assert 0 <= true - each.marks[0][1] <= 2 * PIECE_BYTES


def test_an_unfinished_line_is_found_in_silence_and_whole_when_it_ends():
    one = gatherer()
    list(one.output(0, 1.0, b"Password for", 1.0))
    assert texts(one.due(1.5)) == []
    assert texts(one.due(2.5)) == ["Password for"]
    list(one.output(12, 4.0, b" me:\r\n", 4.0))
    assert texts(one.due(6.0)) == ["Password for me:"]


def test_what_must_not_be_kept_is_in_no_document():
    one = gatherer()
    list(one.output(0, 1.0, b"password hunter2\r\n", 1.0))
    assert texts(one.typed(1.0, "echo hunter2")) == ["password [redacted]", "echo [redacted]"]


def test_each_part_of_a_document_has_its_own_time():
    one = gatherer()
    for second in range(5):
        list(one.output(second * 400, float(second), b"%d" % second * 398 + b"\r\n", 0.1))
    (document,) = one.flush()
    assert [(offset, ms) for _, offset, ms in document.marks] == [(number * 400, number * 1000) for number in range(5)]
