"""What callers send to the endpoints of repositories, checked; names as on the wire."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from core.payloads import Payload
from repositories.git import REVISION
from repositories.patches import Format
from repositories.status import Untracked
from sessions.addresses import checked_branch

MAX_MESSAGE_CHARACTERS = 20_000
MAX_PATHS = 1000
MAX_PATHS_CHARACTERS = 200_000


def _is_revision(word: str) -> str:
    if not REVISION.fullmatch(word):
        raise ValueError("must be a commit, branch or tag, at most 250 characters, without spaces")
    return word


def _is_path(path: str) -> str:
    if "\0" in path or path.startswith("/") or ".." in path.split("/"):
        raise ValueError("must be a path in the workspace")
    return path


def _says_something(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise ValueError("must say something, and hold no NUL")
    return text


def _fit(paths: list[str]) -> list[str]:
    if sum(map(len, paths)) > MAX_PATHS_CHARACTERS:
        raise ValueError(f"must have at most {MAX_PATHS_CHARACTERS} characters together")
    return paths


Revision = Annotated[str, AfterValidator(_is_revision)]
Path = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_is_path)]
Paths = Annotated[list[Path], Field(max_length=MAX_PATHS), AfterValidator(_fit)]


class GetStatus(BaseModel):
    overlaps: bool = False


class GetFiles(BaseModel):
    untracked: Untracked = "all"
    limit: int = Field(1000, ge=1, le=5000)


class GetDiff(BaseModel):
    """`from` and `to`: commits. `staged`: true: the index; false: only what is not staged."""

    path: Path | None = None
    staged: bool | None = None
    base: Revision | None = Field(None, alias="from")
    to: Revision | None = None
    context: int = Field(3, ge=0, le=100)
    untracked: bool = False

    @model_validator(mode="after")
    def _compares_two_things(self) -> Self:
        if self.to is not None and (self.staged is not None or self.untracked):
            raise ValueError("to compares commits; leave out staged and untracked")
        if self.staged is False and self.base is not None:
            raise ValueError("staged=false compares with the index; leave out from")
        return self


class GetLog(BaseModel):
    path: Path | None = None
    ref: Revision | None = None
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, max_length=100)


class GetCommit(BaseModel):
    ref: Revision = "HEAD"
    path: Path | None = None
    context: int = Field(3, ge=0, le=100)


class GetBlame(BaseModel):
    """`from` and `to`: the first and the last line."""

    path: Path
    ref: Revision | None = None
    first: int = Field(1, ge=1, le=10_000_000, alias="from")
    last: int | None = Field(None, ge=1, le=10_000_000, alias="to")

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.last is not None and self.last < self.first:
            raise ValueError("to must not be before from")
        return self


class GetPatch(BaseModel):
    base: Revision | None = Field(None, alias="from")
    format: Format = "diff"


class PostBranch(Payload):
    name: Annotated[str, Field(max_length=200), AfterValidator(checked_branch)]
    start: Revision | None = Field(None, alias="from")
    switch: bool = False


class SwitchBranch(Payload):
    """To a branch, or to the commit `ref` without one."""

    branch: Revision | None = None
    ref: Revision | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.branch is None) == (self.ref is None):
            raise ValueError("name a branch or a ref")
        return self


class SomeFiles(Payload):
    """`paths`, or `all` of them."""

    paths: Paths = []
    all: bool = False

    @model_validator(mode="after")
    def _names_them(self) -> Self:
        if bool(self.paths) == self.all:
            raise ValueError("name paths, or say all: true")
        return self

    @property
    def named(self) -> list[str]:
        return self.paths or ["."]


class StageFiles(SomeFiles):
    """`hunks`: ids of `GET …/git/diff`; only these, of the one file in `paths`."""

    hunks: Annotated[list[Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]], Field(max_length=MAX_PATHS)] = []

    @model_validator(mode="after")
    def _are_of_one_file(self) -> Self:
        if self.hunks and len(self.paths) != 1:
            raise ValueError("hunks are of one file; name its path")
        return self


class DiscardChanges(SomeFiles):
    untracked: bool = False


class CommitAuthor(Payload):
    name: str = Field(min_length=1, max_length=200)
    email: str = Field(min_length=1, max_length=200)


class PostCommit(Payload):
    """What is staged, or `paths`, or `all`. `hooks`: let those of the repository run."""

    message: Annotated[str, Field(max_length=MAX_MESSAGE_CHARACTERS), AfterValidator(_says_something)]
    paths: Paths = []
    all: bool = False
    author: CommitAuthor | None = None
    hooks: bool = False

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.paths and self.all:
            raise ValueError("name paths, or say all: true")
        return self
