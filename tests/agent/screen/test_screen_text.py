"""Text for the screen: what a terminal would obey is gone, what is shown fits, and an answer looks as it will stay."""

import pytest

from agterm_agent.screen import calls, diffs, markdown, status, text
from agterm_agent.screen.text import clean, cut, fold, plain, width_of

HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07after",
    "\x1b]52;c;Y29weQ==\x1b\\after",
    "\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\",
    "\x1bP+q544e\x1b\\after",
    "\x1b[2J\x1b[H",
    "\x9b31mred\x9d0;title\x9cafter",
    "\x1b",
    "\x1b]0;never ends",
    "bell\x07 back\x08 null\x00 del\x7f",
    "turned \u202egnorw\u202c round",
    "unseen \U000e0041\U000e0042",
    "half \ud800 a sign",
    "\x1b\x1b[31m\x1b[",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_a_terminal_obeys_gets_through(hostile):
    shown = clean(hostile)
    assert all(character == "\n" or character.isprintable() for character in shown), ascii(shown)
    assert "\x1b" not in shown
    for line in markdown.shown(hostile + " and `" + hostile + "`", 40):
        assert all(character.isprintable() for character in plain(line)), ascii(line)


def test_of_a_progress_bar_the_last_state_stays():
    assert clean("10%\r50%\r100%\r\ndone\tnow") == "100%\ndone    now"


def test_a_long_line_takes_no_long_time_to_clean():
    assert len(clean("x" * 1_000_000)) == 1_000_000


@pytest.mark.parametrize("width", [1, 7, 20, 40, 80])
def test_folded_text_fits_and_keeps_every_word(width):
    words = "The quick brown fox, 漢字かな交じり文 and averyveryverylongwordthatfitsnowhere.\n\n  indented"
    lines = fold(words, max(width, 2))
    assert max(map(width_of, lines)) <= max(width, 2)
    assert "".join("".join(lines).split()) == "".join(words.split())


def test_a_line_is_cut_by_columns_not_by_characters():
    assert cut("漢字かな", 5) == "漢字…"
    assert width_of(cut("漢字かな", 4)) <= 4
    assert cut("abc", 3) == "abc"


ANSWER = """# Title

Some **bold** words, `code`, <b>html</b> and [a link](http://example.org).
- one
- two
  with more

   - three

1. first
2. second

```python
def f():

    return "# no heading"
```

| a | b |
|---|---|
| 1 | 2 |

> a quotation
> of two lines

Setext
======

---
The end.
"""


@pytest.mark.parametrize("size", [1, 2, 5, 17, 1000])
@pytest.mark.parametrize("width", [24, 80])
def test_an_answer_that_comes_in_pieces_settles_as_the_whole_does(size, width):
    stream, lines = markdown.Stream(), []
    for at in range(0, len(ANSWER), size):
        lines += stream.take(ANSWER[at : at + size], width)
        stream.live(width)
    lines += stream.finish(ANSWER, width)
    assert lines == markdown.shown(ANSWER, width)
    assert max(map(width_of, lines)) <= width


def test_no_word_of_an_answer_is_lost():
    shown = "\n".join(map(plain, markdown.shown(ANSWER, 80)))
    for words in (
        "Title",
        "bold words",
        "<b>html</b>",
        "http://example.org",
        "three",
        'return "# no heading"',
        "The end.",
    ):
        assert words in shown


def test_an_answer_that_differs_from_its_pieces_is_shown_whole():
    stream = markdown.Stream()
    lines = stream.take("One.\n\nTwo.\n\n", 40) + stream.finish("Another.\n", 40)
    assert [plain(line) for line in lines][-1] == "Another."


@pytest.mark.parametrize(
    "markup", [">" * 500 + "deep", "  " * 300 + "- x", "- " * 400 + "x", "|a" * 200 + "|\n" + "|-" * 200]
)
def test_markup_that_nests_without_end_still_shows_and_fits(markup):
    lines = markdown.shown(markup, 40)
    assert lines
    assert max(map(width_of, lines)) <= 40


DIFF = """--- a/one.py
+++ b/one.py
@@ -1,3 +1,3 @@
 def f():
-    return 1
+    return 2
 # end
@@ -10 +10,2 @@
--- not a heading
+++ neither
+\x1b[31mred
--- /dev/null
+++ b/two.py
@@ -0,0 +1 @@
+new
"""


def test_a_diff_shows_files_numbers_and_marks():
    shown = [plain(line) for line in diffs.shown(DIFF, 80)]
    assert shown == [
        "one.py",
        "   1   def f():",
        "   2 -     return 1",
        "   2 +     return 2",
        "   3   # end",
        "⋮",
        "  10 - -- not a heading",
        "  10 + ++ neither",
        "  11 + red",
        "two.py",
        "   1 + new",
    ]
    assert diffs.counts(DIFF) == (4, 2)


def test_on_a_narrow_screen_a_diff_goes_without_numbers():
    shown = [plain(line) for line in diffs.shown(DIFF.replace("return 2", "return " + "2" * 90), 40)]
    assert shown[1] == "  def f():"
    assert max(map(width_of, shown)) == 40


def test_a_call_shows_what_it_is_about_and_leaves_out_the_long_things():
    assert (
        calls.described("run_command", {"command": "make\ntest", "timeout_s": 5})
        == "run_command(make test, timeout_s=5)"
    )
    assert calls.described("write_file", {"path": "a.py", "content": "x" * 999}) == "write_file(a.py)"
    assert calls.described("strange\x1b[2J", {"a": [1, 2]}) == "strange(a=[1, 2])"


def test_without_colours_only_weights_are_left(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert text.paint("x", "red") == "x"
    assert text.paint("x", "red", "bold") == "\x1b[1mx\x1b[0m"
    lines = "".join(markdown.shown(ANSWER, 80))
    assert "\x1b[3" not in lines.replace("\x1b[3m", "")
    assert "\x1b[9" not in lines


def test_the_status_line_leaves_out_what_has_no_room():
    parts = [(0, "some-model"), (3, "12% context"), (2, "$0.03"), (1, "confirm"), (4, "~/a/long/way/to/the/folder")]
    assert status.line(parts, 80) == "some-model · 12% context · $0.03 · confirm · ~/a/long/way/to/the/folder"
    assert status.line(parts, 40) == "some-model · $0.03 · confirm"
    assert status.line(parts, 8) == "some-mo…"
