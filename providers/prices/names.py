"""The names that one model goes by, and those that providers have in the price list."""

import re
from collections.abc import Iterator

from genai_prices.types import (
    ClauseAnd,
    ClauseContains,
    ClauseEndsWith,
    ClauseEquals,
    ClauseOr,
    ClauseRegex,
    ClauseStartsWith,
    ModelInfo,
)

LISTED = {"xai": "x-ai", "bedrock": "aws", "vertex": "google", "gemini": "google", "moonshot": "moonshotai"}
FREE_OF_CHARGE = {"ollama"}  # they run on a machine of one's own
HUGGINGFACE = "huggingface"  # lists each of those that it passes calls on to as a provider of its own

_SUFFIX = re.compile(r"\[\w+\]$")  # Claude Code's way to ask for a longer context
_GOOGLE = re.compile(r"^(?:projects/[^/]+/locations/[^/]+/)?(?:publishers/[^/]+/)?models/")
_DATE = re.compile(r"[-@]20\d\d-?[01]\d-?[0-3]\d$")


def of_model(provider_id: str, model: str) -> Iterator[str]:
    """What to look for in the list, the likeliest first."""
    name = _SUFFIX.sub("", model.strip())
    bare = _GOOGLE.sub("", name)
    for prefix in (provider_id, LISTED.get(provider_id, provider_id)):
        bare = bare.removeprefix(f"{prefix}/")
    names = [name, bare, _DATE.sub("", name), _DATE.sub("", bare)]
    yield from (each for each in dict.fromkeys(names) if each)


def in_list(provider_id: str, model: str) -> tuple[str, str]:
    """Provider and model as the list has them. Hugging Face's `model:provider` says who serves it."""
    if provider_id == HUGGINGFACE:
        name, _, served_by = model.rpartition(":")
        return (f"{HUGGINGFACE}_{served_by}", name) if name else (HUGGINGFACE, model)
    return LISTED.get(provider_id, provider_id), model


Clause = ClauseAnd | ClauseContains | ClauseEndsWith | ClauseEquals | ClauseOr | ClauseRegex | ClauseStartsWith


def asked_by(info: ModelInfo) -> str | None:
    """The name by which to ask for a listed model; its id in the list is not always one that its provider knows."""
    if info.is_match(info.id):
        return info.id
    names = [info.id.replace("regional.", "us."), *_named(info.match)]
    return next((name for name in names if info.is_match(name)), None)


def _named(clause: Clause) -> Iterator[str]:
    """The names that a rule of the list spells out."""
    if isinstance(clause, ClauseOr):
        for part in clause.or_:
            yield from _named(part)
    elif isinstance(clause, ClauseEquals):
        yield clause.equals
