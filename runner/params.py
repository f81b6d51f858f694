"""What the parameters of all operations have in common."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ID_PATTERN = r"^[0-9a-f-]{36}$"
Level = Literal["none", "landlock-files", "landlock", "namespaces"]  # from weak to strong, see `runner.sandbox.levels`


class Params(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ById(Params):
    id: str = Field(pattern=ID_PATTERN)
