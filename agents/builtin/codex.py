"""Codex, OpenAI's agent: a native program that needs no Node.

The recipe was tried out with the very version named here. The built-in provider `openai` takes no key from the
environment and can't be redefined, so the session gets a provider of its own, `gw`. With `daemon_auto_start` on, the
agent would move into a daemon that goes on working, and spending, after its terminal is gone.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agents.declaration import TELEMETRY, WORKSPACE, Agent, LaunchContext, Login, Package, Resume, Submit
from agents.freshness import moment, part
from agents.headless import Ask, Headless, codex
from providers import catalog

VERSION = "0.169.0"
KEY_VARIABLE = "GW_KEY"
AUTH = ".codex/auth.json"
TRIPLES = {"linux-x64": "x86_64-unknown-linux-musl", "linux-arm64": "aarch64-unknown-linux-musl"}


def _package(platform: str, triple: str) -> Package:
    name = f"@openai/codex-{platform}"
    return Package(
        specs=(f"{name}@npm:@openai/codex@{VERSION}-{platform}",), executable=f"{name}/vendor/{triple}/bin/codex"
    )


def _resume(context: LaunchContext) -> Resume:
    argv = [context.executable, "resume", "--last", *context.args]
    return Resume(exists=".codex/sessions/*/*/*/rollout-*.jsonl", argv=argv)


def _environment(context: LaunchContext) -> dict[str, str]:
    return {KEY_VARIABLE: context.credential.api_key} if context.credential else {}


def _address(context: LaunchContext) -> str:
    """Where `responses` is at the door; some providers have it further below."""
    if context.credential is None:
        return ""
    provider = catalog.get(context.credential.provider_id)
    return provider.openai_address(context.credential.base_url) if provider else context.credential.base_url


def _home_files(context: LaunchContext) -> dict[str, str]:
    model = f"model = {json.dumps(context.model)}\n" if context.model else ""
    provider = "" if context.by_subscription else _PROVIDER.format(base_url=json.dumps(_address(context)))
    chosen = "" if context.by_subscription else 'model_provider = "gw"\n'
    return {".codex/config.toml": f"{model}{chosen}{_SETTINGS}{_TRUST if context.may_trust else ''}{provider}"}


_SETTINGS = f"""approval_policy = "on-request"
sandbox_mode = "workspace-write"
check_for_update_on_startup = false
cli_auth_credentials_store = "file"

[features]
daemon_auto_start = false
plugins = false
apps = false

[analytics]
enabled = false

[feedback]
enabled = false

[otel]
log_user_prompt = false
metrics_exporter = "none"
exporter = {{ otlp-http = {{ endpoint = "{TELEMETRY}/v1/logs", protocol = "json" }} }}
"""

_TRUST = f"""
[projects."{WORKSPACE}"]
trust_level = "trusted"
"""

_PROVIDER = f"""
[model_providers.gw]
name = "AGTerm"
base_url = {{base_url}}
env_key = "{KEY_VARIABLE}"
wire_api = "responses"
"""


# Headless, all is said on the command line: the file in HOME may be that of a session with a door of its own.
_HEADLESS = (
    "check_for_update_on_startup=false",
    'cli_auth_credentials_store="file"',
    "features.daemon_auto_start=false",
    "features.plugins=false",
    "features.apps=false",
    "analytics.enabled=false",
    "feedback.enabled=false",
    "otel.log_user_prompt=false",
    'otel.metrics_exporter="none"',
    f'otel.exporter={{otlp-http={{endpoint="{TELEMETRY}/v1/logs",protocol="json"}}}}',
    'approval_policy="never"',
)
_OWN_SANDBOX = 'sandbox_mode="read-only"'
_BOX_ALONE = 'sandbox_mode="danger-full-access"'
_NO_FILES = ["--ignore-user-config", "--ignore-rules"]  # which could allow commands outside its sandbox


def _headless_argv(context: LaunchContext, ask: Ask) -> list[str]:
    settings = [*_HEADLESS, _OWN_SANDBOX if ask.read_only else _BOX_ALONE]
    if not context.by_subscription:
        told = {"name": "AGTerm", "base_url": _address(context), "env_key": KEY_VARIABLE, "wire_api": "responses"}
        settings += [
            'model_provider="gw"',
            *(f"model_providers.gw.{name}={json.dumps(it)}" for name, it in told.items()),
        ]
    options = [option for setting in settings for option in ("-c", setting)]
    model = ["--model", context.model] if context.model else []
    files = _NO_FILES if ask.read_only else []
    kind, conversation = (["resume"], [ask.conversation]) if ask.conversation else ([], [])
    form = ["--skip-git-repo-check", "--json", *files, *options, *model]
    return [context.executable, "exec", *kind, *form, "--", *conversation, ask.message]


def _no_files(_context: LaunchContext, _ask: Ask) -> dict[str, str]:
    return {}


def _fresh_at(files: Mapping[str, Any]) -> datetime | None:
    auth = part(files.get(AUTH))
    tokens = part(auth, "tokens")
    return moment(auth.get("last_refresh")) if tokens.get("access_token") and tokens.get("refresh_token") else None


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
    providers=("openai",),
    dialects=("responses",),
    default_model="gpt-6.1-sol",
    models=("gpt-6.1-sol", "gpt-6.1-terra", "gpt-6-sol", "gpt-6-luna", "gpt-6-astra", "gpt-5.5"),
    capabilities=("terminal", "chat", "tools", "resume"),
    environment=_environment,
    home_files=_home_files,
    resume=_resume,
    login=Login(files=(AUTH,), fresh_at=_fresh_at),
    headless=Headless(
        argv=_headless_argv, translator=codex.Translator, flags=frozenset({"readOnly"}), home_files=_no_files
    ),
    submit=Submit(pause_ms=100),
    state_patterns=STATE_PATTERNS,
)
