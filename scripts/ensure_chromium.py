"""Finds the Chromium that the browser tests drive and prints its path; installs it with apt where that is allowed."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# The fonts are what wide characters and emoji are drawn with.
PACKAGES = ("chromium", "fonts-liberation", "fonts-dejavu-core", "fonts-noto-color-emoji", "fonts-wqy-microhei")


def find() -> str | None:
    """The browser's path: `CHROMIUM=` if given, else the first of the usual names."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    return next((path for path in map(shutil.which, NAMES) if path), None)


def main() -> int:
    path = find()
    if not path and os.environ.get("CHROMIUM"):
        sys.exit(f"ensure_chromium: CHROMIUM={os.environ['CHROMIUM']} is not a program")
    if not path and not install():
        packages = " ".join(PACKAGES)
        sys.exit(f"ensure_chromium: no Chromium found; apt-get install {packages}, or set CHROMIUM=/its/path")
    print(path or find())
    return 0


def install() -> bool:
    """With apt, as root or through sudo without a password; false where neither is possible."""
    if not shutil.which("apt-get"):
        return False
    if os.geteuid() == 0:
        become: list[str] = []
    elif (
        shutil.which("sudo") and not subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
    ):
        become = ["sudo", "-n"]
    else:
        return False
    print("ensure_chromium: installing Chromium with apt …", file=sys.stderr, flush=True)
    apt = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    steps = (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES])
    return all(not subprocess.run([*apt, *step], stdout=sys.stderr, check=False).returncode for step in steps) and bool(
        find()
    )


if __name__ == "__main__":
    sys.exit(main())
