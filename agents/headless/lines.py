"""Reads what a CLI prints on its terminal: JSON objects, one a line, among whatever else it and others print there."""

import json
import math
import re
from typing import Any

MAX_LINE_CHARACTERS = 16 * 1024 * 1024
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def read(line: str) -> dict[str, Any] | None:
    """The object that the line is; None when it is none. What no database and no browser takes is out of it."""
    if len(line) > MAX_LINE_CHARACTERS:
        return None
    start, end = line.find("{"), line.rfind("}")
    if start < 0 or end < start or ESCAPES.sub("", line[:start]).strip():
        return None
    try:
        found = json.loads(line[start : end + 1], parse_constant=_no_number, parse_float=_number)
        return cleaned(found) if isinstance(found, dict) else None
    except (ValueError, RecursionError):
        return None


def _no_number(_name: str) -> None:
    return None


def _number(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def cleaned(value: Any) -> Any:
    """The same without NUL characters and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {cleaned(name): cleaned(inner) for name, inner in value.items()}
    return [cleaned(inner) for inner in value] if isinstance(value, list) else value


def plain(line: str) -> str:
    """The line as a person reads it, without colours."""
    return str(cleaned(CONTROLS.sub("", ESCAPES.sub("", line)))).strip()


# --- what stands where in an object that may be any -----------------------------------------------------------------


def part(value: Any, *names: str) -> dict[str, Any]:
    """The object below these names; empty when there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def parts(value: Any, name: str) -> list[dict[str, Any]]:
    """The objects in the list of that name."""
    found = value.get(name) if isinstance(value, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def text(value: dict[str, Any], name: str) -> str:
    """The text of that name; empty when there is none."""
    found = value.get(name)
    return found if isinstance(found, str) else ""


def count(value: dict[str, Any], name: str) -> int:
    """The number of that name; 0 when there is none."""
    found = value.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 1 << 53 else 0


def amount(value: dict[str, Any], name: str) -> str | None:
    """The dollars of that name, as text without an exponent; None when nobody says them."""
    found = value.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found < 1e9:
        return None
    return f"{found:.12f}".rstrip("0").rstrip(".")
