"""Many sessions at rest: what one more costs, and whether the first notices. Prints a table for docs/scaling.md."""

import argparse
import asyncio
import time
import uuid
from pathlib import Path
from statistics import median
from typing import Any

from bench import usage
from bench.agterm_server import AgtermServer
from bench.client import Client, echo, quantiles
from bench.protocols import Agterm
from bench.repaint import attach_ms
from bench.results import Verdict, conclude

SETTLE_S = 8.0  # a screen packs its history after five quiet seconds
LIST_TIMES, ATTACH_TIMES, DIRECT_TIMES = 5, 10, 5
TARGETS = {"memory MB": 3.0, "create ms": 50.0, "list ms": 100.0, "CPU %": 2.0}


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sessions", default="10,50,100,200,500", help="how many, one row each")
    parser.add_argument("--rest", type=float, default=20, help="seconds over which the CPU at rest is measured")
    parser.add_argument("--keys", type=int, default=200, help="keys for the echo in each row")


async def run(chosen: argparse.Namespace) -> int:
    """One server whose sessions become more and more; shells that have shown their prompt and wait."""
    rows: list[dict[str, Any]] = []
    with AgtermServer() as server:
        server.delete_session(server.start_session())  # whatever is only loaded once
        await asyncio.sleep(SETTLE_S)
        base = memory_by_role(server)
        sessions: list[str] = []
        for count in map(int, chosen.sessions.split(",")):
            created = [_create(server, sessions) for _ in range(count - len(sessions))]
            rows.append({"sessions": count, "create": quantiles(created)} | await _row(server, sessions, base, chosen))
            print(_line(rows[-1]), flush=True)
    return _present(rows)


def _create(server: AgtermServer, sessions: list[str]) -> float:
    """Milliseconds of `POST /api/sessions`."""
    began = time.perf_counter()
    sessions.append(server.start_session())
    return (time.perf_counter() - began) * 1000


def memory_by_role(server: AgtermServer) -> dict[str, int]:
    """Bytes of our own processes."""
    return {role: usage.pss_bytes(pids) for role, pids in usage.ours(server.family).items()}


async def _row(
    server: AgtermServer, sessions: list[str], base: dict[str, int], chosen: argparse.Namespace
) -> dict[str, Any]:
    await asyncio.sleep(SETTLE_S)
    memory = memory_by_role(server)
    grown = {role: (size - base.get(role, 0)) / len(sessions) / 1e6 for role, size in memory.items()}
    cpu = await _cpu_percent(server, chosen.rest)
    return {
        "memory MB": sum(grown.values()),
        "by role MB": grown,
        "op ms": median(_direct_create(server) for _ in range(DIRECT_TIMES)),
        "list ms": median(_list(server, len(sessions)) for _ in range(LIST_TIMES)),
        "CPU %": sum(cpu.values()),
        "CPU by role %": cpu,
        **await _first_session(server, sessions[0], chosen.keys),
    }


def _direct_create(server: AgtermServer) -> float:
    """Milliseconds of the runner's own `create`, past the web process; the session is removed again."""
    session_id = str(uuid.uuid4())
    began = time.perf_counter()
    server.ask("create", id=session_id, launch={"argv": [_shell()]}, cols=80, rows=24)
    spent = (time.perf_counter() - began) * 1000
    server.ask("remove", id=session_id)
    return spent


def _shell() -> str:
    return next(path for path in ("/bin/bash", "/usr/bin/bash", "/bin/sh") if Path(path).exists())


def _list(server: AgtermServer, count: int) -> float:
    began = time.perf_counter()
    answer = server.api.get("/sessions", params={"limit": 1000})
    spent = (time.perf_counter() - began) * 1000
    assert len(answer.json()["data"]["sessions"]) == count
    return spent


async def _cpu_percent(server: AgtermServer, seconds: float) -> dict[str, float]:
    """Of one core, by role, nobody attached."""
    members = usage.ours(server.family)
    before, began = usage.cpu_by_role(members), time.perf_counter()
    await asyncio.sleep(seconds)
    passed, after = time.perf_counter() - began, usage.cpu_by_role(members)
    return {role: (spent - before[role]) / 10 / passed for role, spent in after.items()}


async def _first_session(server: AgtermServer, session_id: str, keys: int) -> dict[str, Any]:
    client = await Client.open(server.socket_url, Agterm(session_id))
    repaints = [await attach_ms(client) for _ in range(ATTACH_TIMES)]
    times = await echo(client, keys)
    client.close()
    return {"attach ms": median(repaints), "echo ms": times["p50"], "echo p99 ms": times["p99"]}


HEAD = """
| sessions | create p50 / p95 ms | runner's create ms | MB each | of it supervisor and box | list of all ms | CPU at rest % | repaint ms | echo p50 / p99 ms |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""  # noqa: E501 - a row of Markdown has no line break


def _line(row: dict[str, Any]) -> str:
    create, by_role = row["create"], row["by role MB"]
    supervisor = by_role["supervisors"] + by_role.get("boxes", 0)
    return (
        f"| {row['sessions']} | {create['p50']:.0f} / {create['p95']:.0f} | {row['op ms']:.1f} "
        f"| {row['memory MB']:.2f} | {supervisor:.2f} | {row['list ms']:.0f} | {row['CPU %']:.2f} "
        f"| {row['attach ms']:.1f} | {row['echo ms']:.2f} / {row['echo p99 ms']:.2f} |"
    )


def _present(rows: list[dict[str, Any]]) -> int:
    print("\n".join([HEAD, *map(_line, rows)]))
    for row in rows:
        print(
            f"\n{row['sessions']} sessions, by process: " + ", ".join(_share(row, role) for role in row["by role MB"])
        )
    last = rows[-1] | {"create ms": rows[-1]["create"]["p50"]}
    verdicts = [Verdict(f"{last['sessions']} sessions: {name}", last[name], limit) for name, limit in TARGETS.items()]
    return conclude("idle", verdicts, rows=rows)


def _share(row: dict[str, Any], role: str) -> str:
    return f"{role} {row['by role MB'][role]:.2f} MB each, {row['CPU by role %'].get(role, 0):.2f} % CPU"
