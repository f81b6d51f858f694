"""Make every attempt, each in a process of its own, and write down how it ended: one line of JSON for each.

The last line is `{"end": true}`. What was begun then stays as it is until the session is ended.
"""

import errno
import json
import os
import select
import signal
from pathlib import Path

from . import files, network, processes, spaces  # noqa: F401 - they register their attempts
from .attempts import ATTEMPTS, Attempt, Refused, Targets, Untried

TARGETS, RESULTS = "targets.json", "results.jsonl"
TIMEOUT_S = 10.0
STAYS = {"net08"}  # somebody outside has to look at what it left, so it is made in this process


def main() -> None:
    targets: Targets = json.loads(Path(TARGETS).read_text())
    names = [name for name in targets["attacks"] if name not in STAYS] + [n for n in targets["attacks"] if n in STAYS]
    with open(RESULTS, "a", buffering=1) as results:
        for name in names:
            outcome, detail = (_outcome if name in STAYS else _apart)(ATTEMPTS[name], targets)
            results.write(json.dumps({"id": name, "outcome": outcome, "detail": detail}) + "\n")
        results.write(json.dumps({"end": True}) + "\n")
    while True:
        signal.pause()


def _outcome(attempt: Attempt, targets: Targets) -> tuple[str, str]:
    try:
        return "open", attempt(targets)
    except Refused as reason:
        return "closed", str(reason)
    except TimeoutError:
        return "closed", "nobody answers"
    except OSError as error:
        return "closed", f"{errno.errorcode.get(error.errno or 0, '?')}: {error.strerror or error}"
    except (Untried, NotImplementedError) as reason:
        return "unverified", str(reason)
    except Exception as error:
        return "unverified", repr(error)


def _apart(attempt: Attempt, targets: Targets) -> tuple[str, str]:
    """In a child, so that what it does to itself (namespaces, crashes, waits without end) ends with it."""
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(sender, json.dumps(_outcome(attempt, targets)).encode())
        os._exit(0)
    os.close(sender)
    in_time = bool(select.select([receiver], [], [], TIMEOUT_S)[0])
    said = os.read(receiver, 65536) if in_time else b""
    os.close(receiver)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if not said:
        return "unverified", "it died" if in_time else f"it was not through after {TIMEOUT_S:g} s"
    outcome, detail = json.loads(said)
    return outcome, detail


if __name__ == "__main__":
    main()
