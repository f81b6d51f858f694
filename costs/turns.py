"""One writer of the ledger at a time, so that a sum just reckoned can't miss an entry just written."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

POSTGRESQL_LOCK = 0x6167746D  # any number, as long as nobody else locks by it


@contextmanager
def turn(*, is_part: bool = False) -> Iterator[None]:
    """A transaction that no other one of these overlaps. SQLite has one writer anyway; PostgreSQL is told.

    `is_part`: inside another one it fails as a whole with it, which spares a savepoint.
    """
    with transaction.atomic(savepoint=not is_part):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [POSTGRESQL_LOCK])
        yield
