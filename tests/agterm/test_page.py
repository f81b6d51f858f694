"""Which built files a page is given: its own, and before them all that these cannot start without."""

import json

import pytest

from agterm import page

MANIFEST = {
    "src/main.tsx": {"file": "assets/main.js", "css": ["assets/main.css"], "imports": ["_terminal.js", "_signals.js"]},
    "src/share.tsx": {"file": "assets/share.js", "imports": ["_terminal.js"], "dynamicImports": ["src/guest.ts"]},
    "src/guest.ts": {"file": "assets/guest.js", "imports": ["src/share.tsx"]},
    "_terminal.js": {"file": "assets/terminal.js", "css": ["assets/terminal.css"], "imports": ["_signals.js"]},
    "_signals.js": {"file": "assets/signals.js"},
}


@pytest.fixture
def built(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    return tmp_path


def test_the_workspace_loads_its_own_files_and_what_they_need_with_its_styles_last(built):
    assert page.context(built)["page"] == {
        "script": "/static/app/assets/main.js",
        "styles": ["/static/app/assets/terminal.css", "/static/app/assets/main.css"],
        "preloads": ["/static/app/assets/signals.js", "/static/app/assets/terminal.js"],
    }


def test_the_page_for_guests_loads_nothing_of_the_workspace(built):
    assert page.context(built, page.SHARED)["page"] == {
        "script": "/static/app/assets/share.js",
        "styles": ["/static/app/assets/terminal.css"],
        "preloads": ["/static/app/assets/signals.js", "/static/app/assets/terminal.js"],
    }


def test_a_page_that_is_not_built_says_so(tmp_path):
    assert page.context(tmp_path)["page"]["script"] is None
