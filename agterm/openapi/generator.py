"""Makes the document. Imported when somebody asks for it, not when the server starts."""

import json
from functools import cache
from typing import Any

import yaml
from drf_spectacular.generators import SchemaGenerator

from agterm.openapi import endpoints
from agterm.openapi.operations import AREAS, SECURITY_SCHEMES, operation
from agterm.openapi.schemas import Schemas


class Generator(SchemaGenerator):
    """drf-spectacular's, for which our own list of endpoints stands in the place of REST framework's views alone."""

    def parse(self, input_request: Any, public: bool) -> dict[str, Any]:
        self.schemas = schemas = Schemas(self.registry)
        paths: dict[str, Any] = {}
        for endpoint in endpoints.all_of_them():
            if endpoint.description is not None:
                said = operation(endpoint, endpoint.description, schemas)
                paths.setdefault(endpoint.path, {})[endpoint.method] = said
        return dict(sorted(paths.items()))

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        made: dict[str, Any] = super().get_schema(request, public)  # type: ignore[no-untyped-call]
        made["components"]["responses"] = dict(sorted(self.schemas.responses.items()))
        made["components"]["securitySchemes"] = SECURITY_SCHEMES
        used = {tag for path in made["paths"].values() for each in path.values() for tag in each["tags"]}
        made["tags"] = [{"name": name} for name in sorted(AREAS.values()) if name in used]
        return made


@cache
def document() -> dict[str, Any]:
    return Generator().get_schema(public=True)  # type: ignore[no-untyped-call]


@cache
def as_json() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


@cache
def as_yaml() -> str:
    return yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=120)
