"""Runs every test: pytest, then pytest in a real browser, then the page's own; all three even when one fails.

The browser's tests are a process of their own: Playwright's synchronous loop and pytest-asyncio exclude each other.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest")
SUITES = {
    "pytest": (*PYTEST, "-m", "not browser"),
    "pytest, in the browser": (*PYTEST, "-m", "browser", "tests/browser"),
    "vitest": ("npm", "--prefix", "ui", "run", "--silent", "test"),
}


def main() -> int:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path} | ({} if sys.stdout.isatty() else {"NO_COLOR": "1"})
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
