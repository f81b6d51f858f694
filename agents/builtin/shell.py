"""A login shell: bash, zsh or sh, whichever is there first; its prompts carry marks (`agents/shells`, OSC 133).

The marks come from a file of AGTerm's own that the shell reads beside its user's: nothing is typed, no file of the
user's is touched. A shell that is started with further arguments is left as it is.
"""

from pathlib import Path

from agents.declaration import HOME, Agent, LaunchContext

SCRIPTS = Path(__file__).parents[1] / "shells"
# by the name of a shell: our file for it, and where that lies below HOME
MARKED = {
    "bash": ("bash.sh", ".agterm/bash.sh"),
    "zsh": ("zshenv.zsh", ".agterm/zsh/.zshenv"),
    "fish": ("fish.fish", ".agterm/fish.fish"),
    "sh": ("sh.sh", ".agterm/sh.sh"),
    "dash": ("sh.sh", ".agterm/sh.sh"),
}


def _name(context: LaunchContext) -> str:
    """The shell's name, as far as it gets marks."""
    name = Path(context.executable).name
    return name if name in MARKED and not context.args else ""


def _argv(context: LaunchContext) -> list[str]:
    told = {
        "bash": ["--init-file", f"{HOME}/.agterm/bash.sh"],  # has no room beside -l: the script reads a login's files
        "fish": ["-l", "--init-command", f"source '{HOME}/.agterm/fish.fish'"],
    }
    return [context.executable, *told.get(_name(context), ["-l"]), *context.args]


def _environment(context: LaunchContext) -> dict[str, str]:
    plain = {"ENV": f"{HOME}/.agterm/sh.sh"}
    told = {"zsh": {"ZDOTDIR": f"{HOME}/.agterm/zsh"}, "sh": plain, "dash": plain}
    return {"SHELL": context.executable, **told.get(_name(context), {})}


def _home_files(context: LaunchContext) -> dict[str, str]:
    name = _name(context)
    if not name:
        return {}
    script, place = MARKED[name]
    return {place: (SCRIPTS / script).read_text()}


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
    home_files=_home_files,
    state_patterns=STATE_PATTERNS,
)
