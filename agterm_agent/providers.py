"""Which provider and model are talked to, and with which key: what AGTerm says, what the user says, or what is there.

What is said for one provider, its key above all, is never used for another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

Dialect = Literal["anthropic", "openai-responses", "openai-chat", "google"]
CUSTOM = "custom"  # a provider that has an address and no name


class MissingError(Exception):
    """No provider, key, address or model; the message says what to set."""


@dataclass(frozen=True)
class Known:
    """A provider that the agent can talk to alone. `path`: what follows the address of its variable."""

    id: str
    keys: tuple[str, ...]
    address_variable: str
    address: str
    dialect: Dialect = "openai-chat"
    models: tuple[str, ...] = ()
    path: str = ""
    needs_key: bool = True


KNOWN = (
    Known(
        "anthropic", ("ANTHROPIC_API_KEY",), "ANTHROPIC_BASE_URL", "https://api.anthropic.com",
        "anthropic", ("claude-opus-5-5", "claude-sonnet-4-5"),
    ),
    Known(
        "openai", ("OPENAI_API_KEY",), "OPENAI_BASE_URL", "https://api.openai.com/v1",
        "openai-responses", ("gpt-6.1-sol", "gpt-6.1-terra"),
    ),
    Known(
        "google", ("GEMINI_API_KEY", "GOOGLE_API_KEY"), "GOOGLE_GEMINI_BASE_URL",
        "https://generativelanguage.googleapis.com", "google", ("gemini-3.1-pro-preview", "gemini-3.8-flash"),
    ),
    Known("groq", ("GROQ_API_KEY",), "GROQ_BASE_URL", "https://api.groq.com", path="/openai/v1"),
    Known("mistral", ("MISTRAL_API_KEY",), "MISTRAL_BASE_URL", "https://api.mistral.ai/v1"),
    Known("openrouter", ("OPENROUTER_API_KEY",), "OPENROUTER_BASE_URL", "https://openrouter.ai/api/v1"),
    Known("together", ("TOGETHER_API_KEY",), "TOGETHER_BASE_URL", "https://api.together.xyz/v1"),
    Known("fireworks", ("FIREWORKS_API_KEY",), "FIREWORKS_BASE_URL", "https://api.fireworks.ai/inference/v1"),
    Known("deepseek", ("DEEPSEEK_API_KEY",), "DEEPSEEK_BASE_URL", "https://api.deepseek.com"),
    Known("xai", ("XAI_API_KEY",), "XAI_BASE_URL", "https://api.x.ai/v1"),
    Known("cerebras", ("CEREBRAS_API_KEY",), "CEREBRAS_BASE_URL", "https://api.cerebras.ai/v1"),
    Known("moonshotai", ("MOONSHOT_API_KEY",), "MOONSHOT_BASE_URL", "https://api.moonshot.ai/v1"),
    Known("zai", ("ZAI_API_KEY",), "ZAI_BASE_URL", "https://api.z.ai/api/paas/v4"),
    Known("huggingface", ("HF_TOKEN",), "HF_BASE_URL", "https://router.huggingface.co/v1"),
    Known("ollama", ("OLLAMA_API_KEY",), "OLLAMA_BASE_URL", "http://127.0.0.1:11434/v1", needs_key=False),
)  # fmt: skip

KEY_VARIABLES = frozenset(name for known in KNOWN for name in known.keys)
USUAL_KEYS = "ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY, GROQ_API_KEY, MISTRAL_API_KEY, OPENROUTER_API_KEY"


TEXTS = ("provider", "model", "dialect", "base_url", "api_key", "window")


@dataclass(frozen=True)
class Place:
    """Whom to talk to, and how."""

    provider: str = ""
    model: str = ""
    dialect: Dialect = "openai-chat"
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    window: int | None = None
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Said:
    """What one source, AGTerm's variables or the user's file, says of one provider."""

    provider: str = ""
    model: str = ""
    dialect: str = ""
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    window: str = ""
    models: tuple[str, ...] = ()


def is_own(variable: str) -> bool:
    """Whether a variable of the environment is the agent's alone, and nothing that it starts is to know of it."""
    return variable.startswith("AGTERM_AGENT_") or variable in KEY_VARIABLES


def choose(provider: str | None, model: str | None, environ: Mapping[str, str], told: Mapping[str, Any]) -> Place:
    """`provider` and `model` as the command line says; `told` is the user's file. Raises `MissingError`."""
    variables, file = _from_variables(environ), _from_file(told)
    chosen = provider or variables.provider or file.provider or _with_a_key(environ)
    if not chosen:
        raise MissingError(
            f"no provider: set the key of one ({USUAL_KEYS}, …), or OLLAMA_BASE_URL, or for another one "
            "AGTERM_AGENT_PROVIDER, AGTERM_AGENT_BASE_URL, AGTERM_AGENT_API_KEY and AGTERM_AGENT_MODEL"
        )
    said = [source for source in (variables, file) if source.provider in ("", chosen)]
    known = next((known for known in KNOWN if known.id == chosen), None)
    models = _first(said, "models") or (known.models if known else ())
    model = model or _first(said, "model") or (models[0] if models else "")
    if not model:
        raise MissingError(f"no model of {chosen}: say --model, or set AGTERM_AGENT_MODEL")
    return Place(
        provider=chosen,
        model=model,
        dialect=_dialect(_first(said, "dialect") or (known.dialect if known else "openai-chat")),
        base_url=_first(said, "base_url") or _address(chosen, known, environ),
        api_key=_first(said, "api_key") or _key(known, environ),
        window=_window(_first(said, "window")),
        models=models if model in models else (model, *models),
    )


def _from_variables(environ: Mapping[str, str]) -> _Said:
    said = {name: environ.get(f"AGTERM_AGENT_{name.upper()}", "") for name in TEXTS}
    return _said(said, environ.get("AGTERM_AGENT_MODELS", "").split(","))


def _from_file(told: Mapping[str, Any]) -> _Said:
    said, models = {name: told.get(name, "") for name in TEXTS}, told.get("models", [])
    if not isinstance(models, list) or not all(isinstance(value, str) for value in (*said.values(), *models)):
        raise MissingError(f"config.toml: {', '.join(TEXTS)} are texts, models is a list of them")
    return _said(said, models)


def _said(said: dict[str, str], models: list[str]) -> _Said:
    """A key or an address that names no provider is for an address of its own."""
    said["base_url"] = said["base_url"].rstrip("/")
    if not said["provider"] and (said["base_url"] or said["api_key"]):
        said["provider"] = CUSTOM
    return _Said(**said, models=tuple(filter(None, (name.strip() for name in models))))


def _with_a_key(environ: Mapping[str, str]) -> str:
    """The first provider that has a key here, or needs none and has an address."""
    return next(
        (
            known.id
            for known in KNOWN
            if any(environ.get(name) for name in known.keys)
            or (not known.needs_key and environ.get(known.address_variable))
        ),
        "",
    )


def _address(chosen: str, known: Known | None, environ: Mapping[str, str]) -> str:
    if known is None:
        raise MissingError(f"no address of the provider {chosen}: set AGTERM_AGENT_BASE_URL")
    return (environ.get(known.address_variable, "").rstrip("/") or known.address) + known.path


def _key(known: Known | None, environ: Mapping[str, str]) -> str:
    """Providers at an address of their own may need none."""
    key = next((environ[name] for name in known.keys if environ.get(name)), "") if known else ""
    if known and known.needs_key and not key:
        raise MissingError(f"no key of {known.id}: set {' or '.join(known.keys)}")
    return key


def _dialect(said: str) -> Dialect:
    if said not in get_args(Dialect):
        raise MissingError(f"AGTERM_AGENT_DIALECT: {said!r} is none of {', '.join(get_args(Dialect))}")
    return cast(Dialect, said)


def _window(said: str) -> int | None:
    if said and not (said.isascii() and said.isdigit() and int(said) >= 1000):
        raise MissingError(f"AGTERM_AGENT_WINDOW: {said!r} is no number of tokens, 1000 or more")
    return int(said) if said else None


def _first(said: list[_Said], name: str) -> Any:
    """The first that any source says of it."""
    return next((value for source in said if (value := getattr(source, name))), "")
