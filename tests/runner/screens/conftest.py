"""One reference terminal for all tests of the screens."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from reference import Reference


@pytest.fixture(scope="session")
def xterm() -> Iterator[Reference]:
    reference = Reference()
    yield reference
    reference.close()
