"""Names for tools that come from elsewhere: of the characters and the length that every provider takes."""

import hashlib
import re
from collections.abc import Container

MAX_NAME = 64


def usable(name: str) -> str:
    """The name with underscores for what is not allowed, shortened if it is too long."""
    clean = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_") or "tool"
    if not clean[0].isalpha():
        clean = f"t_{clean}"
    if len(clean) <= MAX_NAME:
        return clean
    return f"{clean[: MAX_NAME - 9]}_{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:8]}"


def unique(name: str, taken: Container[str]) -> str:
    """A usable name that is not taken yet."""
    wanted = usable(name)
    number = 2
    found = wanted
    while found in taken:
        found = f"{wanted[: MAX_NAME - 4]}_{number}"
        number += 1
    return found
