"""The tools that read and write files: exact, whole, and told in words a model can act on."""

import os
import stat

from agterm_agent.tools.changes import MAX_FILE_BYTES
from agterm_agent.tools.text import MAX_CHARACTERS


async def test_a_file_is_read_with_numbered_lines(call, workspace):
    (workspace / "a.txt").write_text("one\ntwo\n\nfour")
    output = await call("read_file", path="a.txt")
    assert output.ok
    assert output.text.split("\n") == ["     1\tone", "     2\ttwo", "     3\t", "     4\tfour"]


async def test_a_part_of_a_file_is_read_and_the_rest_is_told(call, workspace):
    (workspace / "a.txt").write_text("".join(f"line {n}\n" for n in range(1, 101)))
    output = await call("read_file", path="a.txt", offset=10, limit=2)
    assert output.text.startswith("    10\tline 10\n    11\tline 11\n")
    assert "lines 12 to 100 left out: read on with offset 12" in output.text
    assert "has only 100 lines" in (await call("read_file", path="a.txt", offset=101)).text


async def test_a_large_file_is_cut_with_a_notice_that_says_where_to_read_on(call, workspace):
    (workspace / "big.txt").write_text("x" * 99 + "\n" + ("y" * 99 + "\n") * 100_000)
    output = await call("read_file", path="big.txt")
    assert len(output.text) <= MAX_CHARACTERS
    assert "to 100001 left out: read on with offset" in output.text


async def test_a_line_without_an_end_is_cut(call, workspace):
    (workspace / "long.txt").write_text("z" * 1_000_000)
    output = await call("read_file", path="long.txt")
    assert len(output.text) < 3_000
    assert "line of 1000000 characters" in output.text


async def test_a_file_of_gigabytes_is_read_only_in_its_beginning(call, workspace):
    with (workspace / "huge.txt").open("wb") as file:
        file.write(b"first line\n" + b"x\n" * (MAX_FILE_BYTES // 2))
        file.truncate(8 * 2**30)
    output = await call("read_file", path="huge.txt", limit=1)
    assert output.text.startswith("     1\tfirst line\n")
    assert f"only the first {MAX_FILE_BYTES} bytes" in output.text
    assert "too large to edit" in (await call("edit_file", path="huge.txt", old_text="first", new_text="1st")).text
    assert "too large" in (await call("write_file", path="huge.txt", content="x")).text


async def test_control_characters_and_broken_letters_are_shown_and_not_sent(call, workspace):
    (workspace / "odd.txt").write_bytes(
        "red \x1b[31m bell \x07 turned \u202e \u2066".encode() + b" broken \xff\xc3 end\r\n"
    )
    text = (await call("read_file", path="odd.txt")).text
    assert text == "     1\tred \\x1b[31m bell \\x07 turned \\u202e \\u2066 broken \\xff\\xc3 end"


async def test_binary_files_and_empty_ones_are_told_as_such(call, workspace):
    (workspace / "b.bin").write_bytes(b"\x7fELF\0\0\1")
    (workspace / "empty").touch()
    assert (await call("read_file", path="b.bin")).text == "b.bin is a binary file of 7 bytes, not text."
    assert (await call("read_file", path="empty")).text == "empty is empty."
    assert not (await call("edit_file", path="b.bin", old_text="E", new_text="e")).ok


async def test_what_is_not_there_or_no_file_is_told_plainly(call, workspace):
    (workspace / "folder").mkdir()
    assert (await call("read_file", path="nothing.txt")).text == "nothing.txt does not exist."
    assert (await call("read_file", path="folder")).text == "folder is a folder, not a file."
    assert (await call("read_file", path=".")).text == ". is a folder, not a file."
    assert (await call("write_file", path="folder", content="x")).text == "folder is a folder, not a file."
    assert not (await call("write_file", path=".", content="x")).ok
    assert (await call("list_files", path="nothing")).text == "nothing does not exist."


async def test_a_new_file_is_made_with_its_folders_and_shown_as_a_diff(call, workspace):
    output = await call("write_file", path="src/deep/new.py", content="a = 1\nb = 2\n")
    assert output.text == "Created src/deep/new.py: 12 bytes."
    assert output.diff == "--- /dev/null\n+++ b/src/deep/new.py\n@@ -0,0 +1,2 @@\n+a = 1\n+b = 2\n"
    assert (workspace / "src/deep/new.py").read_text() == "a = 1\nb = 2\n"


async def test_replacing_a_file_keeps_its_permissions(call, workspace):
    script = workspace / "run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o750)
    assert (await call("write_file", path="run.sh", content="#!/bin/sh\ntrue\n")).text.startswith("Replaced run.sh")
    assert stat.S_IMODE(script.stat().st_mode) == 0o750
    await call("edit_file", path="run.sh", old_text="true", new_text="false")
    assert stat.S_IMODE(script.stat().st_mode) == 0o750
    assert os.listdir(workspace) == ["run.sh"]


async def test_an_edit_replaces_exactly_one_place(call, workspace):
    (workspace / "a.py").write_text("x = 1\ny = 1\n")
    output = await call("edit_file", path="a.py", old_text="y = 1", new_text="y = 2")
    assert output.ok
    assert output.text == "Edited a.py: 1 replacement."
    assert output.diff == "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n x = 1\n-y = 1\n+y = 2\n"
    assert (workspace / "a.py").read_text() == "x = 1\ny = 2\n"


async def test_an_edit_that_fits_in_many_places_or_none_changes_nothing(call, workspace):
    (workspace / "a.py").write_text("x = 1\ny = 1\n")
    several = await call("edit_file", path="a.py", old_text="= 1", new_text="= 2")
    assert not several.ok
    assert "is in a.py 2 times" in several.text
    none = await call("edit_file", path="a.py", old_text="z", new_text="2")
    assert not none.ok
    assert "old_text is not in a.py" in none.text
    assert not (await call("edit_file", path="a.py", old_text="", new_text="2")).ok
    assert not (await call("edit_file", path="a.py", old_text="x", new_text="x")).ok
    assert (workspace / "a.py").read_text() == "x = 1\ny = 1\n"
    assert (await call("edit_file", path="a.py", old_text="= 1", new_text="= 2", replace_all=True)).ok
    assert (workspace / "a.py").read_text() == "x = 2\ny = 2\n"


async def test_an_edit_keeps_the_line_endings_of_windows(call, workspace):
    (workspace / "win.txt").write_bytes(b"one\r\ntwo\r\nthree\r\n")
    assert (await call("edit_file", path="win.txt", old_text="one\ntwo", new_text="1\n2\n2b")).ok
    assert (workspace / "win.txt").read_bytes() == b"1\r\n2\r\n2b\r\nthree\r\n"


async def test_an_edit_leaves_every_other_byte_whatever_the_encoding(call, workspace):
    (workspace / "latin.txt").write_bytes(b"caf\xe9 one\nmixed\r\nend")
    assert (await call("edit_file", path="latin.txt", old_text="one", new_text="zwei – two")).ok
    assert (workspace / "latin.txt").read_bytes() == b"caf\xe9 zwei \xe2\x80\x93 two\nmixed\r\nend"
    (workspace / "marked.txt").write_bytes(b"\xef\xbb\xbfone")
    assert (await call("edit_file", path="marked.txt", old_text="one", new_text="two")).ok
    assert (workspace / "marked.txt").read_bytes() == b"\xef\xbb\xbftwo"
    (workspace / "wide.txt").write_bytes(b"\xff\xfe" + "größe\n".encode("utf-16-le"))
    assert "größe" in (await call("read_file", path="wide.txt")).text
    assert (await call("edit_file", path="wide.txt", old_text="größe", new_text="size")).ok
    assert (workspace / "wide.txt").read_bytes() == b"\xff\xfe" + "size\n".encode("utf-16-le")


async def test_half_letters_and_endless_texts_are_refused(call, workspace):
    assert "lone surrogates" in (await call("write_file", path="a", content="x\udcff\ud800")).text
    (workspace / "b").write_text("y" * 10_000)
    grown = await call("edit_file", path="b", old_text="y", new_text="z" * 10_000, replace_all=True)
    assert "would become larger" in grown.text
    assert not (workspace / "a").exists()


async def test_a_folder_is_listed_with_sizes_kinds_and_where_links_lead(call, workspace):
    (workspace / "a.txt").write_text("12345")
    (workspace / "sub").mkdir()
    (workspace / "link").symlink_to("/etc/passwd")
    os.mkfifo(workspace / "pipe")
    (workspace / "evil\x1b[2J\nname").touch()
    listed = (await call("list_files")).text.split("\n")
    assert listed == [
        "a.txt (5 bytes)",
        "evil\\x1b[2J\\x0aname (0 bytes)",
        "link -> /etc/passwd",
        "pipe (no file)",
        "sub/",
    ]
    assert (await call("list_files", path="sub")).text == "sub is an empty folder."


async def test_a_folder_of_thousands_is_listed_in_part(call, workspace):
    for number in range(1_100):
        (workspace / f"f{number}").touch()
    text = (await call("list_files")).text
    assert "more than 1000 entries" in text
    assert text.count("\n") == 1_000
