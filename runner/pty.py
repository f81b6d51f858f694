"""The pseudo-terminal itself: opening one, its size, reading and writing without ever blocking."""

import fcntl
import os
import struct
import termios

READ_BYTES = 64 * 1024


def open_pair(cols: int, rows: int) -> tuple[int, int]:
    """Master (non-blocking) and slave descriptor of a new terminal; both close on exec."""
    master, slave = os.openpty()
    os.set_blocking(master, False)
    set_size(master, cols, rows)
    return master, slave


def set_size(master: int, cols: int, rows: int) -> None:
    """Tell the kernel; it sends SIGWINCH to the foreground program when the size differs."""
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def read_available(master: int, budget_bytes: int) -> tuple[bytes, bool]:
    """What is there to read, up to about `budget_bytes`, and whether the terminal has been closed.

    The kernel hands out at most 4 KiB a call; reading until it is empty is what makes batches.
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
