"""Gemini CLI, Google's agent: a JavaScript bundle that needs Node 20 or newer.

The recipe was tried out with the very version named here. Without `selectedType` it exits with 41; without the other
settings it calls home and asks the package registry for updates.
"""

import json

from agents.declaration import Agent, LaunchContext, Package

VERSION = "0.61.0"
AUTO = "auto"  # the CLI itself picks a model for each prompt
NAME = "@google/gemini-cli"
PACKAGE = Package(specs=(f"{NAME}@{VERSION}",), executable=f"{NAME}/bundle/gemini.js")


def _argv(context: LaunchContext) -> list[str]:
    program = [context.executable]
    if context.node and context.executable.endswith(".js"):
        program = [context.node, context.executable]
    model = ["--model", context.model] if context.model not in (None, AUTO) else []
    return [*program, *model, *context.args]


def _environment(context: LaunchContext) -> dict[str, str]:
    environment = {"GEMINI_CLI_TRUST_WORKSPACE": "true", "GEMINI_CLI_NO_RELAUNCH": "true"}
    if context.credential:
        environment["GEMINI_API_KEY"] = context.credential.api_key
        environment["GOOGLE_GEMINI_BASE_URL"] = context.credential.base_url
    return environment


def _home_files(_context: LaunchContext) -> dict[str, str]:
    settings = {
        "general": {"enableAutoUpdate": False, "enableAutoUpdateNotification": False},
        "privacy": {"usageStatisticsEnabled": False},
        "security": {"auth": {"selectedType": "gemini-api-key"}, "folderTrust": {"enabled": False}},
    }
    return {".gemini/settings.json": json.dumps(settings)}


# A dialog is a box at the bottom of the screen, below which there is no prompt.
STATE_PATTERNS = {
    "needs_input": (
        r"\A[^\n]*\ntitle: ✋",
        r"^ ?│ +● \d\. [^\n]*(?:\n ?│[^\n]*){0,14}\n ?╰─+╯?\Z",
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
    provider="google",
    default_model=AUTO,
    models=(AUTO, "gemini-3.8-flash", "gemini-3.1-pro-preview", "gemini-2.5-pro"),
    capabilities=("terminal", "chat", "tools"),
    argv=_argv,
    environment=_environment,
    home_files=_home_files,
    state_patterns=STATE_PATTERNS,
)
