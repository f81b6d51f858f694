"""A guess at what a command line does: known destructive acts, and what "always" may stand for.

A heuristic: it sees the words of the line and not what programs do with them. What must not happen is kept from
happening by the box and by the modes, not by this list.
"""

import re
import shlex
from collections.abc import Iterator

from agterm_agent.policy import Safety

_ALWAYS = frozenset(
    {"rm", "unlink", "shred", "srm", "wipefs", "fdisk", "sfdisk", "parted", "truncate", "mkswap", "dropdb", "dropuser"}
    | {"shutdown", "reboot", "poweroff", "halt"}
)
# Program, one of these words, one more word that looks like this (None: any will do).
_ACTS: list[tuple[str, frozenset[str] | None, str | None]] = [
    ("find", None, r"-delete"),
    ("dd", None, r"of=.*"),
    ("git", frozenset({"push"}), r"--force.*|-\w*f\w*|--delete|-d|--mirror|--prune|\+.+|:.+"),
    ("git", frozenset({"reset"}), r"--hard|--merge|--keep"),
    ("git", frozenset({"clean"}), r"-\w*f\w*|--force"),
    ("git", frozenset({"restore", "filter-branch", "filter-repo"}), None),
    ("git", frozenset({"checkout", "switch"}), r"--|\.|-f|--force|--discard-changes"),
    ("git", frozenset({"stash"}), r"drop|clear"),
    ("git", frozenset({"branch", "tag"}), r"-d|-D|--delete"),
    ("git", frozenset({"worktree"}), r"remove"),
    ("git", frozenset({"update-ref"}), r"-d"),
    ("git", frozenset({"reflog"}), r"expire|delete"),
    ("git", frozenset({"gc"}), r"--prune.*"),
    ("docker", frozenset({"rm", "rmi", "prune"}), None),
    ("docker", frozenset({"down"}), r"-v|--volumes"),
    ("podman", frozenset({"rm", "rmi", "prune"}), None),
    ("kubectl", frozenset({"delete"}), None),
    ("helm", frozenset({"uninstall", "delete"}), None),
    ("terraform", frozenset({"destroy"}), None),
    ("tofu", frozenset({"destroy"}), None),
    ("pulumi", frozenset({"destroy"}), None),
    ("aws", None, r"rm|rb|delete-.+|terminate-.+"),
    ("gcloud", frozenset({"delete"}), None),
    ("az", frozenset({"delete"}), None),
    ("gh", frozenset({"delete"}), None),
    ("curl", None, r"DELETE|-XDELETE|--request=DELETE"),
    ("http", frozenset({"DELETE"}), None),
    ("npm", frozenset({"unpublish"}), None),
    ("cargo", frozenset({"yank"}), None),
    ("gem", frozenset({"yank"}), None),
    ("crontab", None, r"-r"),
]
_ANYWHERE = re.compile(
    r"\b(?:drop\s(?:table|database|schema|index|view|user|role)|truncate\stable|delete\sfrom|flushall|flushdb)\b"
    r"|\b(?:rmtree|unlinkSync|rmSync|remove_dir_all|dropDatabase)\b"
    r"|>\s?/dev/(?:sd|nvme|vd|hd|mmcblk|disk)",
    re.IGNORECASE,
)
# Programs that run others, or whatever text they are given: "always" for them would be "always everything".
_CARRIERS = frozenset(
    (  # noqa: SIM905
        "ash bash busybox bun bunx chroot command csh dash deno doas env eval exec expect fish flock gdb ionice ksh "
        "lua make nice node nohup npx nsenter nu parallel perl php pipx pwsh python python2 python3 rlwrap ruby "
        "screen script setsid sh source ssh stdbuf strace su sudo systemd-run taskset time timeout tmux tsx unshare "
        "uv uvx watch xargs xonsh zsh . awk find git docker podman npm pnpm yarn cargo go kubectl vim ed sed tar "
    ).split()
)
_PLAIN = re.compile(r"[\w ./:=,@%+-]*\Z")


def safety_of(command: str) -> Safety:
    if _ANYWHERE.search(" ".join(command.split())):
        return Safety.DESTRUCTIVE
    return Safety.DESTRUCTIVE if any(_destroys(words) for words in _simple_commands(command)) else Safety.MUTATING


def _simple_commands(command: str) -> Iterator[list[str]]:
    """The words of each part; quotes are taken for spaces, since what stands in them may be run as well."""
    for part in re.split(r"[;&|\n`()]", command):
        words = re.sub(r"['\"{}\\]", " ", part).split()
        if words:
            yield words


def _destroys(words: list[str]) -> bool:
    """Any word may be a program, as in `sudo rm` and `find -exec rm`."""
    programs = {word.rpartition("/")[2] for word in words}
    if programs & _ALWAYS or any(program.startswith("mkfs") for program in programs):
        return True
    for program, one_of, pattern in _ACTS:
        if program in programs and (one_of is None or one_of.intersection(words)):
            looks = None if pattern is None else re.compile(pattern)
            if looks is None or any(looks.fullmatch(word) for word in words):
                return True
    return False


def always_covers(command: str) -> str:
    """The program's word where the line is one simple command, else this very line."""
    line = command.strip()
    if _PLAIN.match(line):
        words = shlex.split(line)
        if words and "=" not in words[0] and "/" not in words[0] and words[0] not in _CARRIERS:
            return f"run_command {words[0]}"
    return f"run_command: {line}"
