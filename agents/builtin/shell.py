"""A plain login shell: bash, zsh or sh, whichever is there first."""

from agents.declaration import Agent, LaunchContext


def _argv(context: LaunchContext) -> list[str]:
    return [context.executable, "-l", *context.args]


def _environment(context: LaunchContext) -> dict[str, str]:
    return {"SHELL": context.executable}


AGENT = Agent(
    id="shell",
    name="Shell",
    icon="shell",
    color="#8b949e",
    welcome="Shell ready.",
    command="bash",
    executables=("bash", "zsh", "sh"),
    capabilities=("terminal",),
    argv=_argv,
    environment=_environment,
)
