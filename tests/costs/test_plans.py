"""How SQLite goes about the sums of a ledger with a million lines: never by looking at all of it for each of them."""

import pytest
from django.db import connection

from costs import queries, spans
from costs.models import Entry

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases plan by their statistics"),
]


def test_whether_something_was_priced_later_is_found_by_an_index():
    rows = Entry.objects.values("model").annotate(**queries._sums_of_entries())
    assert "USING INDEX ledger_corrections" in rows.explain()
    with connection.cursor() as cursor:
        text = spans._UNPRICED.format(place=0)
        cursor.execute(f"EXPLAIN QUERY PLAN {text}", ["2026-01-01", "2026-02-01"])
        plan = str(cursor.fetchall())
    assert "USING INDEX ledger_corrections" in plan
    assert "USING INDEX ledger_unpriced" in plan
