"""One reference terminal for all tests of the screens, and a pool for each."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from reference import Reference

from runner.screens import link
from runner.screens.pool import ScreenPool


@pytest.fixture(scope="session")
def xterm() -> Iterator[Reference]:
    reference = Reference()
    yield reference
    reference.close()


@pytest.fixture
async def pool() -> AsyncIterator[ScreenPool]:
    screens = ScreenPool(scrollback=1000)
    await screens.start()
    yield screens
    await screens.aclose()


@pytest.fixture
async def poisoned(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ScreenPool]:
    """A pool whose worker dies of POISON while libghostty draws, and of STRONG POISON always."""
    monkeypatch.setattr(link, "COMMAND", [sys.executable, str(Path(__file__).with_name("poisoned_worker.py"))])
    screens = ScreenPool(scrollback=1000)
    await screens.start()
    yield screens
    await screens.aclose()
