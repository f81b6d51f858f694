"""Keeps the log readable: an error of ours says all in its words, so no traceback follows them."""

import logging

from core.errors import AgtermError, BrokenOff

SERVERS = ("uvicorn", "daphne")


class OwnErrorsInWords(logging.Filter):
    """For what ends an answer in the middle (a file that was cut short, say), of which servers log every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, AgtermError | BrokenOff) and record.name.startswith(SERVERS):
            record.msg, record.args, record.exc_info = f"an answer was broken off: {error}", (), None
        return True
