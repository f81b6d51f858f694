"""`python -m bench [terminal] [--quick]`: run a benchmark, print its table, keep its figures in bench/results/."""

import argparse

import uvloop

from bench import terminal

BENCHMARKS = {"terminal": terminal.run}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", default="terminal", choices=BENCHMARKS)
    parser.add_argument("--quick", action="store_true", help="two rounds of small files: shows that it works, no more")
    parser.add_argument("--rounds", type=int, help="rounds instead of the usual number")
    parser.add_argument("--only", default="", help="measure just the candidates whose name contains this, and the peer")
    chosen = parser.parse_args()
    plan = terminal.Plan.quick() if chosen.quick else terminal.Plan()
    if chosen.rounds:
        plan = plan.with_rounds(chosen.rounds)
    raise SystemExit(uvloop.run(BENCHMARKS[chosen.name](plan, chosen.only)))


if __name__ == "__main__":
    main()
