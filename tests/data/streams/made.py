"""Streams written by hand, one subject each, for what the recorded programs hardly use; `make.py` writes them out."""


def size(cols, rows):
    return ["size", cols, rows]


def combining():
    return [
        "e\u0301 n\u0303 a\u0308\u0323 o\u0302\u0301 one cell each\r\n",
        "\u0e01\u0e33 \u0e17\u0e35\u0e48 thai \u0928\u093f \u0915\u094d\u0937 devanagari \u05e9\u05c1 hebrew\r\n",
        "\u0628\u064e\u0651 arabic, Z\u0351\u036b\u0343\u036a\u0302 stacked\r\n"
        + "\x1b[31m"
        + "u\u0308" * 30
        + "\x1b[0m",
        "\r\nsplit e",
        "\u0301 from its mark\r\n" + "a\u0300b" * 45,
    ]


def emoji():
    return [
        "family 👨‍👩‍👧‍👦 coder 👩🏽‍💻 pirate 🏴‍☠️ rainbow 🏳️‍🌈 end\r\n",
        "flags 🇩🇪🇫🇷🇯🇵🇺🇳 odd 🇩 end\r\n",
        "skin 👍🏻👍🏽👍🏿 hands 🤝🏾 end\r\nheart ❤️ ❤ star ⭐ sun ☀️ check ✅ ✔️\r\n",
        "\x1b[44;97m😀😃😄\x1b[0m|😀\x1b[2D|" + "\r\n" + "🎉" * 45 + "\r\n",
        "split 👨\u200d",
        "👩\u200d👧 joined\r\n\x1b[1m✨\x1b[22m done\x1b[K",
    ]


def wide():
    return [
        "日本語 ｆｕｌｌ 한글 ﾊﾝｶｸ\r\n" + "漢" * 40 + "字\r\n",
        "x" + "漢" * 40 + "\r\n\x1b[3;4Hy\x1b[4;5Hz\r\n",  # over a left half, over a right half
        "\x1b[8;1H" + "語" * 10 + "\x1b[8;4H\x1b[2P\x1b[8;9H\x1b[1@\x1b[9;1H",
        "\x1b[7m漢字\x1b[27m\x1b[42m   \x1b[K\x1b[0m\r\n\x1b[79C日",
    ]


def wrap_pending():
    return [
        "a" * 80,
        "\x1b[31m" + "b" * 80,
        "\x1b[0mc\r\n" + "漢" * 40,
        "\r\nd" * 3 + "\x1b[2;80He",
        "f\x1b[5;80Hg\bh\r\n",
        "\x1b[24;1H" + "i" * 80,
    ]


def erasing():
    fill = "".join(f"\x1b[{row};1H" + chr(64 + row) * 80 for row in range(1, 25))
    return [
        fill + "\x1b[3;10H\x1b[44m\x1b[K\x1b[5;40H\x1b[1K\x1b[7;20H\x1b[15X",
        "\x1b[9;30H\x1b[41m\x1b[5P\x1b[10;30H\x1b[5@\x1b[12;1H\x1b[2L\x1b[15;1H\x1b[48;2;10;20;30m\x1b[M",
        "\x1b[0m\x1b[20;40H\x1b[45m\x1b[J\x1b[0m\x1b[1;5H\x1b[42m\x1b[1J",
        "\x1b[0m\x1b[18;1Hplain\x1b[104m\x1b[2K bright\x1b[m",
    ]


def colours():
    base = "".join(f"\x1b[{c}m{c}\x1b[0m " for c in [*range(30, 38), *range(90, 98), *range(40, 48), *range(100, 108)])
    palette = "".join(
        f"\x1b[48;5;{i}m \x1b[38;5;{255 - i}m#" + ("\x1b[0m\r\n" if i % 32 == 31 else "") for i in range(256)
    )
    return [
        base + "\r\n" + palette,
        "".join(f"\x1b[38;2;{i * 3};{255 - i * 3};128;48;2;0;{i};{i * 2}m*" for i in range(79)) + "\x1b[0m\r\n",
        "".join(f"\x1b[38:2::{i}:0:{i}m+\x1b[48:5:{i}m-" for i in range(39)) + "\x1b[39m half \x1b[49m none\r\n",
        "\x1b[1;31;44mbold red on blue\x1b[22m thin\x1b[7m swapped\x1b[39;49m default swapped",
    ]


def underlines():
    kinds = "".join(f"\x1b[4:{kind}mkind {kind}\x1b[4:0m " for kind in range(6))
    return [
        kinds + "\x1b[21mdouble\x1b[24m\r\n",
        "\x1b[4;58;5;196mred line\x1b[59m \x1b[58:2::0:200:0mgreen line\x1b[0m\r\n",
        "\x1b[53mover\x1b[55m \x1b[9mstruck\x1b[29m \x1b[3mitalic\x1b[23m \x1b[2mfaint\x1b[22m "
        "\x1b[8mhidden\x1b[28m\r\n",
        "\x1b[4:3;58:5:33;1mcurly bold blue and on",
    ]


def links():
    def link(uri, text, params=""):
        return f"\x1b]8;{params};{uri}\x1b\\{text}\x1b]8;;\x1b\\"

    return [
        link("https://example.org/a", "a link") + " plain " + link("https://example.org/b", "with id", "id=7") + "\r\n",
        "\x1b]8;;https://example.org/long\x07" + "wraps over rows " * 12 + "\x1b]8;;\x07\r\n",
        "\x1b[32m" + link("https://example.org/c", "green\x1b[1m bold\x1b[0m none") + "\x1b[20Cgap\r\n",
        link("https://example.org/1", "one")
        + link("https://example.org/2", "two")
        + "\r\n\x1b]8;;https://open.example/\x07still ",
        "open 漢字 \x1b[5Cafter",
    ]


def repeating():
    return [
        "-\x1b[20b|\r\n\x1b[31m=\x1b[100b\x1b[0m\r\n",
        "漢\x1b[5b end\r\nx\x1b[3",
        "b!\r\n" + "y\x1b[78b",
        "z\x1b[2b\r\n$ ",
    ]


def tabs():
    return [
        "a\tb\tc\r\n\x1b[3g\x1b[4G\x1bH\x1b[9G\x1bH\x1b[33G\x1bH\r1\t2\t3\t4\r\n",
        "\x1b[9G\x1b[g\r5\t6\t7\r\n\x1b[60G\x1b[Zback\x1b[3I\r\n",
        "\x1b[80G\tend\r\n\x1b[H\t\t",
    ]


def charsets():
    return [
        "\x1b(0lqqqwqqqk\r\nx   x   x\r\nmqqqvqqqj\x1b(B ascii\r\n",
        "\x1b)0one \x0elqk\x0f two\r\n\x1b(0\x1b[33maffgz`\x1b[0m",
        "\x1b7\x1b(B text \x1b8lq\x1b(B\r\n",
        "\x1b)0\x0e",
        "tqqu",
    ]


def origin():
    return [
        "".join(f"row {i}\r\n" for i in range(23)),
        "\x1b[6;18r\x1b[?6h\x1b[1;1Htop of region\x1b[13;1Hbottom\n\nscrolled",
        "\x1b[99;99H!\x1b[2;3H\x1b7",
        "\x1b[?6l\x1b[24;1Hoff\x1b8on again \x1b[3A",
        "\x1b[r\x1b[?6l\x1b[1;1H\x1b[2S\x1b[T",
    ]


def index():
    return [
        "\x1b[4;10r" + "".join(f"\x1b[{i};1Hline {i}" for i in range(1, 24)),
        "\x1b[10;1H\x1bD\x1bD new\x1b[4;1H\x1bM above\x1bE next",
        "\x1b[24;1H\n\nunder the region\x1b[2;1H\x1b[2M",
        "\x1b[r\x1b[24;1H\n\n\n\x1b[44m\n\x1b[Kblue\x1b[0m",
    ]


def input_modes():
    return [
        "\x1b[?2004h\x1b[?1004h\x1b[?1h\x1b=$ ",
        "\x1b[>1u\x1b[>4;2m\x1b[?1002h\x1b[?1006h",
        "\x1b[?1000l\x1b[?1003h\x1b[?25l\x1b[3 q",
        "\x1b[?1003l\x1b[<u\x1b[?1004l\x1b[?2026h half a frame",
        "\x1b[?2026l\x1b>\x1b[?25h\x1b[?66h\x1b[?1000h\x1b[?1015h",
    ]


def saved_cursors():
    return [
        "shell\r\n\x1b[5;7H\x1b[1;35m\x1b7\x1b[0m\x1b[9;1Hafter\r\n",
        "\x1b[?1049h\x1b[2J\x1b[3;3H\x1b[42mtool\x1b7\x1b[0m\x1b[20;20H",
        "x\x1b8y",
        "\x1b[?1049l back \x1b8pink\x1b[0m",
        "\x1b[?47h\x1b[H old way\x1b[?47l\x1b[?1048h\x1b[12;12H\x1b[?1048l.",
    ]


def alternate_resized():
    return [
        "".join(f"history {i} " + "w" * (i * 3 % 100) + "\r\n" for i in range(60)),
        "\x1b[?1049h\x1b[2J\x1b[1;1Htool",
        size(70, 20),
        "\x1b[2J\x1b[Hredrawn\x1b[20;1Hstatus",
        size(100, 30),
        "\x1b[2J\x1b[Hagain\x1b[30;1Hstatus",
        "\x1b[?1049l$ \x1b[0m",
    ]


def reflowed():
    text = "".join(f"\x1b[3{i % 7 + 1}m{i} " + "lorem ipsum " * (i % 13) + "\x1b[0m\r\n" for i in range(40))
    return [
        text,
        size(40, 24),
        "narrow " * 20 + "\r\n",
        size(120, 24),
        "漢字" * 45 + "\r\n",
        size(33, 12),
        "$ ",
        size(80, 24),
    ]


def resets():
    return [
        "\x1b[31;4mred\x1b[?25l\x1b[5;9r\x1b[?7l\x1b[4h",
        "\x1b[!p soft reset\r\n" + "w" * 90,
        "\r\n\x1b[?2004h\x1b[?1000h\x1b]2;title\x07\x1b[3g",
        "\x1bcafter a full reset\ttab\r\n",
        "".join(f"{i}\r\n" for i in range(40)) + "\x1b[3J\x1b[2J\x1b[Hcleared",
    ]


def progress():
    bars = "".join(f"\r\x1b[K\x1b[32m{'█' * i}{'░' * (40 - i)}\x1b[0m {i * 2.5:5.1f} %" for i in range(41))
    table = "".join(f"\x1b[1m{i:3}\x1b[0m │ \x1b[36m{'name' * (i % 4)}\x1b[0m\x1b[40G│ {i * i}\r\n" for i in range(30))
    return [
        bars[: len(bars) // 2],
        bars[len(bars) // 2 :] + "\r\n",
        table,
        "\x1b[3A\x1b[2K\x1b[45mthree up\x1b[K\x1b[m\x1b[3B",
    ]


STREAMS = {
    "combining": combining, "emoji": emoji, "wide": wide, "wrap-pending": wrap_pending, "erasing": erasing,
    "colours": colours, "underlines": underlines, "links": links, "repeating": repeating, "tabs": tabs,
    "charsets": charsets, "origin": origin, "index": index, "input-modes": input_modes,
    "saved-cursors": saved_cursors, "alternate-resized": alternate_resized, "reflowed": reflowed, "resets": resets,
    "progress": progress,
}  # fmt: skip
