"""What a program has switched on in its terminal, in the API's words."""

from collections.abc import Callable
from typing import Any

# DEC private modes by name; the caller may know less.
FLAGS = {
    "bracketedPaste": 2004,
    "applicationCursor": 1,
    "applicationKeypad": 66,
    "focusEvents": 1004,
    "synchronizedOutput": 2026,
    "autoWrap": 7,
    "origin": 6,
    "reverseVideo": 5,
}
MOUSE = {"any": 1003, "button": 1002, "normal": 1000, "x10": 9}
MOUSE_ENCODINGS = {"sgr-pixels": 1016, "sgr": 1006, "urxvt": 1015, "utf8": 1005}
IsOn = Callable[[int], bool | None]


def describe(
    is_on: IsOn, *, mouse: tuple[str, str], insert: bool, alternate: bool, kitty_keyboard: int | None
) -> dict[str, Any]:
    """The modes as JSON; None is what this emulator does not know.

    `mouse` is which events are wanted (`none`, `x10`, `normal`, `button`, `any`), `mouseEncoding` how they are written;
    `kittyKeyboard` are the flags of that protocol, 0: not in use.
    """
    named = {name: is_on(number) for name, number in FLAGS.items()}
    return named | {
        "alternateScreen": alternate,
        "insert": insert,
        "mouse": mouse[0],
        "mouseEncoding": mouse[1],
        "kittyKeyboard": kitty_keyboard,
    }


def mouse_tracking(is_on: IsOn) -> str:
    """For terminals in which one mode takes the other's place."""
    return next((word for word, number in MOUSE.items() if is_on(number)), "none")


def mouse_encoding(is_on: IsOn) -> str:
    return next((word for word, number in MOUSE_ENCODINGS.items() if is_on(number)), "default")
