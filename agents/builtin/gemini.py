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
)
