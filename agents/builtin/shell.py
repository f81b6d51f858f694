"""A plain login shell: bash, zsh or sh, whichever is there first."""

from agents.declaration import Agent, LaunchContext


def _argv(context: LaunchContext) -> list[str]:
    return [context.executable, "-l", *context.args]


def _environment(context: LaunchContext) -> dict[str, str]:
    return {"SHELL": context.executable}


# A shell at its prompt reads keys; one that reads lines runs a loop or a builtin, or is a plain `sh`. Another program
# that reads keys (an editor, a pager, an agent) declares itself or is judged by its output.
_QUESTION = (
    r"(?:\?|\[[yY]/[nN]\]|\([yY]/[nN]\)|\([yY]es/[nN]o[^)\n]{0,30}\)"
    r"|(?:[Uu]sername|[Ll]ogin|[Pp]assword|[Pp]assphrase)[^:\n]{0,60}(?:'[^'\n]{0,120}')?:"
    r"|\([yY]\)|(?:[Pp]ress|PRESS|[Hh]it) [^\n]{1,40})[ :?.…]{0,6}\Z"
)
STATE_PATTERNS = {
    "needs_input": (
        r"\Aforeground: \w+ hidden ",
        r"\Aforeground: (?:other \w+|itself lines) still [\s\S]*\n[^\n]*" + _QUESTION,
    ),
    "working": (
        r"\Aforeground: other lines ",
        r"\Aforeground: other \w+ busy ",
        r"\Aforeground: itself lines (?![\s\S]*[$#%>❯]\Z)",
    ),
    "idle": (r"\Aforeground: itself (?:keys|lines) ",),
}

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
    state_patterns=STATE_PATTERNS,
)
