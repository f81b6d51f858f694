"""The LLM providers AGTerm knows: their names, and the variables that hold their key and address."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One LLM provider.

    `default_base_url` has the form the provider's own tools expect in `base_url_variable` (OpenAI's ends in `/v1`).
    `model_prefixes` are how the provider's own models are named; they tell a model that is plainly another's.
    """

    id: str
    name: str
    key_variable: str
    base_url_variable: str
    default_base_url: str
    model_prefixes: tuple[str, ...] = ()


PROVIDERS = {
    provider.id: provider
    for provider in (
        Provider(
            id="anthropic",
            name="Anthropic",
            key_variable="ANTHROPIC_API_KEY",
            base_url_variable="ANTHROPIC_BASE_URL",
            default_base_url="https://api.anthropic.com",
            model_prefixes=("claude-",),
        ),
        Provider(
            id="openai",
            name="OpenAI",
            key_variable="OPENAI_API_KEY",
            base_url_variable="OPENAI_BASE_URL",
            default_base_url="https://api.openai.com/v1",
            model_prefixes=("gpt-", "codex-"),
        ),
        Provider(
            id="google",
            name="Google",
            key_variable="GEMINI_API_KEY",
            base_url_variable="GOOGLE_GEMINI_BASE_URL",
            default_base_url="https://generativelanguage.googleapis.com",
            model_prefixes=("gemini-",),
        ),
    )
}


def get(provider_id: str) -> Provider | None:
    return PROVIDERS.get(provider_id)


def owner_of(model: str) -> Provider | None:
    """The provider whose naming this model plainly follows; None for names that tell nothing."""
    return next((p for p in PROVIDERS.values() if model.startswith(p.model_prefixes)), None)
