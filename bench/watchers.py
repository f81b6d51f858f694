"""Four watchers of one flood: what all together get in a second, beside what one client alone gets."""

import argparse
import asyncio
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from bench.agterm_server import AgtermServer
from bench.client import RUN_LIMIT_S, Client, cat, check, shown_after
from bench.corpora import Corpus, make
from bench.protocols import Agterm
from bench.results import Verdict, conclude

WATCHERS = 4
AT_LEAST = 2.0  # times one client's


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=float, default=30, help="size of the flood")


async def run(chosen: argparse.Namespace) -> int:
    """One drives, three view. Bytes count that arrive before the last of the four has seen the end."""
    figures: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory(prefix="agterm-bench-") as name, ExitStack() as stack:
        corpora = make(Path(name), chosen.megabytes)
        server = stack.enter_context(AgtermServer())
        for corpus in corpora:
            session_id = server.start_session()
            figures[corpus.name] = [
                await _round(server, session_id, corpus, number) for number in range(chosen.rounds + 1)
            ][1:]  # the first warms up
    return _present(figures)


async def _round(server: AgtermServer, session_id: str, corpus: Corpus, number: int) -> dict[str, Any]:
    driver = await Client.open(server.socket_url, Agterm(session_id))
    alone = await shown_after(driver, *cat(corpus, 2 * number))
    check(driver, corpus)
    one = driver.bytes / alone / 1e6
    watching = [
        await Client.open(server.socket_url, Agterm(session_id, mode="view", skips=True)) for _ in range(WATCHERS - 1)
    ]
    together, seconds = await _flood(driver, watching, corpus, 2 * number + 1)
    check(driver, corpus)
    skipped = sum(_agterm(client).repaints - 1 for client in watching)
    for client in (driver, *watching):
        client.close()
    return {"one MB/s": one, "four MB/s": together / seconds / 1e6, "repaints": skipped}


async def _flood(driver: Client, watching: list[Client], corpus: Corpus, number: int) -> tuple[int, float]:
    """Bytes that all got, and the seconds until the last one had the end."""
    everybody = [driver, *watching]
    typed, marker = cat(corpus, number)
    for client in everybody:
        client.forget()
    shown = [client.expect(marker) for client in everybody]
    began = time.perf_counter()
    driver.type(typed)
    seen = await asyncio.wait_for(asyncio.gather(*shown), RUN_LIMIT_S)
    return sum(client.bytes for client in everybody), max(seen) - began


def _agterm(client: Client) -> Agterm:
    assert isinstance(client.protocol, Agterm)
    return client.protocol


def _present(figures: dict[str, list[dict[str, Any]]]) -> int:
    verdicts = []
    print("\n| content | one client MB/s | four MB/s | ratio (from-to) | times a watcher was sent a repaint |")
    print("| --- | --- | --- | --- | --- |")
    for content, rounds in figures.items():
        ratios = [each["four MB/s"] / each["one MB/s"] for each in rounds]
        one, four = (median(each[name] for each in rounds) for name in ("one MB/s", "four MB/s"))
        spread = f"{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        print(f"| {content} | {one:.1f} | {four:.1f} | {spread} | {sum(each['repaints'] for each in rounds)} |")
        verdicts.append(Verdict(f"{content}: four beside one", median(ratios), AT_LEAST, at_most=False, unit="×"))
    return conclude("watchers", verdicts, rounds=figures)
