"""OpenAPI documents that users register: checked, bounded, kept; how they reach agterm-agent in its owner's sessions.

Nothing is ever fetched for them: neither a document by its address nor what a document refers to elsewhere.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from agents.services import literal
from agterm_agent.tools.toolbox import Toolbox
from core.errors import Conflict, InvalidRequest, NotFound
from core.moments import timestamp
from runs.models import ApiDocument
from runs.payloads import ADDRESS, NAME, PutDocument

MAX_DOCUMENTS, MAX_BYTES = 20, 3 * 1024 * 1024  # of one user; a request to the runner holds 8 MiB
MAX_DEPTH = 100
FOLDER = ".config/agterm-agent/openapi"  # below HOME
INDEX = "_names.json"  # the names of those that count, for agterm-agent: a file stays where it was once written
READER = "agterm"


def listed(user: User) -> QuerySet[ApiDocument]:
    """The user's own; nobody sees another's, as staff don't see profiles."""
    return ApiDocument.objects.filter(owner=user)


def find(user: User, name: str) -> ApiDocument:
    row = listed(user).filter(name=name).first()
    if row is None:
        raise NotFound("There is no such document")
    return row


def put(user: User, name: str, wanted: PutDocument) -> tuple[ApiDocument, bool]:
    """Store it in place of the one of that name; whether there was none. `InvalidRequest`: what is wrong with it."""
    if not re.fullmatch(NAME, name):
        raise InvalidRequest("The name must be of lower case letters, digits, - and _, at most 32, a letter first")
    assert isinstance(wanted.document, dict)  # the payload has read it
    document = _with_server(wanted.document, wanted.baseUrl)
    _check_references(document)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    tools, notices = _derived(name, text)
    facts = {"title": _title(document), "document": text, "tools": tools, "notices": notices}
    with transaction.atomic():
        others = [len(size) for size in listed(user).exclude(name=name).values_list("document", flat=True)]
        if len(others) >= MAX_DOCUMENTS or sum(others) + len(text) > MAX_BYTES:
            raise Conflict(f"At most {MAX_DOCUMENTS} documents of {MAX_BYTES // 1024 // 1024} MiB together; delete one")
        return ApiDocument.objects.update_or_create(owner=user, name=name, defaults=facts)


def _title(document: dict[str, Any]) -> str:
    about = document.get("info")
    return str(about.get("title", ""))[:200] if isinstance(about, dict) else ""


def _with_server(document: dict[str, Any], base_url: str | None) -> dict[str, Any]:
    """The document with the one address that its operations are asked at."""
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers and isinstance(servers[0], dict) else {}
    url = base_url or first.get("url")
    if not isinstance(url, str) or not re.fullmatch(ADDRESS, url):
        raise InvalidRequest(
            "baseUrl: the document names no whole address of its server, so say it, such as https://api.example.org/v1"
        )
    return document | {"servers": [{"url": url.rstrip("/")}]}


def _check_references(document: dict[str, Any]) -> None:
    for reference in _references(document):
        if not reference.startswith("#/"):
            raise InvalidRequest(f"document: {reference[:200]} lies outside of it, and nothing is fetched")


def _references(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > MAX_DEPTH:
        raise InvalidRequest("document: is nested too deeply")
    if isinstance(value, dict):
        if isinstance(reference := value.get("$ref"), str):
            yield reference
        for part in value.values():
            yield from _references(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part, depth + 1)


def _derived(name: str, text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Its tools just as agterm-agent will have them, and what that says of operations that can't be one."""
    with tempfile.TemporaryDirectory(prefix="agterm-openapi-") as folder:
        path = Path(folder) / f"{name}.json"
        path.write_text(text)
        tools, notices = asyncio.run(_declared(path, name))
    if not tools:
        raise InvalidRequest("document: " + (notices[0] if notices else "it has no operations"))
    return tools, notices


async def _declared(path: Path, name: str) -> tuple[list[dict[str, Any]], list[str]]:
    async with Toolbox(path.parent, path.parent, openapi=[{"name": name, "path": str(path)}]) as box:
        tools = [tool for tool in box.declare() if tool["source"] == f"openapi:{name}"]
        return tools, list(box.notices)


def delete(row: ApiDocument) -> None:
    """Sessions that have it already keep it until they are started again."""
    row.delete()


def content(row: ApiDocument) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(row.document)
    return document


def base_url(row: ApiDocument) -> str:
    url: str = content(row)["servers"][0]["url"]
    return url


def shown(row: ApiDocument) -> dict[str, Any]:
    return {
        "name": row.name,
        "title": row.title or None,
        "baseUrl": base_url(row),
        "tools": [tool["name"] for tool in row.tools],
        "notices": row.notices,
        "createdAt": timestamp(row.created_at),
        "updatedAt": timestamp(row.updated_at),
    }


def home_files(owner_id: int, agent_id: str) -> dict[str, str]:
    """What a session of that agent has of its owner's documents, by path below HOME."""
    if agent_id != READER:
        return {}
    rows = list(ApiDocument.objects.filter(owner=owner_id))
    index = json.dumps(sorted(row.name for row in rows))
    return {f"{FOLDER}/{row.name}.json": literal(row.document) for row in rows} | {f"{FOLDER}/{INDEX}": index}
