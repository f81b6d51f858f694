"""What callers get from the endpoints of repositories, for the description of the API; names as on the wire."""

from typing import Literal
from uuid import UUID

from core.described import Answer, Timestamp

Change = Literal["modified", "type changed", "added", "deleted", "renamed", "copied", "unmerged"]


class GitStatus(Answer):
    """How a workspace stands. `branch` is null when HEAD is detached, `head` before the first commit."""

    isRepo: bool
    branch: str | None
    detached: bool
    head: str | None
    upstream: str | None
    ahead: int
    behind: int
    staged: int
    unstaged: int
    untracked: int
    conflicted: int


class GitStanding(Answer):
    """`formatted`: the status in one line, as `main ↑2 ↓1 +1 ~3 ?2 !1`; empty where there is no repository."""

    status: GitStatus
    formatted: str
    workspaceDir: str


class SessionName(Answer):
    id: UUID
    name: str


class GitOverlap(Answer):
    """A file that this session and others have changed."""

    path: str
    sessions: list[SessionName]


class GitOverlaps(Answer):
    """`unknown`: sessions that could not be looked into just now."""

    overlaps: list[GitOverlap]
    unknown: list[SessionName]
    truncated: bool


class GitStandingWithOverlaps(GitStanding, GitOverlaps):
    pass


class GitFile(Answer):
    """A changed file, and what became of it in the index and in the working tree."""

    path: str
    oldPath: str | None
    index: Change | Literal["untracked"] | None
    worktree: Change | Literal["untracked"] | None
    staged: bool
    unstaged: bool
    untracked: bool
    conflicted: bool
    submodule: bool


class GitFiles(Answer):
    files: list[GitFile]
    truncated: bool


class GitDiffLine(Answer):
    """`noNewline`: the file ends here without one; `clipped`: the line is longer than what is shown."""

    type: Literal["context", "add", "delete"]
    oldLine: int | None
    newLine: int | None
    text: str
    noNewline: bool = False
    clipped: bool = False


class GitHunk(Answer):
    """`id`: by which it is staged alone; of the same lines at the same place it is the same."""

    id: str
    oldStart: int
    oldLines: int
    newStart: int
    newLines: int
    header: str
    lines: list[GitDiffLine]


class GitFileDiff(Answer):
    """What became of a file; the counts are null for a binary one. `truncated`: lines of it are missing."""

    path: str
    oldPath: str | None
    status: Change
    submodule: bool
    binary: bool
    additions: int | None
    deletions: int | None
    truncated: bool
    hunks: list[GitHunk]


class GitDiffStat(Answer):
    files: int
    additions: int
    deletions: int


class GitDiff(Answer):
    files: list[GitFileDiff]
    stat: GitDiffStat
    truncated: bool


class GitPerson(Answer):
    """`at` is null for what no calendar holds."""

    name: str
    email: str
    at: Timestamp | None


class GitCommit(Answer):
    sha: str
    parents: list[str]
    author: GitPerson
    committer: GitPerson
    refs: list[str]
    subject: str
    body: str


class GitLog(Answer):
    commits: list[GitCommit]
    nextCursor: str | None


class GitShown(GitDiff):
    """A commit, and what it did to its first parent."""

    commit: GitCommit


class GitBlameLine(Answer):
    """`commit` is null for a line that is not committed."""

    line: int
    originalLine: int
    commit: str | None
    text: str


class GitBlameCommit(Answer):
    author: GitPerson
    subject: str
    path: str


class GitBlame(Answer):
    """Who wrote each line; `commits` by their hashes."""

    path: str
    ref: str | None
    lines: list[GitBlameLine]
    commits: dict[str, GitBlameCommit]
    truncated: bool


class GitBranch(Answer):
    name: str
    remote: bool
    current: bool
    sha: str
    upstream: str | None
    ahead: int
    behind: int
    upstreamGone: bool
    checkedOut: bool
    committedAt: Timestamp | None
    subject: str


class GitBranches(Answer):
    current: str | None
    branches: list[GitBranch]
    truncated: bool


class GitBranchMade(GitStanding):
    branch: str


class GitCommitted(GitStanding):
    commit: GitCommit


class GitDiscarded(GitStanding):
    restored: list[str]
    removed: list[str]


class GitComparison(Answer):
    """`mine`, `theirs`: the files that each session has changed since `base`; `both`: those that both have."""

    base: str
    mine: list[str]
    theirs: list[str]
    both: list[str]
    diff: GitDiff


class GitMerged(GitStanding):
    """`merged` false: there was nothing new, and no commit."""

    merged: bool
    commit: GitCommit | None


class GitDelivered(Answer):
    """`session`: the one that the work was brought into."""

    merged: bool
    commit: GitCommit | None
    session: SessionName
