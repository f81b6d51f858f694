"""The database itself refuses to change or delete what stands in a table, such as the ledger's or the audit log's.

A migration that makes SQLite build the table anew loses the triggers, so it must install them again.
"""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython


def guard(table: str, says: str) -> RunPython:
    """A step of a migration: from then on `table` refuses with the words `says`. Both are ours, never a caller's."""
    install = {
        "sqlite": [
            f"CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
            for what in ("update", "delete")
        ],
        "postgresql": [
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{says}'; END $$",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        ],
    }
    remove = {
        "sqlite": [f"DROP TRIGGER {table}_no_update", f"DROP TRIGGER {table}_no_delete"],
        "postgresql": [f"DROP TRIGGER {table}_no_change ON {table}", f"DROP FUNCTION {table}_refuse()"],
    }

    def run(statements: dict[str, list[str]], schema: BaseDatabaseSchemaEditor) -> None:
        for statement in statements[schema.connection.vendor]:
            schema.execute(statement)

    def forwards(_apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
        run(install, schema)

    def backwards(_apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
        run(remove, schema)

    return RunPython(forwards, backwards)
