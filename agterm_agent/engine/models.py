"""Talking to the model in its provider's dialect: one streamed answer, what it used, and what a failure means.

Imports pydantic-ai; only the SDK of the dialect in use is loaded. Nothing here asks twice: who retries is the turn.
"""

import asyncio
import importlib
import logging
import os
import re
import secrets
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpx2
from pydantic_ai import exceptions as errors
from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import (
    InstructionPart,
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelResponse,
    PartDeltaEvent,
    PartEndEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    repair_messages,
)
from pydantic_ai.models import Model, ModelRequestParameters, create_async_httpx2_client
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.usage import RequestUsage

from agterm_agent import events
from agterm_agent.engine.limits import Totals
from agterm_agent.engine.prices import cost_of
from agterm_agent.engine.store import Message
from agterm_agent.events import Event
from agterm_agent.providers import Dialect
from agterm_agent.settings import Settings
from agterm_agent.tools.names import usable

VARIABLES = {"anthropic": ("ANTHROPIC_",), "openai": ("OPENAI_",), "google": ("GOOGLE_", "GEMINI_")}
NO_KEY = "none"  # for servers that want no key, while their SDK does
ERROR_CHARACTERS = 2000
PAYMENT_REQUIRED = 402
USABLE_ID = re.compile(r"[\w.:|=+/-]{1,200}", re.ASCII)
MAX_OUTPUT_TOKENS = 16_000  # of one answer, where one has to say; a budget's keeper counts on all of them
WORTH_ANOTHER_TRY = (
    errors.ModelRateLimitError,
    errors.ModelUnavailableError,
    errors.ModelServerError,
    errors.ModelConnectionError,
    errors.ModelRequestTimeout,
    httpx2.TransportError,
    httpx2.StreamError,
    ConnectionError,
)
SENSELESS = (errors.UnexpectedModelBehavior, AttributeError, KeyError, TypeError, ValueError)
Emit = Callable[[Event], None]
Count = Callable[[Totals], None]


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """An SDK's generators that are left behind, where an answer is abandoned, may complain of each other."""
    return "closing of asynchronous generator" not in record.getMessage()


logging.getLogger("asyncio").addFilter(_is_worth_a_line)
logging.getLogger("google_genai").setLevel(logging.ERROR)  # its warnings are about variables that are not used
for package in ("pydantic_ai", "anthropic", "openai", "google"):
    warnings.filterwarnings("ignore", module=package)  # they are for programmers, and would tear the screen


class BrokenOffError(Exception):
    """The answer ended before it was whole."""


@dataclass(frozen=True)
class Failure:
    """What a failed request means. `wait_s`: how long the provider asked to wait, if it said."""

    words: str
    may_retry: bool = False
    wait_s: float | None = None
    is_overflow: bool = False  # the conversation is longer than the model can see
    is_budget: bool = False  # what may be spent is spent


class Talker:
    """One provider and the model of it that is in use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._models: dict[str, Model] = {}
        self._http: httpx2.AsyncClient | None = None
        self._usual = ModelSettings()
        self._name = ""

    def use(self, model: str, conversation_id: str) -> None:
        """Talk to this model from now on; requests of one conversation share the provider's cache."""
        self._name, self._usual = model, _usual_settings(self._settings, conversation_id)

    async def ask(
        self,
        messages: Sequence[ModelMessage],
        *,
        instructions: str,
        tools: Sequence[dict[str, Any]] = (),
        may_call: bool = True,
        emit: Emit | None = None,
        count: Count,
    ) -> ModelResponse:
        """One answer. Its pieces, and thoughts once they are whole, are told to `emit` while they come.

        What it uses is told to `count`, also where it breaks off or nobody waits for its end.
        Without `may_call` the tools are still declared (their calls in the conversation need that, and the provider's
        cache of it stays of use), but the model may not call them. Raises what the provider or the way to it raises
        (see `failure_of`), and `BrokenOffError`.
        """
        settings = self._usual.copy()
        if not tools:
            settings["cache"] = False  # nothing of it is ever sent again
        elif not may_call:
            settings["tool_choice"] = "none"
        parameters = ModelRequestParameters(
            function_tools=[
                ToolDefinition(
                    name=tool["name"],
                    description=tool["description"],
                    parameters_json_schema=tool["parameters"],
                    strict=False,  # many compatible servers know nothing else
                )
                for tool in tools
            ],
            instruction_parts=[InstructionPart(content=instructions)] if instructions else [],
        )
        try:
            return await self._answer(messages, settings, parameters, emit, count)
        except asyncio.CancelledError:
            await self.close()  # some SDKs would go on to receive an answer that nobody waits for
            raise

    async def _answer(
        self,
        messages: Sequence[ModelMessage],
        settings: ModelSettings,
        parameters: ModelRequestParameters,
        emit: Emit | None,
        count: Count,
    ) -> ModelResponse:
        if self._name not in self._models:
            self._http = self._http or create_async_httpx2_client()
            self._models[self._name] = _build(self._settings, self._name, self._http)
        async with model_request_stream(
            self._models[self._name], messages, model_settings=settings, model_request_parameters=parameters
        ) as stream:
            try:
                async for event in stream:
                    if emit:
                        _tell(event, emit)
            except (errors.ModelConnectionError, httpx2.TransportError, httpx2.StreamError, ConnectionError) as error:
                raise BrokenOffError from error
            finally:
                count(self._totals(stream.usage))
            response = stream.get()
        if response.state != "complete" or self._has_no_end(response):
            raise BrokenOffError
        return response

    def _has_no_end(self, response: ModelResponse) -> bool:
        """Whether the provider has not said why the answer ends, where every whole one says so."""
        told = (response.provider_details or {}).get("finish_reason")
        return self._settings.dialect != "openai-chat" and not (response.finish_reason or told)

    async def close(self) -> None:
        """Close the connections; the next request opens others."""
        self._models.clear()
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    def _totals(self, usage: RequestUsage) -> Totals:
        """pydantic-ai counts what comes from a cache, or goes into it, among the input as well; we don't."""
        return Totals(
            requests=1,
            input_tokens=max(usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens, 0),
            cache_read_tokens=usage.cache_read_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            output_tokens=usage.output_tokens,
            cost_usd=cost_of(self._settings.provider, self._settings.dialect, self._name, usage),
        )


def load(dialect: Dialect) -> None:
    """Import the SDK of a dialect ahead of its first use."""
    importlib.import_module(
        {"anthropic": "pydantic_ai.models.anthropic", "google": "pydantic_ai.models.google"}.get(
            dialect, "pydantic_ai.models.openai"
        )
    )


def loaded(messages: Sequence[Message]) -> list[ModelMessage]:
    """Messages from the form in which they are saved."""
    return ModelMessagesTypeAdapter.validate_python(messages)


def dumped(messages: Sequence[ModelMessage]) -> list[Message]:
    """Messages in the form in which they are saved, without what is as usual."""
    made: list[Message] = ModelMessagesTypeAdapter.dump_python(list(messages), mode="json", exclude_none=True)
    return made


def repaired(messages: Sequence[ModelMessage]) -> list[ModelMessage]:
    """As a provider accepts them: each call has its return, and nobody speaks twice in a row."""
    return repair_messages(messages)


def with_calls_of_its_own(response: ModelResponse, earlier: Sequence[ModelMessage]) -> ModelResponse:
    """The answer with names and ids of calls that every provider takes back, and no id that a call had before.

    Some servers count the calls of each answer from zero; some models make up names with signs in them.
    """
    taken = {part.tool_call_id for message in earlier for part in message.parts if isinstance(part, ToolCallPart)}
    for part in response.parts:
        if isinstance(part, ToolCallPart):
            part.tool_name = usable(part.tool_name)
            if part.tool_call_id in taken or not USABLE_ID.fullmatch(part.tool_call_id):
                part.tool_call_id = f"call_{secrets.token_hex(12)}"
            taken.add(part.tool_call_id)
    return response


def _build(settings: Settings, name: str, http: httpx2.AsyncClient) -> Model:
    key, address = settings.api_key or NO_KEY, settings.base_url or None
    with _only_own_variables(settings.provider):
        if settings.dialect == "anthropic":
            from anthropic import AsyncAnthropic
            from pydantic_ai.models.anthropic import AnthropicModel
            from pydantic_ai.providers.anthropic import AnthropicProvider

            anthropic = AsyncAnthropic(api_key=key, base_url=address, max_retries=0, http_client=http)
            return AnthropicModel(name, provider=AnthropicProvider(anthropic_client=anthropic))
        if settings.dialect == "google":
            from pydantic_ai.models.google import GoogleModel
            from pydantic_ai.providers.google import GoogleProvider

            return GoogleModel(name, provider=GoogleProvider(api_key=key, base_url=address, http_client=http))
        from openai import AsyncOpenAI
        from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
        from pydantic_ai.providers.openai import OpenAIProvider
        from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

        openai = AsyncOpenAI(api_key=key, base_url=address, max_retries=0, http_client=http)
        is_openai = settings.provider == "openai" or not address
        provider = (
            OpenAIProvider(openai_client=openai)
            if is_openai
            else OpenAICompatibleProvider(settings.provider, openai_client=openai)
        )
        is_responses = settings.dialect == "openai-responses"
        return (
            OpenAIResponsesModel(name, provider=provider) if is_responses else OpenAIChatModel(name, provider=provider)
        )


@contextmanager
def _only_own_variables(provider: str) -> Iterator[None]:
    """While an SDK is made, what the environment says for one vendor (headers, keys) is not there for another's."""
    hidden = {
        name: value
        for name, value in os.environ.items()
        if any(name.startswith(prefixes) for owner, prefixes in VARIABLES.items() if owner != provider)
    }
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)


def _usual_settings(settings: Settings, conversation_id: str) -> ModelSettings:
    """The provider's cache is used where it has one; its SDK tries nothing again, which would hide it from people."""
    usual: dict[str, Any] = {"cache": True}
    if settings.dialect == "google":
        usual["max_retries"] = 0
    elif settings.dialect == "anthropic":
        usual["max_tokens"] = MAX_OUTPUT_TOKENS
    elif settings.dialect == "openai-responses":
        usual |= {"openai_store": False, "openai_prompt_cache_key": conversation_id}
    return cast(ModelSettings, usual)


def _tell(event: object, emit: Emit) -> None:
    if isinstance(event, PartStartEvent):
        if isinstance(event.part, TextPart) and event.part.content:
            emit(events.assistant_delta(event.part.content))
        elif isinstance(event.part, ThinkingPart) and event.part.content:
            emit(events.assistant_thought_delta(event.part.content))
    elif isinstance(event, PartDeltaEvent):
        if isinstance(event.delta, TextPartDelta) and event.delta.content_delta:
            emit(events.assistant_delta(event.delta.content_delta))
        elif isinstance(event.delta, ThinkingPartDelta) and event.delta.content_delta:
            emit(events.assistant_thought_delta(event.delta.content_delta))
    elif isinstance(event, PartEndEvent) and isinstance(event.part, ThinkingPart) and event.part.content:
        emit(events.assistant_thought(event.part.content))


# --- failures --------------------------------------------------------------------------------------------------------


def failure_of(error: BaseException) -> Failure:
    """What an error of `Talker.ask` means."""
    if isinstance(error, BrokenOffError):
        return Failure("the connection to the model was lost in the middle of an answer", may_retry=True)
    if isinstance(error, errors.ModelContextWindowExceededError):
        return Failure(_words(error), is_overflow=True)
    if isinstance(error, errors.ModelQuotaExceededError) or getattr(error, "status_code", None) == PAYMENT_REQUIRED:
        return Failure(_words(error), is_budget=True)
    if isinstance(error, errors.ModelHTTPError):
        hint, status = error.provider_retry_hint, error.status_code
        usual = isinstance(error, WORTH_ANOTHER_TRY) or status in (408, 409, 425, 429) or status >= 500
        return Failure(_words(error), may_retry=usual and hint is not False, wait_s=error.retry_after)
    if isinstance(error, WORTH_ANOTHER_TRY):
        wait = getattr(error, "retry_after", None)
        return Failure(f"the model can't be reached: {_words(error)}", may_retry=True, wait_s=wait)
    if isinstance(error, SENSELESS):
        return Failure(f"the provider's answer makes no sense: {_words(error) or type(error).__name__}")
    return Failure(_words(error) or type(error).__name__)


def _words(error: BaseException) -> str:
    """What the provider says to people, with its status; else what the error itself says."""
    said = _message_in(getattr(error, "body", None)) or getattr(error, "message", "") or str(error)
    if isinstance(error, errors.ModelHTTPError):
        hint = f" {error.hint}" if error.hint else ""
        said = f"{error.status_code}: {said}{hint}"
    return str(said)[:ERROR_CHARACTERS]


def _message_in(body: object) -> str:
    """The text of an error's body: every dialect has it somewhere under `error` and `message`."""
    if isinstance(body, list) and body:
        return _message_in(body[0])
    if not isinstance(body, dict):
        return ""
    for key in ("error", "message", "detail"):
        value = body.get(key)
        if isinstance(value, str) and value:
            return value
        if found := _message_in(value):
            return found
    return ""
