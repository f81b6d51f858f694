"""What Landlock allows a session, at the levels that have no namespaces."""

import os
from typing import Any

from runner.sandbox import landlock as kernel
from runner.sandbox import view

UNIX_ABI = 9  # from here on Landlock itself tells whose Unix socket it is; before, sessions get none at all
CGROUPS = "/sys/fs/cgroup"


def landlock(spec: dict[str, Any], workspace: int) -> kernel.Policy:
    """The rules for a launch specification (`runner.sandbox.launch.start`); `workspace`: its folder, held.

    So are its sources, as long as this process lives: what stands at their paths by now may be something else.
    """
    held = [f"/proc/self/fd/{_held(*source)}" for source in spec["sources"]]
    system = [(folder, kernel.READ_EXECUTE) for folder in view.SYSTEM]
    etc = [(f"/etc/{name}", kernel.READ) for name in view.ETC]
    devices = [(f"/dev/{name}", kernel.DEVICE) for name in view.DEVICES]
    terminals = [("/dev/pts", kernel.DEVICE | kernel.READ)]
    shown = [(path, kernel.READ_EXECUTE) for path in (*spec["readable"], *held)]
    own = [(path, kernel.READ_WRITE) for path in (f"/proc/self/fd/{workspace}", spec["home"], spec["temporary"])]
    facts = [("/proc", kernel.READ), (CGROUPS, kernel.READ)]
    if spec["network"] == "open":
        etc.append((view.RESOLVER, kernel.READ))
    return kernel.Policy(
        paths=system + etc + devices + terminals + shown + own + facts,
        tcp_connect=None if spec["network"] == "open" else set(spec["ports"].values()),
        tcp_bind=None,
        scoped=True,
    )


def _held(path: str, *identity: int) -> int:
    """Raises `FileNotFoundError` when it is not the folder that was checked."""
    descriptor = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    found = os.fstat(descriptor)
    if (found.st_dev, found.st_ino) != identity:
        os.close(descriptor)
        raise FileNotFoundError(2, "it is not where it was", path)
    return descriptor
