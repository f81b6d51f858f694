"""How a session's own list of hosts narrows the runner's."""

from collections.abc import Sequence

NO_HOST = "nothing.invalid"  # what narrowing a list of hosts to nothing leaves of it


def narrowed(own: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Hosts that are in both lists, an empty one holding all; never empty unless both are."""
    if not own or not wanted:
        return list(own or wanted)
    both = [w for w in wanted if any(_covers(o, w) for o in own)] + [
        o for o in own if any(_covers(w, o) for w in wanted)
    ]
    return list(dict.fromkeys(both)) or [NO_HOST]


def _covers(pattern: str, other: str) -> bool:
    return pattern == other or (pattern.startswith("*.") and other.removeprefix("*").endswith(pattern[1:]))
