"""Whether the search index keeps up with 20 MB/s, how it grows, and how long questions take over a growing index."""

import argparse
import asyncio
import contextlib
import json
import random
import sqlite3
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from bench import corpora
from bench.results import Verdict, conclude
from runner.redaction import patterns
from runner.search import finding, volumes
from runner.search.finding import Wanted
from runner.search.gathering import Gatherer
from runner.search.indexer import Indexer

LIMIT_MS, PACE_MB_S = 50.0, 20.0
PIECE = 64 * 1024
SESSIONS = 40  # of the large owner
MAX_BYTES = 64 * 1024**3
SMALL_EVERY = 400  # one piece in so many is the small owner's
STREAMS = Path(__file__).parents[1] / "tests" / "data" / "streams"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--gigabytes", type=float, nargs="+", default=[0.1, 0.3, 1.0], help="of text, growing")
    parser.add_argument("--times", type=int, default=40, help="how often each question is asked, each time another")
    parser.add_argument("--seconds", type=float, default=8.0, help="of output at full pace, of each kind")


async def run(chosen: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="agterm-bench-") as home:
        kept = {name: _keep_up(Path(home) / name, name, chosen.seconds) for name in _floods()}
        grown = await asyncio.to_thread(_grow, Path(home) / "grown" / "index.sqlite3", chosen)
    verdicts = [
        Verdict(f"{size:g} GB: p95 of all questions", figures["p95 ms"], LIMIT_MS, unit=" ms")
        for size, figures in grown.items()
    ]
    verdicts += [
        Verdict(f"{name}: dropped of {PACE_MB_S:g} MB/s", figures["dropped %"], 0.0, unit=" %", counts=False)
        for name, figures in kept.items()
    ]
    return conclude("search", verdicts, kept=kept, grown=grown)


# --- keeping up --------------------------------------------------------------------------------------------------


def _floods() -> dict[str, Callable[[random.Random], bytes]]:
    """A MB and more of each kind of output."""
    return {"ls": _ls, "coloured": _coloured, "build": _build, "seq": _seq, "redraws": _redraws}


def _ls(chance: random.Random) -> bytes:
    return _lines(corpora._plain_line, chance)


def _coloured(chance: random.Random) -> bytes:
    return _lines(corpora._coloured_line, chance)


def _build(chance: random.Random) -> bytes:
    return _lines(
        lambda r: f"\x1b[32m[{r.randrange(9999):5d}/9999]\x1b[0m Building CXX object {_path(r)}.cpp.o", chance
    )


def _seq(chance: random.Random) -> bytes:
    start = chance.randrange(10**8)
    return "".join(f"{number}\r\n" for number in range(start, start + 100_000)).encode()


def _redraws(_: random.Random) -> bytes:
    events = map(json.loads, (STREAMS / "claude.cast").read_text().splitlines()[1:])
    return "".join(text for _, kind, text in events if kind == "o").encode() * 64


def _lines(line: Callable[[random.Random], str], chance: random.Random) -> bytes:
    return "".join(line(chance).replace("\n", "\r\n") + "\r\n" for _ in range(20_000)).encode()


def _keep_up(home: Path, name: str, seconds: float) -> dict[str, float]:
    """Four sessions print 20 MB/s together; what was dropped of it, and what it cost."""
    chance = random.Random(7)  # noqa: S311
    texts = [_floods()[name](chance) for _ in range(4)]
    indexer = Indexer(home / "index.sqlite3", MAX_BYTES)
    for number in range(len(texts)):
        indexer.open(f"session-{number}", {"owner": "1", "agent": "shell"})
    began, used, sent, step = time.perf_counter(), time.process_time(), 0, 0
    while (spent := time.perf_counter() - began) < seconds:
        for number, text in enumerate(texts):
            start = step * PIECE % len(text)
            data = text[start : start + PIECE]
            indexer.output(f"session-{number}", sent // len(texts), time.time(), data)
            sent += len(data)
        step += 1
        time.sleep(max(0.0, sent / (PACE_MB_S * 1e6) - spent))
    indexer.close()
    used = time.process_time() - used
    dropped = finding.query(home / "index.sqlite3", Wanted("total"))["dropped"]["bytes"]
    size, text_size = _size(home / "index.sqlite3")
    figures = {
        "MB/s": sent / 1e6 / seconds, "dropped %": 100 * dropped / sent, "MB a CPU s": (sent - dropped) / 1e6 / used,
        "text MB": text_size / 1e6, "index MB": size / 1e6,
    }  # fmt: skip
    print(f"{name:<10}" + "  ".join(f"{key} {value:.2f}" for key, value in figures.items()), flush=True)
    return figures


# --- asking ------------------------------------------------------------------------------------------------------


def _grow(index: Path, chosen: argparse.Namespace) -> dict[float, dict[str, float]]:
    chance = random.Random(5)  # noqa: S311
    library = volumes.Library(index, MAX_BYTES)
    pieces = _pieces(chance)
    text_bytes, spent, grown = 0, 0.0, dict[float, dict[str, float]]()
    for size in sorted(chosen.gigabytes):
        while text_bytes < size * 1e9:
            told = [next(pieces) for _ in range(32)]
            began = time.perf_counter()
            documents = [
                document for gatherer, offset, at, data in told for document in gatherer.output(offset, at, data, at)
            ]
            library.write(documents, {})
            spent += time.perf_counter() - began
            text_bytes += sum(len(document.text) for document in documents)
        on_disk, _ = _size(index, measured=False)
        figures = {"written MB/s": text_bytes / 1e6 / spent, "index bytes a text byte": on_disk / text_bytes}
        grown[size] = figures | _ask_all(index, chance, chosen.times)
        print(f"{size:g} GB of text  " + "  ".join(f"{key} {value:.2f}" for key, value in grown[size].items()))
    library.close()
    return grown


def _pieces(chance: random.Random) -> Iterator[tuple[Gatherer, int, float, bytes]]:
    """Logs of many sessions, and whose gatherer takes them; time runs a second with each piece."""
    words = [_word(chance) for _ in range(60_000)]
    weights = [1 / (rank + 10) for rank in range(len(words))]
    common = chance.choices(words, weights, k=400_000)
    names = [("1", f"large-{number}") for number in range(SESSIONS)] + [("2", "small")]
    gatherers = {
        name: Gatherer(name, {"owner": owner, "agent": "claude" if number % 2 else "shell"}, patterns)
        for number, (owner, name) in enumerate(names)
    }
    moment, offset = 1.7e9, 0
    while True:
        session = "small" if chance.randrange(SMALL_EVERY) == 0 else f"large-{chance.randrange(SESSIONS)}"
        lines = []
        for _ in range(PIECE // 64):
            at = chance.randrange(len(common) - 12)
            lines.append(f"\x1b[2m{chance.randrange(10**6):06}\x1b[0m {' '.join(common[at : at + 8])} {_path(chance)}")
        data = "\r\n".join(lines).encode() + b"\r\n"
        yield gatherers[session], offset, moment, data
        moment, offset = moment + 1, offset + len(data)


def _ask_all(index: Path, chance: random.Random, times: int) -> dict[str, float]:
    everything: list[float] = []
    figures = {}
    for name, ask in _questions(index, chance).items():
        took = []
        for _ in range(times):
            wanted = ask()
            began = time.perf_counter()
            finding.query(index, wanted)
            took.append((time.perf_counter() - began) * 1000)
        everything += took
        figures[f"{name} p95 ms"] = _p95(took)
    figures["p95 ms"] = _p95(everything)
    return figures


def _questions(index: Path, chance: random.Random) -> dict[str, Callable[[], Wanted]]:
    """Each another time, with words that are there."""
    texts = [each.split() for each in _some_texts(index)]

    def words(count: int) -> str:
        line = chance.choice(texts)
        at = chance.randrange(len(line) - count)
        return " ".join(line[at : at + count])

    large = Wanted("", "1")
    first, last = 1.7e9, 1.7e9 + 20_000
    return {
        "common": lambda: replace(large, query="src"),
        "a word": lambda: replace(large, query=words(1)),
        "a path": lambda: replace(large, query=_path(chance)),
        "two words": lambda: replace(large, query=words(2)),
        "phrase": lambda: replace(large, query=f'"{words(3)}"'),
        "prefix": lambda: replace(large, query=f"{words(1)[:3]}*"),
        "nowhere": lambda: replace(large, query=f"{chance.randbytes(8).hex()}zz"),
        "one session": lambda: replace(large, query="src", sessions=[f"large-{chance.randrange(SESSIONS)}"]),
        "other agent": lambda: replace(large, query=words(1), agent="claude"),
        "a time": lambda: replace(
            large, query="src", until=int(1000 * chance.uniform(first, last)), since=int(first * 1000)
        ),
        "small owner": lambda: Wanted("src", "2"),
        "small owner, a word": lambda: Wanted(words(1), "2"),
        "staff": lambda: Wanted(words(1)),
        "none of both": lambda: replace(large, query="src total", kind="input"),
    }


def _some_texts(index: Path) -> list[str]:
    found = []
    for path in volumes.volumes(volumes.folder_of(index, "1")):
        database = sqlite3.connect(path)
        rows = database.execute("SELECT body FROM documents WHERE id % 97 = 0 LIMIT 50").fetchall()
        found += [volumes.text_of(body) for (body,) in rows]
        database.close()
    return found


def _size(index: Path, *, measured: bool = True) -> tuple[int, int]:
    """Bytes on the disk, and of text in it."""
    size = text = 0
    for path in index.parent.glob("owner-*/*"):
        with contextlib.suppress(FileNotFoundError):  # a volume that was full is being closed
            size += path.stat().st_size
        if measured and path.suffix == ".sqlite3":
            database = sqlite3.connect(path)
            text += sum(len(zlib.decompress(body)) for (body,) in database.execute("SELECT body FROM documents"))
            database.close()
    return size, text


def _path(chance: random.Random) -> str:
    return f"src/{chance.choice(corpora.NAMES)}/{chance.choice(corpora.NAMES)}_{chance.randrange(5000)}"


def _word(chance: random.Random) -> str:
    return "".join(chance.choice("bcdfglmnprst") + chance.choice("aeiou") for _ in range(chance.randrange(1, 5)))


def _p95(figures: list[float]) -> float:
    return statistics.quantiles(figures, n=20)[-1] if len(figures) > 1 else figures[0]
