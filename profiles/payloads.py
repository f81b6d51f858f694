"""What callers send to the profile endpoints, checked; and the kinds of fields that sessions share with profiles."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from core.payloads import Payload

MAX_COMMAND_CHARACTERS = 8192
MAX_PROMPT_CHARACTERS = 32_768
BY_THE_SERVER = ("id", "isCustom", "isDefault", "createdAt", "updatedAt")


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must not contain control characters")
    return text


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    return text


def _each_once(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_printable)]
Text = Annotated[str, StringConstraints(min_length=1), AfterValidator(_without_nul)]

Name = Annotated[Line, StringConstraints(max_length=100)]
Icon = Annotated[Line, StringConstraints(max_length=64)]
Tags = Annotated[
    list[Annotated[Line, StringConstraints(max_length=50)]], Field(max_length=20), AfterValidator(_each_once)
]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True)]
Folder = Annotated[Text, StringConstraints(max_length=4096)]
Command = Annotated[Text, StringConstraints(max_length=MAX_COMMAND_CHARACTERS)]
Prompt = Annotated[Text, StringConstraints(max_length=MAX_PROMPT_CHARACTERS)]


class WriteProfile(Payload):
    """A whole profile, to make one or to replace one. What the server sets may be sent along and counts for nothing."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: Name
    agent: str = Field("shell", min_length=1, max_length=64)
    path: Folder | None = None
    args: list[str] = []
    env: dict[str, str] = {}
    cwd: Folder | None = None
    icon: Icon | None = None
    color: Color | None = None
    tags: Tags = []
    provider: str | None = Field(None, max_length=64)
    model: str | None = Field(None, max_length=128)
    initialCommand: Command | None = None
    prompt: Prompt | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_what_the_server_sets(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {name: value for name, value in data.items() if name not in BY_THE_SERVER}
