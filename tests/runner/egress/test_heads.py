"""The parser of request heads takes what can be understood in one way only, and finds the end of each request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.egress import heads
from runner.egress.heads import BadRequest, Buffer


def parse(text: bytes) -> heads.Head:
    found = Buffer().feed(text)
    assert found is not None
    return found[0]


def test_a_head_is_what_was_sent() -> None:
    head = parse(b"POST /a?b HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nX-Tab:\t y z \t\r\n\r\n")
    assert (head.method, head.target, head.version) == (b"POST", b"/a?b", b"HTTP/1.1")
    assert head.fields == ((b"Host", b"x"), (b"X-Empty", b""), (b"X-Tab", b"y z"))


@given(st.lists(st.integers(1, 20), max_size=20))
def test_it_does_not_matter_in_which_pieces_a_head_arrives(sizes: list[int]) -> None:
    text = b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\nthe rest"
    buffer, position, found = Buffer(), 0, None
    for size in [*sizes, len(text)]:
        found = buffer.feed(text[position : position + size])
        position += size
        if found is not None:
            break
    assert found is not None
    assert found[0] == parse(text)
    assert found[1] + text[position:] == b"the rest"


@pytest.mark.parametrize(
    "text",
    [
        b"GET / HTTP/1.1\nHost: x\n\n",
        b"GET / HTTP/1.1\r\nHost: x\n\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\n Host: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\x0bb\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost\r\n\r\n",
        b"GET / HTTP/1.1\r\n: x\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/3.0\r\n\r\n",
        b"GET /a b HTTP/1.1\r\n\r\n",
        b"GET /\xc3\xa4 HTTP/1.1\r\n\r\n",
        b"G(T / HTTP/1.1\r\n\r\n",
        b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * heads.MAX_HEAD_BYTES + b"\r\n\r\n",
    ],
)
def test_what_servers_could_understand_differently_is_refused(text: bytes) -> None:
    with pytest.raises(BadRequest):
        parse(text)


def test_a_bare_line_feed_is_refused_at_once_and_not_waited_on() -> None:
    with pytest.raises(BadRequest):
        Buffer().feed(b"GET / HTTP/1.1\n")


@given(st.binary(max_size=300))
def test_no_bytes_break_the_parser(data: bytes) -> None:
    for text in (data, b"GET / HTTP/1.1\r\n" + data + b"\r\n\r\n"):
        try:
            Buffer().feed(text)
        except BadRequest:
            pass


@pytest.mark.parametrize(
    "fields",
    [
        b"Content-Length: 1\r\nContent-Length: 1",
        b"Content-Length: 1, 1",
        b"Content-Length: +1",
        b"Content-Length: -1",
        b"Content-Length: 0x1",
        b"Content-Length: 1\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip, chunked",
        b"Transfer-Encoding: identity",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: xchunked",
        b"Content-Length:",
    ],
)
def test_a_length_that_is_said_in_more_than_one_way_is_refused(fields: bytes) -> None:
    with pytest.raises(BadRequest):
        parse(b"POST / HTTP/1.1\r\n" + fields + b"\r\n\r\n").body()


def test_chunks_in_http_1_0_are_refused() -> None:
    with pytest.raises(BadRequest):
        parse(b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n").body()


CHUNKED = b"5\r\nhello\r\n0c;name=value\r\n\r\n0\r\n\r\nhello\r\n0\r\nTrailer: x\r\n\r\n"


@given(st.lists(st.integers(1, 9), max_size=60))
def test_the_end_of_a_chunked_body_is_found_in_whatever_pieces_it_comes(sizes: list[int]) -> None:
    body, stream, position, passed = heads.Chunked(), CHUNKED + b"GET /next HTTP/1.1\r\n", 0, b""
    for size in [*sizes, len(stream)]:
        passed += body.feed(stream[position : position + size])
        position += size
    assert passed == CHUNKED
    assert body.done


@pytest.mark.parametrize(
    "stream",
    [
        b"\r\n", b"x\r\n", b"-1\r\n", b"0x1\r\n", b"1\nab", b"1\r\nabc\r\n", b"1\r\na\n0\r\n", b"1 \n", b"5;\n\r\n",
        b"0\r\nno field\r\n", b"1" * 5000, b"FFFFFFFFFFFFFFFFFF\r\n", b"5;a\rb\r\n", b" 5\r\n",
    ],
)  # fmt: skip
def test_chunks_that_are_framed_badly_are_refused(stream: bytes) -> None:
    with pytest.raises(BadRequest):
        heads.Chunked().feed(stream)


def test_a_body_of_known_length_ends_there() -> None:
    body = heads.Sized(5)
    assert (body.feed(b"abc"), body.done) == (b"abc", False)
    assert (body.feed(b"defgh"), body.done) == (b"de", True)
    assert body.feed(b"more") == b""
