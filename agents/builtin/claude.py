"""Claude Code, Anthropic's agent: a native program that needs no Node.

The recipe was tried out with the very version named here. Without `hasCompletedOnboarding` the screen exits at once in
spite of the base URL; without the trust entry it asks a question whose default is to exit; without
`CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST` a repository's own settings can send all traffic elsewhere. With it the CLI knows
no log-in of its own, so that by subscription the provider's address is pinned instead.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agents.declaration import TELEMETRY, WORKSPACE, Agent, LaunchContext, Login, Package, Resume, Submit
from agents.freshness import moment_ms, part
from agents.headless import Ask, Headless, claude

VERSION = "2.1.330"
CREDENTIALS = ".claude/.credentials.json"
ADDRESS = {"ANTHROPIC_BASE_URL": "https://api.anthropic.com"}  # so said, a repository's settings can't name another


def _package(platform: str) -> Package:
    name = f"@anthropic-ai/claude-code-{platform}"
    return Package(specs=(f"{name}@{VERSION}",), executable=f"{name}/claude")


def _argv(context: LaunchContext) -> list[str]:
    model = ["--model", context.model] if context.model else []
    address = ["--settings", json.dumps({"env": ADDRESS})] if context.by_subscription else []
    return [context.executable, "--permission-mode", "default", *address, *model, *context.args]


def _resume(context: LaunchContext) -> Resume:
    return Resume(exists=".claude/projects/*/*.jsonl", argv=[*_argv(context), "--continue"])


# Of flags that forbid something, no settings file may allow it again: neither the repository's, nor one in HOME that an
# earlier agent may have written. Hooks and MCP servers, which would run commands, come by these files as well.
NOBODY_ALLOWS = ["--permission-mode", "manual", "--permission-prompts", "none", "--strict-mcp-config"]
READ_ONLY = ["--restricted", "--tools", "Read,Glob,Grep", *NOBODY_ALLOWS]
CONFIRM = ["--setting-sources", "", *NOBODY_ALLOWS]
ALL_ALLOWED = ["--permission-mode", "bypassPermissions"]
STRANGE_FOLDER = ["--setting-sources", "user", "--strict-mcp-config"]  # headless, it takes every folder for trusted


def _headless_argv(context: LaunchContext, ask: Ask) -> list[str]:
    model = ["--model", context.model] if context.model else []
    address = ["--settings", json.dumps({"env": ADDRESS})] if context.by_subscription else []
    resume = ["--resume", ask.conversation] if ask.conversation else []
    mode = READ_ONLY if ask.read_only else CONFIRM if ask.confirm else ALL_ALLOWED
    folder = STRANGE_FOLDER if mode is ALL_ALLOWED and not context.may_trust else []
    form = ["--print", "--output-format", "stream-json", "--verbose", "--include-partial-messages"]
    return [context.executable, *form, *mode, *folder, *address, *model, *resume, "--", ask.message]


def _environment(context: LaunchContext) -> dict[str, str]:
    environment = {
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL": "1",
        "DISABLE_AUTOUPDATER": "1",
        "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
        "OTEL_LOGS_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
        "OTEL_EXPORTER_OTLP_ENDPOINT": TELEMETRY,
    }
    if not context.by_subscription:
        environment["CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"] = "1"
    if context.credential:
        environment["ANTHROPIC_BASE_URL"] = context.credential.base_url
        environment["ANTHROPIC_AUTH_TOKEN"] = context.credential.api_key  # in ANTHROPIC_API_KEY it would be asked about
    return environment


def _home_files(context: LaunchContext) -> dict[str, str]:
    state = {"hasCompletedOnboarding": True, "projects": {WORKSPACE: {"hasTrustDialogAccepted": context.may_trust}}}
    settings = {"skipDangerousModePermissionPrompt": True}
    return {".claude.json": json.dumps(state), ".claude/settings.json": json.dumps(settings)}


def _fresh_at(files: Mapping[str, Any]) -> datetime | None:
    tokens = part(files.get(CREDENTIALS), "claudeAiOauth")
    return moment_ms(tokens.get("expiresAt")) if tokens.get("accessToken") and tokens.get("refreshToken") else None


# A dialog takes the place of the prompt, so it is the bottom of the screen; an error counts while it is the last thing
# above the prompt. While a person types, the footer no longer says `esc to interrupt`: only the title tells.
_LAST_ABOVE_PROMPT = r"[^\n]*\n(?: {2}[^\n]*\n){0,4}─"
STATE_PATTERNS = {
    "needs_input": (
        r"Esc to cancel[^\n]*\Z",
        r"^ *❯ \d\. [^\n]*\n(?:(?!❯)[^\n]*\n){0,14}(?!❯)[^\n]*\Z",
    ),
    "rate_limited": (
        r"^\S (?:429|529) [^\n]* retrying in ",
        r"^● API Error: [^\n]*(?:\b(?:402|429|529)\b|[Oo]verloaded|[Rr]ate limit)" + _LAST_ABOVE_PROMPT,
        r"^[ ●⎿][^\n]*(?:You've hit your [^\n]*limit|[Ll]imit reached|Credit balance)" + _LAST_ABOVE_PROMPT,
    ),
    "working": (
        r"\A[^\n]*\ntitle: [◐◑◒◓⠁-⣿] ",
        r"esc to interrupt[^\n]*\Z",
        r"^[·✢✳✶✻✽*] \S+…(?: \(|$)",
    ),
    "idle": (r"^─{8,}\n❯[^\n]*(?:\n[^\n]*){0,8}\n─{8,}",),
}

AGENT = Agent(
    id="claude",
    name="Claude Code",
    icon="claude",
    color="#d97757",
    welcome="Claude Code ready.",
    command="claude",
    executables=("claude",),
    packages={platform: _package(platform) for platform in ("linux-x64", "linux-arm64")},
    version=VERSION,
    providers=("anthropic",),
    dialects=("anthropic",),
    default_model="claude-opus-5-5",
    models=("claude-opus-5-5", "claude-sonnet-4-5"),
    capabilities=("terminal", "chat", "tools", "resume"),
    argv=_argv,
    environment=_environment,
    home_files=_home_files,
    resume=_resume,
    login=Login(files=(CREDENTIALS,), fresh_at=_fresh_at),
    headless=Headless(argv=_headless_argv, translator=claude.Translator, flags=frozenset({"readOnly", "confirm"})),
    submit=Submit(pause_ms=100),
    state_patterns=STATE_PATTERNS,
)
