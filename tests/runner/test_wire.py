"""Frames come out as they went in, wherever the reads ended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner import wire

frames = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=300)), max_size=8)


@given(frames, st.data())
def test_frames_come_out_as_they_went_in_wherever_they_were_cut(sent, data):
    stream = b"".join(wire.encode(kind, body) for kind, body in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    decoder, received = wire.Decoder(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        received += decoder.feed(stream[start:end])
    assert [(frame.kind, frame.body) for frame in received] == sent


@given(frames)
def test_one_byte_at_a_time_is_enough(sent):
    stream = b"".join(wire.encode(kind, body) for kind, body in sent)
    decoder = wire.Decoder()
    assert [tuple(f) for byte in stream for f in decoder.feed(bytes((byte,)))] == sent


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_the_parts_of_a_body_arrive_as_one(parts):
    assert wire.Decoder().feed(wire.encode(9, *parts)) == [wire.Frame(9, b"".join(parts))]


@given(st.lists(st.binary(max_size=200), max_size=8))
def test_random_bytes_give_frames_or_a_wire_error_and_nothing_else(chunks):
    decoder = wire.Decoder(max_body_bytes=1000)
    try:
        received = [frame for chunk in chunks for frame in decoder.feed(chunk)]
    except wire.WireError:
        return
    assert all(len(frame.body) <= 1000 for frame in received)


def test_a_body_at_the_limit_passes_and_one_byte_more_is_refused_before_it_is_collected():
    decoder = wire.Decoder(max_body_bytes=100)
    assert len(decoder.feed(wire.encode(1, bytes(100)))[0].body) == 100
    with pytest.raises(wire.WireError, match="101 bytes is over the limit of 100"):
        decoder.feed(wire.encode(1, bytes(101))[: wire.HEADER_BYTES])


def test_a_body_over_the_limit_is_never_sent():
    with pytest.raises(wire.WireError, match="over the limit"):
        wire.encode(1, bytes(wire.MAX_BODY_BYTES), b"x")
