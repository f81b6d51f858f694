"""What callers send to compare and to bring together the work of sessions, checked; names as on the wire."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.payloads import Payload
from repositories.payloads import MAX_MESSAGE_CHARACTERS

Message = Annotated[str, Field(max_length=MAX_MESSAGE_CHARACTERS, pattern=r"^[^\x00]*\S[^\x00]*$")]


class Compare(BaseModel):
    """`with`: the id of the other session."""

    other: str = Field(alias="with", max_length=64)


class MergeWork(Payload):
    """`from`: the id of the session whose work comes here."""

    model_config = ConfigDict(strict=True, extra="forbid")

    other: str = Field(alias="from", max_length=64)
    message: Message | None = None


class DeliverWork(Payload):
    model_config = ConfigDict(strict=True, extra="forbid")

    message: Message | None = None
