"""Writes the parts of docs/ that the code knows better: the settings and the error codes.

Usage: python scripts/docs.py [--check]    --check writes nothing and fails when a document is out of date
"""

import re
import sys
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from agterm.config import PREFIX, PROVIDER_VARIABLES, SECRETS, Config
from core.errors import AgtermError

DOCS = Path(__file__).resolve().parent.parent / "docs"
ERROR_TABLE = re.compile(r"(?<=<!-- errors: written by scripts/docs.py -->\n).*?(?=<!-- /errors -->)", re.DOTALL)
COMPUTED_DEFAULTS = {"home": "`~/.agterm`"}

CONFIGURATION = """<!-- Written by scripts/docs.py from agterm/config.py; change it there, then run `make docs`. -->
# Configuration

AGTerm reads environment variables, once, when it starts. Nothing needs to be set. A variable that begins with
`{prefix}` but is not listed here, or whose value makes no sense, stops the start with a message that names it.

| variable | default | what it does |
| --- | --- | --- |
{settings}

- Lists are comma-separated.
- A variable marked *secret* can come from a file instead: `{prefix}SECRET_KEY_FILE=/run/secrets/agterm`.
- `agterm serve` hands its settings to the runner it starts. A runner that already runs keeps those it was started with
  until `agterm runner stop`.

## Keys of LLM providers

They keep the names their own tools use:

{providers}

Until the LLM door exists, the key of an agent's provider is put into the environment of the sessions that run that
agent: whoever can type in such a session can read it.
"""


def main(arguments: list[str]) -> int:
    if unknown := set(arguments) - {"--check"}:
        sys.exit(f"docs: unknown argument {' '.join(sorted(unknown))}")
    stale = [name for name, text in documents().items() if text != (DOCS / name).read_text()]
    if "--check" in arguments and stale:
        sys.exit(f"docs: out of date: {' '.join(stale)}; run `make docs`")
    for name in stale:
        (DOCS / name).write_text(documents()[name])
        print(f"docs: wrote docs/{name}")
    return 0


def documents() -> dict[str, str]:
    """`{name below docs/: what it should say}` for every document that is written here, in whole or in part."""
    return {
        "configuration.md": configuration(),
        "api.md": ERROR_TABLE.sub(lambda _: error_table(), (DOCS / "api.md").read_text()),
    }


def configuration() -> str:
    fields = {name: field for name, field in Config.model_fields.items() if name != "provider_environment"}
    return CONFIGURATION.format(
        prefix=PREFIX,
        settings="\n".join(_setting(name, field) for name, field in fields.items()),
        providers=", ".join(f"`{name}`" for name in PROVIDER_VARIABLES) + ".",
    )


def _setting(name: str, field: FieldInfo) -> str:
    text = str(field.description).replace("|", "\\|")
    if name in SECRETS:
        text += " *Secret.*"
    return f"| `{PREFIX}{name.upper()}` | {COMPUTED_DEFAULTS.get(name) or _value(field.default)} | {text} |"


def _value(default: Any) -> str:
    if default in (None, "", (), PydanticUndefined):
        return "–"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def error_table() -> str:
    rows = [f"| `{kind.code}` | {kind.status} | {kind.default_message} |\n" for kind in error_kinds()]
    return "| code | status | said when nothing better is known |\n| --- | --- | --- |\n" + "".join(rows)


def error_kinds() -> list[type[AgtermError]]:
    """One class for every code, by status, then by code."""
    kinds: dict[str, type[AgtermError]] = {}
    waiting = [AgtermError]
    while waiting:
        kind = waiting.pop()
        kinds.setdefault(kind.code, kind)
        waiting += kind.__subclasses__()
    return sorted(kinds.values(), key=lambda kind: (kind.status, kind.code))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
