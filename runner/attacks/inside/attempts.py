"""What every attempt has in common: how it is registered, how it ends, and how it knows a secret when it sees one."""

import re
from collections.abc import Callable
from typing import Any

Targets = dict[str, Any]  # where the decoys are, see `runner.attacks.decoys.Decoys.targets`
Attempt = Callable[[Targets], str]  # returns what it got; an `OSError` means that it was refused

ATTEMPTS: dict[str, Attempt] = {}
CANARY = re.compile(rb"CANARY-[0-9a-f]{32}")  # what every decoy's secret looks like


class Refused(Exception):
    """The attempt was made and got nothing, though no call failed."""


class Untried(Exception):
    """The attempt can't be made here, so that nothing is known."""


def attempt(name: str) -> Callable[[Attempt], Attempt]:
    """Register a function as the attempt of this name."""

    def register(function: Attempt) -> Attempt:
        ATTEMPTS[name] = function
        return function

    return register


def need(targets: Targets, name: str) -> Any:
    """A target; raises `Untried` when this machine has none of the kind."""
    if (value := targets.get(name)) is None:
        raise Untried(f"there is no decoy: {name}")
    return value


def secret_in(data: bytes) -> str:
    """What to say when a secret was read; raises `Refused` when there is none in it."""
    if CANARY.search(data) is None:
        raise Refused("no secret in what was read")
    return "read a secret"


def read(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read(1 << 20)
