"""A rebuild tells the new worker everything once, in order, and asks each question where it was asked."""

from runner import wire
from runner.screens import messages, rebuild
from runner.screens.messages import Kind
from runner.screens.rebuild import Question, Rebuild, Step


def told(plan: Rebuild, steps: list[Step]) -> list[tuple[object, ...]]:
    """The messages in words."""
    said: list[tuple[object, ...]] = []
    for frame in wire.Decoder().feed(b"".join(plan.messages(steps, 100, "ghostty"))):
        if frame.kind in (Kind.FEED, Kind.REPLAY):
            said.append((Kind(frame.kind).name, frame.body[4:]))
        elif frame.kind == Kind.OPEN:
            said.append(("OPEN", *messages.parse_open(frame.body)[1:3]))
        elif frame.kind == Kind.RESIZE:
            said.append(("RESIZE", *messages.parse_resize(frame.body)))
        else:
            said.append((Kind(frame.kind).name, *messages.parse_request(frame.body)[:2]))
    return said


def question(number: int, offset: int, cols: int = 80, rows: int = 24) -> Question:
    return Question(number, Kind.TEXT, 0, offset, cols, rows)


def test_what_was_answered_is_replayed_quietly_and_the_rest_is_live() -> None:
    assert told(Rebuild(1, 80, 24, 0, 4), [("data", b"abcdef")]) == [
        ("OPEN", 80, 24),
        ("REPLAY", b"abcd"),
        ("FEED", b"ef"),
    ]


def test_offsets_count_from_where_the_journal_begins() -> None:
    assert told(Rebuild(1, 80, 24, 100, 104), [("data", b"abcdef")])[1:] == [("REPLAY", b"abcd"), ("FEED", b"ef")]


def test_sizes_are_replayed_and_the_present_one_comes_last() -> None:
    steps: list[Step] = [("size", 80, 24), ("data", b"a"), ("size", 60, 20), ("data", b"b")]
    assert told(Rebuild(1, 100, 30, 0, 0), steps) == [
        ("OPEN", 80, 24),
        ("FEED", b"a"),
        ("RESIZE", 60, 20),
        ("FEED", b"b"),
        ("RESIZE", 100, 30),
    ]


def test_questions_are_put_at_their_offsets() -> None:
    plan = Rebuild(1, 80, 24, 0, 0, [question(7, 0), question(8, 2), question(9, 3)])
    assert told(plan, [("data", b"ab"), ("data", b"c")]) == [
        ("OPEN", 80, 24),
        ("TEXT", 7, 0),
        ("FEED", b"ab"),
        ("TEXT", 8, 0),
        ("FEED", b"c"),
        ("TEXT", 9, 0),
    ]


def test_a_question_is_put_at_the_size_it_was_asked_at() -> None:
    plan = Rebuild(1, 60, 20, 0, 0, [question(7, 1, 80, 24), question(8, 1, 70, 22)])
    steps: list[Step] = [("size", 80, 24), ("data", b"a"), ("size", 60, 20)]
    assert told(plan, steps) == [
        ("OPEN", 80, 24),
        ("FEED", b"a"),
        ("TEXT", 7, 0),
        ("RESIZE", 70, 22),
        ("TEXT", 8, 0),
        ("RESIZE", 60, 20),
    ]


def test_a_question_older_than_the_journal_is_put_at_its_beginning() -> None:
    assert told(Rebuild(1, 80, 24, 50, 60, [question(7, 10)]), [("data", b"x")])[1:] == [
        ("TEXT", 7, 0),
        ("REPLAY", b"x"),
    ]


def test_much_output_goes_in_several_messages() -> None:
    pieces = [len(body) for name, body in told(Rebuild(1, 80, 24, 0, 0), [("data", bytes(600_000))])[1:]]
    assert pieces == [rebuild.FEED_BYTES, rebuild.FEED_BYTES, 600_000 - 2 * rebuild.FEED_BYTES]
