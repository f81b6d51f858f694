"""The pseudo-terminal itself: opening one, its size, reading and writing without ever blocking."""

import fcntl
import os
import struct
import termios
import tty

READ_BYTES = 64 * 1024
SHORT_BYTES = 2048


def open_pair(cols: int, rows: int, *, raw: bool = False) -> tuple[int, int]:
    """Master (non-blocking) and slave descriptor of a new terminal; both close on exec.

    `raw`: it echoes nothing, and what is written to it comes out byte for byte.
    """
    master, slave = os.openpty()
    os.set_blocking(master, False)
    if raw:
        tty.setraw(slave)
    set_size(master, cols, rows)
    return master, slave


def set_size(master: int, cols: int, rows: int) -> None:
    """Tell the kernel; it sends SIGWINCH to the foreground program when the size differs."""
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def read_available(master: int, budget_bytes: int) -> tuple[bytes, bool]:
    """What is there to read, up to about `budget_bytes`, and whether the terminal has been closed.

    The kernel hands out at most 4 KiB a call; reading until it is empty is what makes batches. A short piece was the
    last: to ask once more would wait for the kernel to look.
    """
    parts: list[bytes] = []
    size = 0
    closed = False
    try:
        while size < budget_bytes:
            part = os.read(master, READ_BYTES)
            if not part:
                closed = True
                break
            parts.append(part)
            size += len(part)
            if len(part) < SHORT_BYTES:
                break
    except BlockingIOError:
        pass
    except OSError:  # EIO: the last program that had the terminal open is gone
        closed = True
    return b"".join(parts), closed


def foreground_group(master: int) -> int | None:
    """Process group that has the terminal's foreground, None when there is none."""
    try:
        group: int = struct.unpack("i", fcntl.ioctl(master, termios.TIOCGPGRP, b"\0" * 4))[0]
    except OSError:
        return None
    return group if group > 0 else None


def reads_hidden_keys(master: int) -> bool:
    """Whether the terminal neither waits for whole lines nor echoes what is typed."""
    try:
        flags: int = termios.tcgetattr(master)[3]
    except termios.error:
        return False
    return not flags & (termios.ICANON | termios.ECHO)


def reads_secrets(master: int) -> bool:
    """Whether the terminal waits for a whole line that it does not echo, as for a password."""
    try:
        flags: int = termios.tcgetattr(master)[3]
    except termios.error:
        return False
    return bool(flags & termios.ICANON) and not flags & termios.ECHO
