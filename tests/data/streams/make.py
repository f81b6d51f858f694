"""Makes the recordings of this folder: `python make.py [NAME…]`; real programs run in a PTY, the rest is written here.

Asciicast v2 without its times. They are checked in, so that the tests need none of the programs; a new recording of
vim, tmux or less differs from version to version. `made.py` has most of the written ones, `real.py` records the agents.
"""

import fcntl
import gzip
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

import made

FOLDER = Path(__file__).parent
COLS, ROWS = 80, 24
PACK_BYTES = 200_000
TMUX = (
    "set -g status-right ''\nset -g status-left '[demo] '\nset -g automatic-rename off\nset -g default-shell /bin/sh\n"
)
FILE = "".join(f"def step_{i}(x):\n    # step {i}\n    return x + {i}\n\n" for i in range(60))


def size(cols, rows):
    return ["size", cols, rows]


def record(argv, keys, cols=COLS, rows=ROWS):
    """Run `argv`; each of `keys` is typed when the program has been quiet, a (cols, rows) is a resize."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "demo.py").write_text(FILE)
        Path(folder, "tmux.conf").write_text(TMUX)
        child, master = pty.fork()
        if child == 0:
            os.chdir(folder)
            home = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": os.environ["PATH"], "HOME": folder}
            os.execvpe(argv[0], argv, home | {"PS1": "$ ", "TMUX_TMPDIR": folder, "VIMINIT": "syntax on | set noswf"})
        resize(master, cols, rows)
        events = []
        for key in keys:
            events += quiet(master)
            if isinstance(key, tuple):
                resize(master, *key)
                events.append(size(*key))
            else:
                os.write(master, key)
        events += quiet(master)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if argv[0] == "tmux":  # its server would live on
            subprocess.run(["tmux", "kill-server"], env=os.environ | {"TMUX_TMPDIR": folder}, check=False)
        return events


def resize(fd, cols, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def quiet(master, seconds=0.7):
    events, until = [], time.monotonic() + seconds
    while select.select([master], [], [], max(0, until - time.monotonic()))[0]:
        try:
            events.append(os.read(master, 65536))
        except OSError:
            break
        if not events[-1]:
            break
    return events


def sgr_heavy():
    def cell(x, row):
        style = (0, 1, 2, 3, 4, 5, 7, 8, 9)[(x + row) % 9]
        colours = f"38;5;{(x * 7 + row) % 256};48;2;{x * 3};{row * 6};{(x + row) % 255}"
        return f"\x1b[{style};{colours}m{chr(33 + x % 90)}\x1b[0m"

    lines = ["".join(cell(x, row) for x in range(79)) + "\r\n" for row in range(16)]
    styles = "\x1b[4mline\x1b[0m \x1b[9mstruck\x1b[0m \x1b[7mreverse\x1b[27m \x1b[1;2;3;5mall\x1b[22m half "
    end = "\x1b[97;104mbright\x1b[0m\r\n\x1b[44m blue to the end\x1b[K\r\n\x1b[mplain\x1b[5;41m red"
    return ["".join(lines[:8]), "".join(lines[8:]), styles + end]


def unicode_text():
    return [
        "日本語の文字 and ascii 한국어\r\n",
        "e\u0301 a\u0308\u0323 combining, \u0e01\u0e33 thai\r\n",
        "family 👨‍👩‍👧‍👦 flag 🇩🇪 skin 👍🏽 heart ❤️ end\r\n",
        "x" * 79 + "日wide at the edge\r\n",
        "".join(f"\x1b[3{i % 8}m漢{i}" for i in range(60)) + "\x1b[0m\r\n",
        "box ┌──┬──┐ │ ▒▓█ │ ☑ ✓ →\r\n" + "long " * 60,
    ]


def scroll_regions():
    numbered = "".join(f"line {i}\r\n" for i in range(30))
    return [
        numbered,
        "\x1b[5;15r\x1b[15;1Hin the region\n\n\n\x1b[10;20Hmiddle\x1bM\x1bM",
        "\x1b[5;1H\x1b[3Linserted\x1b[8;1H\x1b[2M\x1b[7;3H\x1b[4Pdel\x1b[9;3H\x1b[5@ins\x1b[2S\x1b[1T",
        "\x1b[?6h\x1b[2;5Horigin mode\x1b[4;1H",
        "\x1b[?6l\x1b[20;1Hbelow\x1b[4hINS\x1b[4l\x1b[1;1H\x1b7\x1b[6;6H",
    ]


def alternate():
    return [
        "".join(f"shell {i}\r\n" for i in range(40)) + "$ tool\r\n",
        "\x1b[?1049h\x1b[2J\x1b[H\x1b[44m title bar \x1b[K\x1b[0m\r\n",
        "\x1b[?1h\x1b=\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[?25l\x1b]2;a tool\x07",
        "\x1b[12;30H\x1b[7m[ OK ]\x1b[0m\x1b[24;1Hstatus\x1b[10;10H\x1b7",
        "\x1b[?25h\x1b[?1002l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b[?1049l$ back\r\n",
    ]


def resized():
    text = "".join(f"{i}: " + "word " * (i % 40) + "\r\n" for i in range(50))
    return [text, size(60, 20), "after narrowing\r\n" + "y" * 130 + "\r\n", size(100, 30), "after widening\r\n$ "]


def unfinished():
    return [
        "before \x1b[1;3",
        "1mred and \x1b]2;half a ti",
        "tle\x07then \xe2\x82".encode("latin-1"),
        "\xac a euro \x1bP$q".encode("latin-1"),
        "m\x1b\\done \x1b(",
        "0lqqk\x1b(B \x1b[?200",
        "4h\x1b",
        "[4munderlined\r\n",
    ]


def scrollback():
    return ["".join(f"\x1b[3{i % 8}m{i}\x1b[0m {'#' * (i % 25)}\r\n" for i in start) for start in
            (range(400), range(400, 1500), range(1500, 1501))]  # fmt: skip


def modes():
    return [
        "\x1b[?1h\x1b=\x1b[?2004h",
        "\x1b[?1000h\x1b[?1006h\x1b[?1004h",
        "\x1b[?1003h\x1b[?7lno wrap " + "z" * 100,
        "\x1b[?7h\x1b[?45h\x1b[20h\x1b[4habc",
        "\x1b[?1003l\x1b[?1000l\x1b[4l\x1b[20l",
    ]


def layout():
    return [
        "\x1b[3g\x1b[5G\x1bH\x1b[20G\x1bH\x1b[1G\ta\tb\r\n",
        "\x1b[10;10H\x1b[35;1m\x1b7\x1b[0mmoved\x1b[3;3H",
        "x" * 80,
        "\x1b8restored\t|\r\n\x1b(0lqk\x1b(B",
        "\x1b]8;;https://example.org/a\x1b\\a link\x1b]8;;\x1b\\ not\r\n" + "q" * 80,
    ]


def agent():
    """An agent's screen as Ink draws it: erase the last frame upwards, write the next."""
    frames, height = [], 0
    for step in range(40):
        lines = [f"\x1b[38;2;215;119;87m✻\x1b[39m Thinking… \x1b[2m({step}s · {step * 37} tokens)\x1b[22m", ""]
        lines += [f"\x1b[32m+ line {i} of the answer\x1b[39m" for i in range(step % 7)]
        lines += ["╭" + "─" * 60 + "╮", "│ > \x1b[7m \x1b[27m" + " " * 57 + "│", "╰" + "─" * 60 + "╯"]
        done = f"\x1b[1m● step {step} done\x1b[22m\r\n" if step % 5 == 4 else ""
        frames.append("\x1b[?2026h" + "\x1b[2K\x1b[1A" * height + "\r" + done + "\r\n".join(lines) + "\x1b[?2026l")
        height = len(lines) - 1
    return ["".join(frames[:13]), "".join(frames[13:27]), "".join(frames[27:])]


VIM = ["vim", "-u", "NONE", "-N", "demo.py"]
FANCY = b"printf '\\033[3;4:3;38;2;9;99;199mfancy\\033[m\\n'\r"
LS = """for i in 1 2 3; do mkdir d$i; ln -s demo.py l$i; touch x$i.tar.gz; chmod +x d$i; done
ls --color=always -C; ls --color=always -1; git init -q .; git -c color.ui=always status; cat"""
DIFF = """sed s/return/yield/ demo.py > b
git --no-pager diff --no-index --color=always demo.py b | head -70
git diff --no-index --color=always --word-diff demo.py b"""
LESS = ["less", "-R", "-N", "demo.py"]
STREAMS = {
    "vim": lambda: record(VIM, [b"17j", b"ofoo = 'b\xc3\xa4r'\x1b", b":split\r", b"/return\r", b"n:set hls\r", b"v3j"]),
    "vim-left": lambda: record(VIM, [b":set nu\r", (70, 20), b"G", b":q!\r"]),
    "tmux": lambda: record(
        ["tmux", "-f", "tmux.conf", "new", "-s", "demo", "-n", "work"],
        [b"ls -la / | head -5 | cut -c1-10\r", b"\x02%", b"seq 60\r", b'\x02"', b"printf '\\033[45mpurple\\n'\r"],
    ),
    "less": lambda: record(LESS, [b" ", b"/step_2\r", b"n", b"b", b"40G"]),
    "less-left": lambda: record(["sh", "-c", "seq 50; less -R demo.py; echo left; sleep 9"], [b"  ", b"q"]),
    "python": lambda: record(
        [sys.executable, "-I", "-q"],
        [b"def f(x):\n    return x * 2\n\n", b"f(21)\n", b"[f(i) for i in range(99)]\n", b"1/0\n", b"im"],
    ),
    "pager": lambda: record(
        ["sh", "-c", "seq 9; git -c color.ui=always log --help | head -40; printf '\\033[6n'; cat"],
        [b"abc\x7f\x7fd\r", b"\x1b[A"],
    ),
    "sgr": sgr_heavy, "unicode": unicode_text, "scroll-regions": scroll_regions, "alternate": alternate,
    "resized": resized, "unfinished": unfinished, "scrollback": scrollback, "modes": modes, "layout": layout,
    "agent": agent,
    "nano": lambda: record(
        ["nano", "-I", "-l", "demo.py"],
        [b"\x16\x16", b"typed \xc3\xbc\r", (64, 18), b"\x17return\r", b"\x0f"],
    ),
    "mc": lambda: record(
        ["mc", "-u", "."],
        [b"\x1b[B\x1b[B", b"\x1b[21~", b"\x1b\x1b", (96, 30), b"\x0f", b"ls | head -3\r"],
    ),
    "htop": lambda: record(
        ["sh", "-c", "sleep 97 & sleep 98 & exec htop -d 5 -p $$,$!"],  # its own processes only
        [b"\x1b[B", b"t", (100, 30), b"\x1b[C\x1b[C", b"\x1b[15~", b"q"],
    ),
    "ls": lambda: record(["sh", "-c", LS], [b"abc", (30, 24), b"\x7fd\r"]),
    "diff": lambda: record(["sh", "-c", DIFF], [b" ", b"/yield\r", (60, 20), b"q"]),
    "tmux-resized": lambda: record(
        ["tmux", "-f", "tmux.conf", "new", "-s", "demo", "-n", "work"],
        [b"seq 40\r", b'\x02"', (60, 20), FANCY, b"\x02%", (110, 30), b"\x02["],
    ),
    "vim-split": lambda: record(VIM, [b":vsp\r", b":set nu cul\r", (100, 30), b"10dd", b"u", (60, 16), b"V5j"]),
    **made.STREAMS,
}  # fmt: skip


def write(name, events):
    lines = [json.dumps({"version": 2, "width": COLS, "height": ROWS})]
    for event in events:
        if event[0] == "size":
            lines.append(json.dumps([0, "r", f"{event[1]}x{event[2]}"]))
        else:
            data = event.encode() if isinstance(event, str) else event
            lines.append(json.dumps([0, "o", data.decode("utf-8", "surrogateescape")], ensure_ascii=True))
    text = "\n".join(lines) + "\n"
    if len(text) > PACK_BYTES:
        (FOLDER / f"{name}.cast.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    else:
        (FOLDER / f"{name}.cast").write_text(text)


if __name__ == "__main__":
    for stream in sys.argv[1:] or STREAMS:
        write(stream, STREAMS[stream]())
