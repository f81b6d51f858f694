"""Makes a tool of every operation of an OpenAPI document (3.0 and 3.1), by openapi-pydantic and jsonref."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from agterm_agent.policy import Provenance, Safety
from agterm_agent.tools import http, operations
from agterm_agent.tools.declaration import Tool
from agterm_agent.tools.errors import ToolError
from agterm_agent.tools.mcp import Box
from agterm_agent.tools.names import unique, usable
from agterm_agent.tools.text import shown, visible

MAX_BYTES = http.MAX_BYTES
MAX_OPERATIONS = 200  # of one document
MAX_DESCRIPTION = 1_000
MAX_DEPTH = 8
MAX_NODES = 1_500  # of one operation's schema
_INFERRED = {"get": Safety.READ_ONLY, "head": Safety.READ_ONLY, "delete": Safety.DESTRUCTIVE}
_METHODS = ("get", "head", "post", "put", "patch", "delete")
_LEFT_OUT = ("example", "examples", "xml", "externalDocs", "discriminator", "deprecated")


@asynccontextmanager
async def documents(declared: Sequence[Mapping[str, Any]], box: Box) -> AsyncIterator[None]:
    """Reads them and adds their tools; one that is wrong is a notice."""
    for settings in declared:
        name = str(settings.get("name") or settings.get("path") or settings.get("url") or "?")
        try:
            await _add(name, settings, box)
        except ToolError as error:
            box.notices.append(f"OpenAPI document {visible(name)}: {error}")
    yield


async def _add(name: str, settings: Mapping[str, Any], box: Box) -> None:
    raw, place = await _loaded(settings, box)
    document = await asyncio.to_thread(_checked, raw)
    headers = {str(key): str(value) for key, value in (settings.get("headers") or {}).items()}
    base = _base_url(document, settings.get("base_url"), place, has_headers=bool(headers))
    count = 0
    for path, method, item in _operations(document):
        if count == MAX_OPERATIONS:
            box.notices.append(
                f"OpenAPI document {visible(name)}: only the first {MAX_OPERATIONS} operations are used."
            )
            break
        try:
            box.add(_tool(name, path, method, item, operations.Target(base, headers), box))
            count += 1
        except ToolError as error:
            box.notices.append(
                f"OpenAPI document {visible(name)}: {method.upper()} {visible(path)} is left out: {error}"
            )


async def _loaded(settings: Mapping[str, Any], box: Box) -> tuple[Any, str | None]:
    """The document as JSON, and the URL it came from."""
    path, url = settings.get("path"), settings.get("url")
    if isinstance(path, str):
        data, place = await asyncio.to_thread(_file, box.places.workspace, path), None
    elif isinstance(url, str):
        reply = await http.request("GET", url, redirects=http.MAX_REDIRECTS)
        if reply.status != 200 or reply.cut:
            raise ToolError(f"{visible(url)} answered {reply.status}{', with too much' if reply.cut else ''}.")
        data, place = reply.data, reply.url
    else:
        raise ToolError("it has neither a path nor a url.")
    try:
        return json.loads(data), place
    except (ValueError, RecursionError) as error:
        raise ToolError(f"it is no JSON ({error}). A document in YAML has to be converted first.") from None


def _file(workspace: Path, name: str) -> bytes:
    path = workspace / Path(name).expanduser()
    try:
        if not path.is_file():
            raise ToolError(f"{path} is no file.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ToolError(f"{path}: {error.strerror}.") from None
    if len(data) > MAX_BYTES:
        raise ToolError(f"it is larger than {MAX_BYTES} bytes.")
    return data


def _checked(raw: Any) -> Any:
    """The document with references that are followed when they are looked at, once it is known to be valid."""
    import jsonref
    from openapi_pydantic import parse_obj
    from pydantic import ValidationError

    version = str(raw.get("openapi") or f"{raw.get('swagger', 'unknown')} (swagger)") if isinstance(raw, dict) else "?"
    if not version.startswith(("3.0.", "3.1.")):
        raise ToolError(f"it is of version {visible(version[:50])}; 3.0 and 3.1 can be used.")
    try:
        parse_obj(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ToolError(f"it is not valid: {visible(where[:200])}: {visible(first['msg'][:200])}.") from None
    except RecursionError:
        raise ToolError("it is nested too deeply.") from None
    return jsonref.replace_refs(raw, loader=_no_other_documents, merge_props=True)


def _no_other_documents(uri: str, **_: Any) -> Any:
    raise ValueError(f"it refers to another document, {uri[:200]}")


def _base_url(document: Any, given: Any, place: str | None, *, has_headers: bool) -> str:
    if isinstance(given, str) and given:
        return http.checked(given)
    servers = document.get("servers") or [{"url": "/"}]
    url = str(servers[0].get("url", "/"))
    for name, variable in (servers[0].get("variables") or {}).items():
        url = url.replace("{" + name + "}", str(variable.get("default", "")))
    if place is None and "://" not in url:
        raise ToolError("it does not say which server it is for: give a base_url.")
    url = http.checked(urljoin(place or "", url))
    if has_headers and place is not None and http.origin(url) != http.origin(place):
        raise ToolError(f"it sends requests to {visible(url)}: give that as base_url if it may have your headers.")
    return url


def _operations(document: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and the operation with the parameters that its path gives it."""
    import jsonref

    for path, item in (document.get("paths") or {}).items():
        for method in _METHODS:
            try:
                operation = item.get(method)
                if isinstance(operation, Mapping):
                    parameters = [*(item.get("parameters") or []), *(operation.get("parameters") or [])]
                    yield path, method, {**operation, "parameters": parameters}
            except jsonref.JsonRefError:
                continue


def _tool(
    document: str, path: str, method: str, operation: dict[str, Any], target: operations.Target, box: Box
) -> Tool:
    import jsonref

    wanted = operation.get("operationId")
    name = usable(str(wanted) if wanted else f"{method}_{path}")
    if name in box.tools:
        name = unique(f"{document}_{name}", box.tools)
    try:
        call = operations.Operation.of(path, method, operation, target, _plain)
        said = operation.get("x-agterm-safety")
        words = " ".join(str(operation[key]) for key in ("summary", "description") if operation.get(key))
    except jsonref.JsonRefError as error:
        raise ToolError(f"a reference leads nowhere: {visible(str(error)[:200])}") from None
    except (AttributeError, TypeError, KeyError, RecursionError) as error:
        raise ToolError(f"it cannot be understood: {type(error).__name__}") from None
    declared = isinstance(said, str) and said in list(Safety)
    return Tool(
        name=name,
        description=shown(f"{words or method.upper() + ' ' + path} ({document})", MAX_DESCRIPTION),
        parameters=call.schema,
        run=call.run,
        safety=Safety(str(said)) if declared else _INFERRED.get(method, Safety.MUTATING),
        provenance=Provenance.DECLARED if declared else Provenance.INFERRED,
        source=f"openapi:{document}",
        preview=call.preview,
    )


def _plain(schema: Any) -> Any:
    """A schema without references: a copy to a bounded depth and size; what lies beyond may be anything."""
    left = [MAX_NODES]

    def copy(value: Any, depth: int) -> Any:
        left[0] -= 1
        if isinstance(value, Mapping):
            if depth > MAX_DEPTH * 2 or left[0] < 0:
                return {}
            return {
                str(key): copy(each, depth + 1)
                for key, each in value.items()
                if key not in _LEFT_OUT and not str(key).startswith("x-")
            }
        if isinstance(value, list):
            return [copy(each, depth + 1) for each in value] if left[0] >= 0 else []
        return value if isinstance(value, str | int | float | bool) or value is None else str(value)

    return copy(schema, 0)
