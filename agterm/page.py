"""Which built files the page loads: reads Vite's manifest and gives the template its context."""

import json
from pathlib import Path
from typing import Any

APP = Path(__file__).resolve().parent / "static" / "app"
URL = "/static/app/"
ENTRY = "src/main.tsx"


def context(app: Path = APP) -> dict[str, Any]:
    """`{"page": {"script", "styles", "preloads"}}`, as URLs; `script` is None while the page is not built."""
    try:
        manifest = json.loads((app / "manifest.json").read_text())
    except FileNotFoundError:
        return {"page": {"script": None, "styles": [], "preloads": []}}
    entry = manifest[ENTRY]
    chunks = [manifest[name] for name in entry.get("imports", [])]
    styles = [URL + css for chunk in (entry, *chunks) for css in chunk.get("css", [])]
    return {
        "page": {
            "script": URL + entry["file"],
            "styles": styles,
            "preloads": [URL + chunk["file"] for chunk in chunks],
        }
    }
