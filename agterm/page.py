"""Which built files a page loads: reads Vite's manifest and gives the template its context."""

import json
from pathlib import Path
from typing import Any

APP = Path(__file__).resolve().parent / "static" / "app"
URL = "/static/app/"
WORKSPACE = "src/main.tsx"
SHARED = "src/share.tsx"
TERMINAL = "src/term/view.ts"


def context(app: Path = APP, entry: str = WORKSPACE, soon: tuple[str, ...] = ()) -> dict[str, Any]:
    """`{"page": {"script", "styles", "preloads"}}`, as URLs; `script` is None while the page is not built.

    `soon`: what will be wanted next, and is fetched meanwhile.
    """
    try:
        manifest = json.loads((app / "manifest.json").read_text())
    except FileNotFoundError:
        return {"page": {"script": None, "styles": [], "preloads": []}}
    chunks = [manifest[name] for name in _needed(manifest, entry)]
    later = [manifest[name] for name in soon]
    files = dict.fromkeys(css for chunk in chunks for css in chunk.get("css", []))
    return {
        "page": {
            "script": URL + manifest[entry]["file"],
            "styles": [URL + css for css in files],
            "preloads": [URL + chunk["file"] for chunk in (*chunks[:-1], *later)],
        }
    }


def _needed(manifest: dict[str, Any], name: str, above: tuple[str, ...] = ()) -> list[str]:
    """A chunk and all that it cannot start without; what is needed comes first, so that its styles can be overruled."""
    found = dict.fromkeys(
        one
        for needed in manifest[name].get("imports", [])
        if needed not in above
        for one in _needed(manifest, needed, (*above, name))
    )
    return [*found, name]
