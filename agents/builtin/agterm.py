"""AGTerm's own agent, `agterm-agent`: it comes with the server, and speaks with every provider of the catalog.

It runs in our own Python environment, of which its session sees what it needs (`agents.own_program`). Its address, key
and model come by variables; a repository can't redirect it.
"""

from agents import own_program
from agents.declaration import HOME, Agent, LaunchContext, Resume
from agents.headless import FLAGS, Ask, Headless
from agents.headless.agterm import Translator
from providers import catalog, prices
from providers.catalog import Protocol, Provider

PROGRAM = "agterm-agent"
STATE = ".local/state/agterm-agent"  # below HOME: its conversations, memory and what `/undo` needs
# its name for a dialect; of a provider that speaks several, the catalog names the best one first
DIALECTS: dict[Protocol, str] = {
    "anthropic": "anthropic", "responses": "openai-responses", "chat": "openai-chat", "google": "google",
}  # fmt: skip


def _argv(context: LaunchContext) -> list[str]:
    return [*own_program.command(context.executable), *context.args]


def _resume(context: LaunchContext) -> Resume:
    return Resume(exists=f"{STATE}/*/conversations/*.jsonl", argv=[*_argv(context), "--continue"])


def _environment(context: LaunchContext) -> dict[str, str]:
    """As `agterm_agent.settings` and `.providers` read it."""
    usual = {"AGTERM_AGENT_HOME": f"{HOME}/{STATE}"}
    if context.policy:
        usual["AGTERM_AGENT_POLICY"] = ",".join(context.policy)
    if context.credential is None:
        return usual
    provider = catalog.get(context.credential.provider_id)
    told = {
        "PROVIDER": context.credential.provider_id,
        "DIALECT": DIALECTS[provider.dialects[0]] if provider else "openai-chat",
        "BASE_URL": provider.openai_address(context.credential.base_url) if provider else context.credential.base_url,
        "API_KEY": context.credential.api_key,
        "MODEL": context.model or "",
        "MODELS": ",".join(_models(provider, context.model)),
        "WINDOW": _window(context),
    }
    return usual | {f"AGTERM_AGENT_{name}": value for name, value in told.items() if value}


def _models(provider: Provider | None, chosen: str | None) -> list[str]:
    """What its `/model` offers: the one chosen first."""
    return list(dict.fromkeys([*filter(None, [chosen]), *(provider.models if provider else ())]))


def _window(context: LaunchContext) -> str:
    """How many tokens the model can see, as far as the price list, or the operator's own, says it."""
    if context.credential is None or context.model is None:
        return ""
    known = prices.model(context.credential.provider_id, context.model)
    return str(known.context_window) if known and known.context_window else ""


def _headless(context: LaunchContext, ask: Ask) -> list[str]:
    """The server ends a run that takes too long or costs too much; told so, the agent says first where it stands."""
    flags = ("read_only", "dry_run", "confirm", "strict")
    modes = [f"--{name.replace('_', '-')}" for name in flags if getattr(ask, name)]
    limits = {"--max-time": ask.timeout_s, "--max-cost": ask.budget_usd, "--resume": ask.conversation}
    return [
        *own_program.command(context.executable),
        "--output=stream-json",
        f"--approvals={'stdin' if ask.answers else 'none'}",
        *modes,
        *(f"{name}={value}" for name, value in limits.items() if value is not None),
        f"--prompt={' -' if ask.message == '-' else ask.message}",  # a bare - would have it read its terminal
    ]


# It reports its state itself (OSC 7501) and in its title; the screen is for what these don't tell, and for old runners.
_TROUBLE = r"(?:402|429|503|529|[Rr]ate limit|[Bb]udget|[Qq]uota|[Oo]verloaded)"
STATE_PATTERNS = {
    "needs_input": (
        r"\A[^\n]*\ntitle: \? ",
        r"^ Allow [^\n]*\?(?:\n [^\n]*){1,8}\n [ ❯] \d\. No [^\n]*\Z",
    ),
    "rate_limited": (
        rf"^\S [^\n]*{_TROUBLE}[^\n]* again in [^\n]*esc to interrupt\)\n─",
        rf"^(?:Failed|Limit)[^\n]*{_TROUBLE}[^\n]*\n(?:(?![●❯])[^\n]*\n){{0,4}}─{{8,}}\n❯",
    ),
    "working": (r"\A[^\n]*\ntitle: … ", r"^\S [^\n]{1,200}\([^\n]{0,60}esc to interrupt\)\n─"),
    "idle": (r"^─{8,}\n❯[^\n]*(?:\n[^\n]*){0,8}\n─{8,}(?:\n[^\n]*)?\Z",),
}

AGENT = Agent(
    id="agterm",
    name="AGTerm Agent",
    icon="agterm",
    color="#4a9eff",
    welcome="AGTerm Agent ready.",
    command=PROGRAM,
    executables=(PROGRAM,),
    is_ours=True,
    providers=("anthropic", "openai", "google"),
    dialects=("anthropic", "responses", "chat", "google"),
    default_model="claude-opus-5-5",
    default_models={
        "groq": "openai/gpt-oss-120b",
        "mistral": "mistral-medium-latest",
        "openrouter": "anthropic/claude-sonnet-5.5",
        "together": "zai-org/GLM-5.3",
        "fireworks": "accounts/fireworks/models/kimi-k3",
        "deepseek": "deepseek-v4-pro",
        "xai": "grok-4.7",
        "cerebras": "gpt-oss-120b",
        "moonshotai": "kimi-k3",
        "zai": "GLM-5.3",
    },
    models=("claude-opus-5-5", "claude-sonnet-4-5", "gpt-6.1-sol", "gpt-6.1-terra", "gemini-3.8-flash"),
    capabilities=("terminal", "chat", "tools", "resume"),
    argv=_argv,
    environment=_environment,
    resume=_resume,
    headless=Headless(argv=_headless, translator=Translator, flags=frozenset(FLAGS), takes_answers=True),
    state_patterns=STATE_PATTERNS,
)
