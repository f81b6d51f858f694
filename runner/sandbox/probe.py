"""Enters Landlock in a process of its own and looks whether it holds; `runner.sandbox.levels` starts it."""

import os
import sys

from runner.sandbox import landlock


def main(level: str) -> None:
    """Exit with 0 when files, and at level `landlock` also signals, are out of reach; else say why not."""
    problem = _problem(level)
    if problem:
        sys.exit(problem)


def _problem(level: str) -> str | None:
    policy = landlock.Policy(paths=[("/proc", landlock.READ)], tcp_connect=None, tcp_bind=None, scoped=True)
    try:
        landlock.restrict(landlock.build(policy))
    except OSError as error:
        return f"Landlock (ABI {landlock.abi()}): {error.strerror}"
    try:
        os.listdir("/usr")
    except PermissionError:
        pass
    else:
        return "Landlock was entered, and files can be read all the same"
    if level == "landlock":
        try:
            os.kill(os.getppid(), 0)
        except PermissionError:
            pass
        else:
            return "Landlock was entered, and processes outside can be signalled all the same"
    return None
