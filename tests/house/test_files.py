"""Every file says what it is for, is of a size one can read, and names no machine."""

import ast
import re

MAX_LINES = 450
MACHINE_MADE = "schema.d.ts"  # of docs/openapi.json
# Something below somebody's folder; the bare folder may be an example.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|farm|root|home/(?!me/)\w+|Users/\w+)/[\w.-]+")
REGISTRY_HOSTS = re.compile(
    r"\b(?:registry\.npm\w*\.\w+|registry\.yarnpkg\.com|files\.pythonhosted\.org|pypi\.org|deb\.debian\.org)\b"
)
BINARY = {".png", ".ico", ".woff2", ".cast"}


def test_every_python_file_opens_with_a_docstring(python_files, told):
    assert told(path for path in python_files if not ast.get_docstring(ast.parse(path.read_text()))) == []


def test_no_file_is_longer_than_one_can_read(source_files, told):
    read = [path for path in source_files if path.name != MACHINE_MADE]
    assert told(path for path in read if len(path.read_text().splitlines()) > MAX_LINES) == []


def test_no_file_names_a_path_of_somebodys_machine(files, root):
    assert _found(MACHINE_PATHS, files, root) == []


def test_no_file_names_the_host_of_a_package_registry(files, root):
    assert _found(REGISTRY_HOSTS, files, root) == []


def test_no_package_marker_below_tests_shadows_an_app(files, told):
    assert told(path for path in files if path.name == "__init__.py" and "tests" in path.parts) == []


def _found(pattern, files, root):
    texts = ((path, path.read_text(errors="replace")) for path in files if path.suffix not in BINARY)
    return [
        f"{path.relative_to(root)}:{text.count(chr(10), 0, match.start()) + 1} {match[0]}"
        for path, text in texts
        for match in pattern.finditer(text)
    ]


def test_no_two_rooms_of_the_page_style_a_class_of_one_name(root):
    """Styles stay when another page is opened: of two classes of one name the one that came last would win."""
    rooms: dict[str, set[str]] = {}
    for path in (root / "ui" / "src").rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        for name in re.findall(r"(?:^|[},{])\s*\.([a-z][\w-]*)", text):
            rooms.setdefault(name, set()).add(path.parent.name)
    assert {name: places for name, places in rooms.items() if len(places - {"styles"}) > 1} == {}
