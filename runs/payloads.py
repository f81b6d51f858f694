"""What callers send to the endpoints of runs, checked; names as on the wire."""

import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from agents.headless import FLAGS
from agents.headless.declaration import MAX_MESSAGE_BYTES
from core.errors import InvalidRequest
from core.payloads import Payload
from costs.payloads import Dollars

ALIASES = {
    "read_only": "readOnly",
    "dry_run": "dryRun",
    "session_id": "sessionId",
    "budget_usd": "budgetUsd",
    "timeout_ms": "timeoutMs",
}
MAX_TIMEOUT_MS = 86_400_000
MAX_DOCUMENT_BYTES = 1024 * 1024
NAME = r"^[a-z][a-z0-9_-]{0,31}$"
ADDRESS = r"https?://[^\s/?#@]+(/[^\s?#]*)?"
KEY = re.compile(r"[\x21-\x7e]{1,200}")


class StartRun(Payload):
    """A field this version does not know is refused: a safety mode that is misspelt must not be silently dropped."""

    model_config = ConfigDict(strict=True, extra="forbid")

    message: str
    agent: str | None = Field(None, min_length=1, max_length=64)
    provider: str | None = Field(None, min_length=1, max_length=64)
    model: str | None = Field(None, min_length=1, max_length=128)
    sessionId: str | None = Field(None, min_length=1, max_length=64)
    readOnly: bool = False
    dryRun: bool = False
    confirm: bool = False
    strict: bool = False
    budgetUsd: Dollars | None = None
    timeoutMs: int | None = Field(None, ge=1000, le=MAX_TIMEOUT_MS)

    @model_validator(mode="before")
    @classmethod
    def _by_our_names(cls, sent: Any) -> Any:
        """The names that appctl has for some of them are taken as well."""
        if not isinstance(sent, dict):
            return sent
        for alias, name in ALIASES.items():
            if alias in sent and name in sent:
                raise ValueError(f"{name} and {alias} are the same; send only one of them")
        return {ALIASES.get(name, name): value for name, value in sent.items()}

    @field_validator("message")
    @classmethod
    def _is_a_message(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("must not be empty")
        if len(text.encode()) > MAX_MESSAGE_BYTES:
            raise ValueError(f"must be at most {MAX_MESSAGE_BYTES // 1024} KiB")
        if "\0" in text:
            raise ValueError("must not contain NUL characters")
        return text

    @property
    def modes(self) -> list[str]:
        return [flag for flag in FLAGS if getattr(self, flag)]


class PostRun(StartRun):
    """`async`: answer as soon as it is started."""

    is_async: bool = Field(False, alias="async")


class ChatMessage(StartRun):
    """`cancelOnClose`: the run ends when the socket closes."""

    cancelOnClose: bool = False


class AnswerRun(Payload):
    """`id`: of the tool call that waits."""

    id: str = Field(min_length=1, max_length=200)
    decision: Literal["once", "always", "no"]


class Listed(BaseModel):
    """Query parameters; `cursor` is the `nextCursor` of the page before."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=100)


class ListRuns(Listed):
    sessionId: str | None = Field(None, max_length=64)
    status: Literal["queued", "running", "done", "failed", "limit", "needs_input", "cancelled"] | None = None


class ListHistory(Listed):
    limit: int = Field(20, ge=1, le=1000)


def _web_address(text: str) -> str:
    if not re.fullmatch(ADDRESS, text):
        raise ValueError("must be an address such as https://api.example.org/v1")
    return text


class PutDocument(Payload):
    """`document`: the OpenAPI document itself, as JSON or as a text that holds it; no address is ever fetched."""

    model_config = ConfigDict(strict=True, extra="forbid")

    document: dict[str, Any] | str
    baseUrl: Annotated[str, Field(max_length=500), AfterValidator(_web_address)] | None = None

    @field_validator("document")
    @classmethod
    def _is_json(cls, document: dict[str, Any] | str) -> dict[str, Any]:
        size = len(document.encode() if isinstance(document, str) else json.dumps(document))
        if size > MAX_DOCUMENT_BYTES:
            raise ValueError(f"must be at most {MAX_DOCUMENT_BYTES // 1024 // 1024} MiB")
        if isinstance(document, str):
            if re.match(r"\s*https?://\S+\s*$", document):
                raise ValueError("must be the document itself; this server does not fetch addresses")
            try:
                document = json.loads(document)
            except (ValueError, RecursionError):
                raise ValueError("must be JSON") from None
        if not isinstance(document, dict):
            raise ValueError("must be a JSON object")
        return document


def idempotency_key(text: str | None) -> str | None:
    """The header's value, checked; raises `InvalidRequest`."""
    if text is not None and not KEY.fullmatch(text):
        raise InvalidRequest("Idempotency-Key must be 1 to 200 printable ASCII characters without spaces")
    return text
