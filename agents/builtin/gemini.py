"""Gemini CLI, Google's agent: a JavaScript bundle that needs Node 20 or newer.

The recipe was tried out with the very version named here. Without `selectedType` it exits with 41; without the other
settings it calls home and asks the package registry for updates.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agents.declaration import TELEMETRY, Agent, LaunchContext, Login, Package, Resume, Submit
from agents.freshness import moment_ms, part
from agents.headless import Ask, Headless, gemini

VERSION = "0.61.0"
CREDENTIALS = ".gemini/oauth_creds.json"
AUTO = "auto"  # the CLI itself picks a model for each prompt
NAME = "@google/gemini-cli"
PACKAGE = Package(specs=(f"{NAME}@{VERSION}",), executable=f"{NAME}/bundle/gemini.js")


def _program(context: LaunchContext) -> list[str]:
    program = [context.executable]
    if context.node and context.executable.endswith(".js"):
        program = [context.node, context.executable]
    return [*program, "--model", context.model] if context.model not in (None, AUTO) else program


def _argv(context: LaunchContext) -> list[str]:
    return [*_program(context), *context.args]


# It keeps no flag of a run: its policy stops its tools, but hooks and commands that find tools, from a settings file of
# the repository's or in HOME, would still run. Only a file of root's own could forbid these.
def _headless_argv(context: LaunchContext, ask: Ask) -> list[str]:
    resume = ["--resume", ask.conversation] if ask.conversation else []
    form = ["--output-format", "stream-json", "--approval-mode", "yolo"]
    return [*_program(context), *form, *resume, f"--prompt={ask.message}"]


def _resume(context: LaunchContext) -> Resume:
    return Resume(exists=".gemini/tmp/*/chats/session-*.jsonl", argv=[*_argv(context), "--resume", "latest"])


def _environment(context: LaunchContext) -> dict[str, str]:
    environment = {
        "GEMINI_CLI_NO_RELAUNCH": "true",
        "GEMINI_TELEMETRY_ENABLED": "true",
        "GEMINI_TELEMETRY_TARGET": "local",
        "GEMINI_TELEMETRY_OTLP_PROTOCOL": "http",
        "GEMINI_TELEMETRY_OTLP_ENDPOINT": TELEMETRY,
        "GEMINI_TELEMETRY_LOG_PROMPTS": "false",
    }
    if context.may_trust:
        environment["GEMINI_CLI_TRUST_WORKSPACE"] = "true"
    if context.credential:
        environment["GEMINI_API_KEY"] = context.credential.api_key
        environment["GOOGLE_GEMINI_BASE_URL"] = context.credential.base_url
    if context.by_subscription:
        environment["NO_BROWSER"] = "true"  # there is none in a session: it shows the address and asks for the code
    return environment


def _fresh_at(files: Mapping[str, Any]) -> datetime | None:
    tokens = part(files.get(CREDENTIALS))
    return moment_ms(tokens.get("expiry_date")) if tokens.get("refresh_token") else None


def _home_files(context: LaunchContext) -> dict[str, str]:
    settings = {
        "general": {"enableAutoUpdate": False, "enableAutoUpdateNotification": False},
        "privacy": {"usageStatisticsEnabled": False},
        "security": {
            "auth": {"selectedType": "oauth-personal" if context.by_subscription else "gemini-api-key"},
            "folderTrust": {"enabled": not context.may_trust},
        },
    }
    return {".gemini/settings.json": json.dumps(settings)}


# A dialog is a box at the bottom of the screen, below which there is no prompt.
STATE_PATTERNS = {
    "needs_input": (
        r"\A[^\n]*\ntitle: ✋",
        r"^ ?│ +● \d\. [^\n]*(?:\n ?│[^\n]*){0,14}\n ?╰─+╯?\Z",
        r"^Enter the authorization code:\Z",
    ),
    "rate_limited": (
        r"^✕ (?:[^\n]*\n){0,2}?[^\n]*(?:402|429|503|[Qq]uota|[Oo]verloaded|limit)[^\n]*\n"
        r"(?:(?![✦✕])[^\n]*\n){0,6}─{8,}",
        r"^ ?│ (?:Usage limit|Quota|[^\n]{0,80}high demand|[^\n]{0,80}capacity)[^\n]*(?:\n ?│[^\n]*){0,14}\n ?╰─+╯?\Z",
    ),
    "working": (r"\A[^\n]*\ntitle: [✦⏲]", r"^ [⠁-⣿] [^\n]{1,160}\(esc to cancel"),
    "idle": (r"\A[^\n]*\ntitle: ◇", r"^ [>!*] [^\n]*(?:\n[^\n]*){0,8}\n▀{8,}(?:\n[^\n]*){0,2}\Z"),
}

AGENT = Agent(
    id="gemini",
    name="Gemini CLI",
    icon="gemini",
    color="#4285f4",
    welcome="Gemini CLI ready.",
    command="gemini",
    executables=("gemini",),
    packages={"linux-x64": PACKAGE, "linux-arm64": PACKAGE},
    version=VERSION,
    needs_node=True,
    providers=("google",),
    dialects=("google",),
    default_model=AUTO,
    models=(AUTO, "gemini-3.8-flash", "gemini-3.1-pro-preview", "gemini-2.5-pro"),
    capabilities=("terminal", "chat", "tools"),
    argv=_argv,
    environment=_environment,
    home_files=_home_files,
    resume=_resume,
    headless=Headless(argv=_headless_argv, translator=gemini.Translator),
    login=Login(files=(CREDENTIALS, ".gemini/google_accounts.json"), fresh_at=_fresh_at),
    submit=Submit(pause_ms=400),  # an Enter that comes sooner after a paste is a new line
    state_patterns=STATE_PATTERNS,
)
