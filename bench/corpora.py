"""The texts that are sent through every candidate: made here, always the same, so that runs can be compared."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BLOCK_BYTES = 1_000_000  # made once, then repeated
NAMES = ("report", "views", "index", "README", "journal", "settings", "main", "test_pool", "notes", "schema")
ENDINGS = ("py", "md", "ts", "json", "txt", "css", "lock")
WORDS = (
    "the", "quick", "brown", "fox", "jumps", "über", "naïve", "façade", "→", "✓", "✗", "…",
    "─────", "│", "┌──┐", "└──┘",
    "终端", "会话", "代理", "日本語", "テスト", "한국어", "🚀", "🙂", "⚙️", "📦", "λ", "Ωμέγα", "строка", "error:", "ok",
)  # fmt: skip

# A theme's worth of styles, as programs have it: the sixteen colours, some of the 256, a few of the 16 million.
COLOURS = (
    *(f"{weight}{colour}" for weight in ("", "1;") for colour in range(30, 38)),
    *(f"38;5;{colour}" for colour in range(16, 232, 12)),
    *(f"1;38;2;{red};{green};90" for red in (90, 160, 230) for green in (60, 130, 200)),
    "2", "3", "4", "7", "48;5;236;38;5;252",
)  # fmt: skip


@dataclass(frozen=True)
class Corpus:
    """A file to `cat`, and what must arrive of it: a terminal makes CR LF of every line's end."""

    name: str
    path: Path
    size: int
    shown: bytes


def make(folder: Path, megabytes: float) -> list[Corpus]:
    """`plain` reads like `ls -lR`, `coloured` like a TUI's log: SGR sequences, box drawing, CJK, emoji."""
    folder.chmod(0o755)  # sessions of a runner that is root have a user id of their own
    random_source = random.Random(20)  # noqa: S311
    return [
        _write(folder, "plain", _block(_plain_line, random_source), megabytes),
        _write(folder, "coloured", _block(_coloured_line, random_source), megabytes),
    ]


def _write(folder: Path, name: str, block: bytes, megabytes: float) -> Corpus:
    text = block * max(1, round(megabytes * 1e6 / len(block)))
    path = folder / f"{name}.txt"
    path.write_bytes(text)
    return Corpus(name, path, len(text), text.replace(b"\n", b"\r\n"))


def _block(line: Callable[[random.Random], str], random_source: random.Random) -> bytes:
    lines, size = [], 0
    while size < BLOCK_BYTES:
        lines.append(line(random_source).encode() + b"\n")
        size += len(lines[-1])
    return b"".join(lines)


def _plain_line(r: random.Random) -> str:
    if r.random() < 0.03:
        return f"\n./{r.choice(NAMES)}/{r.choice(NAMES)}:\ntotal {r.randrange(4, 4000)}"
    name = f"{r.choice(NAMES)}_{r.randrange(1000)}.{r.choice(ENDINGS)}"
    when = f"Nov {r.randrange(1, 31):>2} {r.randrange(24):02}:17"
    return f"-rw-r--r-- 1 root root {r.randrange(1_000_000):>8} {when} {name}"


def _coloured_line(r: random.Random) -> str:
    return " ".join(f"\x1b[{r.choice(COLOURS)}m{r.choice(WORDS)}\x1b[0m" for _ in range(r.randrange(4, 12)))
