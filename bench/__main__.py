"""`python -m bench NAME [--help]`: run a benchmark, print its table, keep its figures in bench/results/."""

import argparse

import uvloop

from bench import agent, costs, door, echo, fuzz, idle, recording, repaint, search, soak, start, terminal, watchers
from bench import page as browser_page

BENCHMARKS = {
    "terminal": terminal, "watchers": watchers, "echo": echo, "repaint": repaint, "idle": idle, "start": start,
    "costs": costs, "door": door, "agent": agent, "recording": recording, "search": search, "fuzz": fuzz, "soak": soak,
    "page": browser_page,
}  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """One subcommand for each benchmark."""
    made = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = made.add_subparsers(dest="name", required=True, metavar="NAME")
    for name, module in BENCHMARKS.items():
        module.options(names.add_parser(name, help=module.__doc__, description=module.__doc__))
    return made


def main() -> None:
    chosen = parser().parse_args()
    raise SystemExit(uvloop.run(BENCHMARKS[chosen.name].run(chosen)))


if __name__ == "__main__":
    main()
