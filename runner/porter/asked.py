"""What the parameters of works about files have in common: a path, as text or as the bytes that it is."""

import base64
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from core.errors import InvalidRequest
from runner.porter import beneath

MAX_TEXT = 8192


class Asked(BaseModel):
    """Parameters of a work, in snake_case or camelCase; `of` raises `InvalidRequest`."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=True)

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        try:
            return cls.model_validate(params)
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidRequest(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


class At(Asked):
    """`raw_path`: base64, instead of `path`, for names that are not UTF-8."""

    path: str = Field("", max_length=MAX_TEXT)
    raw_path: str | None = Field(None, max_length=MAX_TEXT)

    @property
    def names(self) -> list[bytes]:
        return beneath.parts(as_bytes(self.path, self.raw_path))


def as_bytes(text: str, raw: str | None) -> bytes:
    try:
        return text.encode() if raw is None else base64.b64decode(raw, validate=True)
    except ValueError:  # also of characters that are neither
        raise InvalidRequest("The path is neither text nor base64") from None


def shown(name: bytes) -> dict[str, str]:
    """`{name}`, and `rawName` where the name is no UTF-8 and can't be said as text."""
    try:
        return {"name": name.decode()}
    except UnicodeDecodeError:
        return {"name": name.decode(errors="replace"), "rawName": base64.b64encode(name).decode()}
