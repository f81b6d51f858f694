"""The way to a provider: how long the door waits, what it tells of itself, and what it never repeats or keeps."""

import asyncio

import pytest

from gateway import upstream
from gateway.bodies import Body, Room
from gateway.upstream import Unanswered, Upstream
from providers.credentials import Credential


@pytest.fixture
async def way():
    made = Upstream()
    yield made
    made.close()


def request(address, path=b"v1", *, method="GET", headers=()):
    return upstream.request(method, Credential("openai", "sk-x", address), path, b"", list(headers))


@pytest.fixture
def nothing():
    return Body(Room(), None)


async def test_a_provider_that_says_nothing_for_too_long_is_given_up(way, provider_at_hand, nothing, monkeypatch):
    monkeypatch.setattr(upstream, "SILENCE_S", 0.1)
    provider_at_hand.plays(lambda _way: asyncio.Event().wait())
    with pytest.raises(Unanswered, match="did not answer in time") as refused:
        await way.send(request(provider_at_hand.url), nothing, "openai")
    assert (refused.value.status, refused.value.may_be_billed) == (504, True)
    assert len(provider_at_hand.heard) == 1


@pytest.mark.parametrize("address", ["http://", "nonsense", "ftp://x.invalid", "http://[::1", "http://x.invalid:99999"])
async def test_an_address_that_is_none_is_said_to_be_unreachable(way, nothing, address):
    with pytest.raises(Unanswered) as refused:
        await way.send(request(address), nothing, "openai")
    assert (refused.value.status, refused.value.may_be_billed) == (502, False)


async def test_a_key_that_no_header_can_hold_breaks_nothing_and_is_not_written_down(
    way, provider_at_hand, nothing, caplog
):
    odd = request(provider_at_hand.url, headers=[(b"authorization", b"Bearer sk-secret\r\nb: c")])
    assert "sk-secret" not in repr(odd)
    with pytest.raises(Unanswered):
        await way.send(odd, nothing, "openai")
    assert provider_at_hand.heard == []
    assert "can't be reached" in caplog.text
    assert "sk-secret" not in caplog.text


async def test_no_cookie_of_a_provider_is_kept(way, provider_at_hand, nothing):
    provider_at_hand.plays(lambda to: to.whole(b"{}", set_cookie="who=me; Path=/"))
    for path in (b"a", b"b"):
        answer = await way.send(request(provider_at_hand.url, path), nothing, "openai")
        assert b"set-cookie" in dict(answer.headers)
        assert b"".join([chunk async for chunk in answer.chunks()]) == b"{}"
        answer.close()
    assert "cookie" not in provider_at_hand.heard[1].headers


async def test_a_connection_is_used_again_once_its_answer_is_read(way, provider_at_hand, nothing):
    ways = set()

    async def whole(to):
        ways.add(to.writer)
        await to.whole(b"{}")

    provider_at_hand.plays(whole)
    for _ in range(3):
        answer = await way.send(request(provider_at_hand.url), nothing, "openai")
        assert [chunk async for chunk in answer.chunks()] == [b"{}"]
        answer.close()
    assert (len(provider_at_hand.heard), len(ways)) == (3, 1)


async def test_a_provider_whose_certificate_is_not_to_be_trusted_gets_nothing(way, nothing):
    """One that does not even speak TLS is none that could be trusted."""
    heard = []

    async def on_connection(reader, writer):
        heard.append(await reader.read(5))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with pytest.raises(Unanswered) as refused:
        await way.send(request(address, headers=[(b"authorization", b"Bearer sk-secret")]), nothing, "openai")
    assert refused.value.status == 502
    assert heard[0][:1] == b"\x16"  # a TLS handshake
    server.close()
