"""Whether a model's arguments are what a tool's JSON schema asks for; said in words that it can act on."""

from collections.abc import Callable, Mapping
from typing import Any

_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


def schema(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The JSON schema of an object with these fields and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def wrong(wanted: Any, given: Any, name: str = "arguments") -> str | None:
    """What is wrong with the arguments; checks types, choices, bounds and fields, and leaves the rest to the tool."""
    if not isinstance(wanted, dict):
        return None
    kinds = wanted.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    known = [kind for kind in kinds if kind in _TYPES]
    if known and not any(_TYPES[kind](given) for kind in known):
        return f"{name} must be {' or '.join(known)}, not {type(given).__name__}."
    choices = wanted.get("enum")
    if isinstance(choices, list) and given not in choices:
        return f"{name} must be one of {', '.join(map(str, choices[:50]))}."
    return _out_of_bounds(wanted, given, name) or _wrong_inside(wanted, given, name)


def _out_of_bounds(wanted: dict[str, Any], given: Any, name: str) -> str | None:
    if not _TYPES["number"](given):
        return None
    least, most = wanted.get("minimum"), wanted.get("maximum")
    if isinstance(least, int | float) and given < least:
        return f"{name} must be {least} at least."
    if isinstance(most, int | float) and given > most:
        return f"{name} must be {most} at most."
    return None


def _wrong_inside(wanted: dict[str, Any], given: Any, name: str) -> str | None:
    if isinstance(given, list):
        found = (wrong(wanted.get("items"), each, f"{name}[{i}]") for i, each in enumerate(given))
        return next((problem for problem in found if problem), None)
    if not isinstance(given, dict):
        return None
    fields = wanted.get("properties")
    fields = fields if isinstance(fields, dict) else {}
    required = wanted.get("required")
    missing = [each for each in required if each not in given] if isinstance(required, list) else []
    if missing:
        return f"{', '.join(map(str, missing))} is missing."
    if wanted.get("additionalProperties") is False:
        unknown = [each for each in given if each not in fields]
        if unknown:
            return f"{', '.join(unknown)[:200]} is no argument; there are {', '.join(fields)}."
    inside = name + "." if name != "arguments" else ""
    found = (wrong(fields[each], given[each], inside + each) for each in given if each in fields)
    return next((problem for problem in found if problem), None)
