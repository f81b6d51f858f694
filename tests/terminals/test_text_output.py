"""JSON output: never half a character, and offsets that count bytes exactly."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from terminals.protocol import TextOutput, binary_output, frame


def cut(data, cuts):
    edges = [0, *sorted(cuts), len(data)]
    return [(start, data[start:end]) for start, end in itertools.pairwise(edges)]


def frames(output, pieces, base=0):
    made = (output.frame(base + offset, piece) for offset, piece in pieces if piece)
    return [message["payload"] for message in made if message is not None]


texts = st.text(st.sampled_from("aé€🎉\u0301\x1b\n中"), max_size=30)


@given(texts, st.lists(st.integers(0, 120), max_size=12), st.integers(0, 1 << 50))
def test_text_comes_whole_whatever_the_cuts_and_offsets_are_exact(text, cuts, base):
    data = text.encode()
    got = frames(TextOutput("x"), cut(data, [c for c in cuts if c <= len(data)]), base)
    assert "".join(f["data"] for f in got) == text
    position = base
    for f in got:
        assert f["offset"] == position
        position = f["endOffset"]
        assert position - f["offset"] == len(f["data"].encode())
    assert position == base + len(data)


@given(texts, st.integers(0, 120), st.integers(1, 4))
def test_coming_back_at_any_end_offset_gives_the_rest_whole(text, at, step):
    data = text.encode()
    for f in frames(TextOutput("x"), cut(data, range(step, len(data), step))):
        again = frames(TextOutput("x"), [(0, data[f["endOffset"] :])], f["endOffset"])
        assert "".join(g["data"] for g in again) == data[f["endOffset"] :].decode()


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=8))
def test_bytes_that_are_no_text_are_replaced_and_counted(data, cuts):
    got = frames(TextOutput("x"), cut(data, [c for c in cuts if c <= len(data)]))
    position = 0
    for f in got:
        assert f["offset"] == position
        assert f["offset"] < f["endOffset"] <= len(data)
        position = f["endOffset"]
    assert len(data) - position <= 3
    assert "".join(f["data"] for f in got) == data[:position].decode("utf-8", "replace")


def test_half_a_character_waits_for_the_other_half():
    output = TextOutput("x")
    assert output.frame(10, "é".encode()[:1]) is None
    message = output.frame(11, "é".encode()[1:])
    assert message["payload"] == {"data": "é", "offset": 10, "endOffset": 12}


def test_half_a_character_from_before_a_repaint_is_forgotten():
    output = TextOutput("x")
    output.frame(10, "é".encode()[:1])
    assert output.frame(500, b"next")["payload"] == {"data": "next", "offset": 500, "endOffset": 504}


def test_a_binary_frame_is_the_offset_and_the_bytes():
    assert binary_output(258, b"\xffx") == bytes((0, 0, 0, 0, 0, 0, 1, 2)) + b"\xffx"


def test_a_frame_has_only_the_parts_it_needs():
    assert frame("pong") == {"type": "pong"}
    assert frame("x", "id", a=1) == {"type": "x", "sessionId": "id", "payload": {"a": 1}}
