"""The documents tell the truth: settings, error codes, endpoints, messages, dependencies, links, commands."""

import importlib.util
import json
import re

import pytest
from django.urls import get_resolver

from agterm.config import PREFIX, Config
from core.errors import AgtermError
from terminals import consumers


@pytest.fixture(scope="module")
def writer(root):
    spec = importlib.util.spec_from_file_location("write_docs", root / "scripts" / "docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_documents_are_up_to_date(writer, root):
    for name, text in writer.documents().items():
        assert (root / "docs" / name).read_text() == text, f"docs/{name} is out of date: make docs"


def test_the_types_of_the_page_are_those_of_the_described_api(writer):
    assert writer.types_are_fresh(), "ui/src/api/schema.d.ts is out of date: make docs"


def test_every_setting_is_documented(root):
    text = (root / "docs" / "configuration.md").read_text()
    for name, field in Config.model_fields.items():
        assert field.description, f"{name} has no description"
        assert name == "provider_environment" or f"`{PREFIX}{name.upper()}`" in text


def test_every_setting_a_document_names_exists(files, root):
    documents = [path for path in files if path.suffix == ".md"]
    named = {name for path in documents for name in _names(path.read_text())}
    known = {f"{PREFIX}{name.upper()}" for name in Config.model_fields} | {f"{PREFIX}SECRET_KEY_FILE"}
    assert named - known - _settings_of_our_agent(root) == set()


def _names(text):
    return re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", text)


def _settings_of_our_agent(root):
    """Which is a program of its own."""
    modules = ("settings.py", "providers.py")
    return {name for module in modules for name in _names((root / "agterm_agent" / module).read_text())}


def test_every_error_code_is_documented_and_drawn_in_the_tree(writer, root):
    from core import errors

    text = (root / "docs" / "api.md").read_text()
    for kind in writer.error_kinds():
        assert f"| `{kind.code}` | {kind.status} |" in text
        assert kind is AgtermError or re.search(rf"{kind.__name__} +{kind.code} +{kind.status}\b", errors.__doc__)


def test_every_endpoint_is_documented(root):
    text = (root / "docs" / "api.md").read_text()
    undocumented = [url for url in _endpoints(get_resolver().url_patterns) if not re.search(rf"{url}[`? ,]", text)]
    assert undocumented == []


def _endpoints(patterns, prefix="/"):
    for pattern in patterns:
        route = prefix + re.sub(r"<[^>]+>", ":id", str(pattern.pattern))
        if hasattr(pattern, "url_patterns"):
            yield from _endpoints(pattern.url_patterns, route)
        elif route.startswith("/api/") and "^" not in route:
            yield route


def test_every_socket_message_is_documented(root):
    text = (root / "docs" / "api.md").read_text()
    sent = re.findall(r'(?:frame\(\s*|"type": )"([a-z:]+)"', (root / "terminals" / "consumers.py").read_text())
    assert {"session:attached", "pong", "error"} <= set(sent)
    for name in {*consumers._HANDLERS, *sent}:
        assert f"`{name}`" in text, f"docs/api.md says nothing of {name}"


def test_every_dependency_has_its_reason(root):
    text = (root / "docs" / "decisions" / "0008-dependencies.md").read_text()
    lines = [line for path in (root / "requirements").glob("*.txt") for line in path.read_text().splitlines()]
    pinned = [line for line in lines if line and not line.startswith(("#", "-r "))]
    page = json.loads((root / "ui" / "package.json").read_text())
    names = [re.split(r"\[|==", line)[0] for line in pinned] + [*page["dependencies"], *page["devDependencies"]]
    assert [line for line in pinned if not re.fullmatch(r"[\w-]+(\[[\w,]+\])?==[\w.]+ +# .+", line)] == []
    assert [name for name in names if not re.search(rf"[|,] {re.escape(name)}[ ,]", text)] == []


def test_decisions_are_numbered_without_a_gap_and_have_one_form(root):
    decisions = sorted((root / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text()
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequences")), path.name
        assert len(text.splitlines()) <= 70, f"{path.name} is longer than a page"


def test_every_link_between_documents_leads_somewhere(files, root):
    broken = []
    for path in (path for path in files if path.suffix == ".md"):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text()):
            if not (path.parent / target).exists():
                broken.append(f"{path.relative_to(root)} → {target}")
    assert broken == []


def test_the_architecture_names_only_files_that_exist(root):
    named = re.findall(
        r"`((?:ui|core|sessions|terminals|profiles|providers|gateway|runner|agterm|agents|accounts)/[\w/.]+\.\w+)`",
        _architecture(root),
    )
    assert len(named) > 10
    assert [name for name in named if not (root / name).exists()] == []


def _architecture(root):
    return (root / "docs" / "architecture.md").read_text()
