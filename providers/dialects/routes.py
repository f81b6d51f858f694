"""Which paths the door serves: a strict list, so that nothing passes that costs money and can't be metered."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote

from providers.dialects.anthropic import Messages
from providers.dialects.base import Dialect, Kind, Route
from providers.dialects.chat import ChatCompletions, Embeddings
from providers.dialects.gemini import GenerateContent
from providers.dialects.responses import Responses

FREE = Route(Kind.FREE)
# What providers put before the paths of the protocol that they imitate, as far as it is not in the address already.
PREFIX = re.compile(
    r"(?:(?:openai|anthropic|api|inference|compatible-mode)/){0,2}(?:v\d+(?:beta\d*|alpha)?/)?(?:openai/)?", re.ASCII
)
DEPLOYMENT = re.compile(r"openai/deployments/[\w.-]+/", re.ASCII)  # Azure's
PLAIN = re.compile(r"[\w.~@:/-]*", re.ASCII)

ID = r"[\w.:@-]+"
MODEL = rf"{ID}(?:/{ID}){{0,3}}"

METERED: dict[str, Callable[[str], Dialect]] = {
    "messages": Messages,
    "responses": Responses,
    "responses/compact": Responses,
    "chat/completions": ChatCompletions,
    "embeddings": Embeddings,
}
FREE_GETS = re.compile(rf"models(?:/{MODEL})?|responses/{ID}(?:/input_items)?")
FREE_POSTS = re.compile(rf"messages/count_tokens|responses/input_tokens|responses/{ID}/cancel|tokenize(?:-text)?")
FREE_DELETES = re.compile(rf"responses/{ID}")
OLLAMA_GETS, OLLAMA_POSTS = {"api/tags", "api/version", "api/ps"}, {"api/show"}

GOOGLES = ("google", "vertex")
GOOGLE_PREFIX = r"(?:v1(?:beta\d*|alpha)?/)?(?:projects/[\w.:-]+/locations/[\w-]+/)?(?:publishers/[\w-]+/)?"
GOOGLE_MODEL = rf"(?:models|tunedModels|endpoints)/{ID}"
GOOGLE_METERED = re.compile(rf"{GOOGLE_PREFIX}{GOOGLE_MODEL}:(?:g|streamG)enerateContent", re.ASCII)
GOOGLE_FREE_POSTS = re.compile(rf"{GOOGLE_PREFIX}{GOOGLE_MODEL}:(?:countTokens|computeTokens)", re.ASCII)
GOOGLE_FREE_GETS = re.compile(rf"{GOOGLE_PREFIX}(?:models|tunedModels)(?:/[\w.@-]+)?", re.ASCII)
# Others, such as `fields`, have Google leave the usage out of its answer, or give one that we can't read.
GOOGLE_QUERY = {"key", "alt", "$alt", "prettyPrint", "$prettyPrint", "pageSize", "pageToken"}
GOOGLE_MEDIA = {"json", "sse"}


def route(provider_id: str, method: str, path: str, query: str) -> Route | None:
    """How the door serves a request; None: it does not.

    `path` is what follows `/llm/<provider>/`, as it came; `query` without its question mark.
    """
    path = unquote(path)
    if not PLAIN.fullmatch(path) or any(part in ("", ".", "..") for part in path.split("/")):
        return None
    verb = "GET" if method == "HEAD" else method
    if provider_id in GOOGLES:
        if not _is_googles_query(query):
            return None
        if "openai" not in path.split("/"):
            return _google(verb, path, query)
    if provider_id == "ollama" and path in {"GET": OLLAMA_GETS, "POST": OLLAMA_POSTS}.get(verb, set()):
        return FREE
    return _openai_like(provider_id, verb, _bare(path))


def _bare(path: str) -> str:
    if deployment := DEPLOYMENT.match(path):
        return path[deployment.end() :]
    prefix = PREFIX.match(path)
    return path[prefix.end() :] if prefix else path


def _openai_like(provider_id: str, verb: str, path: str) -> Route | None:
    if verb == "POST" and (dialect := METERED.get(path)):
        return Route(Kind.METERED, dialect(provider_id))
    free = {"GET": FREE_GETS, "POST": FREE_POSTS, "DELETE": FREE_DELETES}.get(verb)
    return FREE if free and free.fullmatch(path) else None


def _is_googles_query(query: str) -> bool:
    asked = parse_qsl(query, keep_blank_values=True)
    if any(name not in GOOGLE_QUERY for name, _ in asked):
        return False
    return all(value in GOOGLE_MEDIA for name, value in asked if name in ("alt", "$alt"))


def _google(verb: str, path: str, query: str) -> Route | None:
    media = {value for name, value in parse_qsl(query, keep_blank_values=True) if name in ("alt", "$alt")}
    if verb == "POST" and GOOGLE_METERED.fullmatch(path):
        return Route(Kind.METERED, GenerateContent(is_in_events=media == {"sse"}))
    free = {"GET": GOOGLE_FREE_GETS, "POST": GOOGLE_FREE_POSTS}.get(verb)
    return FREE if free and free.fullmatch(path) else None
