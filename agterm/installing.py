"""What makes the page an app on a phone or a desktop: its manifest, and the service worker at the root."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import View

STATIC = Path(__file__).resolve().parent / "static"
FRESH = "no-cache"  # asked for anew each time, so that nobody stays with an old one

ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)
SHORTCUTS = (("Sessions", "/"), ("Costs", "/costs"), ("Search", "/search"))
MANIFEST: dict[str, Any] = {
    "id": "/",
    "name": "AGTerm",
    "short_name": "AGTerm",
    "description": "AI agents in terminals of your own server",
    "start_url": "/",
    "scope": "/",
    "display": "standalone",
    "background_color": "#0b0e13",
    "theme_color": "#12171e",
    "categories": ["developer", "productivity"],
    "icons": [
        {"src": f"/static/{name}", "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in ICONS
    ]
    + [{"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    "shortcuts": [{"name": name, "url": url} for name, url in SHORTCUTS],
}


class WebManifest(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse(MANIFEST, content_type="application/manifest+json", headers={"Cache-Control": FRESH})


class ServiceWorker(View):
    """At the root, for a worker rules only over what lies below its own address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        script = (STATIC / "sw.js").read_bytes()
        return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": FRESH})
