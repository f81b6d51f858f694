"""What callers send to the endpoints of files, checked; names as on the wire."""

import base64
import binascii
import os
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from core.errors import InvalidRequest

MAX_CONTENT_BYTES = 8 * 1024 * 1024
Encoding = Literal["utf-8", "base64"]
STRICT = ConfigDict(extra="forbid")  # a condition that is misspelt must not be silently dropped


def _decoded(text: str) -> str:
    try:
        return os.fsdecode(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None


def _missing(field: str) -> InvalidRequest:
    message = f"{field} is required"
    return InvalidRequest(message, details={"fields": [{"field": field, "message": message}]})


Raw = Annotated[str, Field(max_length=8192), AfterValidator(_decoded)]
SessionId = Annotated[str, Field(min_length=1, max_length=64)]


class At(BaseModel):
    """A path: absolute, or relative to the workspace of `sessionId`. `rawPath`: its bytes, as base64, if no UTF-8."""

    model_config = STRICT

    path: str | None = None
    rawPath: Raw | None = None
    sessionId: SessionId | None = None

    @property
    def place(self) -> str | None:
        return self.path if self.rawPath is None else self.rawPath


class AtOne(At):
    """The same, of something that must be named."""

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if not self.place:
            raise _missing("path")
        return self


class List(At):
    hidden: bool = False
    limit: int = Field(1000, ge=1, le=5000)
    cursor: str | None = Field(None, max_length=4096)


class Read(AtOne):
    encoding: Encoding | None = None


class Archive(At):
    format: Literal["zip", "tar", "tar.gz"] = "zip"
    hidden: bool = True


class Delete(AtOne):
    recursive: bool = False


class WriteFile(AtOne):
    """`ifMatch`: the etag that the file must still have; `ifNoneMatch`: `*`, it must not be there yet."""

    model_config = ConfigDict(strict=True, extra="forbid")

    content: str
    encoding: Encoding = "utf-8"
    createParents: bool = False
    ifMatch: str | None = Field(None, max_length=200)
    ifNoneMatch: str | None = Field(None, max_length=200)

    @property
    def data(self) -> bytes:
        try:
            return base64.b64decode(self.content, validate=True) if self.encoding == "base64" else self.content.encode()
        except (binascii.Error, ValueError):
            raise InvalidRequest("content: must be base64, as encoding says") from None


class MakeFolder(AtOne):
    model_config = ConfigDict(strict=True, extra="forbid")

    parents: bool = True


class RenameFile(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    oldPath: str | None = Field(None, min_length=1)
    newPath: str | None = Field(None, min_length=1)
    rawOldPath: Raw | None = None
    rawNewPath: Raw | None = None
    sessionId: SessionId | None = None
    overwrite: bool = False

    @model_validator(mode="after")
    def _are_named(self) -> Self:
        for name, either in (("oldPath", self.old), ("newPath", self.new)):
            if not either:
                raise _missing(name)
        return self

    @property
    def old(self) -> str:
        return self.rawOldPath or self.oldPath or ""

    @property
    def new(self) -> str:
        return self.rawNewPath or self.newPath or ""


class SearchFiles(At):
    """`query`: part of a name or a line, or with `regex` an expression (RE2, or ripgrep's)."""

    query: str = Field(min_length=1, max_length=1000)
    kind: Literal["name", "content"] = "name"
    regex: bool = False
    caseSensitive: bool = False
    glob: str | None = Field(None, min_length=1, max_length=500)
    hidden: bool = False
    limit: int = Field(200, ge=1, le=1000)


class Upload(At):
    """Query of a form with files, for the folder that it names; the conditions come as headers."""

    createParents: bool = False


class Form(BaseModel):
    """A form with files: parts that have a `filename`, whatever they are called."""

    files: list[bytes]


class UploadOne(AtOne, Upload):
    """The same, for a body that is the file."""


class Folders(BaseModel):
    """`q`: the beginning of a folder's path."""

    model_config = STRICT

    q: str = Field("", max_length=4096)


class Image(BaseModel):
    model_config = STRICT

    sessionId: SessionId | None = None


class Conditions(BaseModel):
    """What must hold for a write: the file still has the etag `match`, or (`absent`) is not there yet."""

    match: str | None = None
    absent: bool = False

    @property
    def asked(self) -> dict[str, Any]:
        return ({"if_match": self.match} if self.match else {}) | ({"if_none_match": "*"} if self.absent else {})


def conditions(match: str | None, none_match: str | None) -> Conditions:
    """Of `If-Match` and `If-None-Match`, or the fields of these names; raises `InvalidRequest`."""
    if none_match is not None and none_match.strip() != "*":
        raise InvalidRequest("ifNoneMatch: only * can be asked for, that the file is not there yet")
    if match is not None:
        match = match.strip().removeprefix("W/").strip('"')
        if not match or match == "*" or "," in match:
            raise InvalidRequest("ifMatch: must be one etag, as stat or read tells it")
    return Conditions(match=match, absent=none_match is not None)
