"""The command line of `agterm-agent`. It loads what is asked for and nothing else, so that it starts at once."""

import argparse
import io
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from agterm_agent import VERSION

if TYPE_CHECKING:
    from agterm_agent.settings import Flags, Settings

PROGRAM = "agterm-agent"
USAGE_ERROR = 2
APPROVALS = 'who answers when -p asks: nobody, or standard input, by lines {"id": "…", "decision": "once|always|no"}'
EXAMPLES = """\
without -p: a conversation at this terminal
exit codes of -p: 0 done, 1 failed, 2 wrong usage, 3 a limit is reached, 4 needs input, 130 cancelled
"""


class UsageError(Exception):
    """The command can't be followed; one line for people."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return the exit code."""
    if sys.stdout is None or sys.stderr is None:  # closed by who started us: what we open next would take their places
        return USAGE_ERROR
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        given = parser().parse_args(argv)
        return _dispatch(given)
    except UsageError as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _nobody_reads()


def parser() -> argparse.ArgumentParser:
    made = _Parser(prog=PROGRAM, description="An AI coding agent for the terminal.", epilog=EXAMPLES,
                   formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)  # fmt: skip
    made.add_argument("--version", action="version", version=f"{PROGRAM} {VERSION}")
    made.add_argument("-p", "--prompt", metavar="TEXT", help="do this and exit; - reads it from standard input")
    made.add_argument("--output", choices=("text", "json", "stream-json"), help="what -p prints (text: the answer)")
    made.add_argument("--cwd", metavar="FOLDER", help="the workspace (this folder)")
    talking = made.add_argument_group("provider and conversation")
    talking.add_argument("--provider", metavar="ID", help="anthropic, openai, google, groq, openrouter, ollama, …")
    talking.add_argument("--model", metavar="NAME")
    kept = talking.add_mutually_exclusive_group()
    kept.add_argument("--resume", metavar="ID", help="go on with a saved conversation: its id or the beginning of it")
    kept.add_argument("--continue", dest="resume", action="store_const", const="latest", help="… with the latest one")
    _add_safety(made.add_argument_group("safety (a policy can only be tightened)"))
    _add_limits(made.add_argument_group("limits of one turn"))
    outside = made.add_argument_group("tools from outside")
    outside.add_argument("--mcp-config", metavar="FILE", action="append", default=[], help="MCP servers (JSON)")
    outside.add_argument("--openapi", metavar="FILE|URL", action="append", default=[], help="operations become tools")
    _add_commands(made.add_subparsers(dest="command", metavar="tools | memory | conversations"))
    return made


def _add_safety(group: Any) -> None:
    group.add_argument("--read-only", action="store_true", help="change nothing: what would is refused")
    group.add_argument("--dry-run", action="store_true", help="change nothing: say what would be done")
    group.add_argument("--confirm", action="store_true", help="ask before anything is changed (the default without -p)")
    group.add_argument("--strict", action="store_true", help="nothing destructive, and no tool of unknown safety")
    group.add_argument("--yes", action="store_true", help="don't ask, unless the policy says so")
    group.add_argument("--approvals", choices=("none", "stdin"), default="none", help=APPROVALS)


def _add_limits(group: Any) -> None:
    group.add_argument("--max-iterations", metavar="N", type=_count, help="requests to the model (50)")
    group.add_argument("--max-time", metavar="SECONDS", type=_seconds)
    group.add_argument("--max-tokens", metavar="N", type=_count)
    group.add_argument("--max-cost", metavar="USD", type=_dollars)


def _add_commands(commands: Any) -> None:
    tools = commands.add_parser("tools", help="what the agent can do, and how safe it is", allow_abbrev=False)
    tools.add_argument("--json", action="store_true")
    memory = commands.add_parser("memory", help="what the agent remembers of this folder", allow_abbrev=False)
    memory.add_argument("--json", action="store_true")
    verbs = memory.add_subparsers(dest="verb", metavar="add | edit | delete | clear")
    verbs.add_parser("add", help="keep a note").add_argument("text", nargs="+")
    edit = verbs.add_parser("edit", help="change a note")
    edit.add_argument("number", type=_count)
    edit.add_argument("text", nargs="+")
    verbs.add_parser("delete", help="forget a note").add_argument("number", type=_count)
    verbs.add_parser("clear", help="forget all notes")
    saved = commands.add_parser("conversations", help="saved conversations of this folder", allow_abbrev=False)
    saved.add_argument("--json", action="store_true")
    saved.add_argument("--delete", metavar="ID", help="delete one of them")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**12):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def _seconds(text: str) -> float:
    return float(_dollars(text))


def _dollars(text: str) -> Any:
    from decimal import Decimal, InvalidOperation

    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not (amount.is_finite() and 0 < amount < 10**9):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return amount


# --- what is asked for -----------------------------------------------------------------------------------------------


def _dispatch(given: argparse.Namespace) -> int:
    if given.command:
        if given.prompt is not None:
            raise UsageError(f"either -p or {given.command}")
        return _command(given)
    if given.prompt is None:
        return _interactive(given)
    return _headless(given)


def _headless(given: argparse.Namespace) -> int:
    prompt = given.prompt
    if prompt == "-":
        if given.approvals == "stdin":
            raise UsageError("-p - and --approvals stdin can't both read standard input")
        prompt = sys.stdin.buffer.read().decode(errors="replace")
    prompt = prompt.encode(errors="surrogateescape").decode(errors="replace")
    if not prompt.strip():
        raise UsageError("the prompt is empty")
    settings = _settings(given)
    from agterm_agent import headless

    return headless.run(settings, prompt, given.output or "text", resume=given.resume)


def _interactive(given: argparse.Namespace) -> int:
    if given.output or given.approvals != "none":
        raise UsageError("--output and --approvals are for -p")
    settings = _settings(given)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("this is no terminal: say what to do with -p")
    from agterm_agent.screen import app

    return app.run(settings, resume=_resumed(given.resume, settings))


def _resumed(wanted: str | None, settings: "Settings") -> str | None:
    """The conversation's id. A person who goes on with the latest one where there is none begins one."""
    if wanted is None:
        return None
    from agterm_agent.engine.store import LATEST, Store, StoreError

    try:
        return Store(settings.state_folder).find(wanted)
    except StoreError as error:
        if wanted == LATEST:
            return None
        raise UsageError(str(error)) from None


def _command(given: argparse.Namespace) -> int:
    from agterm_agent import commands

    settings = _settings(given, needs_model=False)
    try:
        return commands.run(given, settings)
    except commands.RefusedError as error:
        raise UsageError(str(error)) from None


def _settings(given: argparse.Namespace, *, needs_model: bool = True) -> "Settings":
    from agterm_agent import settings

    try:
        return settings.load(_flags(given), needs_model=needs_model)
    except settings.SettingsError as error:
        raise UsageError(str(error)) from None


def _flags(given: argparse.Namespace) -> "Flags":
    from agterm_agent.settings import Flags

    return Flags(
        provider=given.provider,
        model=given.model,
        read_only=given.read_only,
        dry_run=given.dry_run,
        confirm=given.confirm,
        strict=given.strict,
        yes=given.yes,
        is_headless=given.prompt is not None,
        max_iterations=given.max_iterations,
        max_time_s=given.max_time,
        max_tokens=given.max_tokens,
        max_cost_usd=given.max_cost,
        approvals=given.approvals,
        cwd=given.cwd,
        mcp_config=tuple(given.mcp_config),
        openapi=tuple(given.openapi),
    )


def _refuse(message: str) -> int:
    print(f"{PROGRAM}: {' '.join(message.split())}", file=sys.stderr)
    return USAGE_ERROR


def _nobody_reads() -> int:
    """Whoever read our output has gone; Python is not to complain of it at its end."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
