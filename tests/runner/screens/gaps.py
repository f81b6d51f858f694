"""Where the recorded streams look otherwise in an emulator than in xterm.js: which parts of the state, and why."""

Gap = tuple[set[str], str]
NONE: Gap = (set(), "")

# What libghostty does otherwise than xterm.js, by stream; the repaint shows what libghostty has. Never a silent skip.
LAST_CHARACTER = "xterm.js forgets with any sequence what it printed last: a mark or REP just after a repaint is lost"
GHOSTTY_GAPS: dict[str, Gap] = {
    "combining": ({"screen", "cursor", "looks"}, LAST_CHARACTER),
    "emoji": ({"looks"}, LAST_CHARACTER),
    "repeating": ({"screen"}, LAST_CHARACTER),
    "gemini": (
        {"screen", "scrollback", "wraps", "looks"},
        "narrowed, xterm.js drops rows below the cursor that no longer fit, libghostty scrolls",
    ),
    "origin": ({"scrollback", "wraps", "looks"}, "SU of a whole screen scrolls into libghostty's scrollback"),
    "resets": (
        {"screen", "looks", "modes", "wraps", "cursor", "title"},
        "libghostty knows no soft reset (DECSTR), and RIS takes its title away",
    ),
    "tabs": ({"screen", "cursor"}, "TBC without a number clears no stop in libghostty"),
    "tmux-resized": ({"screen"}, "the alternate screen, narrowed and widened, is cut until the program redraws"),
    "wide": ({"wraps"}, "a line feed into a wrapped row makes it a row of its own in xterm.js"),
}

# What avt is known to lose, by stream; an empty reason to fall back to it, never a silent skip.
NO_HISTORY = "no history of the primary screen while the alternate is shown"
NO_WRAPS = "soft wraps of the history are lost, so it does not reflow"
NO_CLUSTERS = "clusters are not kept"
ERASED = "erased cells have the pen's foreground, which nobody sees"
AVT_GAPS: dict[str, Gap] = {
    "alternate": ({"scrollback", "wraps", "looks"}, NO_HISTORY),
    "alternate-resized": ({"screen", "scrollback", "wraps", "looks", "cursor"}, NO_HISTORY),
    "charsets": ({"screen"}, "the character set in use is lost; one symbol of line drawing differs"),
    "codex": ({"looks"}, "bold and faint together are only faint"),
    "combining": ({"screen", "looks", "cursor"}, NO_CLUSTERS),
    "diff": ({"scrollback", "wraps", "looks"}, NO_HISTORY),
    "emoji": ({"screen", "looks", "cursor"}, NO_CLUSTERS),
    "gemini": ({"screen", "scrollback", "wraps", "looks"}, NO_WRAPS),
    "htop": ({"looks"}, ERASED),
    "index": ({"screen", "scrollback"}, "a line feed below the scroll region scrolls the screen"),
    "layout": ({"screen", "looks"}, "custom tab stops are lost; links have no underline"),
    "less-left": ({"scrollback", "wraps", "looks"}, NO_HISTORY),
    "links": ({"looks"}, "links have no underline"),
    "ls": ({"screen", "scrollback", "wraps", "looks"}, NO_WRAPS),
    "mc": ({"looks"}, ERASED),
    "modes": ({"screen", "cursor"}, "a cursor waiting to wrap moves back one cell"),
    "origin": ({"scrollback", "wraps", "looks"}, "SU of a whole screen scrolls into the scrollback"),
    "reflowed": ({"screen", "scrollback", "wraps", "looks"}, NO_WRAPS),
    "repeating": ({"screen", "looks"}, LAST_CHARACTER),
    "resets": ({"screen", "scrollback", "looks", "modes", "wraps", "cursor"}, "soft reset and CSI 3 J"),
    "resized": ({"screen", "scrollback", "wraps", "looks"}, NO_WRAPS),
    "sgr": ({"looks"}, "invisible text is shown"),
    "tabs": ({"screen", "cursor"}, "custom tab stops are lost"),
    "tmux-resized": ({"screen", "wraps"}, "the alternate screen is cut until the program redraws"),
    "underlines": ({"looks"}, "invisible text is shown, kinds of lines are not kept"),
    "wide": ({"wraps"}, "a line feed into a wrapped row makes it a row of its own in xterm.js"),
}
