"""Sees to the programs that tests run for real: installs the missing ones with apt where it may, else names them."""

import os
import shutil
import subprocess
import sys

PACKAGES = {
    "bwrap": "bubblewrap",
    "vim": "vim",
    "tmux": "tmux",
    "less": "less",
    "ps": "procps",
    "git": "git",
    "rg": "ripgrep",
}


def main() -> int:
    missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    if not missing:
        return 0
    print(f"ensure_programs: installing {' '.join(missing)} …", file=sys.stderr, flush=True)
    if not install(missing):
        sys.exit(f"ensure_programs: tests need {' '.join(missing)}; as root: apt-get install {' '.join(missing)}")
    return 0


def install(packages: list[str]) -> bool:
    """With apt, as root or through sudo without a password; false where neither works."""
    if not shutil.which("apt-get"):
        return False
    become = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if become and not shutil.which("sudo"):
        return False
    apt = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    steps = (["update"], ["install", "-y", "--no-install-recommends", *packages])
    return all(not subprocess.run([*apt, *step], stdout=sys.stderr, check=False).returncode for step in steps)


if __name__ == "__main__":
    sys.exit(main())
