"""Who attacks: a runner that is root and gives each session a user, or one that is an ordinary user itself."""

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.people import OrdinaryUser

from runner.attacks.catalogue import Conditions

TIMEOUT_S = 150


@pytest.fixture(scope="session")
def ordinary():
    """An ordinary user of this machine."""
    with OrdinaryUser() as user:
        yield user


@pytest.fixture(scope="session")
def attacked(ordinary, tmp_path_factory):
    """`attacked(who, level, network)`: what `agterm doctor --attack` found, run once for each; `None`: it can't be."""
    runs = {}

    def attack(who, level, network, *more):
        key = (who, level, network, *more)
        if key not in runs:
            runs[key] = _attack(ordinary, tmp_path_factory.mktemp("attacked"), *key)
        return runs[key]

    return attack


def _attack(ordinary, folder, who, level, network, *more):
    """Never silently: what can't be verified here is a warning at the end of the tests."""
    why = _cannot(ordinary, who)
    run = None
    if not why:
        home = _home(ordinary, folder, who)
        run = doctor(ordinary, who, "--attack", "--level", level, *more, AGTERM_HOME=home, AGTERM_NETWORK=network)
        why = "" if (Path(home) / "attacks.json").exists() else run.stdout + run.stderr
    if why:
        warnings.warn(f"not verified: {who}, {level}, {network}: {why}", stacklevel=1)
        return None
    kept = json.loads((Path(home) / "attacks.json").read_text())
    conditions = Conditions(**{name: kept[name] for name in Conditions.__slots__})
    found = {result["id"]: SimpleNamespace(**result) for result in kept["results"]}
    return SimpleNamespace(kept=kept, found=found, conditions=conditions, said=run.stdout, code=run.returncode)


def _cannot(ordinary, who):
    if who == "root" and os.geteuid() != 0:
        return "the tests are not run by root"
    return "no Python that he may run" if who == "ordinary" and ordinary.python is None else ""


def _home(ordinary, folder, who):
    return str(ordinary.home / folder.name if who == "ordinary" else folder / "home")


def doctor(ordinary, who, *arguments, **environment):
    """`agterm doctor …`, as that user."""
    command = ["-m", "agterm", "doctor", *arguments]
    if who == "ordinary":
        return ordinary.run(*command, environment=environment, timeout_s=TIMEOUT_S)
    own = {name: value for name, value in os.environ.items() if not name.startswith("AGTERM_")}
    return subprocess.run(
        [sys.executable, "-P", *command],
        env=own | environment, cwd="/", text=True, capture_output=True, timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
