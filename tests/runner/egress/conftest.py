"""A real egress process for each test, whose machine is allowed to be reached by the names a test gives."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_servers import SmallServer

from runner.egress.link import Egress


@pytest.fixture
async def make_egress(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Egress]]]:
    """`await make_egress("127.0.0.1:80")`: one that reaches what is named, besides the public internet."""
    made: list[Egress] = []

    async def make(*private: str) -> Egress:
        egress = Egress(run=tmp_path / "run", logs=tmp_path / "logs", private=private)
        made.append(egress)
        await egress.start()
        return egress

    yield make
    for egress in made:
        await egress.aclose()


@pytest.fixture
def servers() -> Iterator[Callable[..., SmallServer]]:
    """`servers(handler)`: a server on loopback, or at a given path, that runs `handler(socket)` for each connection."""
    made: list[SmallServer] = []

    def make(handler: Callable[..., None], path: Path | None = None) -> SmallServer:
        made.append(SmallServer(handler, path))
        return made[-1]

    yield make
    for server in made:
        server.close()
