"""OpenCode, an agent of no provider's own: a native program that needs no Node and can ask any of them.

The recipe was tried out with the very version named here. A repository's own `opencode.json` could send all traffic
elsewhere: `OPENCODE_DISABLE_PROJECT_CONFIG` keeps that out. With `enabled_providers` it offers no free models of
others, which would go past the door. Nothing keeps out a repository's plug-ins, those in `.opencode` and those its
`opencode.json` names: a second, newer reader of configuration in this version loads them and asks no switch.
"""

import json
from typing import Any

from agents.declaration import Agent, LaunchContext, Package, Resume, Submit
from agents.headless import Ask, Headless, opencode
from providers import catalog
from providers.credentials import Credential

VERSION = "1.18.33"
KEY_VARIABLE = "GW_KEY"
COMPATIBLE = "gw"  # its name for a provider that it has no part of its own for
PATHS = {"anthropic": "/v1", "openai": "", "google": "/v1beta"}  # what it adds no more to an address
SWITCHES = ("AUTOUPDATE", "MODELS_FETCH", "LSP_DOWNLOAD", "DEFAULT_PLUGINS", "SHARE", "PROJECT_CONFIG")


def _package(name: str) -> Package:
    return Package(specs=(f"{name}@{VERSION}",), executable=f"{name}/bin/opencode")


def _resume(context: LaunchContext) -> Resume:
    argv = [context.executable, *context.args, "--continue"]
    return Resume(exists=".local/share/opencode/opencode.db", argv=argv)


def _environment(context: LaunchContext) -> dict[str, str]:
    environment = {"OPENCODE_PURE": "1"} | {f"OPENCODE_DISABLE_{name}": "1" for name in SWITCHES}
    if context.credential:
        environment[KEY_VARIABLE] = context.credential.api_key
        environment["OPENCODE_CONFIG_CONTENT"] = json.dumps(_config(context.credential, context.model))
    return environment


# Of a message among its arguments it makes another: quotes around all, and numbers of words that look like one.
PIPED = 'message=$1; shift; printf %s "$message" | exec "$0" "$@"'


# It keeps no flag of a run: its permissions stop its tools, but a repository's plug-ins would still run.
def _headless_argv(context: LaunchContext, ask: Ask) -> list[str]:
    session = ["--session", ask.conversation] if ask.conversation else []
    form = ["run", "--format", "json", "--thinking", "--auto"]
    return ["/bin/sh", "-c", PIPED, context.executable, ask.message, *form, *session]


def _home_files(_context: LaunchContext) -> dict[str, str]:
    """What spares it the fetching of its plug-in library, which those of its user that it loads would want."""
    fetched = {"packages": {"": {"dependencies": {"@opencode-ai/plugin": VERSION}}}}
    folder = ".config/opencode"
    return {f"{folder}/package-lock.json": json.dumps(fetched), f"{folder}/node_modules/.none": ""}


def _config(credential: Credential, model: str | None) -> dict[str, Any]:
    name, provider = _provider(credential)
    if model:
        provider["models"] = {model: {}}  # its own list may be older than the model
    chosen = {"model": f"{name}/{model}"} if model else {}
    return {
        "autoupdate": False,
        "share": "disabled",
        "enabled_providers": [name],
        "provider": {name: provider},
        **chosen,
    }


def _provider(credential: Credential) -> tuple[str, dict[str, Any]]:
    """The provider as OpenCode calls it, and what it has to be told of it."""
    options = {"apiKey": f"{{env:{KEY_VARIABLE}}}"}
    if (path := PATHS.get(credential.provider_id)) is not None:
        return credential.provider_id, {"options": {"baseURL": credential.base_url + path, **options}}
    known = catalog.get(credential.provider_id)
    address = known.openai_address(credential.base_url) if known else credential.base_url
    return COMPATIBLE, {
        "npm": "@ai-sdk/openai-compatible",
        "name": known.name if known else credential.provider_id,
        "options": {"baseURL": address, **options},
    }


# A dialog takes the place of the prompt, so it is the bottom of the screen; an error counts while it is the last thing
# above the prompt.
STATE_PATTERNS = {
    "needs_input": (r"^ *┃ +△ [^\n]*\n(?:[^\n]*┃[^\n]*\n){0,24}[^\n]*\Z",),
    "rate_limited": (
        r"^ *[⬝■]{4,} [^\n]*\[retrying ",
        r"^ *┃ [^\n]*(?:402|429|503|529|[Bb]udget|[Qq]uota|[Oo]verloaded|[Ll]imit|[Cc]redit)[^\n]*"
        r"\n(?: *┃[^\n▣]*\n){1,8}\s*▣ [^\n]*(?:\n *┃[^\n]*|\n *){0,10}\n *╹▀",
    ),
    "working": (r"^ *[⬝■]{4,} +esc(?: |$)",),
    "idle": (r"^ *╹▀{8,}",),
}

AGENT = Agent(
    id="opencode",
    name="OpenCode",
    icon="opencode",
    color="#fab283",
    welcome="OpenCode ready.",
    command="opencode",
    executables=("opencode",),
    packages={"linux-x64": _package("opencode-linux-x64-baseline"), "linux-arm64": _package("opencode-linux-arm64")},
    version=VERSION,
    providers=("anthropic", "openai", "google"),
    dialects=("chat",),
    default_model="claude-sonnet-4-5",
    default_models={"openai": "gpt-5.5", "google": "gemini-2.5-pro"},
    models=("claude-sonnet-4-5", "claude-opus-5-5", "gpt-5.5", "gemini-2.5-pro"),
    capabilities=("terminal", "chat", "tools", "resume"),
    environment=_environment,
    home_files=_home_files,
    resume=_resume,
    headless=Headless(argv=_headless_argv, translator=opencode.Translator),
    submit=Submit(pause_ms=100),
    state_patterns=STATE_PATTERNS,
)
