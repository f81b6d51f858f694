"""Unified diffs of two texts, in bounded time also for texts that were made to be slow to compare."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from agterm_agent.tools.text import visible

MAX_COMPARED = 1_000_000  # pairs of lines; beyond that the differing middle is shown as replaced whole
MAX_DIFF_LINES = 4_000
MAX_DIFF_CHARACTERS = 400_000
MAX_LINE = 4_000  # characters of a line that are shown
_CONTEXT = 3
_Opcode = tuple[str, int, int, int, int]


def unified(path: str, before: str | None, after: str | None) -> str:
    """The diff from `before` to `after`; None stands for no file."""
    old, new = _lines(before), _lines(after)
    if before == after:
        return ""
    header = [
        f"--- {'/dev/null' if before is None else 'a/' + path}",
        f"+++ {'/dev/null' if after is None else 'b/' + path}",
    ]
    body: list[str] = []
    room = MAX_DIFF_CHARACTERS
    for line in (line for group in _groups(old, new) for line in _hunk(group, old, new)):
        room -= len(line)
        if len(body) == MAX_DIFF_LINES or room < 0:
            body.append("\\ The rest of the diff is left out")
            break
        body.append(line)
    return "\n".join([*header, *body]) + "\n"


def _lines(text: str | None) -> list[str]:
    """Each with its end; only \\n ends a line."""
    parts = (text or "").split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _groups(old: list[str], new: list[str]) -> list[list[_Opcode]]:
    """What differs, with lines of context; beginning and end that are the same are not compared at all."""
    shorter = min(len(old), len(new))
    same_head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    same_tail = next((i for i in range(shorter - same_head) if old[-1 - i] != new[-1 - i]), shorter - same_head)
    head = max(0, same_head - _CONTEXT)
    old_end = min(len(old), len(old) - same_tail + _CONTEXT)
    new_end = min(len(new), len(new) - same_tail + _CONTEXT)
    if (old_end - head) * (new_end - head) <= MAX_COMPARED:
        groups = SequenceMatcher(None, old[head:old_end], new[head:new_end]).get_grouped_opcodes(_CONTEXT)
        return [[(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in group] for group in groups]
    tail_old, tail_new = len(old) - same_tail, len(new) - same_tail
    return [
        [
            ("equal", head, same_head, head, same_head),
            ("replace", same_head, tail_old, same_head, tail_new),
            ("equal", tail_old, old_end, tail_new, new_end),
        ]
    ]


def _hunk(group: list[_Opcode], old: list[str], new: list[str]) -> Iterator[str]:
    removed = _span(group[0][1], sum(b - a for _, a, b, _, _ in group))
    added = _span(group[0][3], sum(d - c for _, _, _, c, d in group))
    yield f"@@ -{removed} +{added} @@"
    for tag, a, b, c, d in group:
        if tag == "equal":
            yield from _marked(" ", old[a:b])
        else:
            yield from _marked("-", old[a:b])
            yield from _marked("+", new[c:d])


def _marked(mark: str, lines: list[str]) -> Iterator[str]:
    for line in lines:
        text = line.removesuffix("\n").removesuffix("\r")
        cut = f" [… line of {len(text)} characters …]" if len(text) > MAX_LINE else ""
        yield mark + visible(text[:MAX_LINE]) + cut
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _span(start: int, length: int) -> str:
    first = start + 1 if length else start
    return str(first) if length == 1 else f"{first},{length}"
