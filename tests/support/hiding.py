"""A machine without bubblewrap, for one process and what it starts: nobody else sees that it is gone."""

import os
import shutil

import pytest

HIDE = 'mount --bind /dev/null "$0" && exec "$@"'
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can hide a program of the system from a test")


def without_bubblewrap() -> list[str]:
    """What a command must be started through."""
    return ["unshare", "--mount", "sh", "-c", HIDE, os.path.realpath(shutil.which("bwrap") or "/usr/bin/bwrap")]
