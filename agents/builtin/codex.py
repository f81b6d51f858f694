"""Codex, OpenAI's agent: a native program that needs no Node.

The recipe was tried out with the very version named here. The built-in provider `openai` takes no key from the
environment and can't be redefined, so the session gets a provider of its own, `gw`. With `daemon_auto_start` on, the
agent would move into a daemon that goes on working, and spending, after its terminal is gone.
"""

import json

from agents.declaration import WORKSPACE, Agent, LaunchContext, Package

VERSION = "0.169.0"
KEY_VARIABLE = "GW_KEY"
TRIPLES = {"linux-x64": "x86_64-unknown-linux-musl", "linux-arm64": "aarch64-unknown-linux-musl"}


def _package(platform: str, triple: str) -> Package:
    name = f"@openai/codex-{platform}"
    return Package(
        specs=(f"{name}@npm:@openai/codex@{VERSION}-{platform}",), executable=f"{name}/vendor/{triple}/bin/codex"
    )


def _environment(context: LaunchContext) -> dict[str, str]:
    return {KEY_VARIABLE: context.credential.api_key} if context.credential else {}


def _home_files(context: LaunchContext) -> dict[str, str]:
    base_url = json.dumps(context.credential.base_url if context.credential else "")
    model = f"model = {json.dumps(context.model)}\n" if context.model else ""
    return {
        ".codex/config.toml": f"""{model}model_provider = "gw"
approval_policy = "on-request"
sandbox_mode = "workspace-write"
check_for_update_on_startup = false

[model_providers.gw]
name = "AGTerm"
base_url = {base_url}
env_key = "{KEY_VARIABLE}"
wire_api = "responses"

[features]
daemon_auto_start = false
plugins = false
apps = false

[analytics]
enabled = false

[feedback]
enabled = false

[otel]
metrics_exporter = "none"

[projects."{WORKSPACE}"]
trust_level = "trusted"
"""
    }


# While an answer streams, nothing on the screen tells it from an idle one: only the title does.
STATE_PATTERNS = {
    "needs_input": (
        r"\A[^\n]*\ntitle: \[ [.!] \] Action Required",
        r"^ *(?:[Pp]ress )?enter (?:to )?(?:confirm|continue|submit|select)[^\n]*\Z",
    ),
    "rate_limited": (
        r"^■ (?:[^\n]*\n){0,2}?[^\n]*(?:402|429|503|[Rr]ate limit|usage limit|at capacity|Quota|overloaded)[^\n]*\n"
        r"(?:(?![›•■])[^\n]*\n){0,4}› ",
    ),
    "working": (r"\A[^\n]*\ntitle: [⠁-⣿] ", r"^• [^\n]{1,80}\([0-9hms ]{2,12} • esc to interrupt\)"),
    "idle": (r"^› [^\n]*(?:\n {2}[^\n]*){0,8}\Z",),
}

AGENT = Agent(
    id="codex",
    name="Codex",
    icon="codex",
    color="#10a37f",
    welcome="Codex ready.",
    command="codex",
    executables=("codex",),
    packages={platform: _package(platform, triple) for platform, triple in TRIPLES.items()},
    version=VERSION,
    provider="openai",
    default_model="gpt-6.1-sol",
    models=("gpt-6.1-sol", "gpt-6.1-terra", "gpt-6-sol", "gpt-6-luna", "gpt-6-astra", "gpt-5.5"),
    capabilities=("terminal", "chat", "tools", "resume"),
    environment=_environment,
    home_files=_home_files,
    state_patterns=STATE_PATTERNS,
)
