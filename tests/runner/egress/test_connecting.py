"""Names are resolved once, and what was judged is what is connected to."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from ipaddress import ip_address

import pytest
from small_servers import SmallServer, says_ok
from support.sockets import wait_until

from runner.egress import connecting
from runner.egress.connecting import Connector, Unreachable
from runner.egress.destinations import Private, Refused

MakeServer = Callable[..., SmallServer]


def resolver(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Answers questions one after the other; gives the list of names asked for."""
    asked: list[str] = []

    def resolve(host: str, port: int):
        asked.append(host)
        return [ip_address(each) for each in answers[min(len(asked), len(answers)) - 1]]

    monkeypatch.setattr(connecting, "resolve", resolve)
    return asked


async def connect(private: list[str], host: str, port: int) -> socket.socket:
    return await Connector(Private.parse(private)).connect("s", host, port, ())


async def test_a_name_that_changes_its_address_is_connected_to_where_it_was_judged(
    monkeypatch: pytest.MonkeyPatch, servers: MakeServer
) -> None:
    server, trap = servers(says_ok), servers(says_ok)
    asked = resolver(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    with await connect([f"127.0.0.1:{server.port}"], "rebind.example", server.port) as connection:
        assert connection.getpeername() == ("127.0.0.1", server.port)
    assert asked == ["rebind.example"]
    with pytest.raises(Refused, match=r"rebind.example \(127.0.0.2\)"):
        await connect([f"127.0.0.1:{trap.port}"], "rebind.example", trap.port)
    assert trap.connections == 0


async def test_of_several_addresses_only_the_open_ones_are_tried(
    monkeypatch: pytest.MonkeyPatch, servers: MakeServer
) -> None:
    server = servers(says_ok)
    resolver(monkeypatch, ["10.0.0.1", "::1", "127.0.0.1"])
    with await connect([f"127.0.0.1:{server.port}"], "many.example", server.port) as connection:
        assert connection.getpeername() == ("127.0.0.1", server.port)


async def test_the_next_address_is_tried_when_one_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, servers: MakeServer
) -> None:
    server = servers(says_ok)
    resolver(monkeypatch, ["127.0.0.9", "127.0.0.1"])  # nobody listens at the first
    with await connect(["127.0.0.0/24"], "two.example", server.port) as connection:
        assert connection.getpeername() == ("127.0.0.1", server.port)


async def test_a_name_without_an_address_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, [])
    with pytest.raises(Unreachable, match="no address"):
        await connect([], "empty.example", 80)


async def test_one_who_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "CONNECT_LIMIT_S", 0.2)
    resolver(monkeypatch, ["127.0.0.1"])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = []
        for _ in range(3):  # its queue is full then, and further callers hear nothing
            each = socket.socket()
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
            waiting.append(each)
        with pytest.raises(Unreachable, match=r"no answer within 0.2 seconds"):
            await connect([f"127.0.0.1:{port}"], "silent.example", port)
        for each in waiting:
            each.close()


async def test_slow_names_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "TOTAL_LIMIT_S", 0.1)

    async def never(self: Connector, session_id: str, host: str, port: int) -> list[object]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(Connector, "_resolve", never)
    with pytest.raises(Unreachable, match=r"slow.example:80 did not answer within 0.1 seconds"):
        await connect([], "slow.example", 80)


class SlowNames:
    """A resolver that answers when it is told to; `asking` are the names whose threads have not ended."""

    def __init__(self) -> None:
        self.asking: list[str] = []
        self.answer = threading.Event()

    def resolve(self, host: str, port: int) -> list[object]:
        self.asking.append(host)
        self.answer.wait(30)
        self.asking.remove(host)
        return []


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowNames]:
    names = SlowNames()
    monkeypatch.setattr(connecting, "resolve", names.resolve)
    yield names
    names.answer.set()


async def test_one_sessions_slow_names_keep_their_threads_and_leave_the_others_theirs(
    monkeypatch: pytest.MonkeyPatch, slow: SlowNames
) -> None:
    monkeypatch.setattr(connecting, "TOTAL_LIMIT_S", 0.1)
    connector = Connector(Private())

    async def ask(session_id: str, *names: str) -> list[object]:
        asked = [connector.connect(session_id, name, 80, ()) for name in names]
        return await asyncio.gather(*asked, return_exceptions=True)

    for turn in range(3):  # each time, all are given up while their threads go on
        names = [f"name{turn}-{number}.example" for number in range(connecting.QUESTIONS_PER_SESSION)]
        assert all(isinstance(each, Unreachable) for each in await ask("greedy", *names))
    assert len(slow.asking) == connecting.QUESTIONS_PER_SESSION
    await ask("modest", "other.example")
    assert "other.example" in slow.asking
    slow.answer.set()
    await asyncio.to_thread(wait_until, "the threads have ended", lambda: not slow.asking)
    monkeypatch.setattr(connecting, "TOTAL_LIMIT_S", 20.0)
    [said] = await ask("greedy", "again.example")
    assert str(said) == "again.example has no address."
