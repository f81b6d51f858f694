"""The marks of a shell's prompt, found in its output however it is cut."""

import random

from runner.marks import Marks

WORD = "5ae7d0c2"
BYTES = (
    b"$ \x1b]133;B;aid=5ae7d0c2\als\r\n\x1b]133;C;aid=5ae7d0c2\aa b c\r\n\x1b[1mred\x1b]0;title\a"
    b"\x1b]133;D;127;aid=5ae7d0c2\a\x1b]133;A;aid=5ae7d0c2\a$ \x1b]133;B;line;aid=5ae7d0c2\a"
)


def seen(pieces, start=0):
    found, end = [], start
    marks = Marks(WORD, found.append)
    for piece in pieces:
        end += len(piece)
        marks.feed(piece, end)
    assert marks.last == (found[-1] if found else None)
    return found


def test_each_mark_has_its_place_and_what_it_says():
    found = seen([BYTES], start=1000)
    assert [(mark.kind, mark.note, mark.code) for mark in found] == [
        ("B", "", None), ("C", "", None), ("D", "127", 127), ("A", "", None), ("B", "line", None),
    ]  # fmt: skip
    for mark in found:
        text = BYTES[mark.start - 1000 : mark.end - 1000]
        assert text.startswith(b"\x1b]133;")
        assert text.endswith(b"\a")
        assert text.count(b"\x1b") == 1


def test_it_does_not_matter_how_the_output_is_cut():
    whole = seen([BYTES * 3])
    assert seen(bytes([byte]) for byte in BYTES * 3) == whole
    dice = random.Random(7)
    for _ in range(200):
        cuts = sorted(dice.sample(range(len(BYTES) * 3), 9))
        assert seen((BYTES * 3)[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)) == whole


def test_marks_of_others_and_broken_ones_count_for_nothing():
    strange = (
        b"\x1b]133;D;0\a\x1b]133;A\x1b\\\x1b]133;C;aid=other\a;aid=5ae7d0c2\a\x1b]133;Z;aid=5ae7d0c2\a"
        b"\x1b]133;D;0;aid=5ae7d0c2 \x1b]133;D;123456789;aid=5ae7d0c2\a\x1b]133;D;aid=5ae7d0c2x\a"
    )
    assert seen([strange]) == []
    assert seen(bytes([byte]) for byte in strange) == []


def test_of_a_flood_of_marks_each_is_told_and_one_is_kept():
    flood = b"\x1b]133;A;aid=5ae7d0c2\a" * 100_000 + b"\x1b]133;D;3;aid=5ae7d0c2\a"
    found = seen([flood])
    assert len(found) == 100_001
    assert (found[-1].kind, found[-1].code, found[-1].end) == ("D", 3, len(flood))


def test_the_last_mark_says_what_the_shell_reads():
    marks = Marks(WORD, lambda mark: None)
    for note, is_at_prompt, wants_more in (("", True, False), (";line", True, False), (";more", False, True)):
        data = f"\x1b]133;B{note};aid={WORD}\a".encode()
        marks.feed(data, len(data))
        assert (marks.is_at_prompt, marks.wants_more) == (is_at_prompt, wants_more)
