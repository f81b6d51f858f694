"""Unified diffs that git itself applies, and that take no longer for texts that were made to be slow."""

import subprocess

from hypothesis import given, settings
from hypothesis import strategies as st

from agterm_agent.tools.diffs import MAX_DIFF_LINES, unified

lines = st.lists(st.sampled_from(["a", "b", "c", "", "  d", "e" * 5]), max_size=30)
texts = st.builds(lambda found, end: "\n".join(found) + end, lines, st.sampled_from(["", "\n"]))


@settings(max_examples=40, deadline=None)
@given(before=texts, after=texts)
def test_git_applies_every_diff_and_comes_to_the_same_text(tmp_path_factory, before, after):
    folder = tmp_path_factory.mktemp("diff")
    (folder / "f.txt").write_text(before)
    diff = unified("f.txt", before, after)
    assert bool(diff) == (before != after)
    if diff:
        subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=folder, input=diff, text=True, check=True)
        assert (folder / "f.txt").read_text() == after


def test_new_files_and_removed_ones_are_shown_against_nothing():
    assert unified("f", None, "x\n") == "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n"
    assert unified("f", "x", None) == "--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\\ No newline at end of file\n"


def test_a_change_in_a_large_file_is_a_small_diff():
    before = "".join(f"line {n}\n" for n in range(200_000))
    after = before.replace("line 100000\n", "LINE\n")
    assert unified("f", before, after) == (
        "--- a/f\n+++ b/f\n@@ -99998,7 +99998,7 @@\n line 99997\n line 99998\n line 99999\n"
        "-line 100000\n+LINE\n line 100001\n line 100002\n line 100003\n"
    )


def test_texts_made_to_be_slow_are_shown_as_replaced_and_bounded():
    before = "".join(f"{n % 50}\n" for n in range(100_000))
    after = "".join(f"{n % 49}\n" for n in range(100_000))
    diff = unified("f", before, after)
    assert diff.count("\n") <= MAX_DIFF_LINES + 3
    assert "The rest of the diff is left out" in diff


def test_a_line_without_an_end_is_cut_in_a_diff():
    diff = unified("f", "\0" * 10_000_000, "\1" * 10_000_000)
    assert len(diff) < 100_000
    assert diff.count("[… line of 10000000 characters …]") == 2


def test_a_diff_moves_no_cursor():
    diff = unified("f", "a\r\n", "\x1b[2J\u202e\rb\r\n")
    assert diff.endswith("-a\n+\\x1b[2J\\u202e\\x0db\n")
