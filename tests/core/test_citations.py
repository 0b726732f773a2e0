"""Citations lead to rows that are there, however a model spells them, and to nothing else."""

from __future__ import annotations

import pytest

from core.citations import cited
from core.records.record import Column, Record, ResultSet

RECORD = Record(
    "R-1",
    (
        ResultSet("orders_by_month", (Column("month"),), (("2026-01",), ("2026-02",), ("2026-03",))),
        ResultSet("labs", (Column("test"),), (("INR",),)),
    ),
)


@pytest.mark.parametrize(
    ("answer", "told", "rows"),
    [
        ("It fell [orders_by_month 3].", "[orders_by_month 3]", (2,)),
        ("It fell [Orders by month 1, 3].", "[Orders by month 1, 3]", (0, 2)),
        ("It fell [orders_by_month rows 1-2].", "[orders_by_month rows 1-2]", (0, 1)),
        ("It fell [orders_by_month 2, 9].", "[orders_by_month 2, 9]", (1,)),
        ("Look\nat it: [labs 1]", "[labs 1]", (0,)),
        ("It fell [orders_by_month].", "[orders_by_month]", ()),
    ],
)
def test_a_citation_names_its_rows_or_all(answer: str, told: str, rows: tuple[int, ...]) -> None:
    (citation,) = cited(answer, RECORD)
    assert answer[citation.start : citation.end] == told
    assert citation.rows == rows


@pytest.mark.parametrize(
    "answer",
    [
        "[labs 2]",
        "[labs 0]",
        "[invoices 1]",
        "[labs 1",
        "labs 1]",
        "[labs\n1]",
        "[](labs 1)",
        "[labs 1e9]",
        "",
    ],
)
def test_what_leads_nowhere_is_no_citation(answer: str) -> None:
    assert cited(answer, RECORD) == []
