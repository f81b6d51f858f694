"""Runs every test: those that must be alone, several at a time, those in a real browser, the page's own; all of them.

Also when some fail. The browser's tests are a process of their own: Playwright's synchronous loop and pytest-asyncio
exclude each other.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest", "--durations=20")
# One more than there are processors: some tests always wait. More than that only makes each of them slower.
AT_A_TIME = min(os.cpu_count() or 1, 5) + 1
CHROMIUMS = 3  # which wait more than they draw
TOGETHER = ("--dist", "loadgroup", "-n")
SUITES = {
    "pytest, one at a time": (*PYTEST, "-m", "alone"),  # first: it compiles the tests for the others
    "pytest": (*PYTEST, "-m", "not browser and not alone", *TOGETHER, str(AT_A_TIME)),
    "pytest, in the browser": (*PYTEST, "-m", "browser", "tests/browser", *TOGETHER, str(CHROMIUMS)),
    "vitest": ("npm", "--prefix", "ui", "run", "--silent", "test"),
}


def main() -> int:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path} | ({} if sys.stdout.isatty() else {"NO_COLOR": "1"})
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # several processes read every test, of which one compiles it
    verdicts = {}
    for name, command in SUITES.items():
        print(f"test: {name}", flush=True)
        began = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
        verdicts[name] = (code, time.monotonic() - began)
    for name, (code, seconds) in verdicts.items():
        print(f"test: {name}: {'FAILED' if code else 'good'} in {seconds:.0f} s", flush=True)
    return int(any(code for code, _ in verdicts.values()))


if __name__ == "__main__":
    sys.exit(main())
