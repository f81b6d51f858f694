"""One operation of an OpenAPI document as a call: its arguments' schema, the request made of them, the answer read."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from agterm_agent.tools import http
from agterm_agent.tools.declaration import Arguments, ToolContext, ToolOutput
from agterm_agent.tools.errors import ToolError
from agterm_agent.tools.text import counted, shown, visible

LIMIT_S = 60.0
MAX_PREVIEW = 4_000
_BODY = "body"
_BODY_KINDS = (
    r"application/([\w.-]+\+)?json\b|\*/\*",
    r"application/x-www-form-urlencoded\b",
    r"text/|application/xml\b",
)
_NOT_OURS = {"accept", "content-type", "authorization", "host", "content-length", "connection", "transfer-encoding"}


@dataclass(frozen=True)
class Target:
    """Where requests go, and the headers that go with each."""

    base_url: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Parameter:
    """One parameter: `name` is the model's word for it, `own` the document's."""

    name: str
    own: str
    place: str  # path, query, header or cookie
    explode: bool


@dataclass(frozen=True)
class Operation:
    """How arguments become a request."""

    path: str
    method: str
    target: Target
    parameters: list[Parameter]
    body_kind: str | None
    schema: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, path: str, method: str, operation: Mapping[str, Any], target: Target, plain: Callable[[Any], Any]
    ) -> "Operation":
        """Reads it from the document; `plain` makes a schema without references."""
        properties: dict[str, Any] = {}
        required: list[str] = []
        parameters: list[Parameter] = []
        for each in _last_of_each(operation["parameters"]):
            place, own = str(each["in"]), str(each["name"])
            if place == "header" and own.lower() in _NOT_OURS:
                continue
            name = _argument_name(own, place, properties)
            properties[name] = _described(plain(_schema_of(each)), each.get("description"))
            if each.get("required") or place == "path":
                required.append(name)
            explode = each.get("explode", each.get("style", "form") in ("form", "deepObject"))
            parameters.append(Parameter(name, own, place, bool(explode)))
        body = operation.get("requestBody")
        kind = _body_kind(body)
        if body and kind:
            name = _argument_name(_BODY, _BODY, properties)
            properties[name] = _described(plain(body["content"][kind].get("schema") or {}), body.get("description"))
            if body.get("required"):
                required.append(name)
            parameters.append(Parameter(name, _BODY, _BODY, explode=False))
        schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
        return cls(path, method, target, parameters, kind, schema)

    async def run(self, arguments: Arguments, context: ToolContext) -> ToolOutput:
        url, headers, body = self.request(arguments)
        reply = await http.request(self.method.upper(), url, headers=headers, body=body, limit_s=LIMIT_S)
        heading = f"{reply.status} {visible(reply.reason)}".rstrip()
        if reply.status in range(300, 400) and reply.headers.get("location"):
            heading += f", to {visible(reply.headers['location'])} (not followed)"
        text = (
            reply.text() if reply.is_text else f"[{visible(reply.kind)}, {counted(len(reply.data), 'byte')}: no text]"
        )
        notice = f"\n[… only the first {http.MAX_BYTES} bytes were taken …]" if reply.cut else ""
        return ToolOutput(f"{heading}\n{shown(text)}{notice}".rstrip(), ok=200 <= reply.status < 300)

    async def preview(self, arguments: Arguments, context: ToolContext) -> str:
        url, _, body = self.request(arguments)
        told = f"{self.method.upper()} {visible(url)}"
        return told if body is None else f"{told}\n{shown(body.decode(), MAX_PREVIEW)}"

    def request(self, arguments: Arguments) -> tuple[str, dict[str, str], bytes | None]:
        """URL, headers and body."""
        path, query, cookies = self.path, list[tuple[str, str]](), list[str]()
        headers = {"Accept": "application/json, text/*;q=0.8, */*;q=0.5"}
        body = None
        for parameter in self.parameters:
            if parameter.name not in arguments:
                continue
            value = arguments[parameter.name]
            if parameter.place == "path":
                path = path.replace("{" + parameter.own + "}", _segment(value))
            elif parameter.place == "query":
                query += _pairs(parameter, value)
            elif parameter.place == "header":
                headers[parameter.own] = _header(parameter.own, value)
            elif parameter.place == "cookie":
                cookies.append(f"{parameter.own}={quote(_written(value), safe='')}")
            else:
                body = _encoded(value, self.body_kind)
                headers["Content-Type"] = "application/json" if self.body_kind in (None, "*/*") else self.body_kind
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        base, _, fixed = self.target.base_url.partition("#")[0].partition("?")
        search = "&".join(part for part in (fixed, urlencode(query)) if part)
        url = base.rstrip("/") + "/" + path.lstrip("/") + (f"?{search}" if search else "")
        own = {name.lower() for name in self.target.headers}  # what the settings give, no argument changes
        return url, {k: v for k, v in headers.items() if k.lower() not in own} | dict(self.target.headers), body


def _last_of_each(parameters: Any) -> list[Mapping[str, Any]]:
    """An operation's parameter stands for one of the same name and place that its path has."""
    return list({(each["in"], each["name"]): each for each in parameters}.values())


def _schema_of(parameter: Mapping[str, Any]) -> Any:
    if parameter.get("schema") is not None:
        return parameter["schema"]
    content = parameter.get("content") or {}
    return next((each.get("schema") or {} for each in content.values()), {})


def _described(schema: Any, description: Any) -> dict[str, Any]:
    made = dict(schema) if isinstance(schema, Mapping) else {}
    if description and "description" not in made:
        made["description"] = visible(str(description))[:500]
    return made


def _argument_name(own: str, place: str, taken: Mapping[str, Any]) -> str:
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", own)[:50] or "_"
    while name in taken:
        name = f"{name}_{place}"[-64:]
        if name in taken:
            raise ToolError(f"two parameters are called {visible(own)}")
    return name


def _body_kind(body: Any) -> str | None:
    if not body:
        return None
    kinds = [str(kind) for kind in body.get("content") or {}]
    for pattern in _BODY_KINDS:
        found = next((kind for kind in kinds if re.match(pattern, kind, re.IGNORECASE)), None)
        if found:
            return found
    raise ToolError(f"it takes a body of {visible(', '.join(kinds)) or 'no kind'}, which no tool can give")


def _segment(value: Any) -> str:
    text = ",".join(map(_written, value)) if isinstance(value, list) else _written(value)
    if text in ("", ".", ".."):
        raise ToolError(f"{text!r} cannot stand in a path.")
    return quote(text, safe="")


def _pairs(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, list):
        if parameter.explode:
            return [(parameter.own, _written(each)) for each in value]
        return [(parameter.own, ",".join(map(_written, value)))]
    if isinstance(value, dict) and parameter.explode:
        return [(f"{parameter.own}[{key}]", _written(each)) for key, each in value.items()]
    return [(parameter.own, _written(value))]


def _header(name: str, value: Any) -> str:
    text = _written(value)
    if not text.isascii() or not text.isprintable():
        raise ToolError(f"{name} has characters that no header can hold.")
    return text


def _written(value: Any) -> str:
    return _utf8(value) if isinstance(value, str) else _utf8(json.dumps(value, ensure_ascii=False))


def _encoded(value: Any, kind: str | None) -> bytes:
    if kind and kind.startswith("application/x-www-form-urlencoded"):
        if not isinstance(value, dict):
            raise ToolError("body must be an object.")
        return urlencode([(key, _written(each)) for key, each in value.items()]).encode()
    if kind and (kind.startswith("text/") or kind == "application/xml") and isinstance(value, str):
        return _utf8(value).encode()
    return _utf8(json.dumps(value, ensure_ascii=False)).encode()


def _utf8(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ToolError("An argument has half characters (lone surrogates) in it.") from None
    return text
