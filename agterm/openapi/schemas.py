"""Pydantic models as components of the document: what callers send, and what they get."""

import copy
from collections.abc import Mapping
from typing import Any, Literal

from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from pydantic import BaseModel, TypeAdapter

from core.errors import AgtermError

Schema = dict[str, Any]
Mode = Literal["validation", "serialization"]  # what comes in, what goes out
REFERENCE = "#/components/schemas/{model}"
NULL = {"type": "null"}


class SameName(Exception):
    """Two models of one name that differ; callers in TypeScript see the names, so one has to be called otherwise."""


class Schemas:
    """The components so far; `of` adds what it needs."""

    def __init__(self, registry: ComponentRegistry) -> None:
        self._registry = registry
        self.responses: dict[str, Schema] = {}

    def of(self, content: Any, mode: Mode) -> Schema:
        """A reference to the model, or the schema of any other type."""
        schema = self._made(content, mode)
        if isinstance(content, type) and issubclass(content, BaseModel):
            return schema if "$ref" in schema else self.put(content.__name__, schema)
        return schema

    def fields(self, model: type[BaseModel]) -> Mapping[str, tuple[Schema, bool]]:
        """`{name: (schema, whether it is required)}` of query parameters, which are never null."""
        schema = self._made(model, "validation")
        required = set(schema.get("required", ()))
        return {name: (_never_null(field), name in required) for name, field in schema["properties"].items()}

    def put(self, name: str, schema: Schema) -> Schema:
        kind = ResolvedComponent.SCHEMA
        component = ResolvedComponent(name=name, type=kind, object=name, schema=schema)  # type: ignore[no-untyped-call]
        if component in self._registry:
            if self._registry[component].schema != schema:
                raise SameName(f"{name} stands for two different things")
        else:
            self._registry.register(component)
        return {"$ref": REFERENCE.format(model=name)}

    def failure(self, kinds: list[type[AgtermError]]) -> Schema:
        """A reference to the response of these kinds, which have one status."""
        by_code = {kind.code: kind for kind in kinds}
        name = "Or".join(kind.__name__ for _, kind in sorted(by_code.items()))
        if name not in self.responses:
            self.responses[name] = {
                "description": " / ".join(kind.default_message for _, kind in sorted(by_code.items())),
                "content": {"application/json": {"schema": self._error(f"{name}Failure", list(by_code))}},
            }
        return {"$ref": f"#/components/responses/{name}"}

    def _error(self, name: str, codes: list[str]) -> Schema:
        """The envelope of what goes wrong, with the codes that it may have."""
        error = _object(
            {
                "code": {"type": "string", "enum": sorted(codes)},
                "message": {"type": "string"},
                "details": {"type": "object", "additionalProperties": True},
            },
            optional=("details",),
        )
        return self.put(name, _object({"success": {"type": "boolean", "const": False}, "error": error}))

    def _made(self, content: Any, mode: Mode) -> Schema:
        schema = TypeAdapter(content).json_schema(mode=mode, ref_template=REFERENCE)
        tidy: Schema = _tidied(schema, is_answer=mode == "serialization")
        for name, inner in tidy.pop("$defs", {}).items():
            self.put(name, inner)
        return tidy


def success(data: Schema) -> Schema:
    return _object({"success": {"type": "boolean", "const": True}, "data": data})


def nothing() -> Schema:
    return _object({})


def _object(properties: Mapping[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return schema | ({"required": required} if required else {})


def _tidied(schema: Any, *, is_answer: bool) -> Any:
    """Without the titles that pydantic makes of names, and without defaults of what is only ever got."""
    if isinstance(schema, list):
        return [_tidied(part, is_answer=is_answer) for part in schema]
    if not isinstance(schema, dict):
        return schema
    tidy: Schema = {}
    for key, value in schema.items():
        if key in ("properties", "$defs", "patternProperties"):
            tidy[key] = {name: _tidied(part, is_answer=is_answer) for name, part in value.items()}
        elif key == "title" or (key == "default" and (is_answer or value in (None, "", [], {}))):
            continue
        elif key in ("default", "enum", "const", "examples", "required"):
            tidy[key] = copy.deepcopy(value)
        else:
            tidy[key] = _tidied(value, is_answer=is_answer)
    if "description" in tidy and isinstance(tidy["description"], str):
        tidy["description"] = " ".join(tidy["description"].split())
    return tidy


def _never_null(field: Schema) -> Schema:
    others = [option for option in field.get("anyOf", ()) if option != NULL]
    rest = {key: value for key, value in field.items() if not (key == "default" and value is None)}
    if not others:
        return rest
    rest.pop("anyOf")
    return rest | (others[0] if len(others) == 1 else {"anyOf": others})
