"""Which environment variables a caller may give to a session's program, and which are the server's to set.

A caller may do anything that his program could do to itself: PATH and LD_PRELOAD are his. HOME and TMPDIR are where the
session is kept apart from others, AGTERM_* is how it knows itself, and an agent's key and address belong together: the
session's key is for our door, and an agent that asks elsewhere is none that we can answer for.
"""

import re
from collections.abc import Collection, Mapping

from core.errors import InvalidRequest

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
MAX_VARIABLES = 100
MAX_BYTES = 64 * 1024
OF_THE_SESSION = frozenset({"HOME", "TMPDIR"})
PREFIX = "AGTERM_"


def check(env: Mapping[str, str], credentials: Collection[str]) -> None:
    """Raises `InvalidRequest` naming the first variable that can't be. `credentials`: the agent's own variables."""
    if len(env) > MAX_VARIABLES:
        raise InvalidRequest(f"env: at most {MAX_VARIABLES} variables")
    for name, value in env.items():
        if not NAME.fullmatch(name):
            raise InvalidRequest(f"env: {name[:64]!r} is no name: letters, digits and _, no digit first, at most 128")
        if name in OF_THE_SESSION or name.startswith(PREFIX):
            raise InvalidRequest(f"env: {name} is set by the server")
        if name in credentials:
            raise InvalidRequest(f"env: {name} belongs to the agent's credential, which is the server's")
        if "\0" in value:
            raise InvalidRequest(f"env: {name} must not contain NUL characters")
    if sum(len(name) + len(value.encode()) for name, value in env.items()) > MAX_BYTES:
        raise InvalidRequest(f"env: at most {MAX_BYTES // 1024} KiB altogether")


def merged(
    env: Mapping[str, str], own: Mapping[str, str], *, without: Collection[str], path_prefix: Collection[str]
) -> dict[str, str]:
    """`env` below the launch's `own` variables and `without` an agent's credential, which may be another's by now.

    A PATH of the caller's still begins with what the CLI needs.
    """
    asked = {name: value for name, value in env.items() if name not in without}
    if "PATH" in asked and path_prefix:
        asked["PATH"] = ":".join([*path_prefix, asked["PATH"]])
    return asked | dict(own)
