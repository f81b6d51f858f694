"""A recording as one HTML file that plays anywhere: player, style and recording inside, nothing is fetched."""

import secrets
from collections.abc import AsyncIterator
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

import orjson
from django.contrib.staticfiles import finders

from core.errors import Conflict
from core.moments import timestamp
from recordings import serializers
from recordings.models import Recording
from runner import redaction

NOT_BUILT = "The player is not built on this server: run `make ui` there; the other formats need no player"
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data:; "
    "font-src data:; base-uri 'none'; form-action 'none'"
)
STYLE = """
:root { color-scheme: dark; }
body { margin: 0; padding: 1rem; background: #16181d; color: #d7dae0; font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere; }
header p { margin: 0 0 1rem; color: #9aa0ab; }
main { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
#player { flex: 1 1 40rem; min-width: 0; }
nav { flex: 1 1 16rem; max-width: 28rem; max-height: 80vh; overflow: auto; }
nav h2 { margin: 0; font-size: 1rem; }
ol { margin: .5rem 0 0; padding: 0; list-style: none; }
li button { display: block; width: 100%; padding: .25rem .5rem; border: 0; border-radius: 4px; background: none;
  color: inherit; font: inherit; text-align: left; overflow-wrap: anywhere; cursor: pointer; }
li button:hover, li button:focus-visible { background: #2a2e37; }
li time { color: #9aa0ab; font-variant-numeric: tabular-nums; margin-right: .5rem; }
"""
PLAY = """
const cast = document.getElementById('cast').textContent.trimStart();
const player = AsciinemaPlayer.create({ data: cast }, document.getElementById('player'), {
  preload: true, fit: 'width', idleTimeLimit: 3, terminalFontFamily: 'ui-monospace, Menlo, Consolas, monospace',
});
const list = document.getElementById('list');
const markers = JSON.parse(document.getElementById('markers').textContent);
for (const [marker, { atMs, label }] of markers.entries()) {
  const button = document.createElement('button');
  const time = document.createElement('time');
  const seconds = Math.floor(atMs / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  time.textContent = parts.map((part) => String(part).padStart(2, '0')).join(':');
  button.append(time, label);
  // pauses are cut short, so its time is not atMs; from there it plays, whatever it did before
  button.addEventListener('click', () => player.seek({ marker }).then(() => player.play()));
  const item = document.createElement('li');
  item.append(button);
  list.append(item);
}
"""


class Player(NamedTuple):
    script: str
    style: str


def player() -> Player:
    """As the page's build has left it; raises `Conflict` while there is none."""
    paths = [finders.find(f"app/player/player.{kind}") for kind in ("js", "css")]
    script, style = (path if isinstance(path, str) else "" for path in paths)
    if not (script and style):
        raise Conflict(NOT_BUILT)
    return _read(script, style)


@cache
def _read(script: str, style: str) -> Player:
    return Player(Path(script).read_text().replace("</script", r"<\/script"), Path(style).read_text())


async def pieces(row: Recording, cast: AsyncIterator[bytes], built: Player, *, redact: bool) -> AsyncIterator[bytes]:
    """The file; `cast` is the recording as asciicast v2. No more than a piece of it is ever in memory."""
    nonce = secrets.token_urlsafe(18)
    yield _head(row, built, nonce, redact=redact).encode()
    async for piece in cast:
        yield _harmless(piece)
    yield f'</script>\n<script nonce="{nonce}">{PLAY}</script>\n</body>\n</html>\n'.encode()


def _harmless(json: bytes) -> bytes:
    """JSON in which nothing can end or open an element: every `<` of it stands in a string, and may be written so."""
    return json.replace(b"<", b"\\u003c")


def _head(row: Recording, built: Player, nonce: str, *, redact: bool) -> str:
    clean = redaction.patterns if redact else str
    title = escape(clean(row.title or row.session_name))
    about = escape(f"{clean(row.session_name)} · {row.agent} · {timestamp(row.started_at)}")
    markers = [serializers.marker(one) | {"label": clean(one["label"])} for one in row.markers]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(POLICY.format(nonce=nonce))}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{built.style}{STYLE}</style>
</head>
<body>
<header><h1>{title}</h1><p>{about}</p></header>
<main><div id="player"></div><nav aria-label="Markers"><h2>Markers</h2><ol id="list"></ol></nav></main>
<script nonce="{nonce}">{built.script}</script>
<script type="application/json" id="markers">{_harmless(orjson.dumps(markers)).decode()}</script>
<script type="application/x-asciicast" id="cast">
"""
