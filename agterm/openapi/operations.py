"""One endpoint as an operation of the document: its description, and what holds for all endpoints alike."""

from collections import defaultdict
from http import HTTPStatus
from typing import Any

from agterm.openapi.endpoints import Endpoint, camel
from agterm.openapi.schemas import Schema, Schemas, nothing, success
from core.described import Content, Description, Raw
from core.errors import (
    AgentNotFound,
    AgtermError,
    Forbidden,
    InternalError,
    InvalidRequest,
    NotFound,
    RateLimited,
    SessionNotFound,
    TooLarge,
    Unauthorized,
)

JSON = "application/json"
NAMED = {"session_id": SessionNotFound, "agent_id": AgentNotFound}
TEXT = ("text/", "application/x-ndjson")
AREAS = {
    "accounts": "Accounts",
    "agents": "Agents",
    "agterm": "Server",
    "audit": "Audit log",
    "costs": "Costs",
    "files": "Files",
    "notifications": "Notifications",
    "previews": "Previews",
    "profiles": "Profiles and models",
    "providers": "Providers",
    "recordings": "Recordings",
    "repositories": "Git",
    "runs": "Headless runs",
    "search": "Search",
    "sessions": "Sessions",
    "terminals": "Terminals",
    "transcripts": "Transcripts",
}
SECURITY_SCHEMES: Schema = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token of POST /api/auth/login, or an API token.",
    },
    "browser": {
        "type": "apiKey",
        "in": "cookie",
        "name": "agterm_login",
        "description": "The browser's log-in. What changes something needs Django's CSRF token in X-CSRFToken then.",
    },
    "token": {
        "type": "apiKey",
        "in": "query",
        "name": "token",
        "description": "A token of POST /api/auth/socket-token, for what can set no header.",
    },
}


def operation(endpoint: Endpoint, said: Description, schemas: Schemas) -> Schema:
    shown: Schema = {
        "operationId": said.name,
        "summary": said.summary,
        "tags": [AREAS[endpoint.area]],
        "parameters": _parameters(endpoint, said, schemas),
        "security": _security(endpoint),
        "responses": {**_answers(said, schemas), **_failures(endpoint, said, schemas)},
    }
    if said.details:
        shown["description"] = said.details
    if said.asks is not None:
        content = _contents(said.asks, schemas, said.example_asked, "validation")
        shown["requestBody"] = {"required": True, "content": content}
    return shown


def _security(endpoint: Endpoint) -> list[dict[str, list[str]]]:
    if endpoint.is_open:
        return []
    ways = ["bearer", "browser", *(["token"] if endpoint.is_stream else [])]
    return [{way: []} for way in ways]


def _parameters(endpoint: Endpoint, said: Description, schemas: Schemas) -> list[Schema]:
    in_path = [
        {"name": camel(name), "in": "path", "required": True, "schema": _of_path(kind)}
        for name, kind in endpoint.parameters
    ]
    in_query = [
        {"name": name, "in": "query", "required": required, "schema": schema}
        for name, (schema, required) in (schemas.fields(said.query) if said.query else {}).items()
    ]
    others = [
        {"name": sent.name, "in": sent.place, "description": sent.says, "schema": {"type": "string"}}
        for sent in said.sends
    ]
    return [*in_path, *in_query, *others]


def _of_path(kind: str) -> Schema:
    return {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer"}}.get(
        kind, {"type": "string", "minLength": 1}
    )


def _answers(said: Description, schemas: Schemas) -> Schema:
    first = min(said.answers)
    return {
        str(status): _response(status, _contents(content, schemas, said.example if status == first else None))
        for status, content in said.answers.items()
    }


def _contents(content: Content, schemas: Schemas, example: Any, mode: Any = "serialization") -> Schema:
    """`{media type: {schema, example}}`; several models of one kind are alternatives."""
    by_kind: dict[str, list[Schema]] = defaultdict(list)
    for one in content if isinstance(content, tuple) else (content,):
        kind, schema = _content(one, schemas, mode)
        if kind:
            by_kind[kind].append(schema)
    shown: Schema = {
        kind: {"schema": found[0] if len(found) == 1 else {"anyOf": found}} for kind, found in by_kind.items()
    }
    if example is not None and JSON in shown:
        is_wrapped = mode == "serialization" and not isinstance(content, Raw)
        shown[JSON]["example"] = {"success": True, "data": example} if is_wrapped else example
    return shown


def _content(content: Content, schemas: Schemas, mode: Any) -> tuple[str, Schema]:
    if isinstance(content, Raw):
        if content.model is not None:
            return content.kind, schemas.of(content.model, mode)
        if content.kind == JSON:
            return JSON, {}
        is_text = content.kind.startswith(TEXT)
        return content.kind, {"type": "string"} if is_text else {"type": "string", "format": "binary"}
    if mode == "validation":
        return JSON, schemas.of(content, mode)
    return JSON, success(nothing() if content is None else schemas.of(content, mode))


def _response(status: int, content: Schema) -> Schema:
    response: Schema = {"description": HTTPStatus(status).phrase}
    return response | ({"content": content} if content else {})


def _failures(endpoint: Endpoint, said: Description, schemas: Schemas) -> Schema:
    by_status: dict[int, list[type[AgtermError]]] = defaultdict(list)
    for kind in (*_everywhere(endpoint, said), *said.errors):
        by_status[kind.status].append(kind)
    return {str(status): schemas.failure(kinds) for status, kinds in sorted(by_status.items())}


def _everywhere(endpoint: Endpoint, said: Description) -> list[type[AgtermError]]:
    """What goes without saying."""
    kinds: list[type[AgtermError]] = [InvalidRequest, RateLimited, InternalError]
    if said.asks is not None:
        kinds.append(TooLarge)
    if not endpoint.is_open:
        kinds.append(Unauthorized)
    if endpoint.method != "get" or endpoint.is_for_some:
        kinds.append(Forbidden)  # a foreign origin, no CSRF token, somebody who may only look
    for name, _kind in endpoint.parameters:
        kinds += [NotFound, *([NAMED[name]] if name in NAMED else [])]
    return kinds
