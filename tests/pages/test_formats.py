"""How values and names read on a page."""

from __future__ import annotations

import pytest

from core.records.record import Column, Record, ResultSet
from pages.parts.formats import in_words

RECORD = Record("R-1", (ResultSet("orders_by_month", (Column("total_eur"), Column("month"), Column("total")), ()),))


@pytest.mark.parametrize(
    ("reason", "read"),
    [
        ("Sum of 3 values of total_eur in orders_by_month.", "Sum of 3 values of Total (EUR) in Orders by month."),
        ("orders_by_month row 3: month is 2026-01.", "Orders by month row 3: month is 2026-01."),
        ("subtotal_eur and total_eur_net are no names of it.", "subtotal_eur and total_eur_net are no names of it."),
    ],
)
def test_reasons_call_columns_as_tables_do(reason: str, read: str) -> None:
    assert in_words(reason, RECORD) == read
    assert in_words(reason, None) == reason
