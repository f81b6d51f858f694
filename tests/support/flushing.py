"""Tests that commit are cleaned up after by emptying all tables; the ledger's own guard has to stand aside for that."""

from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper


def past_the_guards() -> None:
    """Have Django's flush of a SQLite database take down its triggers first and put them back after."""
    operations = DatabaseWrapper.ops_class
    flush = operations.sql_flush

    def sql_flush(self: Any, *arguments: Any, **options: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drop = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        return [*drop, *flush(self, *arguments, **options), *(sql for _, sql in triggers)]

    operations.sql_flush = sql_flush
