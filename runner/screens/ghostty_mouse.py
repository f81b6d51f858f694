"""Which mouse events a program wants, and how they are written: libghostty keeps it, and shows it only by encoding.

The modes by themselves don't tell: the last one set counts, and resetting any of them switches the mouse off.
"""

from typing import Any

from pyghostty import ffi, lib
from pyghostty._ffi import check
from pyghostty.core import init_sized

from runner.screens import modes

_CELL = 10
_FAR_CELL = 150  # where the encoding by UTF-8 differs from the oldest
_ANSWER_BYTES = 64

_encoder = ffi.new("GhosttyMouseEncoder*")
_event = ffi.new("GhosttyMouseEvent*")
_answer = ffi.new("char[]", _ANSWER_BYTES)
_length = ffi.new("size_t*")


def _prepare() -> None:
    check(lib.ghostty_mouse_encoder_new(ffi.NULL, _encoder), "mouse_encoder")
    check(lib.ghostty_mouse_event_new(ffi.NULL, _event), "mouse_event")
    size = init_sized("GhosttyMouseEncoderSize")
    size.screen_width = size.screen_height = _CELL * _FAR_CELL * 2
    size.cell_width = size.cell_height = _CELL
    lib.ghostty_mouse_encoder_setopt(_encoder[0], lib.GHOSTTY_MOUSE_ENCODER_OPT_SIZE, size)
    place = ffi.new("GhosttyMousePosition*", {"x": _CELL * _FAR_CELL + 5, "y": 5})
    lib.ghostty_mouse_event_set_position(_event[0], place[0])


_prepare()


def mouse(terminal: Any) -> tuple[str, str]:
    """(`none`, `x10`, `normal`, `button` or `any`; `default`, `utf8`, `sgr`, `urxvt` or `sgr-pixels`)"""
    lib.ghostty_mouse_encoder_setopt_from_terminal(_encoder[0], terminal._t[0])
    pressed = _encoded(lib.GHOSTTY_MOUSE_ACTION_PRESS, button=True)
    return (_tracking() if pressed else "none"), _encoding(terminal, pressed)


def _tracking() -> str:
    if _encoded(lib.GHOSTTY_MOUSE_ACTION_MOTION, button=False):
        return "any"
    if _encoded(lib.GHOSTTY_MOUSE_ACTION_MOTION, button=True):
        return "button"
    return "normal" if _encoded(lib.GHOSTTY_MOUSE_ACTION_RELEASE, button=True) else "x10"


def _encoding(terminal: Any, pressed: bytes) -> str:
    if pressed.startswith(b"\x1b[<"):
        return "sgr" if pressed.startswith(b"\x1b[<0;%d;" % (_FAR_CELL + 1)) else "sgr-pixels"
    if pressed.startswith(b"\x1b[M"):
        return "utf8" if len(pressed) > len(b"\x1b[M...") else "default"
    if pressed:
        return "urxvt"
    return modes.mouse_encoding(terminal.mode)  # the mouse is off and nothing encoded: the modes have to do


def _encoded(action: int, *, button: bool) -> bytes:
    """What the program would be told of this event; empty when it does not want to know."""
    lib.ghostty_mouse_event_set_action(_event[0], action)
    if button:
        lib.ghostty_mouse_event_set_button(_event[0], lib.GHOSTTY_MOUSE_BUTTON_LEFT)
    else:
        lib.ghostty_mouse_event_clear_button(_event[0])
    lib.ghostty_mouse_encoder_reset(_encoder[0])
    _length[0] = 0
    if lib.ghostty_mouse_encoder_encode(_encoder[0], _event[0], _answer, _ANSWER_BYTES, _length):
        return b""
    return bytes(ffi.buffer(_answer, _length[0]))
