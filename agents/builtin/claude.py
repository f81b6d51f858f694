"""Claude Code, Anthropic's agent: a native program that needs no Node.

The recipe was tried out with the very version named here. Without `hasCompletedOnboarding` the screen exits at once in
spite of the base URL; without the trust entry it asks a question whose default is to exit; without
`CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST` a repository's own settings can send all traffic elsewhere.
"""

import json
from typing import Any

from agents.declaration import WORKSPACE, Agent, LaunchContext, Package

VERSION = "2.1.330"
APPROVAL_TAIL = 20  # Claude Code remembers an approved key by its last 20 characters


def _package(platform: str) -> Package:
    name = f"@anthropic-ai/claude-code-{platform}"
    return Package(specs=(f"{name}@{VERSION}",), executable=f"{name}/claude")


def _argv(context: LaunchContext) -> list[str]:
    model = ["--model", context.model] if context.model else []
    return [context.executable, "--permission-mode", "default", *model, *context.args]


def _environment(context: LaunchContext) -> dict[str, str]:
    environment = {
        "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST": "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL": "1",
        "DISABLE_AUTOUPDATER": "1",
    }
    if context.credential:
        variable = "ANTHROPIC_API_KEY" if context.credential.is_direct else "ANTHROPIC_AUTH_TOKEN"
        environment["ANTHROPIC_BASE_URL"] = context.credential.base_url
        environment[variable] = context.credential.api_key
    return environment


def _home_files(context: LaunchContext) -> dict[str, str]:
    state: dict[str, Any] = {
        "hasCompletedOnboarding": True,
        "projects": {WORKSPACE: {"hasTrustDialogAccepted": True}},
    }
    if context.credential and context.credential.is_direct and len(context.credential.api_key) > APPROVAL_TAIL:
        tail = context.credential.api_key[-APPROVAL_TAIL:]
        state["customApiKeyResponses"] = {"approved": [tail], "rejected": []}
    settings = {"skipDangerousModePermissionPrompt": True}
    return {".claude.json": json.dumps(state), ".claude/settings.json": json.dumps(settings)}


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
    provider="anthropic",
    default_model="claude-opus-5-5",
    models=("claude-opus-5-5", "claude-sonnet-4-5"),
    capabilities=("terminal", "chat", "tools", "resume"),
    argv=_argv,
    environment=_environment,
    home_files=_home_files,
    state_patterns=STATE_PATTERNS,
)
