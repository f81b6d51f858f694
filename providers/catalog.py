"""The LLM providers AGTerm knows: their names, the variables that hold their key and address, what they speak.

An operator adds others in a file (`AGTERM_PROVIDERS_FILE`, see `read`). No Django here.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Protocol = Literal["anthropic", "responses", "chat", "google"]
Auth = Literal["bearer", "x-api-key", "x-goog-api-key", "api-key"]
ID_PATTERN = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class CatalogError(Exception):
    """The operator's file can't be used; the message says where it is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One LLM provider.

    `key_variables`: where its key may stand, the usual one first. `default_base_url` has the form the provider's own
    tools expect in `base_url_variable` (OpenAI's ends in `/v1`); empty: everybody has an address of his own, to which
    `address_ending` is added where it is missing. `openai_path`: where below it OpenAI's own paths begin.
    `dialects` are the wire protocols it speaks. `model_prefixes` are how its own models are named; they tell a model
    that is plainly another's. `models` are those that are shown first; all that are known of an operator's own.
    """

    id: str
    name: str
    key_variables: tuple[str, ...]
    base_url_variable: str
    default_base_url: str
    dialects: tuple[Protocol, ...] = ("chat",)
    auth: Auth = "bearer"
    needs_key: bool = True
    address_ending: str = ""
    openai_path: str = ""
    model_prefixes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    key_page: str = ""
    is_own: bool = False

    @property
    def key_variable(self) -> str:
        return self.key_variables[0]

    @property
    def variables(self) -> tuple[str, ...]:
        return (*self.key_variables, self.base_url_variable)

    def openai_address(self, base_url: str) -> str:
        """Where `chat/completions` and `responses` are, when the provider itself is at `base_url`."""
        return f"{base_url}/{self.openai_path}" if self.openai_path else base_url


def _compatible(id: str, name: str, key: str, base_url: str, key_page: str, **more: Any) -> Provider:
    """A provider that speaks as OpenAI does, with variables named after its id unless `more` says other."""
    return Provider(
        id=id,
        name=name,
        key_variables=(key, *more.pop("other_keys", ())),
        base_url_variable=more.pop("base_url_variable", f"{id.upper()}_BASE_URL"),
        default_base_url=base_url,
        key_page=key_page,
        **more,
    )


BOTH: tuple[Protocol, ...] = ("chat", "responses")
BUILT_IN = (
    Provider(
        id="anthropic",
        name="Anthropic",
        key_variables=("ANTHROPIC_API_KEY",),
        base_url_variable="ANTHROPIC_BASE_URL",
        default_base_url="https://api.anthropic.com",
        dialects=("anthropic",),
        auth="x-api-key",
        model_prefixes=("claude-",),
        models=("claude-opus-5-5", "claude-sonnet-4-5"),
        key_page="https://platform.claude.com/settings/keys",
    ),
    Provider(
        id="openai",
        name="OpenAI",
        key_variables=("OPENAI_API_KEY",),
        base_url_variable="OPENAI_BASE_URL",
        default_base_url="https://api.openai.com/v1",
        dialects=("responses", "chat"),
        model_prefixes=("gpt-", "codex-"),
        models=("gpt-6.1-sol", "gpt-6.1-terra", "gpt-6-sol", "gpt-6-luna", "gpt-6-astra", "gpt-5.5"),
        key_page="https://platform.openai.com/api-keys",
    ),
    Provider(
        id="google",
        name="Google",
        key_variables=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        base_url_variable="GOOGLE_GEMINI_BASE_URL",
        default_base_url="https://generativelanguage.googleapis.com",
        dialects=("google",),
        auth="x-goog-api-key",
        model_prefixes=("gemini-",),
        models=("gemini-3.8-flash", "gemini-3.1-pro-preview", "gemini-2.5-pro"),
        key_page="https://aistudio.google.com/apikey",
    ),
    _compatible(
        "groq", "Groq", "GROQ_API_KEY", "https://api.groq.com", "https://console.groq.com/keys",
        dialects=BOTH, openai_path="openai/v1",
    ),
    _compatible(
        "mistral", "Mistral", "MISTRAL_API_KEY", "https://api.mistral.ai/v1", "https://console.mistral.ai/api-keys"
    ),
    _compatible(
        "openrouter", "OpenRouter", "OPENROUTER_API_KEY", "https://openrouter.ai/api/v1",
        "https://openrouter.ai/settings/keys", dialects=BOTH,
    ),
    _compatible(
        "together", "Together AI", "TOGETHER_API_KEY", "https://api.together.xyz/v1",
        "https://api.together.ai/settings/api-keys",
    ),
    _compatible(
        "fireworks", "Fireworks", "FIREWORKS_API_KEY", "https://api.fireworks.ai/inference/v1",
        "https://app.fireworks.ai/settings/users/api-keys", dialects=BOTH,
    ),
    _compatible(
        "deepseek", "DeepSeek", "DEEPSEEK_API_KEY", "https://api.deepseek.com",
        "https://platform.deepseek.com/api_keys", model_prefixes=("deepseek-",),
    ),
    _compatible(
        "xai", "xAI", "XAI_API_KEY", "https://api.x.ai/v1", "https://console.x.ai",
        dialects=BOTH, model_prefixes=("grok-",),
    ),
    _compatible(
        "cerebras", "Cerebras", "CEREBRAS_API_KEY", "https://api.cerebras.ai/v1", "https://cloud.cerebras.ai"
    ),
    _compatible(
        "perplexity", "Perplexity", "PERPLEXITY_API_KEY", "https://api.perplexity.ai",
        "https://www.perplexity.ai/account/api/keys",
    ),
    _compatible(
        "moonshotai", "Moonshot AI", "MOONSHOT_API_KEY", "https://api.moonshot.ai/v1",
        "https://platform.moonshot.ai/console/api-keys",
        other_keys=("MOONSHOTAI_API_KEY",), base_url_variable="MOONSHOT_BASE_URL",
    ),
    _compatible(
        "zai", "Z.AI", "ZAI_API_KEY", "https://api.z.ai/api/paas/v4", "https://z.ai/manage-apikey/apikey-list"
    ),
    _compatible(
        "huggingface", "Hugging Face", "HF_TOKEN", "https://router.huggingface.co/v1",
        "https://huggingface.co/settings/tokens", dialects=BOTH, base_url_variable="HF_BASE_URL",
    ),
    _compatible(
        "bedrock", "Amazon Bedrock", "AWS_BEARER_TOKEN_BEDROCK", "https://bedrock-mantle.us-east-1.api.aws/v1",
        "https://console.aws.amazon.com/bedrock/home#/api-keys", dialects=BOTH,
    ),
    _compatible(
        "azure", "Azure OpenAI", "AZURE_OPENAI_API_KEY", "", "https://ai.azure.com",
        dialects=BOTH, auth="api-key", base_url_variable="AZURE_OPENAI_ENDPOINT", address_ending="/openai/v1",
    ),
    _compatible(
        "ollama", "Ollama", "OLLAMA_API_KEY", "http://127.0.0.1:11434/v1", "https://ollama.com/settings/keys",
        dialects=BOTH, needs_key=False,
    ),
)  # fmt: skip

_own: tuple[Provider, ...] = ()


def get(provider_id: str) -> Provider | None:
    return next((provider for provider in all() if provider.id == provider_id), None)


def all() -> tuple[Provider, ...]:
    """Every provider, the operator's own ones last."""
    return (*BUILT_IN, *_own)


def use(own: Iterable[Provider]) -> None:
    """Take the operator's own providers into the catalog, in place of those that were in it."""
    global _own
    _own = tuple(own)


def variables(own: Sequence[Provider] = ()) -> tuple[str, ...]:
    """The names of all variables that hold a provider's key or address."""
    return tuple(dict.fromkeys(name for provider in (*BUILT_IN, *own) for name in provider.variables))


def key_variables(own: Sequence[Provider] = ()) -> frozenset[str]:
    """Those that hold keys, which may come from a file instead: the name and `_FILE`."""
    return frozenset(name for provider in (*BUILT_IN, *own) for name in provider.key_variables)


def owner_of(model: str) -> Provider | None:
    """The provider whose naming this model plainly follows; None for names that tell nothing."""
    return next((p for p in all() if p.model_prefixes and model.startswith(p.model_prefixes)), None)


# --- the operator's own providers ------------------------------------------------------------------------------------


def _not_a_setting(name: str) -> str:
    if name.startswith("AGTERM_"):
        raise ValueError("AGTERM_ is for this server's own settings")
    return name


Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,127}$"), AfterValidator(_not_a_setting)]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")
]


class _Table(BaseModel):
    """One table of the file, named by the provider's id."""

    model_config = ConfigDict(strict=True, extra="forbid")

    base_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+[^\s?#]*$")]
    name: Line | None = None
    key_variable: Variable | None = None
    needs_key: bool = True
    auth: Auth = "bearer"
    dialects: Annotated[list[Literal["anthropic", "responses", "chat"]], Field(min_length=1)] = ["chat", "responses"]
    models: list[Line] = []


def read(path: Path) -> tuple[Provider, ...]:
    """The providers that a TOML file describes, one table each: `[cellar]`, `base_url = "http://10.0.0.5:8000/v1"`.

    Raises `CatalogError` for a file that can't be read, and for what makes no sense in it.
    """
    try:
        tables = tomllib.loads(path.read_text())
    except OSError as error:
        raise CatalogError(f"can't read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: {error}") from None
    return tuple(_provider(path, id, table) for id, table in tables.items())


def _provider(path: Path, id: str, table: Any) -> Provider:
    if not ID_PATTERN.fullmatch(id) or any(provider.id == id for provider in BUILT_IN):
        wanted = (
            "an id has lower case letters, digits, - and _, at most 32, a letter first, and is none of AGTerm's own"
        )
        raise CatalogError(f"{path}: [{id}]: {wanted}")
    if not isinstance(table, dict):
        raise CatalogError(f"{path}: {id} must be a table, [{id}], with a base_url")
    try:
        told = _Table.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise CatalogError(f"{path}: [{id}] {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    prefix = id.upper().replace("-", "_")
    return Provider(
        id=id,
        name=told.name or id,
        key_variables=(told.key_variable or f"{prefix}_API_KEY",),
        base_url_variable=f"{prefix}_BASE_URL",
        default_base_url=told.base_url.rstrip("/"),
        dialects=tuple(told.dialects),
        auth=told.auth,
        needs_key=told.needs_key,
        models=tuple(told.models),
        is_own=True,
    )
