"""The statements that every call makes, without the ORM's building them anew each time, which takes ten times as long.

The same on SQLite and PostgreSQL. Rows are models, as ever.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)
AT_ONCE = 100  # rows of one statement, which may have some ten thousand parameters


def read(model: type[M], where: str, values: Sequence[Any]) -> list[M]:
    """The rows of which `where` is true; `%s` in it stands for the next of `values`."""
    names, converters, select = _reading(model, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(f"{select} WHERE {where}", stored(values))
        found = cursor.fetchall()
    rows = []
    for values in found:
        converted = list(values)
        for place, convert in converters:
            converted[place] = convert(converted[place])
        rows.append(model.from_db(connection.alias, names, converted))
    return rows


def insert(rows: Sequence[Model], *, has_pk: bool) -> None:
    """Write new rows; those whose database gives them a number (not `has_pk`) have it then."""
    for start in range(0, len(rows), AT_ONCE):
        _insert(rows[start : start + AT_ONCE], has_pk)


def _insert(rows: Sequence[Model], has_pk: bool) -> None:
    names, statement, group = _writing(type(rows[0]), has_pk)
    values = stored(getattr(row, name) for row in rows for name in names)
    returning = "" if has_pk else " RETURNING id"
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} {', '.join([group] * len(rows))}{returning}", values)
        if not has_pk:
            for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
                row.pk = pk


def write(statement: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, stored(values))


def write_each(statement: str, values: Collection[Sequence[Any]]) -> None:
    """The same statement with each of these values."""
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, [stored(row) for row in values])


def places(values: Collection[Any]) -> str:
    """As many `%s` as there are values, for `IN`; no value is in `(NULL)`."""
    return f"({', '.join(['%s'] * len(values)) or 'NULL'})"


def stored(values: Iterable[Any]) -> list[Any]:
    """The values as this database takes them."""
    ops, has_uuids = connection.ops, connection.features.has_native_uuid_field
    convert: dict[type, Callable[[Any], Any]] = {
        uuid.UUID: (lambda value: value) if has_uuids else (lambda value: value.hex),
        datetime: ops.adapt_datetimefield_value,
        date: ops.adapt_datefield_value,
        dict: lambda value: ops.adapt_json_value(value, None),
        list: lambda value: ops.adapt_json_value(value, None),
    }
    return [value if type(value) in _PLAIN else convert.get(type(value), str)(value) for value in values]


_PLAIN = {int, str, bool, type(None)}  # any other kind of text is one of Django's choices


@cache
def _reading(model: type[Model], _vendor: str) -> tuple[list[str], list[tuple[int, Callable[[Any], Any]]], str]:
    """Names of the columns, how to convert which of them, and the statement."""
    fields = model._meta.concrete_fields
    converters = []
    for place, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)
        found = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
        if found:
            converters.append((place, _chain(found, column)))
    columns = ", ".join(str(field.column) for field in fields)
    select = f"SELECT {columns} FROM {model._meta.db_table}"  # noqa: S608 - names of our own
    return [field.attname for field in fields], converters, select


def _chain(converters: Sequence[Callable[..., Any]], column: Any) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        for one in converters:
            value = one(value, column, connection)
        return value

    return convert


@cache
def _writing(model: type[Model], has_pk: bool) -> tuple[list[str], str, str]:
    fields = [field for field in model._meta.concrete_fields if has_pk or not field.primary_key]
    columns = ", ".join(str(field.column) for field in fields)
    statement = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES"
    return [field.attname for field in fields], statement, f"({', '.join(['%s'] * len(fields))})"
