"""Every attack by name, and where it is known to work: what a level does not promise is said here and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass

LANDLOCK = ("landlock", "landlock-files")
FILES, PROCESSES, KERNEL, NETWORK, IPC, TERMINAL = "files", "processes", "kernel", "network", "ipc", "terminal"
LIFE, FILE_API, ACROSS = "life cycle", "file API", "across"


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under what a run was made. `own_users`: the runner is root and gives each session a user id of its own."""

    level: str
    network: str
    own_users: bool
    landlock_abi: int

    @property
    def landlock(self) -> bool:
        return self.level in LANDLOCK


@dataclass(frozen=True, slots=True)
class Gap:
    """A reason, in a sentence for whoever runs the machine, why attacks work under some conditions."""

    why: str
    holds: Callable[[Conditions], bool]


@dataclass(frozen=True, slots=True)
class Attack:
    """`shut`: why it works nowhere, not even at level none; empty: there it works for a session of the same user."""

    id: str
    number: int | None  # what it is called in talk; None: it came later
    group: str
    name: str
    gaps: tuple[Gap, ...] = ()
    shut: str = ""

    def known(self, conditions: Conditions) -> str:
        """Why it is no surprise that this attack works under these conditions; empty when it would be one."""
        return next((gap.why for gap in (NOTHING, *self.gaps) if gap.holds(conditions)), "")


NOTHING = Gap("Level none promises nothing", lambda now: now.level == "none")
METADATA = Gap(
    "Landlock guards contents, not names, modes and times, of files of the same user",
    lambda now: now.landlock and not now.own_users,
)
SAME_USER = Gap(
    "Landlock lets processes of the same user change each other's priority and open each other's terminals",
    lambda now: now.landlock and not now.own_users,
)
VISIBLE = Gap("Without namespaces the machine's processes and sockets can be listed", lambda now: now.landlock)
PORTS = Gap("Without a network of its own a session can listen on the machine's ports", lambda now: now.landlock)
OPEN = Gap("Network open is the machine's own network", lambda now: now.network == "open")
OPEN_NAMES = Gap(
    "Network open is the machine's own network, and names of sockets are part of it",
    lambda now: now.network == "open" and now.level == "namespaces",
)
NO_TCP = Gap("This kernel's Landlock knows no network", lambda now: now.landlock and now.landlock_abi < 4)
NO_SCOPES = Gap(
    "This kernel's Landlock does not keep signals apart",
    lambda now: now.landlock and now.landlock_abi < 6 and not now.own_users,
)
NO_TRUNCATE = Gap(
    "This kernel's Landlock does not guard truncation",
    lambda now: now.landlock and now.landlock_abi < 3 and not now.own_users,
)
COUNTED_TOGETHER = Gap(
    "Outside a user namespace the kernel counts all processes of a user together, so there is no limit of a session",
    lambda now: now.landlock and not now.own_users,
)

BY_KERNEL = "The kernel refuses it to every ordinary user"
BY_FILTER = "The system call filter of every level refuses it"
BY_LAUNCH = "Every session is started so, at every level"

ATTACKS: tuple[Attack, ...] = (
    Attack("fs01", 1, FILES, "read the server's signing key"),
    Attack("fs02", 2, FILES, "read the server's database"),
    Attack("fs03", 3, FILES, "read another session's workspace by its path"),
    Attack("fs04", 4, FILES, "read another session's workspace by ../"),
    Attack("fs05", 5, FILES, "read a secret through a link planted in the workspace"),
    Attack("fs06", 6, FILES, "make a hard link to a secret in the workspace"),
    Attack("fs07", 7, FILES, "list the folder of all workspaces"),
    Attack("fs08", 8, FILES, "write a file into another session's workspace"),
    Attack("fs09", 9, FILES, "move a file out of another session's workspace"),
    Attack("fs10", 10, FILES, "change the mode of another session's workspace", (METADATA,)),
    Attack("fs11", 11, FILES, "change the times of a secret", (METADATA,)),
    Attack("fs12", 12, FILES, "learn size and existence of another session's file", (METADATA,)),
    Attack("fs13", 13, FILES, "read others' files in /tmp"),
    Attack("fs14", 14, FILES, "read others' files in /dev/shm"),
    Attack("fs15", 15, FILES, "write below /usr or /etc", shut=BY_KERNEL),
    Attack("fs16", 16, FILES, "read the raw disk", shut=BY_KERNEL),
    Attack("fs17", 17, FILES, "make a device file and read the disk", shut=BY_KERNEL),
    Attack("fs18", 18, FILES, "open a file by its number", shut=BY_KERNEL),
    Attack("fs19", 19, FILES, "truncate another session's file", (NO_TRUNCATE,)),
    Attack("fs20", None, FILES, "read the key between relay and server"),
    Attack("fs21", None, FILES, "leave a program that lends the session's user to others", shut=BY_FILTER),
    Attack("pr01", 20, PROCESSES, "read the server's environment"),
    Attack("pr02", 21, PROCESSES, "find a secret in any process's environment"),
    Attack("pr03", 22, PROCESSES, "read files by the server's root"),
    Attack("pr04", 23, PROCESSES, "open the server's descriptors"),
    Attack("pr05", 24, PROCESSES, "read command lines of outsiders", (VISIBLE,)),
    Attack("pr06", 25, PROCESSES, "kill another session's process", (NO_SCOPES,)),
    Attack("pr07", 26, PROCESSES, "signal the server", (NO_SCOPES,)),
    Attack("pr08", 27, PROCESSES, "kill the own supervisor", (NO_SCOPES,)),
    Attack("pr09", 28, PROCESSES, "trace the server"),
    Attack("pr10", 29, PROCESSES, "read another session's memory"),
    Attack("pr11", 30, PROCESSES, "take a descriptor of the server"),
    Attack("pr12", 31, PROCESSES, "slow another session down", (SAME_USER,)),
    Attack("pr13", 32, PROCESSES, "find descriptors that were left open", shut=BY_LAUNCH),
    Attack("pr14", 33, PROCESSES, "become root by a setuid program", shut=BY_LAUNCH),
    Attack("pr15", 34, PROCESSES, "have capabilities", shut=BY_LAUNCH),
    Attack("ns01", 35, KERNEL, "look beneath the mounts from an own user namespace"),
    Attack("ns02", 36, KERNEL, "enter the server's namespaces", shut=BY_KERNEL),
    Attack("ns03", 37, KERNEL, "walk out by the first process's root", shut=BY_KERNEL),
    Attack("ns04", 38, KERNEL, "name a program for the kernel to run", shut=BY_KERNEL),
    Attack("ns05", 39, KERNEL, "restart the machine", shut=BY_KERNEL),
    Attack("ns06", 40, KERNEL, "leave the own control group", shut=BY_KERNEL),
    Attack("krn01", 41, KERNEL, "use io_uring, bpf, perf or userfaultfd", shut=BY_FILTER),
    Attack("net01", 42, NETWORK, "reach a service of the machine over TCP", (OPEN, NO_TCP)),
    Attack("net02", 43, NETWORK, "reach a service of the machine over UDP", (OPEN,)),
    Attack("net03", 44, NETWORK, "reach a Unix socket that is a file"),
    Attack("net04", 45, NETWORK, "reach a Unix socket that is a name", (OPEN_NAMES,)),
    Attack("net05", 46, NETWORK, "talk to the host of a virtual machine", shut=BY_FILTER),
    Attack("net06", 47, NETWORK, "listen to the wire", shut=BY_KERNEL),
    Attack("net07", 48, NETWORK, "list the machine's sockets", (VISIBLE, OPEN)),
    Attack("net08", 49, NETWORK, "pretend to be a service of the machine", (PORTS, OPEN)),
    Attack(
        "net09", None, NETWORK, "take the port of the providers' door", shut="The door is open before the session is"
    ),
    Attack("net10", None, NETWORK, "command the runner by its sockets"),
    Attack("ipc01", 50, IPC, "read the server's shared memory"),
    Attack("ipc02", 51, IPC, "read a key of the server's keyring", shut=BY_FILTER),
    Attack("ipc03", 52, IPC, "read the server's message queue"),
    Attack("tty01", 53, TERMINAL, "type into the own terminal", shut=BY_FILTER),
    Attack("tty02", 54, TERMINAL, "open another session's terminal", (SAME_USER,)),
)
HEAVY: tuple[Attack, ...] = (
    Attack("life55", 55, LIFE, "outlive the session as a daemon"),
    Attack("life56", 56, LIFE, "outlive the session by never being the same process"),
    Attack("life57", 57, LIFE, "take every process there is", (COUNTED_TOGETHER,)),
    Attack("life58", 58, LIFE, "take all memory there is"),
)
NOT_BUILT: tuple[tuple[Attack, str], ...] = tuple(
    (Attack(f"api{number}", number, FILE_API, name), "There is no file API yet")
    for number, name in (
        (63, "swap a folder for a link while the file API works in it"),
        (64, "make the file API wait for a pipe, socket or device"),
        (65, "let the file API read a file without end"),
        (66, "lead the file API in circles or through /proc"),
        (67, "write through a hard link by the file API"),
        (68, "confuse the file API by names"),
        (69, "let the file API delete through a link"),
    )
)
