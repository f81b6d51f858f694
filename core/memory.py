"""How our long-lived processes deal with freed memory, where the C library (glibc) can be told."""

import ctypes

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of mallopt
_LIBC = ctypes.CDLL(None)


def keep_buffers() -> None:
    """Let freed memory up to 16 MiB stay with the process.

    A flood's frames are pieces of up to a megabyte; by default each comes from the kernel and goes back to it, page by
    page, which in JSON mode took as long as all the rest.
    """
    if hasattr(_LIBC, "mallopt"):
        _LIBC.mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024)
        _LIBC.mallopt(M_TRIM_THRESHOLD, 16 * 1024 * 1024)


def give_back() -> None:
    """Return what is free to the kernel, also from the middle of the heap: takes milliseconds."""
    if hasattr(_LIBC, "malloc_trim"):
        _LIBC.malloc_trim(0)
